"""A text cut into sentences, and sentences put together into windows that the network reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from guardrail.detect.intent.words import words_in

WINDOW = 40
"""Words of a window, at most."""

FEW = 2
"""Windows of a text that isn't long."""

_SENTENCE = re.compile(r"[^\n.!?…;]+(?:[.!?…;]+(?=\s)|[.!?…;]+|\n|$)?")
_LONGEST = 600
"""Characters of a sentence: what has no stops is cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """Words and where they stand, in code points of the text."""

    start: int
    end: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Neighbouring sentences."""

    start: int
    end: int
    words: tuple[str, ...]
    at_rim: bool = False
    """Whether it is the first or the last sentence of a long text, by itself."""


def sentences_of(plain: str) -> list[Sentence]:
    """Cut a text into sentences of at most `WINDOW` words; a dot inside a word cuts nothing.

    Args:
        plain: as `words.plain_of` returns it; places are counted in it.
    """
    made: list[Sentence] = []
    for start, end in _spans(plain):
        words = words_in(plain[start:end])
        made += [
            Sentence(start=start, end=end, words=tuple(words[at : at + WINDOW]))
            for at in range(0, len(words), WINDOW)
        ]
    return made


def _spans(text: str) -> Iterator[tuple[int, int]]:
    begun = -1
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        if begun < 0:
            begun = start
        inside = end < len(text) and text[end - 1] == "." and not text[end].isspace()
        if inside and end - begun < _LONGEST:
            continue
        yield from _cut(begun, end)
        begun = -1
    if begun >= 0:
        yield from _cut(begun, len(text))


def _cut(start: int, end: int) -> Iterator[tuple[int, int]]:
    for at in range(start, end, _LONGEST):
        yield at, min(at + _LONGEST, end)


def windows_of(sentences: Sequence[Sentence]) -> list[Window]:
    """Return windows of as many sentences as fit: each begins with the last of the one before.

    So any two neighbours that fit stand in a window together. Of a long text the first and the last
    sentence are windows by themselves, too: people ask there.
    """
    made = _joined(sentences)
    if len(made) <= FEW:
        return made
    rims = (
        Window(start=one.start, end=one.end, words=one.words, at_rim=True)
        for one in (sentences[0], sentences[-1])
    )
    return [*made, *rims]


def _joined(sentences: Sequence[Sentence]) -> list[Window]:
    ends = [0, *accumulate(len(one.words) for one in sentences)]
    made: list[Window] = []
    first = 0
    while first < len(sentences):
        behind = first + 1
        while behind < len(sentences) and ends[behind + 1] - ends[first] <= WINDOW:
            behind += 1
        held = sentences[first:behind]
        made.append(
            Window(
                start=held[0].start,
                end=held[-1].end,
                words=tuple(word for one in held for word in one.words),
            )
        )
        if behind == len(sentences):
            break
        first = behind - 1 if behind - first > 1 else behind
        while first < behind and ends[behind + 1] - ends[first] > WINDOW:
            first += 1
    return made
