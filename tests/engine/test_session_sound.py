"""Frames of a caller's wait for no longer than they must, and are read in every way they may be."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.raw_sound import ALAW, PCM, ULAW, Coding, RawSound
from guardrail.engine.session_sound import (
    CallerSound,
    Codings,
    Frame,
    Listening,
    codings_in,
    frame_in,
    recordings,
)
from guardrail.facts import Category, Inspected, Opaque, Seen, Tier, Verdict
from guardrail.wire import JsonFrames, Wires
from guardrail.wire.frames import framed

Json = Any
SILENT = Inspected(verdict=Verdict.INSPECTED, medium="audio/x-raw")
UNHEARD = Inspected(verdict=Verdict.UNINSPECTABLE, reason="media_extra_missing")
BUSY = Inspected(verdict=Verdict.UNINSPECTABLE, reason="busy")
SAMPLES = b"\x01\x02" * 40
AUDIO = b64encode(SAMPLES).decode()


def voice(tier: Tier = Tier.CERTAIN) -> Inspected:
    seen = Seen(
        entity="VOICE", category=Category.BIOMETRIC, tier=tier, score=0.9, recognizer="ear@1"
    )
    return Inspected(verdict=Verdict.INSPECTED, medium="audio/x-raw", seen=(seen,))


def frame(data: bytes, name: bytes = b"") -> Frame:
    return Frame(raw=name or data, data=data, echo={"event_id": name.decode()})


def told(form: object, kind: str = "session.created") -> Json:
    return {"type": kind, "session": {"audio": {"input": {"format": form}}}}


def sound_of(form: object = None) -> CallerSound:
    sound = CallerSound()
    sound.codings.tell(told({"type": "audio/pcm", "rate": 24_000} if form is None else form))
    return sound


def listened(
    sound: CallerSound, inspected: Inspected = SILENT, *, last: bool = False
) -> tuple[list[RawSound], list[bytes]]:
    """Return what was due, and the messages that went on."""
    looks, went = [], []
    while (due := sound.due(last=last)) is not None:
        looks.append(due)
        sound.heard(due, inspected)
        went += sound.free()
    return looks, [*went, *sound.free()]


def test_frames_wait_until_a_second_was_heard() -> None:
    sound = sound_of()
    for number in range(9):
        assert sound.take(frame(bytes(4_800), b"%d" % number))
        assert listened(sound) == ([], [])
        assert sound.holds
    assert sound.take(frame(bytes(4_800), b"9"))
    looks, went = listened(sound)
    assert [one.fresh for one in looks] == [PCM.second]
    assert went == [b"%d" % number for number in range(10)]
    assert not sound.holds


def test_what_comes_behind_makes_the_frames_go_first() -> None:
    sound = sound_of()
    sound.take(frame(bytes(480), b"one"))
    looks, went = listened(sound, last=True)
    assert [one.fresh for one in looks] == [480]
    assert went == [b"one"]
    assert listened(sound, last=True) == ([], [])


def test_once_a_voice_is_known_nothing_waits_but_it_is_weighed_with_every_second() -> None:
    sound = sound_of()
    sound.take(frame(bytes(PCM.second)))
    listened(sound, voice())
    weighed = 0
    for number in range(50):
        sound.take(frame(bytes(4_800), b"%d" % number))
        looks, went = listened(sound, voice())
        assert went == [b"%d" % number]
        assert all(one.known == voice() for one in looks)
        weighed += len(looks)
    assert weighed == 5
    sound.reweigh()
    sound.take(frame(bytes(480)))
    assert len(listened(sound, voice())[0]) == 1
    sound.take(frame(bytes(480)))
    assert len(listened(sound, voice())[0]) == 0


@pytest.mark.parametrize("inspected", [SILENT, BUSY, voice(Tier.SUSPECT)])
def test_until_then_every_second_is_listened_to(inspected: Inspected) -> None:
    sound = sound_of()
    for _ in range(3):
        sound.take(frame(bytes(PCM.second)))
        looks, _ = listened(sound, inspected)
        assert [one.known for one in looks] == [None]


def test_where_nobody_can_listen_nothing_waits() -> None:
    sound = sound_of()
    sound.take(frame(bytes(PCM.second)))
    listened(sound, UNHEARD)
    sound.take(frame(bytes(10), b"next"))
    assert listened(sound, UNHEARD) == ([], [b"next"])


def test_what_is_dropped_is_forgotten() -> None:
    sound = sound_of()
    sound.take(frame(bytes(PCM.second)))
    listened(sound, voice())
    sound.take(frame(b"\1" * 480, b"old"))
    sound.drop()
    assert not sound.holds
    assert sound.echo == {}
    sound.take(frame(b"\2" * 480, b"new"))
    looks, went = listened(sound, last=True)
    assert [bytes(one) for one in looks] == [b"\2" * 480]
    assert went == [b"new"]


def test_a_refusal_repeats_what_came_last() -> None:
    sound = sound_of()
    sound.take(frame(bytes(10), b"first"))
    sound.take(frame(bytes(10), b"last"))
    assert sound.echo == {"event_id": "last"}


def test_until_the_upstream_tells_frames_are_read_in_every_way() -> None:
    sound = CallerSound()
    sound.take(frame(SAMPLES))
    looks, went = listened(sound, last=True)
    assert {one.coding for one in looks} == {PCM, ULAW, ALAW}
    assert went == [SAMPLES]


def test_a_change_in_mid_session_is_read_both_ways_until_the_upstream_follows() -> None:
    sound = sound_of("pcm16")
    sound.codings.ask(codings_in(told("g711_ulaw", "session.update")))
    sound.take(frame(SAMPLES, b"1"))
    looks, went = listened(sound, last=True)
    assert [one.coding for one in looks] == [PCM, ULAW]
    assert went == [b"1"]
    sound.codings.tell(told("g711_ulaw", "session.updated"))
    sound.take(frame(SAMPLES, b"2"))
    looks, went = listened(sound, last=True)
    assert [one.coding for one in looks] == [ULAW]
    assert went == [b"2"]


def test_frames_that_wait_when_the_coding_changes_are_heard_in_the_new_one() -> None:
    sound = sound_of("pcm16")
    sound.take(frame(SAMPLES, b"1"))
    sound.codings.tell(told("g711_alaw", "session.updated"))
    sound.take(frame(SAMPLES, b"2"))
    looks, went = listened(sound, last=True)
    assert [(one.coding, bytes(one)) for one in looks] == [(ALAW, SAMPLES * 2)]
    assert went == [b"1", b"2"]


def test_an_odd_frame_is_read_as_joined_and_as_cut() -> None:
    sound = sound_of()
    for data in (b"\1\2\3", b"\4\5\6\7"):
        sound.take(frame(data))
    looks, went = listened(sound, last=True)
    assert {bytes(one) for one in looks} == {b"\1\2\3\4\5\6", b"\1\2\4\5\6\7"}
    assert len(went) == 2


@given(
    st.lists(st.integers(0, 60_000), max_size=12),
    st.sampled_from(["pcm16", "g711_ulaw", "g711_alaw"]),
)
def test_every_frame_goes_on_once_and_in_order(sizes: list[int], form: str) -> None:
    sound = sound_of(form)
    went: list[bytes] = []
    for number, size in enumerate(sizes):
        sound.take(frame(bytes(size), b"%d" % number))
        went += listened(sound)[1]
        held = sum(sizes[len(went) : number + 1])
        assert held < 60_000 + 48_000
    went += listened(sound, last=True)[1]
    assert went == [b"%d" % number for number in range(len(sizes))]
    assert not sound.holds


@pytest.mark.parametrize(
    ("tree", "codings"),
    [
        (told("pcm16"), (PCM,)),
        (told({"type": "audio/pcmu"}), (ULAW,)),
        (told({"type": "audio/pcm", "rate": 16_000}), (Coding("pcm16", 16_000),)),
        (told({"type": "audio/opus"}), (None,)),
        (told({}), (None,)),
        (told(7), (None,)),
        ({"type": "session.created", "session": {"input_audio_format": "g711_alaw"}}, (ALAW,)),
        ({"type": "session.created", "session": {}}, ()),
        ({"type": "session.created"}, ()),
        ([], ()),
        (None, ()),
    ],
)
def test_an_event_says_how_sound_is_written(tree: object, codings: tuple[object, ...]) -> None:
    assert codings_in(tree) == codings


def test_what_the_upstream_tells_counts_and_what_was_asked_until_then() -> None:
    codings = Codings()
    possible = [codings.possible]
    for event in (
        {"type": "response.created", "session": {"input_audio_format": "g711_alaw"}},
        {"type": "session.created"},
    ):
        codings.tell(event)
        possible.append(codings.possible)
    codings.ask((ULAW,))
    for event in ({"type": "session.updated"}, told("g711_ulaw", "session.updated")):
        codings.tell(event)
        possible.append(codings.possible)
    every = (PCM, ULAW, ALAW)
    assert possible == [every, every, (PCM,), (PCM, ULAW), (ULAW,)]


def test_what_may_be_a_coding_that_nobody_reads_isnt_listened_to() -> None:
    codings = Codings()
    codings.tell(told({"type": "audio/opus"}))
    assert codings.possible == ()
    sound = sound_of()
    sound.codings.ask((None,))
    assert not sound.take(frame(SAMPLES))
    many = Codings()
    for rate in range(8_000, 8_100):
        many.ask((Coding("pcm16", rate),))
    assert many.possible == ()


def append(**more: object) -> Json:
    return {"type": "input_audio_buffer.append", "audio": AUDIO, **more}


def held(data: bytes | str = AUDIO, *place: str | int) -> Opaque:
    return Opaque(place=place or ("audio",), medium="audio", reason="encoded", data=data)


def test_a_message_of_sound_and_no_more_is_a_frame() -> None:
    found = frame_in(append(event_id="e"), b"raw", (held(),), {"event_id": "e"})
    assert found == Frame(raw=b"raw", data=SAMPLES, echo={"event_id": "e"})
    for tree, opaque in (
        (append(more=[0.5]), (held(),)),
        ({**append(), "type": "response.create"}, (held(),)),
        ([], (held(),)),
        (append(), ()),
        (append(), (held(), held())),
        (append(), (held(AUDIO, "other"),)),
        (append(), (held(b""),)),
        (append(audio="?"), (held("?"),)),
    ):
        assert frame_in(tree, b"raw", opaque, {}) is None


def test_an_items_sound_is_a_recording_of_its_own() -> None:
    item = held(AUDIO, "item", "content", 0, "audio")
    found = recordings((item, held()), (PCM, ULAW))
    assert [one.data for one in found] == [SAMPLES, SAMPLES, AUDIO]
    assert [one.data.coding for one in found if isinstance(one.data, RawSound)] == [PCM, ULAW]
    assert all(one.data.whole for one in found if isinstance(one.data, RawSound))
    assert recordings((item,), ()) == (item,)


def test_what_the_model_says_aloud_is_nobodys_voice(wires: Wires) -> None:
    codec = Listening(wires.named("openai-realtime").stream(JsonFrames()), Codings())
    picture = b64encode(b"\xff\xd8\xff\xe0" + bytes(60)).decode()
    for kind, audio, left in (
        ("response.output_audio.delta", AUDIO, 0),
        ("response.audio.delta", AUDIO, 0),
        ("response.audio.delta", picture, 1),
    ):
        sent = framed(json.dumps({"type": kind, "item_id": "i", "delta": audio}))
        [event] = codec.feed(sent)
        assert event.raw == sent
        assert len(event.opaque) == left
    spoken = {"type": "session.created", "session": {"input_audio_format": "g711_ulaw"}}
    item = {"role": "user", "content": [{"type": "input_audio", "audio": AUDIO}]}
    *_, event = codec.feed(
        framed(json.dumps(spoken))
        + framed(json.dumps({"type": "conversation.item.retrieved", "item": item}))
    )
    [one] = event.opaque
    assert isinstance(one.data, RawSound)
    assert one.data.coding == ULAW
    assert codec.close() == []
    assert (codec.crowded, codec.gap) == (False, b"")


def test_other_formats_sound_stays_what_it_is(wires: Wires) -> None:
    codec = Listening(wires.named("openai-realtime").stream(JsonFrames()), Codings(), speaks=False)
    sent = framed(json.dumps({"type": "response.audio.delta", "item_id": "i", "delta": AUDIO}))
    assert len(codec.feed(sent)[0].opaque) == 1


@pytest.mark.parametrize("kind", [[], {}, 5, None])
def test_an_event_of_no_type_that_there_is_tells_nothing(kind: object) -> None:
    tree = {"type": kind, "session": {"input_audio_format": "g711_ulaw"}, "audio": "AAAA"}
    codings = Codings()
    before = codings.possible
    codings.tell(tree)
    assert codings.possible == before
    assert frame_in(tree, b"", (), {}) is None
