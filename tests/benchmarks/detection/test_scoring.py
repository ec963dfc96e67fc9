from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.detection.scoring import (
    Judged,
    Mark,
    caught,
    character_scores,
    character_share,
    entity_scores,
    f_beta,
    found_share,
    noisy,
    right_share,
    share,
    touched,
)

TEXT = "Ask «Aidos Omarov», A. Omarov or Dana."
AIDOS = Mark(5, 17, "PERSON")
A_OMAROV = Mark(20, 29, "PERSON")
DANA = Mark(33, 37, "PERSON")
PERSON = frozenset({"PERSON"})


def judged(*found: Mark, gold: tuple[Mark, ...] = (AIDOS, A_OMAROV, DANA)) -> Judged:
    return Judged(TEXT, gold, found)


def test_the_marks_stand_where_they_are_said_to() -> None:
    marked = [TEXT[mark.start : mark.end] for mark in (AIDOS, A_OMAROV, DANA)]
    assert marked == ["Aidos Omarov", "A. Omarov", "Dana"]


@pytest.mark.parametrize(
    ("start", "end", "right"),
    [(5, 17, 1), (4, 18, 1), (5, 10, 0), (0, 17, 0), (20, 29, 0)],
    ids=["exact", "with quotation marks", "no surname", "a word more", "somebody else"],
)
def test_an_entity_is_right_if_it_touches_exactly_the_gold_word_tokens(
    start: int, end: int, right: int
) -> None:
    one = judged(Mark(start, end, "PERSON"), gold=(AIDOS,))
    assert entity_scores([one], "PERSON") == (right, right, right)


def test_entity_scores_are_pooled_over_all_texts() -> None:
    precision, recall, f1 = entity_scores(
        [judged(AIDOS, DANA), judged(Mark(0, 3, "PERSON"))], "PERSON"
    )
    assert (precision, recall) == (2 / 3, 2 / 6)
    assert f1 == pytest.approx(2 * (2 / 3) * (1 / 3) / 1)


def test_findings_of_other_entities_count_for_nothing() -> None:
    assert entity_scores([judged(Mark(5, 17, "RELIGION"))], "PERSON")[2] == 0.0


def test_characters_are_counted_without_white_space() -> None:
    precision, recall, f2 = character_scores(
        [judged(Mark(5, 10, "PERSON"), gold=(AIDOS,))], "PERSON"
    )
    assert (precision, recall) == (1.0, 5 / 11)
    assert f2 == pytest.approx(5 * (5 / 11) / (4 + 5 / 11))


def test_one_character_touches_an_entity() -> None:
    assert touched([judged(Mark(16, 18, "PERSON"))]) == (1, 3)
    assert touched([judged(Mark(16, 18, "MINOR"))], PERSON) == (0, 3)


def test_an_identifier_is_found_if_all_its_letters_and_digits_are() -> None:
    phone = Mark(0, 14, "PHONE_NUMBER")
    text = "+7 (701) 12-34 call"

    def share_of(*found: Mark) -> tuple[int, int]:
        return found_share([Judged(text, (phone,), found)], frozenset({"PHONE_NUMBER"}))

    assert share_of(Mark(1, 14, "PHONE_NUMBER")) == (1, 1)
    assert share_of(Mark(1, 8, "PHONE_NUMBER"), Mark(9, 14, "PHONE_NUMBER")) == (1, 1)
    assert share_of(Mark(1, 13, "PHONE_NUMBER")) == (0, 1)
    assert share_of(Mark(0, 14, "KZ_IIN")) == (0, 1)


def test_a_gold_value_may_be_right_as_several_entities() -> None:
    gold = Mark(33, 37, "USERNAME|PERSON")
    one = judged(DANA, gold=(gold,))
    assert found_share([one], frozenset({"USERNAME"})) == (1, 1)
    assert right_share([one], PERSON) == (1, 1)


def test_a_finding_is_right_if_half_of_it_is_gold_of_its_own() -> None:
    assert right_share([judged(Mark(5, 17, "PERSON"))], PERSON) == (1, 1)
    assert right_share([judged(Mark(5, 37, "PERSON"), gold=(DANA,))], PERSON) == (0, 1)
    assert right_share([judged(Mark(5, 17, "KZ_IIN"))], frozenset({"KZ_IIN"})) == (0, 1)


def test_the_share_of_an_addresss_characters_is_pooled() -> None:
    one = judged(Mark(5, 10, "PERSON"), gold=(AIDOS, DANA))
    assert character_share([one], PERSON) == (5, 15)


def test_whatever_covers_half_of_it_catches_an_evasion() -> None:
    assert caught([judged(Mark(5, 11, "PASSWORD"), gold=(AIDOS,))]) == (0, 1)
    assert caught([judged(Mark(5, 13, "PASSWORD"), gold=(AIDOS,))]) == (1, 1)


def test_a_text_with_any_finding_is_noisy() -> None:
    assert noisy([judged(), judged(DANA), judged(DANA, AIDOS)]) == (2, 3)


def test_nothing_of_nothing_is_no_number() -> None:
    assert math.isnan(share(0, 0))
    assert entity_scores([judged(gold=())], "PERSON")[2] == 0.0


@given(st.floats(0.01, 1), st.floats(0.01, 1))
def test_f_lies_between_precision_and_recall(precision: float, recall: float) -> None:
    low, high = sorted((precision, recall))
    for beta in (1, 2):
        assert low - 1e-9 <= f_beta(precision, recall, beta) <= high + 1e-9
    weighed, even = f_beta(precision, recall, 2), f_beta(precision, recall, 1)
    assert abs(weighed - recall) <= abs(even - recall) + 1e-9
