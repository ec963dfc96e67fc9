"""The walk meets every leaf once, in the document's order."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from guardrail.facts import Author
from guardrail.wire.shape import Rule, Verdict, compile_shape
from guardrail.wire.walk import Speakers, leaves

Json = Any

NOBODY = Speakers()
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=3), below),
    max_leaves=10,
)


def _strings(tree: Json) -> list[str]:
    if isinstance(tree, str):
        return [tree]
    values = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return [text for value in values for text in _strings(value)]


@given(TREES)
def test_every_string_is_met_once_and_in_order(tree: Json) -> None:
    met = [
        value
        for _, _, value, _, key in leaves(tree, compile_shape([]), NOBODY)
        if isinstance(value, str) and not key
    ]
    assert met == _strings(tree)


def test_numbers_from_seven_digits_are_met_and_smaller_ones_are_not() -> None:
    tree = [999_999, 1_000_000, -1_000_000, -999_999, 0.5, 1e7, True, None]
    met = [value for _, _, value, _, _ in leaves(tree, compile_shape([]), NOBODY)]
    assert met == [1_000_000, -1_000_000, 1e7]
    assert [value for _, _, value, _, _ in leaves(7, compile_shape([]), NOBODY)] == []
    assert [value for _, _, value, _, _ in leaves(10**11, compile_shape([]), NOBODY)] == [10**11]


def test_names_are_met_unless_they_are_plain_or_the_rules_know_them() -> None:
    shape = compile_shape([(("polite form",), Rule(verdict=Verdict.TEXT))])
    met = [
        value
        for *_, value, _, key in leaves({"polite form": 1, "a b": 1, "ab": 1}, shape, NOBODY)
        if key
    ]
    assert met == ["a b"]


def test_what_a_message_holds_is_by_its_speaker() -> None:
    shape = compile_shape([(("m", "*"), "speaks")])
    speakers = Speakers(member="role", authors={"bot": Author.ASSISTANT})
    tree = {"m": [{"x": ["a"], "role": "bot"}, {"role": "cat"}, {"role": 1, "x": "b"}, ["c"], "d"]}
    met = {value: author for _, _, value, author, _ in leaves(tree, shape, speakers)}
    assert met.pop("a") is Author.ASSISTANT
    assert met.pop("bot") is Author.ASSISTANT
    assert set(met.values()) == {Author.UNKNOWN}


def test_a_whole_opaque_value_is_met_as_one() -> None:
    rule = Rule(verdict=Verdict.OPAQUE, whole=True)
    met = list(leaves({"a": {"b": "c"}, "d": "e"}, compile_shape([(("a",), rule)]), NOBODY))
    assert [value for _, _, value, _, _ in met] == [{"b": "c"}, "e"]


def test_depth_costs_no_recursion() -> None:
    tree: Json = "x"
    for _ in range(5000):
        tree = [tree]
    [(_, place, value, _, _)] = leaves(tree, compile_shape([]), NOBODY)
    assert (len(place), value) == (5000, "x")


def test_a_true_member_says_which_rules_are_for_an_object() -> None:
    thought, text = Rule(verdict=Verdict.TEXT), Rule(verdict=Verdict.TEXT)
    shape = compile_shape([(("*", "<thought?>", "text"), thought), (("*", "text"), text)])
    parts = [{"thought": value, "text": "a"} for value in (True, False, None, "true", 1)]
    rules = [rule for rule, place, *_ in leaves(parts, shape, NOBODY) if place[-1] == "text"]
    assert rules == [thought, text, text, text, text]
    assert rules[0] is thought
    assert rules[1] is text


def test_a_type_says_which_rules_are_for_an_object_at_any_depth() -> None:
    thought, text = Rule(verdict=Verdict.TEXT), Rule(verdict=Verdict.TEXT, medium="2")
    shape = compile_shape([(("**", "<thought>", "x", "*"), thought), (("**",), text)])
    tree = {"type": "thought", "x": ["a"], "y": {"type": "thought", "x": ["b"]}, "z": {"x": ["c"]}}
    met = {value: rule for rule, _, value, _, _ in leaves(tree, shape, NOBODY)}
    assert (met["a"], met["b"], met["c"]) == (thought, thought, text)
    for kind in ("other", 1, ["thought"]):
        item = {"type": kind, "x": ["a"]}
        rules = [rule for rule, place, *_ in leaves(item, shape, NOBODY) if place[0] == "x"]
        assert rules == [text]


def test_who_names_nobody_is_known_by_its_type() -> None:
    speakers = Speakers(
        member="role",
        authors={"user": Author.USER},
        types={"call": Author.ASSISTANT},
        default=Author.TOOL,
    )
    assert speakers.author({"role": "user", "type": "call"}) is Author.USER
    assert speakers.author({"type": "call"}) is Author.ASSISTANT
    assert speakers.author({"role": None, "type": "call"}) is Author.ASSISTANT
    assert speakers.author({"type": ["call"]}) is Author.TOOL
    assert speakers.author({}) is Author.TOOL
