"""JSON is read strictly, within limits, and in one way only."""

from __future__ import annotations

import json
from contextlib import suppress
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import BadInput
from guardrail.wire.document import parse
from guardrail.wire.limits import LIMITS, Limits

Json = Any

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
)
VALUES = st.recursive(
    SCALARS,
    lambda below: (
        st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=6), below, max_size=4)
    ),
    max_leaves=12,
)


def _code(body: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(BadInput) as caught:
        parse(body, limits)
    return caught.value.code


@given(value=VALUES, ascii_only=st.booleans(), indent=st.sampled_from([None, 0, 3]))
def test_every_json_document_is_read(*, value: Json, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert parse(text.encode(), LIMITS) == value


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b", ":", '"', "\\", "\n", ""]), VALUES), max_size=5)
)
def test_a_name_given_twice_is_found_wherever_it_stands(pairs: list[tuple[str, Json]]) -> None:
    members = ",".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in pairs)
    body = f'[{{"deep": {{{members}}}}}]'.encode()
    if len({name for name, _ in pairs}) < len(pairs):
        assert _code(body) == "duplicate_key"
    else:
        parse(body, LIMITS)


def test_a_name_given_twice_in_different_spellings_is_found() -> None:
    assert _code(rb'{"role": 1, "r\u006fle": 2}') == "duplicate_key"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed_json"),
        (b"{", "malformed_json"),
        (b'{"a": 1,}', "malformed_json"),
        (b"[NaN]", "malformed_json"),
        (b"[Infinity]", "malformed_json"),
        (b"{} {}", "malformed_json"),
        (b"\xef\xbb\xbf{}", "malformed_json"),
        (rb'"\ud800"', "malformed_json"),
        (b'"unfinished', "malformed_json"),
        (b'"unfinished\\', "malformed_json"),
        (b'"\xff"', "invalid_utf8"),
        (b'"\xed\xa0\x80"', "invalid_utf8"),
        (b"[" * 65 + b"]" * 65, "too_deep"),
        (b"[" * 5000 + b"]" * 5000, "too_deep"),
        (b'{"a":' * 70 + b"1" + b"}" * 70, "too_deep"),
        (b"[" + b"1," * 500_000 + b"1]", "too_many_values"),
        (b"[" + b"[]," * 300_000 + b"1]", "too_many_values"),
    ],
)
def test_what_cannot_be_read_in_one_way_is_refused(body: bytes, code: str) -> None:
    assert _code(body) == code


def test_the_limits_themselves_are_allowed() -> None:
    limits = Limits(depth=3, values=4)
    assert parse(b"[[[1]]]", limits) == [[[1]]]
    assert _code(b"[[[[]]]]", limits) == "too_many_values"
    assert _code(b"[[[[]]]]", Limits(depth=3)) == "too_deep"
    assert parse(b"[1,2,3]", limits) == [1, 2, 3]
    assert _code(b"[1,2,3,4,5]", limits) == "too_many_values"


def test_commas_in_text_are_not_counted() -> None:
    text = ",[{" * 100
    assert parse(json.dumps([text, '"\\']).encode(), Limits(values=4)) == [text, '"\\']


def test_a_null_character_in_text_is_kept() -> None:
    assert parse(rb'"\u0000"', LIMITS) == "\0"


def test_the_refusal_does_not_carry_the_body() -> None:
    with pytest.raises(BadInput) as caught:
        parse(b'{"iin": "990101300123",}', LIMITS)
    assert "990101300123" not in repr(caught.value)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


@given(st.binary(max_size=60))
def test_every_other_body_is_refused_as_the_callers_mistake(body: bytes) -> None:
    with suppress(BadInput):
        parse(body, LIMITS)


@pytest.mark.parametrize(
    "piece", [b'\\"', b'"', b"\\", b'"\\', b"[", b'{"', b'":', b'","', b"\n", b"\xff"]
)
def test_hostile_bodies_cost_time_in_proportion_to_their_length(piece: bytes) -> None:
    body = b'["' + piece * (1_000_000 // len(piece))
    started = perf_counter()
    with pytest.raises(BadInput):
        parse(body, LIMITS)
    assert perf_counter() - started < 3, "a megabyte takes milliseconds where the time is linear"
