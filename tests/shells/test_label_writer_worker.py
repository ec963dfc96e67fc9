"""The process that writes labels: what it is told, what it answers, and through its own socket."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from guardrail.disclose import label, marks
from guardrail.disclose.c2pa import Generator, development, verify
from guardrail.disclose.c2pa.certificates import newest
from guardrail.disclose.layers import SIGNED, TAGS, VISIBLE, Means
from guardrail.disclose.watermark import Spread
from guardrail.shells.confinement import level
from guardrail.shells.frames import BrokenFrameError, receive, send
from guardrail.shells.label_desk import TASK, VOUCH, Desk
from guardrail.shells.label_writer_worker import FAILED, Guard, answer, means_of
from guardrail.testing import pictures, sounds

Json = Any

# The processes read the clock.
NOW = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251
MADE = development(NOW)
ENDED = development(NOW - timedelta(days=500))
PICTURE = pictures.encoded(pictures.scene(320, 240))
LABEL = label(
    id="urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10",
    kind="synthetic",
    model="m",
    provider="ТОО Пример",
    created=1_763_787_600,
)
ORDER: Mapping[str, Json] = {
    "label": asdict(LABEL),
    "details": asdict(marks.Details(producer="990140001234")),
    "words": ["ЖИ · ИИ"],
    "media_type": "",
    TASK: "t1",
}


class Silent:
    """A guard that nothing is asked of."""

    def sendall(self, data: bytes, /) -> None:
        raise AssertionError

    def recv_into(self, buffer: memoryview, /) -> int:
        raise AssertionError


NOBODY = Guard(Silent())


class Near:
    """A guard that is in this process: its end of the pipe answers at once."""

    def __init__(self, desk: Desk) -> None:
        self._serve = desk.task(ORDER)
        self._ours, self._theirs = socket.socketpair()

    def sendall(self, data: bytes, /) -> None:
        self._ours.sendall(data)

    def recv_into(self, buffer: memoryview, /) -> int:
        self._theirs.settimeout(0)
        try:
            head, data = receive(self._theirs, 1 << 20)
        except BlockingIOError:
            pass
        else:
            self._theirs.settimeout(None)
            send(self._theirs, *self._serve(head, data, 60.0))
        return self._ours.recv_into(buffer)


def credential(made: Json) -> str:
    chain: bytes = made.credential.chain
    return chain.decode()


def desk(made: Json = None) -> Desk:
    return Desk(credentials=[(made or MADE).credential], generator=Generator(version="1"))


def guard(made: Json = None) -> Guard:
    near = Guard(Near(desk(made)))
    near.task = "t1"
    return near


def kit(**changes: Json) -> dict[str, Json]:
    usual = {
        "visible": True,
        "place": "bottom-left",
        "spoken": "",
        "watermark_key": "",
        "credentials": [],
        "anchors": MADE.root.decode(),
        "stamped": False,
        "owner": {"name": "Мысал ЖШС", "number": "990140001234", "jurisdiction": "KZ"},
        "version": "1",
    }
    return {**usual, **changes}


# ------------------------------------------------------------------ what it is told


def test_without_anything_it_draws_and_writes_tags() -> None:
    assert means_of(kit(), NOBODY) == Means(visible=True, place="bottom-left")
    assert means_of(kit(visible=False, place="top-right"), NOBODY) == Means(
        visible=False, place="top-right"
    )


def test_a_recording_and_a_secret_come_as_they_were() -> None:
    told = kit(spoken=b64encode(b"\0\xffwords").decode(), watermark_key="00ff" * 16)
    means = means_of(told, NOBODY)
    assert means.spoken == b"\0\xffwords"
    assert isinstance(means.watermark, Spread)
    assert means.signer is None


def test_chains_become_a_signer_whose_key_is_the_guards() -> None:
    signer = means_of(kit(credentials=[credential(MADE)]), NOBODY).signer
    assert signer is not None
    assert [one.fingerprint for one in signer.credentials] == [MADE.credential.fingerprint]
    assert not signer.credentials[0].key
    assert signer.anchors == MADE.root
    assert (signer.remote, signer.authority) == (NOBODY.sign, None)
    assert signer.generator.version == "1"
    assert signer.generator.owner.name == "Мысал ЖШС"


def test_credentials_that_have_ended_are_left_out() -> None:
    both = means_of(kit(credentials=[credential(ENDED), credential(MADE)]), NOBODY).signer
    assert both is not None
    assert [one.fingerprint for one in both.credentials] == [MADE.credential.fingerprint]
    ended = means_of(kit(credentials=[credential(ENDED)]), NOBODY)
    assert ended.signer is not None
    told, _ = answer(ORDER, PICTURE, ended)
    assert told["missing"] == {SIGNED: "no_certificate"}
    assert told["written"] == (VISIBLE, TAGS)


def test_one_that_isnt_valid_yet_is_there_when_it_is() -> None:
    later = development(NOW + timedelta(days=30))
    both = means_of(kit(credentials=[credential(MADE), credential(later)]), NOBODY).signer
    assert both is not None
    assert newest(both.credentials, NOW).fingerprint == MADE.credential.fingerprint
    assert newest(both.credentials, NOW + timedelta(days=31)) == both.credentials[1]


def test_time_stamps_are_asked_of_the_guard_where_there_is_an_authority() -> None:
    told = kit(credentials=[credential(MADE)], stamped=True)
    signer = means_of(told, NOBODY).signer
    assert signer is not None
    assert signer.authority == NOBODY.stamp


# ------------------------------------------------------------------ what it answers


def test_an_answer_has_the_layers_and_the_medium() -> None:
    told, data = answer(ORDER, PICTURE, means_of(kit(credentials=[credential(MADE)]), guard()))
    assert told == {
        "medium": "image/png",
        "written": (VISIBLE, TAGS, SIGNED),
        "missing": {},
        "why_not": "no_authority",
        "store": 0,
    }
    assert verify(data, "image/png", anchors=MADE.root).found[0].trusted


def test_what_a_text_is_said_to_be_goes_with_it() -> None:
    told, data = answer({**ORDER, "media_type": "text/markdown"}, b"# A\n", Means())
    assert (told["medium"], told["written"]) == ("text/markdown", (TAGS,))
    assert data != b"# A\n"


@pytest.mark.parametrize(
    "change",
    [
        {"label": {**asdict(LABEL), "level": "none"}},
        {"label": {"id": 5}},
        {"label": None},
        {"details": {"nobody": "knows"}},
        {"words": 7},
        {"media_type": None, "words": [None]},
    ],
)
def test_whatever_goes_wrong_is_an_answer_without_a_label(change: dict[str, Json]) -> None:
    told, data = answer({**ORDER, **change}, PICTURE, Means())
    assert told["written"] == ()
    assert told["missing"] == {TAGS: FAILED}
    assert data == PICTURE


def test_what_takes_too_much_memory_says_so() -> None:
    class Huge(Spread):
        def embed(self, pixels: Json, message: bytes) -> Json:
            raise MemoryError

    told, data = answer(ORDER, PICTURE, Means(watermark=Huge(b"a key of 16 byte")))
    assert told["missing"] == {TAGS: "too_much_memory"}
    assert (told["written"], data) == ((), PICTURE)


def test_what_the_guard_doesnt_sign_has_no_manifest() -> None:
    means = means_of(kit(credentials=[credential(MADE)]), guard(ENDED))
    told, _ = answer(ORDER, PICTURE, means)
    assert told["missing"] == {SIGNED: "signer_failed"}
    assert told["written"] == (VISIBLE, TAGS)


# ------------------------------------------------------------------ through its own socket


@contextmanager
def started(
    told: Mapping[str, Json], most: int = 1 << 20
) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket]]:
    ours, theirs = socket.socketpair()
    numbers = (str(theirs.fileno()), "30", str(most))
    process = subprocess.Popen(
        [sys.executable, "-m", "guardrail.shells.label_writer_worker", *numbers],
        pass_fds=(theirs.fileno(),),
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join(sys.path), "OPENBLAS_NUM_THREADS": "1"},
    )
    theirs.close()
    ours.settimeout(60)
    try:
        send(ours, {}, json.dumps(told).encode())
        yield process, ours
    finally:
        ours.close()
        process.kill()
        process.wait()


def send_and_receive(pipe: socket.socket, data: bytes) -> tuple[dict[str, object], bytes]:
    serve = desk().task(ORDER)
    send(pipe, ORDER, data)
    while "ask" in (found := receive(pipe, 1 << 20))[0]:
        send(pipe, *serve(*found, 60.0))
    return found


def test_it_is_bounded_and_answers_until_it_is_sent_more_than_it_was_started_for() -> None:
    with started(kit(credentials=[credential(MADE)])) as (process, pipe):
        assert receive(pipe, 0) == ({"ready": True}, b"")
        limits = Path(f"/proc/{process.pid}/limits").read_text()
        assert f"Max file size             {1 << 20}" in limits
        assert "Max core file size        0" in limits
        status = Path(f"/proc/{process.pid}/status").read_text()
        assert "NoNewPrivs:\t1" in status or not level()
        for data in (PICTURE, b"no picture", sounds.encoded(sounds.tone(0.2))):
            told, made = send_and_receive(pipe, data)
            # Nothing of the medium before is in it.
            assert (told["medium"] == "") is (data == b"no picture")
            assert made != data or told["written"] == []
        with pytest.raises((BrokenFrameError, ConnectionError)):
            send_and_receive(pipe, bytes((1 << 20) + 1))
        assert process.wait(30) == 0


def test_it_ends_with_its_guard() -> None:
    with started(kit()) as (process, pipe):
        receive(pipe, 0)
        pipe.close()
        assert process.wait(30) == 0


def test_what_it_cant_be_started_with_ends_it() -> None:
    with started(kit(watermark_key="no hex")) as (process, pipe):
        with pytest.raises((BrokenFrameError, ConnectionError)):
            receive(pipe, 0)
        assert process.wait(30) != 0


def test_credentials_are_told_apart_in_the_order_that_they_came_in() -> None:
    later = development(NOW, organisation="later")
    told = [credential(later), credential(MADE)]
    signer = means_of(kit(credentials=told), NOBODY).signer
    assert signer is not None
    assert [one.fingerprint for one in signer.credentials] == [
        later.credential.fingerprint,
        MADE.credential.fingerprint,
    ]


def test_a_text_is_answered_with_its_manifest_alone() -> None:
    page = b"<!doctype html><html><head></head><body>A</body></html>"
    means = means_of(kit(credentials=[credential(MADE)]), guard())
    order = {**ORDER, "media_type": "text/html", VOUCH: True}
    head, store = answer(order, page, means)
    assert (head["written"], head["missing"]) == (("beside",), {})
    assert verify(page, "text/html", anchors=MADE.root, sidecar=store).found[0].trusted


def test_a_text_of_which_nothing_is_said_gets_nothing() -> None:
    head, store = answer({VOUCH: True}, b"x", Means())
    assert (head["written"], head["missing"], store) == ((), {SIGNED: FAILED}, b"")
