"""A notice stands before prose, never in what programs read; streams put it where wholes do."""

from __future__ import annotations

import json
import re
import time
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guardrail.engine.prose import Prose, closing, is_prose, noticed, put

WORDS = "You chat with an AI.\n\n"
CODE = {
    "nothing": "",
    "blanks": " \n\n  ",
    "fence": "```python\nprint(1)\n```",
    "fence and blanks": "\n```\nx\n```  \n\n \n",
    "tildes": "~~~\n```\nx\n~~~",
    "indented": "   ```\n   x\n   ```\n",
    "unclosed": "```python\nprint(1)\n\nSome text",
    "shorter inside": "````md\n```\nx\n```\nprose?\n````",
    "a fence inside": "```\n```py\nx\n```",
    "a string like a fence": "```\n```` x\n```",
    "nothing in it": "```",
    "two fences": "```\na\n```\n\n```\nb\n```",
    "all of it a span": "```print(1)```",
    "object": '{"a": "}", "b": [1, {"c": "\\"]"}]}',
    "array": '[1, "x"]\n',
    "empty": "{}",
    "empty array": "[ ]",
    "one digit": "[1]",
    "spread": '{\n  "a": 1\n}',
    "cut off": '{"a": "b',
    "lines": '{"a": 1}\n{"a": 2}\n',
    "words": "[true, null]",
    "words of falsehood": "[false]",
    "less than nothing": "[-1.5e3]",
    "far apart": "{" + " " * 80 + '"a": 1}',
    "deep": "[" * 50 + "]" * 50,
}
PROSE = {
    "plain": "|Hello.",
    "blank first": "\n\n|Hello.",
    "indent": "\n|  - one\n  - two",
    "two backticks": "|``",
    "one bracket": "|[",
    "one brace": "|{ ",
    "a span": "|`inline` code first.",
    "tilde": "|~5 people",
    "checked": "|[x] done",
    "a link": "|[Link](https://example.kz)",
    "a name": "|{name}, hello",
    "Python": "|{'a': 1}",
    "a footnote": "|[1] According to it",
    "prose first": "|See:\n```\nx\n```",
    "fence, prose": "```python\nx\n```\n\n|It prints.",
    "tildes, prose": "~~~\nx\n~~~\n|It prints.",
    "two fences, prose": "```\nx\n```\n```\ny\n```\n\n|They print.",
    "object, prose": '{"a": 1}\n\n|That is it.',
    "fence, object, prose": '```\nx\n```\n{"a": 1}\n  |That is it.\n[1]',
    "cited": "[12] First.\n|[Second]",
    "a span in a line": "```x``` prints.\n|So it is.",
    "carriage returns": "```\r\nx\r\n```\r\n\r\n|It prints.",
}
BEHIND = (
    '{"a": 1} is it.',
    "[12] According to it",
    "```x``` prints.",
    "[2026-11-23] Log\n```\nx\n```",
)

pieces = st.lists(
    st.sampled_from(
        [*'`~{}[]"\\1-,tx \n', "```", "~~~", '{"a"', "``` \n", "word", "\r\n", " " * 70]
    ),
    max_size=30,
).map("".join)
texts = st.one_of(pieces, st.sampled_from([*CODE.values(), *PROSE.values(), *BEHIND]))


def streamed(text: str, cuts: set[int]) -> str:
    prose, left = Prose(), ""
    places = sorted(one for one in cuts if one < len(text))
    for start, end in zip([0, *places], [*places, len(text)], strict=True):
        before, behind = prose.feed(text[start:end])
        left += before
        if behind is not None:
            return left + WORDS + behind + text[end:]
    before, behind = prose.feed("", final=True)
    left += before
    if behind is not None:
        return left + WORDS + behind
    return left + closing(WORDS) if prose.is_behind else left


@pytest.mark.parametrize("text", CODE.values(), ids=CODE)
def test_what_programs_read_stays_as_it_is(text: str) -> None:
    assert put(text, WORDS) == text
    assert noticed(text, (), WORDS) is None
    assert not is_prose(text)


@pytest.mark.parametrize("marked", PROSE.values(), ids=PROSE)
def test_the_notice_stands_before_the_first_line_of_prose(marked: str) -> None:
    text = marked.replace("|", "")
    line = marked.replace("  |", "|  ")
    assert put(text, WORDS) == line.replace("|", WORDS)
    assert is_prose(text)


@pytest.mark.parametrize("text", BEHIND)
def test_it_follows_prose_that_stands_in_a_line_of_code_alone(text: str) -> None:
    assert put(text, WORDS) == f"{text}\n\n{WORDS.rstrip()}"
    assert is_prose(text)


@pytest.mark.parametrize("text", [*CODE.values(), *PROSE.values(), *BEHIND])
def test_streams_put_it_where_wholes_do_wherever_they_are_cut_once(text: str) -> None:
    assert {streamed(text, {cut}) for cut in range(1, len(text))} <= {put(text, WORDS)}
    assert streamed(text, set(range(1, len(text)))) == put(text, WORDS)


@given(texts, st.sets(st.integers(1, 120)))
@example("```" + "`" * 300 + "\nx\n", set(range(1, 300)))
def test_streams_put_it_where_wholes_do_however_they_are_cut(text: str, cuts: set[int]) -> None:
    assert streamed(text, cuts) == put(text, WORDS)


@given(texts)
def test_it_is_put_into_the_text_or_it_changes_nothing(text: str) -> None:
    made = put(text, WORDS)
    assert (made == text) != is_prose(text)
    assert made.replace(WORDS, "").replace(closing(WORDS), "") == text


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists).filter(bool))
def test_no_json_is_ever_changed(value: object) -> None:
    for text in (json.dumps([value]), json.dumps({"a": value}, indent=2, ensure_ascii=False)):
        assert put(text, WORDS) == text


@given(texts)
def test_at_most_three_characters_that_are_not_blank_are_held(text: str) -> None:
    prose = Prose()
    for character in text:
        if prose.feed(character)[1] is not None:
            break
        assert len(re.sub(r"\s", "", prose.held)) <= 3
        assert len(prose.held) <= 130


@given(texts, st.data())
def test_other_changes_of_the_text_are_kept(text: str, data: st.DataObject) -> None:
    places = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    pairs = zip(places[::2], places[1::2], strict=False)
    spans = [
        (start, end, data.draw(st.sampled_from(["", "[IIN_1]", "x\n"]))) for start, end in pairs
    ]
    changed = applied(text, spans)
    made = noticed(text, spans, WORDS)
    assert applied(text, spans if made is None else made) == put(changed, WORDS)
    kept = made or spans
    assert all(one[1] < other[0] for one, other in pairwise(kept))


def applied(text: str, spans: list[tuple[int, int, str]]) -> str:
    for start, end, new in reversed(spans):
        text = text[:start] + new + text[end:]
    return text


def test_long_code_takes_time_by_its_length() -> None:
    code = "```\n" + "print('x')  # `y`\n" * 40_000 + "```"
    table = json.dumps([{"name": 'a"b', "rows": [1, 2, 3]}] * 20_000)
    begun = time.process_time()
    for text in (code, table):
        prose = Prose()
        for at in range(0, len(text), 50):
            prose.feed(text[at : at + 50])
        assert put(text, WORDS) == text
    assert time.process_time() - begun < 4
