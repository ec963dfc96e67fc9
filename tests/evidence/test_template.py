import json
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from guardrail.evidence import Value
from guardrail.evidence.canonical import encode
from guardrail.evidence.template import JSON_PLACE, TEXT_PLACE, template

KEYS = st.text("abcxyz_", min_size=1, max_size=3)
VALUES = st.recursive(
    st.text() | st.integers(-9, 2**53 - 1) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
TEXTS = st.text(st.characters(codec="ascii", exclude_categories=["Cc"], exclude_characters='"\\'))


def filled(pieces: Sequence[str], values: Sequence[str]) -> str:
    whole = list(pieces)
    whole[1::2] = values
    return "".join(whole)


@given(
    st.dictionaries(KEYS, VALUES, max_size=5),
    st.dictionaries(KEYS, TEXTS | st.integers(0, 2**53 - 1), max_size=5),
)
def test_filled_in_it_is_the_canonical_form(
    constant: dict[str, Value], varying: dict[str, str | int]
) -> None:
    places = {
        key: TEXT_PLACE if isinstance(value, str) else JSON_PLACE for key, value in varying.items()
    }
    pieces, order = template(constant, places)
    text = filled(pieces, [str(varying[key]) for key in order])
    assert text.encode() == encode({**constant, **varying})


def test_what_looks_like_a_place_is_none() -> None:
    pieces, order = template({"a": "5 %s \0 {}"}, {"b": TEXT_PLACE, "c": JSON_PLACE})
    assert order == ("b", "c")
    text = filled(pieces, ("%d", '"{}"'))
    assert json.loads(text) == {"a": "5 %s \0 {}", "b": "%d", "c": "{}"}
