from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.recognizers import RECOGNIZERS
from guardrail.detect.text.sweep import MIN_SCORE, Sweeper, resolve

_RECOGNIZERS = [kind() for kind in RECOGNIZERS]
_WHOLE = Sweeper(_RECOGNIZERS, chunk=1 << 30)


def _result(entity: str, start: int, end: int, score: float = 0.9) -> RecognizerResult:
    return RecognizerResult(entity, start, end, score)


def _spans(results: list[RecognizerResult]) -> list[tuple[str, int, int, float]]:
    return [(one.entity_type, one.start, one.end, one.score) for one in results]


def test_the_higher_score_wins() -> None:
    kept = resolve([_result("KZ_BIN", 0, 12, 0.6), _result("KZ_IIN", 3, 9, 0.7)])
    assert _spans(kept) == [("KZ_IIN", 3, 9, 0.7)]


def test_the_longer_wins_where_scores_are_equal() -> None:
    kept = resolve([_result("KZ_IIN", 3, 9), _result("EMAIL_ADDRESS", 0, 12)])
    assert _spans(kept) == [("EMAIL_ADDRESS", 0, 12, 0.9)]


def test_the_rank_decides_between_equals() -> None:
    both = [_result("KZ_BIN", 0, 12), _result("KZ_IIN", 0, 12)]
    assert _spans(resolve(both)) == _spans(resolve(both[::-1])) == [("KZ_IIN", 0, 12, 0.9)]


def test_findings_that_touch_are_both_kept_in_order() -> None:
    kept = resolve([_result("KZ_IIN", 12, 24), _result("KZ_BIN", 0, 12), _result("PERSON", 30, 40)])
    assert [one.start for one in kept] == [0, 12, 30]


def test_a_loser_makes_room_for_none_but_the_winner() -> None:
    kept = resolve(
        [
            _result("KZ_IIN", 0, 10, 0.7),
            _result("KZ_BIN", 8, 20, 0.9),
            _result("PERSON", 18, 25, 0.8),
        ]
    )
    assert _spans(kept) == [("KZ_BIN", 8, 20, 0.9)]


def test_overlapping_results_of_one_entity_become_one() -> None:
    kept = resolve([_result("PERSON", 0, 10, 0.6), _result("PERSON", 5, 15, 0.8)])
    assert _spans(kept) == [("PERSON", 0, 15, 0.8)]


def test_results_of_one_entity_are_not_joined_without_end() -> None:
    kept = resolve([_result("PERSON", start, start + 20) for start in range(0, 2000, 10)])
    assert max(one.end - one.start for one in kept) <= 256
    inside = resolve([_result("PERSON", 0, 260), _result("PERSON", 1, 259)])
    assert _spans(inside) == [("PERSON", 0, 260, 0.9)]


def test_low_scores_are_no_findings() -> None:
    assert resolve([_result("PERSON", 0, 10, MIN_SCORE - 0.01)]) == []


@pytest.mark.parametrize("chunk", [7400, 8192])
def test_chunks_find_what_one_look_finds(
    chunk: int,
    chance: random.Random,
    iin: Callable[[], str],
    card: Callable[[str, int], str],
    iban: Callable[[str], str],
) -> None:
    pieced = Sweeper(_RECOGNIZERS, chunk=chunk)
    for _ in range(4):
        number = iin()
        values = [
            f"ИИН {number}", f"{number[:6]} {number[6:]}", card("4", 16), f"паспорт {number[:9]}",
            iban("KZ"), "Нұрлан Серікұлы Ахметов", "меня зовут Анна", "+7 (701) 123-45-67",
            "ivan.petrov@mail.example.kz", "слово", "және", "Word", "12", "word, ", "a" * 300,
        ]  # fmt: skip
        text = " ".join(chance.choices(values, k=1600))
        assert _spans(pieced.sweep(text, 0, final=True).results) == _spans(
            _WHOLE.sweep(text, 0, final=True).results
        )


def test_an_endless_run_of_candidates_is_settled_by_force() -> None:
    text = "атым " + "Атым " * 3000
    swept = _WHOLE.sweep(text, 0, final=False, bound=4096)
    assert swept.forced
    assert len(text) - swept.settled <= 4096 + 256
    assert all(one.end <= swept.settled for one in swept.results)
    assert len(swept.results) > 10
