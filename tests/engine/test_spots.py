"""What stands where a medium did, however its text leaves."""

from __future__ import annotations

import pytest

from guardrail.detect import TextDetector
from guardrail.engine.spots import Put, Spots
from guardrail.errors import UpstreamError
from guardrail.facts import Category, Finding

RUN = "QUJD" * 30


def finding(start: int, end: int) -> Finding:
    return Finding(
        segment=0,
        start=start,
        end=end,
        entity="KZ_IIN",
        category=Category.PERSONAL,
        score=1.0,
        recognizer="r",
    )


def test_what_stands_in_a_mediums_place_leaves_with_its_first_characters(
    detector: TextDetector,
) -> None:
    spots, put = Spots(detector), Put(run=RUN, given=0, new="[new]")
    spots.heard("abc")
    assert spots.given(put) == RUN
    assert list(spots.leave(5)) == [(3, 5, put)]
    assert list(spots.leave(50)) == [(0, 50, None)]
    assert list(spots.leave(100)) == [(0, 68, None)]
    assert list(spots.leave(9)) == []


def test_of_one_that_stays_what_was_given_before_stays_too(detector: TextDetector) -> None:
    spots, put = Spots(detector), Put(run=RUN, given=4)
    spots.heard(RUN[:4])
    assert spots.given(put) == put.text == RUN[4:]
    assert list(spots.leave(2)) == []
    assert list(spots.leave(118)) == [(2, 118, put)]


def test_a_large_one_is_shown_by_its_ends(detector: TextDetector) -> None:
    spots = Spots(detector)
    shown = spots.given(Put(run=RUN * 1_000, given=0))
    assert len(shown) < len(RUN) * 1_000
    assert shown[:100] == (RUN * 1_000)[:100]


def test_findings_of_its_characters_say_nothing_of_anybody(detector: TextDetector) -> None:
    spots = Spots(detector)
    spots.heard("abc")
    spots.given(Put(run=RUN, given=2, new=""))
    assert spots.outside([finding(0, 1), finding(0, 2), finding(120, 121), finding(121, 125)]) == [
        finding(0, 1),
        finding(121, 125),
    ]


def test_one_whose_beginning_has_left_ends_the_stream(detector: TextDetector) -> None:
    spots = Spots(detector)
    spots.heard("QUJD")
    assert list(spots.leave(4)) == []
    with pytest.raises(UpstreamError, match="too slowly"):
        spots.given(Put(run=RUN, given=4))


def test_it_is_spelt_as_it_came_or_as_json_spells_what_is_new() -> None:
    units = [("/", "\\/")]
    assert Put(run="/", given=0, units=units).spelt == units
    assert Put(run="/", given=0, units=units, new='"').spelt == [('"', '\\"')]
