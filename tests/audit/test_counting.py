from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from guardrail.audit.counting import Counts, Distinct, Quantiles


@given(st.lists(st.sampled_from("abcdefgh")), st.integers(0, 8))
def test_counts_of_every_sequence_add_up_whatever_is_kept(keys: list[str], most: int) -> None:
    counts: Counts[str] = Counts(most)
    for key in keys:
        counts.add(key)
    assert counts.total() == len(keys)
    assert len(counts) <= most
    if most == 8:
        assert dict(counts) == Counter(keys)
        assert counts.rest == 0


def test_counts_come_in_the_order_of_their_keys_and_largest_first() -> None:
    counts: Counts[str] = Counts()
    for key in "bacab":
        counts.add(key)
    counts.add("c", 3)
    assert list(counts) == [("a", 2), ("b", 2), ("c", 4)]
    assert counts.largest() == [("c", 4), ("a", 2), ("b", 2)]
    assert counts["z"] == 0


@given(st.lists(st.text(max_size=3)))
def test_few_different_texts_are_counted_exactly(texts: list[str]) -> None:
    distinct = Distinct(1000)
    for text in texts:
        distinct.add(text)
    assert distinct.exact
    assert distinct.count() == len(set(texts))


def test_many_different_texts_are_estimated_within_five_percent_in_bounded_memory() -> None:
    distinct = Distinct(4096)
    for number in range(50_000):
        distinct.add(str(number))
        distinct.add(str(number // 2))
    assert not distinct.exact
    assert abs(distinct.count() - 50_000) < 2_500
    assert len(distinct._heap) == len(distinct._known) == 4096


@given(st.lists(st.integers(1, 10**9), min_size=1), st.floats(0.01, 1))
def test_every_quantile_is_within_five_percent_of_the_true_one(
    durations: list[int], share: float
) -> None:
    quantiles = Quantiles()
    for duration in durations:
        quantiles.add(duration)
    rank = max(0, -int(-share * len(durations) // 1) - 1)
    true = sorted(durations)[rank]
    assert true * 0.999 - 1 <= quantiles.at(share) <= true * 1.051 + 1


def test_quantiles_of_nothing_are_nought() -> None:
    assert Quantiles().at(0.5) == 0
