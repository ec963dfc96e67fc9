from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.text.digit_runs import GAP, around, digit_runs

_TEXT = st.text(alphabet="17 aё٣", max_size=40)


@given(texts=st.lists(_TEXT, max_size=4))
def test_every_digit_is_in_the_one_run_that_reaches_it(texts: list[str]) -> None:
    for text in texts:
        expected: list[list[int]] = []
        for place, character in enumerate(text):
            if character not in "17":
                continue
            if expected and place - expected[-1][-1] <= GAP + 1:
                expected[-1].append(place)
            else:
                expected.append([place])
        runs = [(places[0], places[-1] + 1, len(places)) for places in expected]
        assert list(digit_runs(text)) == runs


def test_matches_may_start_shortly_before_a_run_of_digits_enough() -> None:
    text = "a 12 bcdef 3 4 5 6"
    assert around(text, 0, 4, 0) == [(11, 18)]
    assert around(text, 0, 2, 3) == [(0, 4), (8, 18)]
    assert around(text, 13, 1, 3) == [(13, 18)]
    assert around(text, 0, 5, 0) == []
