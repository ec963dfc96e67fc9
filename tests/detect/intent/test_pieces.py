from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.intent import pieces
from guardrail.detect.intent.pieces import WINDOW, alone, sentences_of, windows_of
from guardrail.detect.intent.words import plain_of

_WORDS = st.lists(st.sampled_from(["a.b", "лицо", "who", "is.", "кім?", "\n", "x" * 700, "1"]))


def test_a_dot_inside_a_word_cuts_nothing() -> None:
    text = "read example.com today. then stop"
    assert [text[one.start : one.end].strip() for one in sentences_of(text)] == [
        "read example.com today.",
        "then stop",
    ]


def test_a_short_text_is_one_window() -> None:
    windows = windows_of(sentences_of("look at this. who is it? tell me."))
    assert [one.words for one in windows] == [
        ("look", "at", "this", "who", "is", "it", "?", "tell", "me")
    ]


def test_neighbouring_sentences_stand_together_in_a_window() -> None:
    text = " ".join(f"one two three four five six word{place}." for place in "abcdefghijklmnop")
    sentences = sentences_of(text)
    windows = windows_of(sentences)
    for left, right in pairwise(sentences):
        assert any(one.start <= left.start and right.end <= one.end for one in windows)


def test_sentences_that_stand_beside_others_are_windows_by_themselves_too() -> None:
    sentences = sentences_of("look at this. who is it? tell me.")
    by_themselves = alone(sentences, windows_of(sentences))
    assert [one.words for one in by_themselves] == [one.words for one in sentences]
    assert [(one.first, one.count) for one in by_themselves] == [(0, 1), (1, 1), (2, 1)]


@given(_WORDS)
def test_every_sentence_of_a_window_is_a_window_by_itself_once(words: list[str]) -> None:
    sentences = sentences_of(plain_of(" ".join(words)))
    windows = windows_of(sentences)
    singles = [one for one in [*windows, *alone(sentences, windows)] if one.count == 1]
    assert sorted(one.first for one in singles) == list(range(len(sentences)))
    assert all(one.words == sentences[one.first].words for one in singles)


@given(_WORDS)
def test_every_word_is_in_a_window_and_none_is_longer_than_it_may_be(words: list[str]) -> None:
    plain = plain_of(" ".join(words))
    sentences = sentences_of(plain)
    windows = windows_of(sentences)
    assert all(0 < len(one.words) <= WINDOW for one in windows)
    assert {word for one in windows for word in one.words} == {
        word for one in sentences for word in one.words
    }
    assert all(0 <= one.start < one.end <= len(plain) for one in windows)


def test_sentences_that_tell_nothing_are_left_out_unless_all_do() -> None:
    sentences = pieces.sentences_of("One here. Two here. Three here.")
    windows = pieces.windows_of(sentences)
    (some,) = pieces.telling(sentences, windows, [1.0, 0.0, 1.0], 0.5)
    assert some.numbers == (0, 2)
    assert some.words == ("One", "here", "Three", "here")
    assert pieces.telling(sentences, windows, [0.0, 0.0, 0.0], 0.5) == windows
