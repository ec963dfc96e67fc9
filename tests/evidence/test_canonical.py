import unicodedata
from types import MappingProxyType

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence import INTEGER_LIMIT, RECORD_LIMIT, Value, canonical
from guardrail.facts import Action

KEYS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,12}", fullmatch=True)
TEXTS = st.text(max_size=20).map(lambda text: unicodedata.normalize("NFC", text))
INTEGERS = st.integers(-INTEGER_LIMIT, INTEGER_LIMIT)
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=6,
)


def nested(levels: int) -> Value:
    value: Value = 1
    for _ in range(levels):
        value = [value]
    return value


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_every_value_of_the_profile_has_the_bytes_of_rfc_8785(value: dict[str, Value]) -> None:
    try:
        ours = canonical(value)
    except EvidenceError as error:
        assert "deeper" in str(error)  # noqa: PT017 - the only refusal these values may meet
    else:
        assert ours == rfc8785.dumps(value)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (1.0, "can't hold a float"),
        (b"bytes", "can't hold"),
        ({1, 2}, "can't hold"),
        (2**70, "can't hold"),
        (nested(2000), "can't hold"),
        (INTEGER_LIMIT + 1, "past 2"),
        (-INTEGER_LIMIT - 1, "past 2"),
        ("e\u0301", "NFC"),
        ("\ud800", "can't hold"),
        ({"қ": 1}, "ASCII name"),
        ({"a-b": 1}, "ASCII name"),
        ({"": 1}, "ASCII name"),
        ({1: 1}, "ASCII name"),
        (nested(9), "deeper"),
        ("x" * RECORD_LIMIT, "over the limit"),
    ],
)
def test_what_is_outside_the_profile_is_refused(value: Value, why: str) -> None:
    with pytest.raises(EvidenceError, match=why):
        canonical({"value": value} if not isinstance(value, dict) else value)


def test_a_refusal_never_repeats_the_value() -> None:
    with pytest.raises(EvidenceError) as caught:
        canonical({"880101300123 ": "x"})
    assert "880101300123" not in str(caught.value)


def test_the_deepest_and_the_largest_record_are_taken() -> None:
    assert canonical(nested(8)) == b"[[[[[[[[1]]]]]]]]"
    assert len(canonical("x" * (RECORD_LIMIT - 2))) == RECORD_LIMIT


def test_any_kind_of_mapping_is_taken() -> None:
    assert canonical(MappingProxyType({"a": MappingProxyType({})})) == b'{"a":{}}'


def test_an_enumeration_is_written_as_its_value() -> None:
    assert canonical({"act": Action.MASK, Action.HOLD: 1, "hits": (1, True, None)}) == (
        b'{"act":"mask","hits":[1,true,null],"hold":1}'
    )
