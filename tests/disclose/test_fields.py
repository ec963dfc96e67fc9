import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.fields import binary, dictionary, display, members, octets, string

# RFC 9651 section 3.3.3 and 3.3.8, as grammars.
SF_STRING = re.compile(rb'"(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"')
SF_DISPLAY = re.compile(rb'%"(?:[\x20-\x21\x23-\x24\x26-\x7e]|%[0-9a-f]{2})*"')
SCALARS = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.text(st.characters()))
def test_every_text_makes_a_proper_string(text: str) -> None:
    assert SF_STRING.fullmatch(string(text).encode("ascii"))


@given(st.text(st.characters()))
def test_every_text_makes_a_proper_display_string(text: str) -> None:
    assert SF_DISPLAY.fullmatch(display(text).encode("ascii"))


@given(SCALARS, SCALARS, st.sampled_from(["; ", ", "]))
def test_every_text_is_read_as_it_was_written(one: str, other: str, separator: str) -> None:
    written = dictionary({"a": string(one), "b": display(other), "c": "x"}, separator)
    assert members(written) == {"a": one, "b": other, "c": "x"}


def test_the_rfcs_display_string_is_written_and_read() -> None:
    assert display("This is intended for display to üsers.") == (
        '%"This is intended for display to %c3%bcsers."'
    )
    assert members(b'a=%"f%c3%bc \\"') == {"a": "fü \\"}


def test_lone_surrogates_are_no_characters() -> None:
    assert (string("\ud800"), display("\ud800")) == ('"?"', '%"%3f"')


@pytest.mark.parametrize(
    ("field", "read"),
    [
        (b"", {}),
        (b"a", {"a": "?1"}),
        (b"A=1 ;b = 2,\tc", {"a": "1", "b": "2", "c": "?1"}),
        (b'a="x, y; z", b="q\\"r"', {"a": "x, y; z", "b": 'q"r'}),
        (b"a=1, a=2", {"a": "2"}),
        (b'a=1, b="open', {"a": "1"}),
        (b"a=1, =2, c=3", {"a": "1"}),
        (b'a="%ff"', {"a": "�"}),
        (b"a=\xff", {"a": "ÿ"}),
    ],
)
def test_reading_is_tolerant_up_to_the_first_nonsense(field: bytes, read: dict[str, str]) -> None:
    assert members(field) == read


@given(st.binary())
def test_every_field_can_be_read(field: bytes) -> None:
    members(field)


def test_hostile_fields_cost_linear_time() -> None:
    started = time.perf_counter()
    for piece in (b" ", b"a" + b" " * 50, b"a;", b'a="', b'"\\', b"a=" + b"\t" * 50):
        members(piece * 100_000)
    assert time.perf_counter() - started < 10


@given(st.binary(max_size=80))
def test_every_byte_sequence_is_read_as_it_was_written(data: bytes) -> None:
    field = b"sig=" + binary(data).encode() + b", kid=1"
    assert octets(members(field)["sig"]) == data


@pytest.mark.parametrize("value", ["", ":", "AAAA", ":AAAA", ":A:", ":?:", "?1"])
def test_what_is_no_byte_sequence_holds_nothing(value: str) -> None:
    assert octets(value) == b""
