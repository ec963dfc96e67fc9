"""A text cut into sentences, and sentences put together into windows that the network reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from guardrail.detect.intent.words import words_in

WINDOW = 40
"""Words of a window, at most."""

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
    first: int
    """Its first sentence, counted from 0."""
    count: int
    """How many sentences."""
    sentences: tuple[Sentence, ...]
    """They themselves: some between the first and the last may be left out."""
    numbers: tuple[int, ...]
    """Which they are."""


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

    So any two neighbours that fit stand in a window together.
    """
    ends = [0, *accumulate(len(one.words) for one in sentences)]
    made: list[Window] = []
    first = 0
    while first < len(sentences):
        behind = first + 1
        while behind < len(sentences) and ends[behind + 1] - ends[first] <= WINDOW:
            behind += 1
        made.append(_window(sentences, range(first, behind)))
        if behind == len(sentences):
            break
        first = behind - 1 if behind - first > 1 else behind
        while first < behind and ends[behind + 1] - ends[first] > WINDOW:
            first += 1
    return made


def telling(
    sentences: Sequence[Sentence],
    windows: Iterable[Window],
    strengths: Sequence[float],
    least: float,
) -> list[Window]:
    """Return windows without the sentences that tell nothing, each once.

    Args:
        sentences: of the text.
        windows: of them.
        strengths: of the sentences.
        least: what is weaker tells nothing; a window of nothing else stays as it is.
    """
    made: dict[tuple[int, ...], Window] = {}
    for one in windows:
        kept = tuple(number for number in one.numbers if strengths[number] >= least)
        numbers = kept or one.numbers
        made[numbers] = _window(sentences, numbers)
    return list(made.values())


def alone(sentences: Sequence[Sentence], windows: Iterable[Window]) -> list[Window]:
    """Return the sentences that stand beside others in `windows`, each as a window by itself."""
    held: set[int] = set()
    by_themselves: set[int] = set()
    for one in windows:
        (held if one.count > 1 else by_themselves).update(one.numbers)
    return [_window(sentences, (number,)) for number in sorted(held - by_themselves)]


def _window(sentences: Sequence[Sentence], numbers: Sequence[int]) -> Window:
    held = tuple(sentences[number] for number in numbers)
    return Window(
        start=held[0].start,
        end=held[-1].end,
        words=tuple(word for one in held for word in one.words),
        first=numbers[0],
        count=len(held),
        sentences=held,
        numbers=tuple(numbers),
    )
