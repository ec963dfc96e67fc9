"""Each kind of anchor confirms a checkpoint, keeps what came back, and says why where it can't."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.errors import ConfigError, EvidenceError
from guardrail.evidence import open_checkpoint
from guardrail.evidence.cosignature import cosign, cosigned
from guardrail.evidence.time_stamp import read_answer
from guardrail.settings.evidence import EvidenceSettings
from guardrail.shells import witness
from guardrail.shells.anchors import (
    Anchor,
    Held,
    PushFolder,
    PushUrl,
    TimeStamps,
    Witness,
    anchors,
)
from guardrail.testing.log_of_tiles import LogOfTiles
from guardrail.testing.objects import MemoryObjects
from guardrail.testing.time_authority import TimeAuthority
from guardrail.testing.web import Web

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def held(log: LogOfTiles, note: bytes) -> Held:
    checkpoint = open_checkpoint(note, log.shard_key)
    one = Held(objects=log.objects, shard="2026h2", note=note, checkpoint=checkpoint)
    log.objects.create(one.name, note)
    return one


def code_of(anchor: Anchor, one: Held) -> str:
    with pytest.raises(EvidenceError) as caught:
        anchor.anchor(one)
    return caught.value.code


@pytest.fixture
def log() -> LogOfTiles:
    return LogOfTiles()


# ------------------------------------------------------------------ time-stamps


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs OpenSSL")
def test_a_time_stamp_over_the_note_as_we_signed_it_is_kept(
    log: LogOfTiles, tmp_path: Path
) -> None:
    authority = TimeAuthority(tmp_path)
    one = held(log, log.grow(7))
    TimeStamps(authority.answer).anchor(one)
    kept = log.objects.held["2026h2/anchors/7.tsr"]
    assert read_answer(kept, one.note).digest == hashlib.sha256(one.note).digest()
    assert authority.verifies(kept, one.note)


def test_an_authority_that_is_down_says_so(log: LogOfTiles) -> None:
    def down(_: bytes) -> bytes:
        raise TimeoutError

    assert code_of(TimeStamps(down), held(log, log.grow(7))) == "time_stamp_failed"
    assert "2026h2/anchors/7.tsr" not in log.objects.held


def test_an_answer_that_is_no_time_stamp_isnt_kept(log: LogOfTiles) -> None:
    one = held(log, log.grow(7))
    assert code_of(TimeStamps(lambda _: b"yes"), one) == "time_stamp_invalid"
    assert "2026h2/anchors/7.tsr" not in log.objects.held


# ------------------------------------------------------------------ witnesses


class Outside:
    """A witness on the web."""

    def __init__(self, log: LogOfTiles, *, root: bool = False) -> None:
        logs = [log.root if root else log.shard_key]
        self.objects = MemoryObjects()
        self.core = witness.Witness(self.objects, name="witness.example", key=KEY, logs=logs)
        self.web = Web(self.answer)

    def answer(self, path: str, body: bytes) -> tuple[int, str, bytes]:
        work = {"/add-checkpoint": self.core.add_checkpoint, "/add-key": self.core.add_key}[path]
        said = work(body)
        return said.status, said.kind, said.body

    def anchor(self, which: int = 0) -> Witness:
        return Witness(f"{self.web.url}/", self.core.cosigners[which], seconds=5)

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.web.asked]


@pytest.fixture
def outside(log: LogOfTiles) -> Iterator[Outside]:
    one = Outside(log)
    yield one
    one.web.close()


@pytest.mark.parametrize("which", [0, 1], ids=["Ed25519", "ML-DSA-44"])
def test_a_cosignature_becomes_a_line_of_the_kept_note(
    log: LogOfTiles, outside: Outside, which: int
) -> None:
    one = held(log, log.grow(7))
    outside.anchor(which).anchor(one)
    kept = log.objects.held["2026h2/anchors/7.note"]
    assert kept.startswith(one.note)
    assert kept.count(b"\n") == one.note.count(b"\n") + 1
    assert list(cosigned(kept, outside.core.cosigners)) == [outside.core.cosigners[which]]
    assert open_checkpoint(kept, log.shard_key) == one.checkpoint


def test_it_is_asked_once_for_each_checkpoint_when_it_is_known(
    log: LogOfTiles, outside: Outside
) -> None:
    anchor = outside.anchor()
    for count in (7, 300, 1):
        anchor.anchor(held(log, log.grow(count)))
    assert outside.paths == ["/add-checkpoint"] * 3


def test_after_a_restart_the_witness_tells_what_it_saw(log: LogOfTiles, outside: Outside) -> None:
    outside.anchor().anchor(held(log, log.grow(7)))
    outside.anchor().anchor(held(log, log.grow(300)))
    assert outside.paths == ["/add-checkpoint"] * 3


def test_the_same_line_isnt_kept_twice(log: LogOfTiles, outside: Outside) -> None:
    one = held(log, log.grow(7))
    line = cosign(one.checkpoint, "witness.example", KEY, 1_790_000_000)
    outside.web.answer = lambda *_: (200, "text/plain", line.encode())
    outside.anchor().anchor(one)
    outside.anchor().anchor(one)
    assert log.objects.held[one.name] == one.note + line.encode()


def test_a_witness_that_knows_the_root_key_is_told_the_shards(log: LogOfTiles) -> None:
    outside = Outside(log, root=True)
    with outside.web:
        outside.anchor().anchor(held(log, log.grow(7)))
    assert outside.paths == ["/add-checkpoint", "/add-key", "/add-checkpoint"]


def test_a_history_that_was_rewritten_is_refused(log: LogOfTiles, outside: Outside) -> None:
    anchor = outside.anchor()
    anchor.anchor(held(log, log.grow(7)))
    log.forget()
    assert code_of(anchor, held(log, log.grow(300))) == "witness_refused"
    assert [name for name in outside.objects.held if name.endswith(".note")]


def test_a_log_that_lost_its_end_is_behind_its_witness(log: LogOfTiles, outside: Outside) -> None:
    outside.anchor().anchor(held(log, log.grow(7)))
    log.forget()
    assert code_of(outside.anchor(), held(log, log.grow(5))) == "witness_ahead"


def test_a_witness_that_saw_a_later_checkpoint_of_this_log_is_no_incident(
    log: LogOfTiles, outside: Outside
) -> None:
    waits = held(log, log.grow(5))
    outside.anchor().anchor(held(log, log.grow(2)))
    assert code_of(outside.anchor(), waits) == "witness_later"


def test_a_witness_that_doesnt_know_the_log_says_so(log: LogOfTiles, outside: Outside) -> None:
    stranger = LogOfTiles("other.example", seed=2)
    one = held(stranger, stranger.grow(3))
    assert code_of(outside.anchor(), one) == "witness_unknown_log"


def test_nobody_there_is_told_as_such(log: LogOfTiles) -> None:
    outside = Outside(log)
    outside.web.close()
    assert code_of(outside.anchor(), held(log, log.grow(3))) == "witness_unreachable"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((200, "text/plain", b""), "witness_invalid"),
        ((200, "text/plain", b"nonsense"), "witness_invalid"),
        ((409, "text/x.tlog.size", b"0\n"), "witness_invalid"),
        ((409, "text/x.tlog.size", b"many\n"), "evidence_submission_invalid"),
        ((409, "text/plain", b"5\n"), "witness_failed"),
        ((403, "text/plain", b""), "witness_failed"),
        ((500, "text/plain", b""), "witness_failed"),
    ],
)
def test_a_witness_that_answers_nonsense_changes_nothing(
    log: LogOfTiles, outside: Outside, answer: tuple[int, str, bytes], code: str
) -> None:
    outside.web.answer = lambda *_: answer
    one = held(log, log.grow(3))
    assert code_of(outside.anchor(), one) == code
    assert log.objects.held[one.name] == one.note


def test_a_cosignature_of_another_checkpoint_isnt_taken(log: LogOfTiles, outside: Outside) -> None:
    first = held(log, log.grow(3))
    line = cosign(first.checkpoint, "witness.example", KEY, 1_790_000_000).encode()
    outside.web.answer = lambda *_: (200, "text/plain", line)
    assert code_of(outside.anchor(), held(log, log.grow(1))) == "witness_invalid"


def test_a_cosignature_of_somebody_else_isnt_taken(log: LogOfTiles, outside: Outside) -> None:
    one = held(log, log.grow(3))
    line = cosign(one.checkpoint, "other.example", KEY, 1_790_000_000).encode()
    outside.web.answer = lambda *_: (200, "text/plain", line)
    assert code_of(outside.anchor(), one) == "witness_invalid"


# ------------------------------------------------------------------ copies


def test_a_copy_is_posted_with_its_cosignatures(log: LogOfTiles, outside: Outside) -> None:
    one = held(log, log.grow(3))
    outside.anchor().anchor(one)
    with Web(lambda *_: (204, "", b"")) as web:
        PushUrl(0, f"{web.url}/in", seconds=5).anchor(one)
    assert web.asked == [("/in", log.objects.held[one.name])]
    assert b"witness.example" in web.asked[0][1]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_copy_that_isnt_taken_is_told(log: LogOfTiles, status: int) -> None:
    with Web(lambda *_: (status, "", b"")) as web:
        assert code_of(PushUrl(0, web.url, seconds=5), held(log, log.grow(3))) == "push_failed"


def test_a_copy_for_nobody_is_told(log: LogOfTiles) -> None:
    with Web(lambda *_: (204, "", b"")) as web:
        anchor = PushUrl(0, web.url, seconds=5)
    assert code_of(anchor, held(log, log.grow(3))) == "push_failed"


def test_a_copy_is_written_into_a_directory(log: LogOfTiles, tmp_path: Path) -> None:
    one = held(log, log.grow(3))
    for _ in range(2):
        PushFolder(0, tmp_path).anchor(one)
    [path] = tmp_path.iterdir()
    assert path.name == "guard.example_2026h2-3.note"
    assert path.read_bytes() == one.note


def test_a_directory_that_isnt_there_is_told(log: LogOfTiles, tmp_path: Path) -> None:
    one = held(log, log.grow(3))
    assert code_of(PushFolder(0, tmp_path / "gone"), one) == "push_failed"


# ------------------------------------------------------------------ settings


def test_settings_name_anchors_and_copies_come_last(log: LogOfTiles, outside: Outside) -> None:
    settings = EvidenceSettings(
        timestamps="http://127.0.0.1:9/tsr",
        witnesses=(f"http://127.0.0.1:9 {outside.core.cosigners[0]}",),
        push=("http://127.0.0.1:9/secret", "/var/copies"),
    )
    names = [one.name for one in anchors(settings)]
    assert names == ["timestamp", "witness:witness.example", "push:0", "push:1"]
    assert anchors(EvidenceSettings()) == ()


@pytest.mark.parametrize(
    "settings",
    [
        EvidenceSettings(timestamps="file:///etc/passwd"),
        EvidenceSettings(witnesses=("https://witness.example",)),
        EvidenceSettings(witnesses=("https://witness.example name+00000000+AAAA",)),
        EvidenceSettings(
            witnesses=(
                "gopher://a remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
            )
        ),
        EvidenceSettings(push=("ftp://a.example/in",)),
    ],
)
def test_an_address_or_a_key_that_cant_be_used_is_told_at_the_start(
    settings: EvidenceSettings,
) -> None:
    with pytest.raises(ConfigError):
        anchors(settings)
