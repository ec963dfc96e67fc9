"""A wire spec's YAML is read strictly."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.errors import ConfigError
from guardrail.facts import Kind
from guardrail.wire.fields import Fields, load_yaml, one_of

RAW: dict[str, object] = {
    "t": "x",
    "n": 2,
    "f": True,
    "l": ["a"],
    "m": {"a": "b"},
    "w": 1.5,
    "z": 0,
}


def _fields() -> Fields:
    return Fields(RAW, "spec", known=list("tnflmwz"))


def test_members_are_returned_as_what_they_are() -> None:
    fields = _fields()
    assert (fields.text("t"), fields.number("n"), fields.flag("f", default=False)) == ("x", 2, True)
    assert (fields.texts("l"), fields.mapping("m")) == (("a",), {"a": "b"})
    assert fields.items("l") == [("a", "spec.l[0]")]
    assert "t" in fields
    assert fields.raw("w") == 1.5


def test_members_that_may_be_missing_have_a_default() -> None:
    fields = Fields({}, "spec", known=())
    assert (fields.text("t", "d"), fields.flag("f", default=True)) == ("d", True)
    assert (fields.texts("l"), fields.mapping("m"), fields.items("i")) == ((), {}, [])


WRONG: dict[str, Callable[[Fields], object]] = {
    "a number for a text": lambda fields: fields.text("n"),
    "nothing for a text": lambda fields: fields.text("missing"),
    "a fraction for a number": lambda fields: fields.number("w"),
    "true for a number": lambda fields: fields.number("f"),
    "zero for a number": lambda fields: fields.number("z"),
    "a number for a flag": lambda fields: fields.flag("n", default=True),
    "a text for texts": lambda fields: fields.texts("t"),
    "a mapping for items": lambda fields: fields.items("m"),
    "a list for a mapping": lambda fields: fields.mapping("l"),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_member_of_the_wrong_kind_stops_the_start(wrong: Callable[[Fields], object]) -> None:
    with pytest.raises(ConfigError, match=r"spec\.\w+ must"):
        wrong(_fields())


def test_an_unknown_member_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"spec has an unknown key 'strngs'.*'strings'"):
        Fields({"strngs": 1}, "spec", known=["strings", "model"])
    with pytest.raises(ConfigError, match="must be a mapping"):
        Fields([], "spec", known=())


def test_an_unknown_word_names_the_nearest() -> None:
    assert one_of(Kind, "name", "w") is Kind.NAME
    with pytest.raises(ConfigError, match=r"w: unknown 'tool_argument'.*'tool_arguments'"):
        one_of(Kind, "tool_argument", "w")


@pytest.mark.parametrize(
    "data", [b"a: 1\na: 2", b"a: {b: 1, b: 1}", b"[", b"\xff\xfe\x00", b"!!python/x 1"]
)
def test_yaml_that_could_be_misread_is_refused(data: bytes) -> None:
    with pytest.raises(ConfigError, match=r"wire\.yaml can't be read"):
        load_yaml(data, "wire.yaml")
