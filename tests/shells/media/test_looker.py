"""What messages hold is looked into once, and what is put in its place is spelt as it was."""

from __future__ import annotations

from base64 import b64encode

import pytest

from guardrail.detect.media.actions import Redaction
from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.raw_sound import ULAW, RawSound
from guardrail.facts import Inspected, Verdict
from guardrail.shells.media import Looker, MediaPool, looker
from guardrail.shells.media.looker import NotRedactedError
from guardrail.testing import pictures, sounds

pytestmark = pytest.mark.xdist_group("media")

PORTRAIT = pictures.encoded(pictures.portrait(256))
FACE = Redaction(entities=frozenset({"FACE"}))
PNG = Inspected(verdict=Verdict.INSPECTED, medium="image/png")


class Counting(MediaPool):
    """Counts what it is asked, and answers what it is told to."""

    def __init__(self, answer: Inspected = PNG) -> None:
        super().__init__(budget=Budget(encoded_bytes=1_000))
        self.answer = answer
        self.asked: list[tuple[bytes, str]] = []
        self.closed = False

    def inspect(self, data: bytes, declared: str = "", name: str = "") -> Inspected:
        self.asked.append((data, declared))
        return self.answer

    def redact(self, data: bytes, redaction: Redaction) -> bytes:
        if redaction.face_only:
            raise Uninspectable("several_faces")
        return data[::-1]

    def close(self) -> None:
        self.closed = True


def url(data: bytes, declared: str = "image/png") -> str:
    return f"data:{declared};base64,{b64encode(data).decode()}"


def test_a_face_in_a_data_url_is_seen_and_hidden(pool: MediaPool) -> None:
    look = Looker(pool)
    held = url(PORTRAIT)
    assert [one.entity for one in look.inspect(held).seen] == ["FACE"]
    hidden = look.redact(held, FACE)
    assert hidden.startswith("data:image/png;base64,")
    assert look.inspect(hidden) == PNG


def test_bytes_come_back_as_characters_of_latin_1(pool: MediaPool) -> None:
    hidden = Looker(pool).redact(PORTRAIT, FACE)
    assert hidden.encode("latin-1").startswith(b"\x89PNG")


def test_the_same_medium_is_looked_into_once_however_it_is_spelt() -> None:
    pool = Counting()
    look = Looker(pool)
    for held in (b"ab\xff", "YWL/", "YWL_", "Y W L /", "YWL%2F"):
        assert look.inspect(held) == PNG
    assert pool.asked == [(b"ab\xff", "")]


def test_what_it_says_of_itself_is_part_of_it() -> None:
    pool = Counting()
    look = Looker(pool)
    for declared in ("image/png", "audio/wav", "image/png", "\ud800"):
        look.inspect(url(b"abc", declared))
    assert [declared for _, declared in pool.asked] == ["image/png", "audio/wav", "\ud800"]


@pytest.mark.parametrize(
    "reason", ["busy", "timeout", "crashed", "no_worker", "worker_confused", "media_extra_missing"]
)
def test_what_says_nothing_of_the_medium_isnt_remembered(reason: str) -> None:
    pool = Counting(Inspected(verdict=Verdict.UNINSPECTABLE, reason=reason))
    look = Looker(pool)
    assert look.inspect(b"abc").reason == reason
    pool.answer = PNG
    assert look.inspect(b"abc") == PNG


def test_a_verdict_on_the_medium_is_remembered() -> None:
    pool = Counting(Inspected(verdict=Verdict.UNINSPECTABLE, reason="truncated"))
    look = Looker(pool)
    assert look.inspect(b"abc") == look.inspect(b"abc") == pool.answer
    assert len(pool.asked) == 1


def test_of_too_many_the_ones_longest_unseen_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looker, "REMEMBERED", 2)
    pool = Counting()
    look = Looker(pool)
    for held in (b"a", b"b", b"a", b"c", b"a", b"b"):
        look.inspect(held)
    assert [data for data, _ in pool.asked] == [b"a", b"b", b"c", b"b"]


def test_what_holds_nothing_or_no_base64_is_never_sent() -> None:
    pool = Counting()
    look = Looker(pool)
    assert look.inspect("") == look.inspect(b"") == Inspected(verdict=Verdict.UNINSPECTABLE)
    assert look.inspect("???").reason == "not_base64"
    assert look.inspect(b"x" * 1_001).reason == "too_large"
    assert pool.asked == []


@pytest.mark.parametrize(
    ("held", "redaction", "reason"),
    [
        (b"abc", Redaction(face_only=True), "several_faces"),
        ("???", FACE, "not_base64"),
        (b"x" * 1_001, FACE, "too_large"),
    ],
)
def test_what_cant_be_redacted_is_refused_with_a_reason(
    held: bytes | str, redaction: Redaction, reason: str
) -> None:
    with pytest.raises(NotRedactedError) as caught:
        Looker(Counting()).redact(held, redaction)
    assert caught.value.code == "media_not_redacted"
    assert caught.value.reason == reason
    assert reason in str(caught.value)
    assert caught.value.fix


def test_words_for_people_stand_alone() -> None:
    error = NotRedactedError("several_faces", "One face only, please.")
    assert (str(error), error.fix) == ("One face only, please.", "")


def test_its_end_is_the_pools() -> None:
    pool = Counting()
    Looker(pool).close()
    assert pool.closed


def test_frames_are_listened_to_unless_it_is_known_what_they_are(pool: MediaPool) -> None:
    look = Looker(pool)
    samples = sounds.encoded(sounds.voice(rate=8_000), rate=8_000, form="RAW", subtype="ULAW")
    heard = look.inspect(RawSound(samples, ULAW, fresh=len(samples)))
    assert [one.entity for one in heard.seen] == ["VOICE"]
    assert Looker(Counting()).inspect(RawSound(b"", known=heard)) is heard
    with pytest.raises(NotRedactedError):
        look.redact(RawSound(samples, ULAW), Redaction(entities=frozenset({"VOICE"})))
