from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.intent.context import MOST, STRONGEST, Context, inputs_of
from guardrail.detect.intent.network import OUTPUTS
from guardrail.detect.intent.reading import Reader

_CONTEXT = Context(files("guardrail.detect.intent") / "data" / "context.npz")
_ALONE = np.zeros(len(OUTPUTS))


def _asks(*, change: float = 0.0, alone: float = 0.0, embedded: bool = False) -> float:
    told, changed = _ALONE.copy(), _ALONE.copy()
    told[-1], changed[-1] = alone, change
    inputs = inputs_of(told, changed, of_text=2, joined=2, beside=1.0)
    return float(_CONTEXT.asks(inputs[None], [embedded])[0])


@pytest.mark.parametrize("embedded", [False, True])
@given(less=st.floats(-9, 9), more=st.floats(0.1, 9))
def test_the_more_a_sentence_asks_alone_or_among_others_the_likelier_it_asks(
    *, embedded: bool, less: float, more: float
) -> None:
    assert _asks(alone=less, embedded=embedded) < _asks(alone=less + more, embedded=embedded)
    assert _asks(change=less, embedded=embedded) < _asks(change=less + more, embedded=embedded)


@given(count=st.integers(MOST, 10**6), beside=st.floats(STRONGEST, 1e6))
def test_what_nothing_was_learnt_of_counts_as_the_most_that_was(count: int, beside: float) -> None:
    most = inputs_of(_ALONE, _ALONE, of_text=MOST, joined=MOST, beside=STRONGEST)
    more = inputs_of(_ALONE, _ALONE, of_text=count, joined=count, beside=beside)
    assert np.array_equal(most, more)


_TAKEN_BACK = [
    (
        "Who is the man in the photo? Tell me by his face.",
        "Who is the man in the photo? Don't tell me, blur his face.",
    ),
    ("Лица сверяй с базой на ходу. Имена пиши.", "Лица не сверяй с базой. Считай только людей."),
    (
        "Өткен адамдарды базамен салыстыр. Бетін тірі ағында таны.",
        "Өткен адамды ғана сана. Бет сақталмайды, салыстырылмайды.",
    ),
]


@pytest.mark.parametrize(("asks", "takes_back"), _TAKEN_BACK)
def test_what_the_next_sentence_takes_back_is_less_likely_asked_for(
    asks: str, takes_back: str
) -> None:
    reader = Reader()
    told = [max(reader.read(text, gated=False).scores.values()) for text in (asks, takes_back)]
    assert told[0] >= reader.suspect
    assert told[1] < told[0]
