from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from guardrail.disclose.marks.adts import RATES
from guardrail.disclose.visible.aac.tables import FARTHEST, LARGEST, PAIRS, STEPS, bands


@pytest.mark.parametrize(
    ("code", "size"), [(PAIRS, (LARGEST + 1) ** 2), (STEPS, 2 * FARTHEST + 1)], ids=["pairs", "sf"]
)
def test_no_word_begins_another_and_there_is_no_room_for_more(
    code: tuple[str, ...], size: int
) -> None:
    assert len(set(code)) == len(code) == size
    assert not any(one != two and two.startswith(one) for one in code for two in code)
    assert sum(Fraction(1, 2 ** len(word)) for word in code) == 1


def test_every_rate_has_bands_of_pairs_from_the_first_line_to_the_last() -> None:
    counts = [len(bands(rate)) - 1 for rate in range(len(RATES))]
    assert counts == [41, 41, 47, 49, 49, 51, 47, 47, 43, 43, 43, 40, 40]  # table 4.129 and on
    for rate in range(len(RATES)):
        edges = bands(rate)
        assert (edges[0], edges[-1]) == (0, 1_024)
        assert all(end > start and (end - start) % 4 == 0
                   for start, end in pairwise(edges))  # fmt: skip
