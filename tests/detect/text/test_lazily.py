from __future__ import annotations

import re

import pytest

from guardrail.detect.text.lazily import lazily


def test_a_pattern_is_compiled_when_it_is_first_used() -> None:
    broken = lazily("(")
    assert broken.pattern == "("
    with pytest.raises(re.error):
        broken.search("a")


def test_it_does_what_the_compiled_one_does() -> None:
    pattern = lazily("(?i)(a)(b)?")
    for _ in range(2):
        found = pattern.search("xAB")
        assert found is not None
        assert found.span() == (1, 3)
        assert pattern.match("x") is None
        assert pattern.fullmatch("ab") is not None
        assert [one[0] for one in pattern.finditer("abxA")] == ["ab", "A"]
        assert pattern.findall("ab") == [("a", "b")]
        assert pattern.sub("-", "xab") == "x-"
        assert pattern.subn("-", "xab") == ("x-", 1)
        assert pattern.split("xaby") == ["x", "a", "b", "y"]
    assert pattern.groups == 2
    assert pattern.flags & re.IGNORECASE


def test_what_a_pattern_has_not_it_has_not_either() -> None:
    with pytest.raises(AttributeError):
        lazily("a").nothing  # type: ignore[attr-defined]  # noqa: B018 - asked for on purpose


def test_a_pattern_may_be_made_when_it_is_first_used() -> None:
    made: list[str] = []

    def make() -> str:
        made.append("once")
        return "a+b"

    pattern = lazily(make)
    assert made == []
    assert pattern.fullmatch("aab")
    assert pattern.pattern == "a+b"
    assert pattern.search("cb") is None
    assert made == ["once"]
