"""Keys of data that arrives in pieces say what they say of the whole, before their values leave."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect.intent.key_stream import MOST_CHARS, KeyStream
from guardrail.detect.intent.reply_keys import uses_in_reply
from guardrail.facts import Author, Segment, Tier

NAMES = ("emotion", "mood", "trust_score", "ethnicity", "person", "face", "review_id", "домен")
ESCAPED = json.dumps("эмоция")[1:-1], json.dumps(json.dumps("эмоция"))[3:-1], "mood\\\\"
KEYS = st.one_of(st.sampled_from(NAMES + ESCAPED), st.integers(0, 99).map("k{}".format))
MEMBERS = st.tuples(KEYS, st.sampled_from(["", " ", "\n  "]), st.sampled_from(["1", '"sad"', "{"]))
ENDS = st.sampled_from(
    ["}", '"\\u04', '"emotion\\\\', '"emotion"', '"emotion" :', '"emo', '"a\n": ']
)


def whole(text: str) -> dict[str, Tier]:
    said = [Segment(place=("x",), text=text, author=Author.ASSISTANT)]
    return {one.entity: one.tier for one in uses_in_reply(said)}


def taken(pieces: Sequence[str]) -> tuple[str, dict[str, Tier]]:
    stream = KeyStream()
    left = ""
    uses: dict[str, Tier] = {}
    for at, piece in enumerate(pieces):
        text, shown = stream.feed(piece, final=at == len(pieces) - 1)
        left += text
        uses |= {one.finding.entity: one.finding.tier for one in shown}
    return left, uses


@settings(max_examples=200)
@given(st.lists(MEMBERS, max_size=80), ENDS, st.data())
def test_for_every_cut_the_uses_are_those_of_the_whole(
    members: list[tuple[str, str, str]], end: str, data: st.DataObject
) -> None:
    text = "{" + ", ".join(f'"{key}"{gap}: {value}' for key, gap, value in members) + end
    places = data.draw(st.lists(st.integers(0, len(text)), max_size=30))
    pieces = [text[a:b] for a, b in pairwise([0, *sorted(places), len(text)])]
    assert taken(pieces) == (text, whole(text))


def test_the_value_of_a_key_that_may_show_a_use_waits_and_nothing_before_it() -> None:
    stream = KeyStream()
    assert stream.feed('{"n": "x", "emotion": "sad"') == ('{"n": "x", "emotion":', ())
    assert stream.held == len(' "sad"')
    text, shown = stream.feed(', "person": 1}', final=True)
    assert text == ' "sad", "person": 1}'
    assert [(one.name, one.finding.entity) for one in shown] == [("emotion", "EMOTION_INFERENCE")]
    assert [one.finding.tier for one in shown] == [Tier.CERTAIN]


def test_with_enough_keys_behind_it_its_value_goes_on() -> None:
    stream = KeyStream()
    stream.feed('{"emotion": "joy", "review": 1')
    many = "".join(f', "k{number}": 1' for number in range(60))
    text, shown = stream.feed(many)
    assert (text, shown, stream.held) == (' "joy", "review": 1' + many, (), 0)


def test_a_use_that_is_sure_and_was_told_isnt_waited_for_again() -> None:
    stream = KeyStream()
    stream.feed('{"emotion": "joy", "person": 1')
    assert len(stream.feed("".join(f', "k{number}": 1' for number in range(60)))[1]) == 1
    assert stream.feed(', "emotion": "sad"') == (', "emotion": "sad"', ())


def test_too_long_a_value_is_judged_by_the_keys_before_it() -> None:
    stream = KeyStream()
    assert stream.feed('{"emotion": "') == ('{"emotion":', ())
    text, shown = stream.feed("x" * (MOST_CHARS + 1))
    assert [one.finding.tier for one in shown] == [Tier.SUSPECT]
    assert len(text) > MOST_CHARS


def test_time_is_linear() -> None:
    begun = time.process_time()
    for text in ('{"emotion": "' + "sad " * 60_000, '"k": "v", ' * 30_000, '"k"' + " " * 200_000):
        stream = KeyStream()
        for at in range(0, len(text), 20):
            stream.feed(text[at : at + 20])
    assert time.process_time() - begun < 4
