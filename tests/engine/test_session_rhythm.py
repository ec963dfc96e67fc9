"""What a voice session's model says first begins with the rhythm, and cuts are understood."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.engine.session_rhythm import Rhythm
from guardrail.engine.stream_media import rhythm, rhythm_ms
from guardrail.facts import Opaque

Json = Any
RAW: Json = {"type": "session.created", "session": {"output_audio_format": "pcm16"}}
SOUND = b64encode(bytes(range(60))).decode()
DELTA: Json = {"type": "response.output_audio.delta", "item_id": "item_1", "delta": SOUND}
CUT: Json = {"type": "conversation.item.truncate", "item_id": "item_1", "audio_end_ms": 2_000}


def held(data: bytes | str = SOUND, *place: str) -> Opaque:
    return Opaque(place=place or ("delta",), medium="audio", reason="encoded", data=data)


def wanting(*events: Json) -> tuple[Rhythm, list[int]]:
    made, counted = Rhythm(), list[int]()
    made.want(lambda: counted.append(1))
    for one in events:
        made.tell(one)
    return made, counted


@pytest.mark.parametrize("kind", ["response.audio.delta", "response.output_audio.delta"])
def test_the_first_sound_begins_with_the_rhythm_and_no_other(kind: str) -> None:
    made, counted = wanting(RAW)
    assert made.begin({**DELTA, "type": kind}, held()) == rhythm() + SOUND
    assert made.begin({**DELTA, "type": kind}, held()) is None
    assert counted == [1]


def of(kind: str, *place: str, form: Json) -> Json:
    tree: Json = form
    for step in reversed(place):
        tree = {step: tree}
    return {"type": kind, **tree}


PCM: Json = {"type": "audio/pcm", "rate": 24_000}
NEW = ("session", "audio", "output", "format")


@pytest.mark.parametrize(
    ("events", "begins"),
    [
        ([], False),
        ([of("session.created", *NEW, form=PCM)], True),
        ([of("session.created", *NEW, form={"type": "audio/pcm"})], True),
        ([of("session.created", *NEW, form={**PCM, "rate": 16_000})], False),
        ([of("session.created", *NEW, form={"type": "audio/pcmu"})], False),
        ([of("session.created", *NEW, form="opus")], False),
        ([RAW, of("session.updated", *NEW, form={"type": "audio/pcmu"})], False),
        ([RAW, {"type": "session.updated", "session": {}}], True),
        ([RAW, {"type": "response.created", "response": {"output_audio_format": "mp3"}}], False),
        ([RAW, {"type": "other", "session": {"output_audio_format": "mp3"}}], True),
        ([RAW, 5, None, {"type": []}], True),
    ],
)
def test_only_what_is_told_to_be_raw_samples_gets_a_rhythm(
    events: list[Json],
    begins: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    made, counted = wanting(*events)
    assert (made.begin(DELTA, held()) is not None) is begins
    assert bool(counted) is begins


def test_where_nobody_wants_it_there_is_none() -> None:
    made = Rhythm()
    made.tell(RAW)
    assert made.begin(DELTA, held()) is None


@pytest.mark.parametrize(
    ("tree", "sound"),
    [
        ({**DELTA, "type": "response.content_part.added"}, held(SOUND, "part", "audio")),
        ({**DELTA, "type": "session.output_audio.delta"}, held()),
        (DELTA, held(SOUND, "part", "audio")),
        (DELTA, held("")),
        (DELTA, held(b"bytes")),
    ],
    ids=["a part", "a translation", "elsewhere", "nothing", "bytes"],
)
def test_what_isnt_the_first_piece_of_sound_stays(tree: Json, sound: Opaque) -> None:
    made, _ = wanting(RAW)
    assert made.begin(tree, sound) is None
    assert made.begin(DELTA, held()) is not None


def test_only_what_began_with_it_is_cut_off_without_its_time() -> None:
    made, _ = wanting(RAW)
    assert not made.is_cut(CUT)
    made.begin(DELTA, held())
    assert made.is_cut(CUT)
    assert not made.is_cut({**CUT, "item_id": "item_2"})
    assert not made.is_cut({**CUT, "type": "conversation.item.delete"})


@given(played=st.integers(0, 10**9), spaced=st.booleans())
def test_every_cut_keeps_all_but_the_rhythms_time(
    played: int,
    spaced: bool,  # noqa: FBT001 - hypothesis gives it
) -> None:
    separators = (", ", " : ") if spaced else (",", ":")
    body = json.dumps({**CUT, "audio_end_ms": played, "more": 1}, separators=separators)
    made = Rhythm().without(body.encode())
    less = {**CUT, "audio_end_ms": max(0, played - rhythm_ms()), "more": 1}
    assert made.decode() == json.dumps(less, separators=separators)


@pytest.mark.parametrize("played", [1.5, -3, "2000", None])
def test_what_is_no_time_stays_as_it_came(played: object) -> None:
    body = json.dumps({**CUT, "audio_end_ms": played}).encode()
    assert Rhythm().without(body) == body


def test_the_rhythm_has_the_length_that_it_says() -> None:
    assert 1_300 < rhythm_ms() < 1_500
