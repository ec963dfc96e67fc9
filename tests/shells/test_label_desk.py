"""The guard signs one claim a medium, about that medium's label, and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from guardrail.disclose import label
from guardrail.disclose.c2pa import Generator, Signed, Signer, Unsigned, development, sign, verify
from guardrail.disclose.c2pa.certificates import from_chain
from guardrail.disclose.c2pa.local import local
from guardrail.disclose.c2pa.timestamps import request
from guardrail.shells.label_desk import FAILED, SIGN, STAMP, TASK, Desk, Task
from guardrail.shells.workers import ASK
from guardrail.testing import pictures

# The library reads the clock.
NOW = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251
MADE = development(NOW)
PUBLIC = from_chain(MADE.credential.chain, NOW)
PICTURE = pictures.encoded(pictures.scene(64, 64))
LABEL = label(id="urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10", model="m", created=1)
OTHER = label(id="urn:uuid:00000000-0000-4000-8000-000000000000", model="m", created=1)
DESK = Desk(credentials=(MADE.credential,), generator=Generator())
HEAD = {TASK: "t1", "label": {"id": LABEL.id}}
ASKED_SIGN, ASKED_STAMP = {ASK: SIGN, TASK: "t1"}, {ASK: STAMP, TASK: "t1"}
FOREVER = 60.0


def signed(task: Task, *, said: object = LABEL, told: dict[str, object] | None = None) -> Signed:
    """Sign a picture as a process does that has no key."""

    def remote(message: bytes) -> bytes:
        head, signature = task(told or ASKED_SIGN, message, FOREVER)
        if not head["ok"]:
            raise TimeoutError
        return signature

    signer = Signer(credentials=(PUBLIC,), anchors=MADE.root, remote=remote)
    assert isinstance(said, type(LABEL))
    return sign(PICTURE, "image/png", said, signer, NOW)


def claim() -> bytes:
    """Return what the library wants to have signed."""
    asked: list[bytes] = []

    def remote(message: bytes) -> bytes:
        asked.append(message)
        return local(MADE.credential)(message)

    sign(PICTURE, "image/png", LABEL, Signer(credentials=(PUBLIC,), remote=remote), NOW)
    return asked[0]


CLAIM = claim()


def amiss(task: Task, head: Mapping[str, object], data: bytes = CLAIM) -> str:
    with pytest.raises(ValueError, match="_") as caught:
        task(head, data, FOREVER)
    return str(caught.value)


# ------------------------------------------------------------------ what is signed


def test_a_claim_of_the_mediums_label_is_signed_with_the_key_that_stays_here() -> None:
    done = signed(DESK.task(HEAD))
    assert verify(done.data, "image/png", anchors=MADE.root).found[0].trusted
    assert not PUBLIC.key


def test_nothing_is_signed_twice() -> None:
    task = DESK.task(HEAD)
    assert task(ASKED_SIGN, CLAIM, FOREVER)[0] == {"ok": True}
    assert amiss(task, ASKED_SIGN) == "not_now"


def test_a_claim_that_was_refused_is_the_last_that_is_looked_at() -> None:
    task = DESK.task(HEAD)
    assert amiss(task, ASKED_SIGN, b"words") == "not_a_claim"
    assert amiss(task, ASKED_SIGN) == "not_now"


@pytest.mark.parametrize("name", ["t2", "", None, ["t1"]])
def test_nothing_is_signed_for_a_medium_that_isnt_under_way(name: object) -> None:
    assert amiss(DESK.task(HEAD), {ASK: SIGN, TASK: name}) == "another_task"


@pytest.mark.parametrize("what", ["", "key", None, 5, ["sign"], {"sign": 1}])
def test_nothing_else_is_given_whatever_is_asked_for(what: object) -> None:
    assert amiss(DESK.task(HEAD), {ASK: what, TASK: "t1"}) == "not_now"


def test_a_claim_of_another_label_isnt_signed_and_the_log_says_why(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(Unsigned, match="signer_failed"):
        signed(DESK.task(HEAD), said=OTHER)
    assert "another_label" in caplog.text
    assert OTHER.id not in caplog.text


def test_one_program_doesnt_sign_what_another_says() -> None:
    other = replace(DESK, generator=Generator(version="7"))
    assert amiss(other.task(HEAD), ASKED_SIGN) == "another_generator"


def test_a_certificate_that_has_ended_signs_nothing_whatever_the_other_side_thinks() -> None:
    ended = replace(MADE.credential, not_after=NOW - timedelta(seconds=1))
    early = replace(MADE.credential, not_before=NOW + timedelta(hours=1))
    for one in (ended, early):
        desk = replace(DESK, credentials=(one,))
        assert desk.task(HEAD)(ASKED_SIGN, CLAIM, FOREVER) == FAILED


# ------------------------------------------------------------------ keys that are elsewhere


def test_a_key_that_is_elsewhere_is_asked_with_the_time_that_is_left() -> None:
    asked: list[tuple[bytes, float]] = []

    def elsewhere(message: bytes, seconds: float) -> bytes:
        asked.append((message, seconds))
        return local(MADE.credential)(message)

    desk = Desk(credentials=(PUBLIC,), generator=Generator(), elsewhere=elsewhere)
    head, signature = desk.task(HEAD)(ASKED_SIGN, CLAIM, 1.5)
    assert (head, asked) == ({"ok": True}, [(CLAIM, 1.5)])
    assert len(signature) == 64  # r and s, whatever the key store wrote


@pytest.mark.parametrize("answer", [b"", b"\x30\x06\x02\x01", b"words"])
def test_what_is_no_signature_is_none(answer: bytes) -> None:
    desk = Desk(credentials=(PUBLIC,), generator=Generator(), elsewhere=lambda *_: answer)
    assert desk.task(HEAD)(ASKED_SIGN, CLAIM, FOREVER) == FAILED


def test_a_key_store_that_fails_is_an_answer_and_its_words_are_kept_in(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(message: bytes, seconds: float) -> bytes:
        raise TimeoutError("a secret address")

    desk = Desk(credentials=(PUBLIC,), generator=Generator(), elsewhere=broken)
    with caplog.at_level(logging.WARNING), pytest.raises(Unsigned, match="signer_failed"):
        signed(desk.task(HEAD))
    assert "TimeoutError" in caplog.text
    assert "secret" not in caplog.text


def test_without_a_key_and_without_anybody_else_nothing_is_signed() -> None:
    desk = Desk(credentials=(PUBLIC,), generator=Generator())
    assert desk.task(HEAD)(ASKED_SIGN, CLAIM, FOREVER) == FAILED


# ------------------------------------------------------------------ time-stamps


def stamping(answers: Callable[[bytes], bytes]) -> Task:
    return replace(DESK, authority=answers).task(HEAD)


def test_the_authority_is_asked_for_what_was_signed_and_once() -> None:
    asked: list[bytes] = []

    def authority(about: bytes) -> bytes:
        asked.append(about)
        return b"a token"

    task = stamping(authority)
    done = signed(task)
    # What the process says of it makes no difference.
    assert task(ASKED_STAMP, b"something else", FOREVER) == ({"ok": True}, b"a token")
    assert asked == [request(done.store)]
    assert amiss(task, ASKED_STAMP) == "not_now"


def test_before_something_was_signed_nobody_is_asked() -> None:
    asked: list[bytes] = []

    def authority(about: bytes) -> bytes:
        asked.append(about)
        return b"a token"

    task = stamping(authority)
    assert amiss(task, ASKED_STAMP) == "not_now"
    assert amiss(task, ASKED_SIGN) == "not_now"
    assert asked == []


def test_where_nobody_gives_time_stamps_asking_for_one_is_amiss() -> None:
    task = DESK.task(HEAD)
    signed(task)
    assert amiss(task, ASKED_STAMP) == "not_now"


def test_an_authority_that_fails_is_an_answer() -> None:
    def down(about: bytes) -> bytes:
        raise OSError("a secret address")

    task = stamping(down)
    signed(task)
    assert task(ASKED_STAMP, b"", FOREVER) == FAILED
