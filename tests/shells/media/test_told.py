"""What a worker tells is an inspection, or it is refused: a worker counts as hostile."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.actions import Redaction
from guardrail.detect.media.raw_sound import ULAW, Coding, RawSound
from guardrail.facts import Category, Inspected, Seen, Tier, Verdict
from guardrail.shells.media.told import (
    MOST_CHARS,
    MOST_SEEN,
    from_inspected,
    from_redaction,
    from_sound,
    is_slug,
    to_inspected,
    to_redaction,
    to_sound,
)

sides = st.integers(-(1 << 20), 1 << 20)
words = st.text(max_size=MOST_CHARS)
slugs = st.sampled_from(["too_large", "odd", "a", "trailing_data", "x9_"])
findings = st.builds(
    Seen,
    entity=st.sampled_from(["FACE", "BIOMETRIC_TEMPLATE", "X9"]),
    category=st.sampled_from(Category),
    tier=st.sampled_from(Tier),
    score=st.floats(0, 1),
    recognizer=words,
    reason=words,
    box=st.none() | st.tuples(sides, sides, sides, sides),
    part=words,
)
flags = st.lists(slugs, max_size=4).map(tuple)
media = st.sampled_from(["", "image/png", "application/vnd.ms-excel", "image/svg+xml"])
looked = st.builds(
    Inspected,
    verdict=st.just(Verdict.INSPECTED),
    medium=media,
    seen=st.lists(findings, max_size=4).map(tuple),
    flags=flags,
)
unlooked = st.builds(
    Inspected, verdict=st.just(Verdict.UNINSPECTABLE), reason=slugs, medium=media, flags=flags
)

FACE = Seen(
    entity="FACE",
    category=Category.BIOMETRIC,
    tier=Tier.CERTAIN,
    score=0.9,
    recognizer="YuNet@2023mar",
    box=(1, 2, 3, 4),
)
INSPECTED = Inspected(verdict=Verdict.INSPECTED, medium="image/png", seen=(FACE,), flags=("odd",))


@given(looked | unlooked)
def test_every_inspection_comes_back_the_same(inspected: Inspected) -> None:
    assert to_inspected(orjson.loads(orjson.dumps(from_inspected(inspected)))) == inspected


def test_numbers_of_numpy_become_plain_ones() -> None:
    numpy = pytest.importorskip("numpy")
    box = tuple(numpy.int32(side) for side in (1, 2, 3, 4))
    seen = Seen(
        entity="FACE",
        category=Category.BIOMETRIC,
        tier=Tier.CERTAIN,
        score=numpy.float32(0.5),
        recognizer="YuNet",
        box=(box[0], box[1], box[2], box[3]),
    )
    row = from_inspected(Inspected(verdict=Verdict.INSPECTED, seen=(seen,)))
    again = to_inspected(orjson.loads(orjson.dumps(row)))
    assert (again.seen[0].score, again.seen[0].box) == (0.5, (1, 2, 3, 4))


def test_a_long_path_is_cut_and_not_refused() -> None:
    seen = Seen(
        entity="FACE",
        category=Category.BIOMETRIC,
        tier=Tier.SUSPECT,
        score=0.7,
        recognizer="r",
        part="word/media/" * 90,
    )
    row = from_inspected(Inspected(verdict=Verdict.INSPECTED, seen=(seen,)))
    assert len(to_inspected(row).seen[0].part) == MOST_CHARS


WRONG: dict[str, list[object]] = {
    "verdict": [None, 1, "", "seen", "media_uninspectable", ["inspected"]],
    "reason": [None, 7, "too_large", "x" * 201],
    "medium": [None, 3, "png", "image/png\n", "IMAGE/PNG", "a/b/c", "image/" + "x" * 200, "<a>/b"],
    "flags": [None, "odd", {"odd": 1}, [1], ["Odd One"], ["odd\n"], ["x" * 65], ["odd"] * 65],
    "seen": [None, "x", {"a": 1}, [None], [[]], ["x"], [{}], [{}] * (MOST_SEEN + 1)],
}
WRONG_FINDING: dict[str, list[object]] = {
    "entity": [None, 1, "", "face", "FACE\n", "F", "X" * 65, "FACE FACE"],
    "category": [None, "", "face", 1],
    "tier": [None, "", "sure"],
    "score": [None, 1, True, "0.9", -0.1, 1.1, float("nan"), float("inf"), 10**400],
    "recognizer": [None, 5, "x" * 201],
    "reason": [None, [], "x" * 201],
    "box": [
        *([], [1, 2, 3], [1, 2, 3, 4, 5], [1, 2, 3, 4.0], [1, 2, 3, True], [1, 2, 3, None]),
        *("1234", {"0": 1}, 0, [1, 2, 3, 1 << 31], [-(1 << 40), 0, 1, 1]),
    ],
    "part": [None, 1, "x" * 201],
}


@pytest.mark.parametrize(("name", "value"), [(k, v) for k, many in WRONG.items() for v in many])
def test_an_inspection_with_anything_wrong_is_refused(name: str, value: object) -> None:
    row = from_inspected(INSPECTED)
    assert to_inspected(row) == INSPECTED
    with pytest.raises(ValueError, match=r"^(?!.*(<a>|face))"):
        to_inspected({**row, name: value})


@pytest.mark.parametrize(
    ("name", "value"), [(k, v) for k, many in WRONG_FINDING.items() for v in many]
)
def test_a_finding_with_anything_wrong_is_refused(name: str, value: object) -> None:
    row = from_inspected(INSPECTED)
    seen = orjson.loads(orjson.dumps(row))["seen"][0]
    assert to_inspected({**row, "seen": [seen]}) == INSPECTED
    with pytest.raises(ValueError, match=r"no inspection|no finding|is not a valid"):
        to_inspected({**row, "seen": [{**seen, name: value}]})


def test_what_couldnt_be_looked_into_has_a_reason() -> None:
    row = {"verdict": "media_uninspectable", "reason": "too_large"}
    assert to_inspected(row).reason == "too_large"
    for reason in ("", "Too large", "../..", "x\n", "ж"):
        with pytest.raises(ValueError, match="no inspection"):
            to_inspected({**row, "reason": reason})


names = st.sampled_from([*WRONG, *WRONG_FINDING])
rows = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=6),
    max_leaves=20,
)


@given(st.dictionaries(names, rows, max_size=6), rows)
def test_every_row_is_an_inspection_or_refused(row: dict[str, object], finding: object) -> None:
    for told in (row, {"verdict": "inspected", "seen": [finding]}):
        try:
            inspected = to_inspected(told)
        except ValueError:
            continue
        assert to_inspected(from_inspected(inspected)) == inspected


@given(st.builds(Redaction, entities=st.frozensets(st.text(max_size=9)), face_only=st.booleans()))
def test_every_redaction_comes_to_the_worker_the_same(redaction: Redaction) -> None:
    row = orjson.loads(orjson.dumps(from_redaction(redaction)))
    assert row["do"] == "redact"
    assert to_redaction(row) == redaction


def test_what_says_nothing_of_a_redaction_redacts_nothing() -> None:
    assert to_redaction({"entities": "FACE", "face_only": 1}) == Redaction()


def test_a_reason_is_a_slug() -> None:
    assert is_slug("too_many_pixels")
    assert not any(map(is_slug, ["", "Too", "a b", "a\n", None, 1, "1a", "x" * 65]))


@given(st.binary(max_size=40), st.integers(0, 40))
def test_how_frames_are_to_be_listened_to_is_told_whole(data: bytes, fresh: int) -> None:
    for whole in (True, False):
        sound = RawSound(data, ULAW, fresh=min(fresh, len(data)), whole=whole)
        told = to_sound(orjson.loads(orjson.dumps(from_sound(sound))), data)
        assert (told, told.coding, told.fresh, told.whole) == (data, ULAW, sound.fresh, whole)


@given(st.dictionaries(st.sampled_from(["encoding", "rate", "fresh", "whole"]), st.integers()))
def test_whatever_is_told_of_frames_no_more_is_listened_to_than_there_is(
    row: dict[str, object],
) -> None:
    assert 0 <= to_sound(row, b"abc").fresh <= 3
    assert to_sound({}, b"abc").coding == Coding("None", 0)
