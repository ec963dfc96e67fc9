"""Media in the events of a streamed reply: judged, and changed before their event leaves."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.actions import Redaction
from guardrail.disclose.layers import Layered, Said
from guardrail.engine import Enacted, Guard
from guardrail.engine.labels import Labelled
from guardrail.engine.media import REFERENCE, Medium
from guardrail.engine.stream_media import IN_PIECES, Changes, StreamMedia
from guardrail.errors import UpstreamError
from guardrail.facts import (
    Action,
    Category,
    Inspected,
    Opaque,
    Seen,
    Tier,
    Verdict,
)
from guardrail.settings import Labels, MediaLabels

Make = Callable[..., Guard]
Send = Callable[..., Enacted]

CHAT = b'{"model": "m", "messages": [{"role": "user", "content": "a"}]}'
CLEAR = Inspected(verdict=Verdict.INSPECTED, medium="image/png")
UNSEEN = Inspected(verdict=Verdict.UNINSPECTABLE, reason="unknown_format")
PLACE = Seen(
    entity="GEO_LOCATION", category=Category.PERSONAL, tier=Tier.CERTAIN, score=0.9, recognizer="r"
)
TEMPLATE = replace(PLACE, entity="BIOMETRIC_TEMPLATE", category=Category.BIOMETRIC)


def opaque(medium: str = "image", name: str = "AAAA", reason: str = "encoded") -> Opaque:
    return Opaque(place=("data", medium, name), medium=medium, reason=reason, data=name)


PICTURE, SOUND = opaque(), opaque("audio", "UklG")
ADDRESS = replace(PICTURE, reason=REFERENCE, data="")


def stream(guard: Guard, send: Send, *, operation: str = "chat") -> StreamMedia:
    case = send(guard, CHAT).decided.examined.case
    case.route = replace(case.route, operation=replace(case.route.operation, name=operation))
    return StreamMedia(guard, case)


def layered(held: str, **missing: str) -> Labelled:
    written = tuple(one for one in ("visible", "tags") if one not in missing)
    layers = Layered(data=b"", medium="image/png", written=written, missing=missing)
    return Labelled(held=held, layered=layers)


# ------------------------------------------------------------------ what is decided


def test_a_picture_that_shows_nobody_is_to_be_labelled(
    make_guard: Make, send: Send, now: datetime
) -> None:
    judged = stream(make_guard(), send).judge([PICTURE], [CLEAR], now)
    assert judged.decision is not None
    assert judged.decision.action is Action.ALLOW
    assert judged.standings == ()
    assert judged.changes is not None
    assert judged.changes.redactions == {}
    assert judged.changes.said is not None
    assert judged.changes.said.label.kind == "synthetic"
    assert judged.changes.said.label.created == int(now.timestamp())
    assert judged.changes.jobs({}) == {0: ("AAAA", "AAAA")}


def test_the_decision_on_such_media_is_told_once_and_each_is_labelled(
    make_guard: Make, send: Send, now: datetime
) -> None:
    media = stream(make_guard(), send)
    decisions = [media.judge([PICTURE], [CLEAR], now) for _ in range(3)]
    assert [one.decision is None for one in decisions] == [False, True, True]
    assert all(one.changes is not None for one in decisions)


def test_what_it_shows_is_to_be_hidden_each_time_and_is_told_each_time(
    make_guard: Make, send: Send, now: datetime
) -> None:
    media = stream(make_guard("mask"), send)
    for _ in range(2):
        judged = media.judge(
            [SOUND, PICTURE],
            [replace(CLEAR, medium="audio/wav"), replace(CLEAR, seen=(PLACE,))],
            now,
        )
        assert judged.decision is not None
        assert [one.finding.entity for one in judged.standings] == ["GEO_LOCATION"]
        assert judged.changes is not None
        assert judged.changes.redactions == {1: Redaction(entities=frozenset({"GEO_LOCATION"}))}
        assert judged.changes.jobs({1: "hidden"}) == {1: ("AAAA", "hidden")}


@pytest.mark.parametrize(
    "inspected", [UNSEEN, replace(CLEAR, seen=(TEMPLATE,))], ids=["unseen", "a template"]
)
def test_what_is_refused_is_neither_changed_nor_counted(
    make_guard: Make, send: Send, now: datetime, inspected: Inspected
) -> None:
    media = stream(make_guard("mask"), send)
    for _ in range(2):
        judged = media.judge([PICTURE], [inspected], now)
        assert judged.decision is not None
        assert judged.decision.action is Action.REFUSE
        assert judged.changes is None
    assert media.fields == {}


def test_what_may_pass_unseen_is_labelled_all_the_same(
    make_guard: Make, send: Send, now: datetime
) -> None:
    judged = stream(make_guard(media="pass"), send).judge([PICTURE], [UNSEEN], now)
    assert judged.changes is not None
    assert judged.changes.said is not None


def test_a_picture_in_a_text_is_labelled_where_it_is_whole_and_else_doesnt_pass_unlabelled(
    make_guard: Make, send: Send, now: datetime
) -> None:
    whole = Opaque(place=(), medium="unknown", reason="hidden", data=b"\x89PNG")
    changes = stream(make_guard(), send).judge([whole], [CLEAR], now).changes
    assert changes is not None
    assert changes.jobs({}) == {0: (b"\x89PNG", b"\x89PNG")}
    with pytest.raises(UpstreamError) as caught:
        stream(make_guard(media="pass"), send).judge([replace(whole, data=b"")], [], now)
    assert caught.value.code == "media_not_labelled"


def test_what_is_only_pointed_at_has_nothing_to_be_changed(
    make_guard: Make, send: Send, now: datetime
) -> None:
    media = stream(make_guard(media="pass"), send)
    assert [media.judge([ADDRESS], [], now).changes for _ in range(2)] == [None, None]
    assert media.fields == {}


def test_sound_leaves_in_pieces_that_are_counted(
    make_guard: Make, send: Send, now: datetime
) -> None:
    media = stream(make_guard(), send)
    sound = replace(CLEAR, medium="audio/wav")
    first = media.judge([SOUND, SOUND], [sound, sound], now)
    assert (first.changes, first.decision is None) == (None, False)
    for _ in range(3):
        later = media.judge([SOUND], [sound], now)
        assert (later.changes, later.decision) == (None, None)
    assert media.fields == {"unmarked": {IN_PIECES: 5}}


def test_what_isnt_labelled_isnt_counted_as_unlabelled(
    make_guard: Make, send: Send, now: datetime
) -> None:
    media = stream(make_guard(), send, operation="download")
    sound = replace(CLEAR, medium="audio/wav")
    for _ in range(3):
        assert media.judge([SOUND], [sound], now).changes is None
        assert media.judge([PICTURE], [CLEAR], now).changes is None
    assert media.fields == {}


# ------------------------------------------------------------------ what leaves


def changes(
    *one: Opaque, said: Said | None, hidden: Mapping[int, Redaction] | None = None
) -> Changes:
    return Changes(
        media=tuple(Medium(opaque=each) for each in one), redactions=hidden or {}, said=said
    )


@pytest.fixture(scope="module")
def said(make_guard: Make, send: Send, now: datetime) -> Said:
    guard = make_guard()
    return guard.said(send(guard, CHAT).decided.examined.case, "", int(now.timestamp()))


def test_what_isnt_labelled_leaves_as_it_was_redacted(make_guard: Make, send: Send) -> None:
    media = stream(make_guard(), send)
    one = changes(PICTURE, said=None)
    assert one.jobs({0: "hidden"}) == {}
    assert media.texts(one, {0: "hidden"}, {}) == {0: "hidden"}
    assert media.fields == {}


KINDS = st.sampled_from(
    [
        opaque(),
        opaque("audio", "UklG"),
        opaque("file", "PDF="),
        replace(opaque(), data="", reason=REFERENCE),
    ]
)


@given(st.lists(KINDS, max_size=6), st.sets(st.integers(0, 5)))
def test_every_medium_gets_its_own_label_whatever_stands_between_them(
    make_guard: Make, send: Send, said: Said, ones: list[Opaque], hidden: set[int]
) -> None:
    media = stream(make_guard(), send)
    all_of_them = changes(*ones, said=said)
    redacted = {
        index: f"hidden {index}" for index in hidden if index < len(ones) and ones[index].data
    }
    jobs = all_of_them.jobs(redacted)
    assert set(jobs) == {
        index for index, one in enumerate(ones) if one.data and one.medium != "audio"
    }
    made = {index: layered(f"{now!s} with label {index}") for index, (_, now) in jobs.items()}
    texts = media.texts(all_of_them, redacted, made)
    assert texts == {**redacted, **{index: one.held for index, one in made.items()}}
    counts = media.fields
    assert counts.get("marks", {}) == ({"image_png": len(made)} if made else {})
    pointed_at = sum(one.reason == REFERENCE for one in ones)
    assert counts.get("unmarked", {}) == ({"not_held": pointed_at} if pointed_at else {})


def test_counts_add_up_over_a_stream(make_guard: Make, send: Send, said: Said) -> None:
    media = stream(make_guard(), send)
    for missing in ({}, {"signed": "unsupported_format"}, {}):
        one = changes(PICTURE, SOUND, said=said)
        media.texts(one, {}, {0: layered("L", **missing)})
    assert media.fields == {
        "marks": {"image_png": 3},
        "layers": {"visible": 3, "tags": 3},
        "unmarked": {"signed_unsupported_format": 1},
    }


@pytest.mark.parametrize(
    "made",
    [
        {},
        {0: layered("", visible="timeout", tags="timeout")},
        {0: layered("L", visible="too_small")},
        {0: layered("L", signed="signer_failed")},
    ],
)
def test_a_picture_that_cant_be_labelled_doesnt_leave(
    make_guard: Make, send: Send, said: Said, made: dict[int, Labelled]
) -> None:
    media = stream(make_guard(), send)
    with pytest.raises(UpstreamError) as caught:
        media.texts(changes(PICTURE, said=said), {}, made)
    assert caught.value.code == "media_not_labelled"
    assert media.fields == {}
    passing = stream(make_guard(unlabelled_media="pass"), send)
    texts = passing.texts(changes(PICTURE, said=said), {}, made)
    assert texts == {index: one.held for index, one in made.items() if one.held}
    assert passing.fields["unmarked"]


def test_labels_are_written_for_this_exchange(make_guard: Make, send: Send, now: datetime) -> None:
    media = stream(make_guard(), send)
    held = b64encode(b"\x89PNG\r\n\x1a\n").decode()
    judged = media.judge([opaque(name=held)], [CLEAR], now)
    assert judged.changes is not None
    assert judged.changes.said is not None
    assert judged.changes.said.label.id == media._case.label_id
    assert "Жасанды интеллект жасаған" in judged.changes.said.words[0]


# ------------------------------------------------------------------ raw samples

SPOKEN = (
    b'{"model": "m", "modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "%b"},'
    b' "messages": [{"role": "user", "content": "a"}]%b}'
)
HEARD = replace(CLEAR, medium="audio/wav")


def spoken(guard: Guard, send: Send, form: bytes = b"pcm16", more: bytes = b"") -> StreamMedia:
    return StreamMedia(guard, send(guard, SPOKEN % (form, more)).decided.examined.case)


def samples(text: str) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return np.frombuffer(b64decode(text), "<i2")


@pytest.mark.parametrize("extra", [(), (PICTURE,)], ids=["alone", "beside a picture"])
def test_the_first_piece_of_raw_sound_begins_with_the_rhythm(
    make_guard: Make, send: Send, now: datetime, extra: tuple[Opaque, ...]
) -> None:
    media = spoken(make_guard(), send)
    own = b64encode(bytes(range(100))).decode()
    piece = opaque("audio", own)
    changes = media.judge([*extra, piece], [CLEAR] * len(extra) + [HEARD], now).changes
    assert changes is not None
    labelled = {0: layered("labelled")} if extra else {}
    text = media.texts(changes, {}, labelled)[len(extra)]
    assert text.endswith(own)  # spelt as it came
    heard = samples(text)
    start = heard[: -len(samples(own))]
    assert 1.3 < len(start) / 24_000 < 1.5
    assert 6_000 < np.abs(start.astype(int)).max() < 10_000
    assert media.judge([piece], [HEARD], now).changes is None  # of the stream the first alone
    assert media.fields["layers"]["visible"] == 1 + len(extra)
    assert media.fields["unmarked"][IN_PIECES] == 2


def test_an_empty_piece_isnt_the_first(make_guard: Make, send: Send, now: datetime) -> None:
    media = spoken(make_guard(), send)
    assert media.judge([opaque("audio", "")], [HEARD], now).changes is None
    changes = media.judge([opaque("audio", "AAAA")], [HEARD], now).changes
    assert changes is not None
    assert changes.begins == 0


@pytest.mark.parametrize(
    ("form", "more", "visible"),
    [
        (b"opus", b"", True),
        (b"mp3", b"", True),
        (b"pcm16", b', "n": 2', True),
        (b"pcm16", b', "n": [1]', True),
        (b"pcm16", b"", False),
    ],
    ids=["opus", "mp3", "several answers", "nobody knows how many", "nothing for people"],
)
def test_no_rhythm_gets_into_what_it_would_spoil_or_where_none_is_wanted(
    make_guard: Make,
    send: Send,
    now: datetime,
    form: bytes,
    more: bytes,
    visible: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    guard = copy(make_guard())
    labels = Labels(media=MediaLabels(visible=visible))
    guard.settings = guard.settings.model_copy(update={"labels": labels})
    media = spoken(guard, send, form, more)
    assert media.judge([SOUND], [HEARD], now).changes is None
    assert "layers" not in media.fields
