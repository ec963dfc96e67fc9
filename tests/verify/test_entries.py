"""What entries must be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrail.testing.raw_entries import START, encoded, problems_of, record

if TYPE_CHECKING:
    from tests.verify.conftest import Story


def test_entries_that_follow_the_rules_are_fine(story: Story) -> None:
    error = record("error", 1, START, req="r-7", code="client_gone")
    assert problems_of(story.verified_with(START, error)) == []


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "it isn't JSON"),
        (b"\xff\xfe", "it isn't JSON"),
        (b"[" * 60_000, "it isn't JSON"),
        (b"{" * 9, "it isn't JSON"),
        (START[:-1], "it isn't JSON"),
        (START.replace(b'"w":"x"', b'"w":"\\ud800"'), "it isn't in its canonical form"),
        (b" " + START, "it isn't in its canonical form"),
        (START.replace(b":0,", b": 0,"), "it isn't in its canonical form"),
        (START.replace(b'"v":1', b'"v":1,"v":1'), "it isn't in its canonical form"),
        (b'{"v":1,' + START[1:].replace(b',"v":1', b""), "it isn't in its canonical form"),
        (START.replace(b'"w":"x"', b'"w":"\\u0078"'), "it isn't in its canonical form"),
        (START.replace(b"}", b',"x_a":"e\xcc\x81"}'), "it isn't in its canonical form"),
        (START.replace(b'"v":1', b'"v":1.0'), "it has a number that isn't an integer"),
        (START.replace(b'"v":1', b'"v":NaN'), "it has a number that isn't an integer"),
        (START.replace(b'"v":1', b'"v":9007199254740992'), "it has an integer past 2^53"),
        (START.replace(b'"v":1', b'"v":' + b"9" * 5000), "it has an integer past 2^53"),
        (START.replace(b'"v":1', b'"v":2'), "it isn't a record of evidence, version 1"),
        (START.replace(b'"n":0', b'"n":-1'), "it isn't a record of evidence, version 1"),
        (START.replace(b'"w":"x"', b'"w":"../x"'), "it isn't a record of evidence, version 1"),
        (START.replace(b'"prev":""', b'"prev":"0"'), "it isn't a record of evidence, version 1"),
        (b"[]", "it isn't a record of evidence, version 1"),
        (b"7", "it isn't a record of evidence, version 1"),
    ],
)
def test_an_entry_in_another_form_is_found(story: Story, body: bytes, what: str) -> None:
    report = story.verified_with(body)
    index = len(story.bodies("2026h2")) - 1
    assert problems_of(report) == [f"entry {index}: {what}"]


KEYS = [
    "n",
    "t",
    "w",
    "ts",
    "totals",
    "heads",
    "hits",
    "more",
    "req",
    "act",
    "size",
    "root",
    "vkey",
]


NUMBERS = st.none() | st.integers(0, 3) | st.dictionaries(st.just("count"), st.integers())


RULES = st.lists(st.sampled_from(["a", "b"]), max_size=3)


VALUES = (
    st.none()
    | st.integers(-5, 5)
    | st.text(max_size=3)
    | st.lists(st.dictionaries(st.text(max_size=2), st.integers(), max_size=2))
    | st.dictionaries(st.sampled_from(["records", "decisions"]), NUMBERS | st.lists(NUMBERS))
)


@pytest.mark.thorough
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_whatever_a_signed_entry_says_nothing_breaks(
    new_story: type[Story], fields: dict[str, object]
) -> None:
    for kind in ("writer.beat", "log.seal", "log.open", "key.rotate", "erasure", "request"):
        said: dict[str, object] = json.loads(record(kind, 1, START, req="r"))
        report = new_story().verified_with(START, encoded(said | fields))
        assert report.entries >= 6
