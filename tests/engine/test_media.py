"""The media of a message are found where they stand; what they show is told by kind and place."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.actions import Redaction
from guardrail.engine.edits import apply_edits
from guardrail.engine.media import (
    MAX_HIDDEN,
    Medium,
    counted,
    cropped,
    media_edits,
    media_in,
    name_of,
    outside,
    redactions,
    seen_in,
    shows_somebody,
    unseen,
    values_of,
    vectors_in,
)
from guardrail.evidence.canonical import named
from guardrail.facts import (
    Action,
    Category,
    Edit,
    Finding,
    Inspected,
    Opaque,
    Seen,
    Segment,
    Tier,
    Verdict,
)
from guardrail.testing import biometrics

RECORD = biometrics.finger_minutiae()
BASE64 = b64encode(RECORD).decode()
FACE = Seen(
    entity="FACE", category=Category.BIOMETRIC, tier=Tier.CERTAIN, score=0.9, recognizer="r"
)
KNOWN = Inspected(verdict=Verdict.INSPECTED, medium="image/png")
UNKNOWN = Inspected(verdict=Verdict.UNINSPECTABLE, reason="truncated")


def opaque(medium: str = "image", reason: str = "encoded", data: bytes | str = b"x") -> Opaque:
    return Opaque(place=("images", 0), medium=medium, reason=reason, data=data)


def text(words: str, place: str = "content") -> Segment:
    return Segment(place=("messages", 0, place), text=words)


def looked(*seen: Seen) -> Inspected:
    return replace(KNOWN, seen=seen)


# ------------------------------------------------------------------ which there are


def test_media_come_first_as_their_format_calls_them_then_as_texts_hold_them() -> None:
    one = opaque()
    media = media_in([one], [text("Сәлем"), text(f"Who? {BASE64}, and {RECORD.hex()}")])
    assert [(medium.opaque.reason, medium.held) for medium in media] == [
        ("encoded", b"x"),
        ("hidden", RECORD),
        ("hidden", RECORD),
    ]
    hidden = media[1]
    assert (hidden.segment, hidden.start, hidden.end) == (1, 5, 5 + len(BASE64))
    assert hidden.opaque.place == ("messages", 0, "content")


def test_what_a_format_calls_a_medium_isnt_hidden_in_the_text_too() -> None:
    segment = text(BASE64)
    one = replace(opaque(data=BASE64), place=segment.place)
    assert [medium.opaque for medium in media_in([one], [segment])] == [one]
    inner = replace(segment, inside=("a",))
    assert len(media_in([one], [inner])) == 2
    behind = replace(segment, text=f"{BASE64} {BASE64}")
    assert [medium.start for medium in media_in([one], [behind])] == [0, len(BASE64) + 1]


def test_media_beyond_the_limit_are_unexamined_rather_than_overlooked() -> None:
    media = media_in([], [text(" ".join([BASE64] * (MAX_HIDDEN + 9)))])
    assert len(media) == MAX_HIDDEN + 1
    assert [bool(one.held) for one in media] == [True] * MAX_HIDDEN + [False]
    inspected = [KNOWN] * MAX_HIDDEN + [Inspected(verdict=Verdict.UNINSPECTABLE)]
    assert unseen(media, inspected) == (("unknown",), ())


# ------------------------------------------------------------------ what was seen


def test_what_was_seen_says_in_which_medium() -> None:
    voice = replace(FACE, entity="VOICE")
    seen = seen_in([looked(FACE), UNKNOWN, looked(FACE, voice)])
    assert [(one.entity, one.item) for one in seen] == [("FACE", 0), ("FACE", 2), ("VOICE", 2)]


def test_a_second_face_in_one_picture_is_another_persons() -> None:
    seen = seen_in([looked(FACE, FACE, FACE), looked(FACE)])
    assert values_of(seen) == ["", "2", "3", ""]
    frames = [replace(FACE, part="frame 1"), replace(FACE, part="frame 2")]
    assert values_of(frames) == ["", ""]
    assert values_of([FACE, replace(FACE, entity="IRIS")]) == ["", ""]


def test_media_that_nobody_looked_into_are_told_by_kind() -> None:
    media = [
        Medium(opaque=opaque("image")),
        Medium(opaque=opaque("audio")),
        Medium(opaque=opaque("video", reason="reference", data=b"")),
        Medium(opaque=opaque("file")),
        Medium(opaque=opaque("audio")),
    ]
    inspected = [KNOWN, UNKNOWN, Inspected(verdict=Verdict.UNINSPECTABLE), UNKNOWN, KNOWN]
    assert unseen(media, inspected) == (("audio", "file"), ("video",))
    assert unseen(media, ()) == (("audio", "file", "image"), ("video",))
    assert unseen((), ()) == ((), ())


def test_evidence_has_counts_by_type_and_reason() -> None:
    media = [Medium(opaque=opaque())] * 3 + [
        Medium(opaque=opaque("video", reason="reference", data=b""))
    ]
    vector = replace(KNOWN, medium="image/svg+xml")
    inspected = [KNOWN, vector, UNKNOWN, Inspected(verdict=Verdict.UNINSPECTABLE)]
    assert counted(media, inspected) == {
        "media": {"image_png": 1, "image_svg_xml": 1},
        "opaque": {"reference": 1, "truncated": 1},
    }
    assert counted(media[:1], [replace(KNOWN, medium="")]) == {"media": {"unknown": 1}}
    assert counted(media[:1], ()) == {"opaque": {"encoded": 1}}
    assert counted((), ()) == {}


@pytest.mark.parametrize("kind", ["document", "spreadsheet", "presentation"])
def test_evidence_takes_the_long_names_of_office_files(kind: str) -> None:
    middle = {"document": "wordprocessing", "spreadsheet": "spreadsheet"}.get(kind, kind)
    last = "sheet" if kind == "spreadsheet" else kind
    medium = f"application/vnd.openxmlformats-officedocument.{middle}ml.{last}"
    name = f"vnd_openxmlformats_officedocument_{middle}ml_{last}"
    assert counted([Medium(opaque=opaque())], [replace(KNOWN, medium=medium)]) == {
        "media": {name: 1}
    }
    assert named(name)


@given(st.from_regex(r"[a-z]{1,12}/[a-z0-9.+-]{0,200}", fullmatch=True))
def test_every_media_type_has_a_name_that_evidence_takes(medium: str) -> None:
    assert named(name_of(medium))


def test_vectors_of_persons_are_found_in_documents_and_in_texts() -> None:
    numbers = [round(0.01 * at - 0.6, 2) for at in range(128)]
    tree = {"face_embedding": numbers, "note": "x"}
    body = orjson.dumps(tree)
    segment = text(body.decode())
    found = vectors_in(tree, body, [segment], model="facenet", route="/v1/compare")
    assert [(place, seen.entity) for place, seen in found] == [
        (("face_embedding",), "BIOMETRIC_TEMPLATE"),
        ((*segment.place, "face_embedding"), "BIOMETRIC_TEMPLATE"),
    ]
    assert vectors_in({"a": 1}, b'{"a": 1}', [], model="", route="/") == ()


# ------------------------------------------------------------------ what is done


def test_what_is_masked_is_hidden_in_its_medium() -> None:
    seen = [
        FACE,
        replace(FACE, item=1),
        replace(FACE, item=1, entity="GEO_LOCATION"),
        replace(FACE, item=2),
    ]
    actions = [Action.ALLOW, Action.MASK, Action.PSEUDONYMISE, Action.REFUSE]
    assert redactions(seen, actions) == {1: Redaction(entities=frozenset({"FACE", "GEO_LOCATION"}))}
    with pytest.raises(ValueError, match="zip"):
        redactions(seen, actions[:2])


def test_of_pictures_only_the_face_is_kept() -> None:
    voice = replace(KNOWN, medium="audio/wav")
    assert cropped([voice, KNOWN, UNKNOWN]) == {1: Redaction(face_only=True)}


def test_a_medium_of_the_format_is_replaced_whole() -> None:
    media = [Medium(opaque=opaque(data="AAAA"))]
    segments = (text("Hi"),)
    whole, edits = media_edits(media, {0: "BBBB"}, segments)
    assert whole == (*segments, Segment(place=("images", 0), text="AAAA"))
    assert edits == (Edit(segment=1, start=0, end=4, text="BBBB"),)
    whole, edits = media_edits([Medium(opaque=opaque(data=b"\xff"))], {0: "\xfe"}, ())
    assert (whole[0].text, edits[0].text, edits[0].end) == ("", "\xfe", 0)


@pytest.mark.parametrize(
    "run",
    [
        BASE64,
        BASE64.replace("/", "\\/"),
        BASE64.replace("+", "-").replace("/", "_").rstrip("="),
        RECORD.hex(),
        RECORD.hex().upper(),
    ],
)
def test_a_medium_in_a_text_is_replaced_in_its_own_spelling(run: str) -> None:
    segments = [text("none"), text(f"a {run} b")]
    media = media_in([], segments)
    new = biometrics.wsq()
    whole, edits = media_edits(media, {0: new.decode("latin-1")}, segments)
    assert whole == tuple(segments)
    made = apply_edits(segments[1].text, edits)
    assert made.startswith("a ")
    assert made.endswith(" b")
    assert [one.held for one in media_in([], [text(made)])] == [new]


def test_edits_inside_of_what_is_replaced_are_left_out() -> None:
    segments = [text(f"ab {BASE64} cd"), text(BASE64, "blob"), text("name")]
    of_format = Medium(opaque=replace(opaque(data=BASE64), place=segments[1].place))
    media = [*media_in([], segments[:1]), of_format]
    own = [
        Edit(segment=0, start=0, end=2, text="x"),
        Edit(segment=0, start=10, end=12, text="y"),
        Edit(segment=0, start=len(BASE64) + 4, end=len(BASE64) + 6, text="z"),
        Edit(segment=1, start=3, end=5, text="v"),
        Edit(segment=2, start=0, end=4, text="w"),
    ]
    new = RECORD.decode("latin-1")
    _, edits = media_edits(media, {0: new, 1: "other"}, segments, own)
    assert [one.text for one in edits] == ["x", "z", "w", BASE64, "other"]
    assert media_edits(media, {}, segments, own) == (tuple(segments), tuple(own))


def test_somebody_is_shown_where_a_body_is_and_not_by_a_place_alone() -> None:
    def one(entity: str, category: Category) -> Inspected:
        seen = Seen(entity=entity, category=category, tier=Tier.CERTAIN, score=0.9, recognizer="r")
        return Inspected(verdict=Verdict.INSPECTED, medium="image/jpeg", seen=(seen,))

    assert shows_somebody([one("FACE", Category.BIOMETRIC)])
    assert not shows_somebody([one("GEO_LOCATION", Category.PERSONAL)])
    assert not shows_somebody([])


def test_of_what_is_found_in_texts_nothing_counts_that_is_of_a_mediums_characters() -> None:
    def found(segment: int, start: int, end: int) -> Finding:
        return Finding(
            segment=segment,
            start=start,
            end=end,
            entity="PERSON",
            category=Category.PERSONAL,
            score=0.9,
            recognizer="r",
            reason="",
            tier=Tier.CERTAIN,
        )

    segments = [text(f"ab {BASE64} cd"), text(BASE64[:40])]
    end = 3 + len(BASE64)
    inside = [found(0, 5, 8), found(0, 2, 4), found(0, end - 1, end + 2)]
    beside = [found(0, 0, 3), found(0, end, end + 3), found(1, 5, 8)]
    assert outside([*inside, *beside], media_in([], segments)) == (*beside,)
    assert outside(inside, media_in([opaque()], segments[1:])) == (*inside,)
