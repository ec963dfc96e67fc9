"""Rules say what they mean, or the start-up stops."""

from __future__ import annotations

import pytest

from guardrail.errors import ConfigError
from guardrail.facts import Author, Kind
from guardrail.wire.fields import Fields
from guardrail.wire.naming import channel_name
from guardrail.wire.rules import parse_rules, pattern
from guardrail.wire.shape import Pattern, Rule, Verdict


def _rules(*raw: object) -> list[tuple[Pattern, Rule]]:
    return parse_rules(Fields({"strings": list(raw)}, "request", known=["strings"]))


def test_a_rule_stands_for_all_its_paths_in_order() -> None:
    rules = _rules(
        {"inert": ["id"]},
        {
            "text": ["a.*", "b"],
            "author": "user",
            "kind": "metadata",
            "kinds": {"tool": "tool_result"},
        },
        {"opaque": ["c"], "medium": "image", "whole": True},
    )
    assert [path for path, _ in rules] == [("id",), ("a", "*"), ("b",), ("c",)]
    inert, text, _, opaque = (rule for _, rule in rules)
    assert inert.verdict is Verdict.INERT
    assert (text.author, text.kind, text.kinds) == (
        Author.USER,
        Kind.METADATA,
        {Author.TOOL: Kind.TOOL_RESULT},
    )
    assert (opaque.medium, opaque.whole) == ("image", True)


def test_a_rule_without_an_author_leaves_it_to_the_speaker() -> None:
    [(_, rule)] = _rules({"text": ["a"]})
    assert rule.author is None


def test_a_streams_rule_names_its_channels() -> None:
    [(_, rule)] = _rules({"text": {"c.*.d.*": "c[*].d[*]"}, "codec": "json"})
    assert rule.channel == channel_name("c[*].d[*]")
    assert (rule.stars, rule.codec) == ((1, 3), "json")


def test_a_streams_rule_may_be_for_some_events_and_for_what_they_repeat() -> None:
    raw = {"text": {"item.text": "text[{index}]"}, "of": ["item.done"], "repeats": True}
    fields = Fields({"strings": [raw]}, "demo", known=("strings",))
    [(_, rule)] = parse_rules(fields, streamed=True)
    assert rule.events == {"item.done"}
    assert rule.repeats
    with pytest.raises(ConfigError, match="unknown key 'of'"):
        parse_rules(fields)
    bare = Fields({"strings": [{"text": ["a"], "repeats": True}]}, "demo", known=("strings",))
    with pytest.raises(ConfigError, match="must be a channel"):
        parse_rules(bare, streamed=True)


def test_items_of_one_array_may_go_on_with_each_other() -> None:
    raw = {"text": {"c.*.parts.*.text": "c[*].text"}, "joins": True}
    fields = Fields({"strings": [raw]}, "demo", known=("strings",))
    [(_, rule)] = parse_rules(fields, streamed=True)
    assert rule.channel == channel_name("c[*].text")
    none_less = {**raw, "text": {"c.*.parts.*.text": "c[*].text[*]"}}
    with pytest.raises(ConfigError, match="needs fewer \\* than 'c"):
        parse_rules(Fields({"strings": [none_less]}, "demo", known=("strings",)), streamed=True)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ({"text": ["a"], "inert": ["b"]}, "exactly one"),
        ({"author": "user"}, "exactly one"),
        ({"text": ["a"], "auther": "user"}, "unknown key 'auther'.*'author'"),
        ({"text": ["a"], "author": "usr"}, "unknown 'usr'.*'user'"),
        ({"text": ["a"], "kind": "txt"}, "unknown 'txt'.*'text'"),
        ({"text": ["a"], "kinds": {"tol": "text"}}, "unknown 'tol'.*'tool'"),
        ({"text": ["a"], "codec": "jsn"}, "unknown codec 'jsn'.*'json'"),
        ({"text": {"a.*": "a"}}, "needs one \\*"),
        ({"text": {"a.**": "a**"}}, "needs one \\*"),
        ({"text": "a"}, "must be a list"),
        ("text", "must be a mapping"),
    ],
)
def test_what_a_rule_cannot_mean_stops_the_start(raw: object, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        _rules(raw)


@pytest.mark.parametrize("path", ["", "a..b", ".a", "a*", "a.***"])
def test_a_path_has_names_and_wildcards_only(path: str) -> None:
    with pytest.raises(ConfigError, match="is no path"):
        pattern(path, "request")


def test_a_whole_document_may_be_one_text() -> None:
    [(path, rule)] = _rules({"text": ["$"], "author": "user"})
    assert (path, rule.author) == ((), Author.USER)


def test_paths_may_go_on_from_several_places_and_for_some_types_of_objects() -> None:
    rules = _rules({"text": ["a.*", "b<x|y>.c"], "under": ["m.*", "n"]})
    assert [path for path, _ in rules] == [
        ("m", "*", "a", "*"),
        ("m", "*", "b", "<x|y>", "c"),
        ("n", "a", "*"),
        ("n", "b", "<x|y>", "c"),
    ]
    [(path, rule)] = _rules({"text": {"o.*<x>.p.*": "o[*].p[*]"}})
    assert path == ("o", "*", "<x>", "p", "*")
    assert rule.stars == (1, 3), "counted in places, which know no types"
