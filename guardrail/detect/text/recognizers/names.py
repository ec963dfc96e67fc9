"""Names of persons, as the network of names sees them: in any case, alphabet and order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.names import russian
from guardrail.detect.text.names.knowledge import Name
from guardrail.detect.text.names.network import REACH
from guardrail.detect.text.names.russian import joined_words
from guardrail.detect.text.names.shipped import network
from guardrail.detect.text.names.words import LONGEST_WORD, Casing, Words, words_of
from guardrail.detect.text.recognizer import TextRecognizer, Verdict

LONGEST_NAME = 8
"""Words of a name at most."""

_LEAST = {Casing.NORMAL: 0.5, Casing.LOWER: 0.4, Casing.UPPER: 0.5, Casing.UNKNOWN: 0.5}
"""The chance from which on a word is taken for a name."""

_LEAST_SMALL = 0.8
"""The same for a word in small letters among words that begin with capitals."""

_LEAST_ALONE = 0.8
"""The same for a name of one word: more words that happen to look like one are alone."""

_LOWEST, _HIGHEST = 0.4, 0.8
"""Scores that chances of 0 and 1 become. What holds a number, or the words of an address, is surer
than any name: of a mail address and a name in it, the address is the finding."""

_PARTICLES = frozenset(
    word
    for line in (
        "аль ал эль ибн бин бен бинт оглы кызы улы ұлы қызы де ди да дю дер ван фон ла ле",
        "al el ibn bin ben de di da du der den van von la le ap mac uly qyzy kyzy",
    )
    for word in line.split()
)
"""Small words inside of names."""

_GAP = 3
"""Code points of space between two words of one name at most."""


Sure = dict[int, tuple[float, bool]]
"""Words taken for names: how sure, and whether a name begins there."""


class NameRecognizer(TextRecognizer):
    """Names told by the network, from three words on either side."""

    ENTITY = "PERSON"
    VERSION = "1"
    PATTERN = r"[^\W\d_]{2,40}"
    TRIGGERS = (r"\pL\pL",)
    BACKWARD = ""
    SIGHT = 448
    OPENS = True
    LONGEST = LONGEST_NAME * 44

    def __init__(self) -> None:
        super().__init__()
        self._network = network()
        # What was read last, whole: `scan` and `opens` ask for the same one after the other.
        self._last: tuple[int, str, Words, Sure] = (-1, "", words_of(""), {})

    def scan(self, text: str, start: int) -> Iterator[RecognizerResult]:
        """Yield names that begin at `start` or later."""
        words, sure = self._read(text, start)
        for first, last, score in names_in(words, sure):
            if first == last and self._network.name(words.texts[first]) == Name.HISTORIC:
                continue  # Ома, Шрёдингера: of a law, a cat, a street far more than of a person
            end = words.starts[last] + len(words.texts[last])
            yield self.result(
                Verdict(start=words.starts[first], end=end, score=score, reason="network")
            )

    def opens(self, text: str, start: int) -> int:
        """Return the first position that text still unknown could make, or unmake, a name at."""
        words, sure = self._read(text, start)
        _, belongs = joined_words(words)
        first = len(belongs)
        for number in range(len(belongs) - 1, -1, -1):
            behind = belongs[-1] - belongs[number]
            if words.starts[number] < start or behind > russian.REACH:
                break
            if behind > REACH and not russian.is_cyrillic(words.texts[number]):
                continue
            end = words.starts[number] + len(words.texts[number])
            grows = end == len(text) and words.texts[number].isalnum()
            if grows or self._is_eligible(words, number):
                first = number
        if first == len(belongs):
            return len(text)
        for number in sorted(sure, reverse=True):
            if number < first and _joins(words, number, first):
                first = number
        return max(start, words.starts[first])

    def _read(self, text: str, start: int) -> tuple[Words, Sure]:
        """Return the words of `text`, and those from `start` on that are taken for names."""
        last = self._last
        if last[0] == start and last[1] == text:
            return last[2], last[3]
        words = words_of(text)
        asked = [
            number
            for number, begin in enumerate(words.starts)
            if begin >= start and self._is_eligible(words, number)
        ]
        sure: Sure = {}
        if asked:
            chances = self._network.chances(words, asked)
            persons = (chances[:, 1] + chances[:, 2]).tolist()
            begins = (chances[:, 1] > chances[:, 2]).tolist()
            for number, chance, begin in zip(asked, persons, begins, strict=True):
                if chance >= least(words, number):
                    sure[number] = chance, begin
        self._last = start, text, words, sure
        return words, sure

    def _is_eligible(self, words: Words, number: int) -> bool:
        """Tell whether a word could be of a name, by itself and how words are cased there."""
        word = words.texts[number]
        first = word[0]
        if not first.isalpha() or len(word) > LONGEST_WORD:
            return False
        if len(word) == 1:
            return first.isupper()
        name = self._network.name(word)
        if words.casings[number] == Casing.NORMAL and first.islower():
            return len(word) > 3 and name == Name.ITSELF
        return name != Name.COMMON


def least(words: Words, number: int) -> float:
    """Return the chance from which on the word is taken for a name."""
    casing = Casing(words.casings[number])
    if casing is Casing.NORMAL and words.texts[number][0].islower():
        return _LEAST_SMALL
    return _LEAST[casing]


def names_in(
    words: Words, sure: Mapping[int, tuple[float, bool]]
) -> Iterator[tuple[int, int, float]]:
    """Yield names as the numbers of their first and last words, and how sure they are."""
    first = last = -1
    scores: list[float] = []
    for number, (chance, begins) in sure.items():
        goes_on = first >= 0 and not begins and _joins(words, last, number)
        if goes_on and number - first < LONGEST_NAME:
            last = number
            scores.append(chance)
            continue
        if first >= 0:
            yield from _name(words, first, last, scores)
        first = last = number
        scores = [chance]
    if first >= 0:
        yield from _name(words, first, last, scores)


def _joins(words: Words, left: int, right: int) -> bool:
    """Tell whether two words are of one name: side by side, or with what joins names between."""
    end = words.starts[left] + len(words.texts[left])
    if right == left + 1:
        return words.starts[right] - end <= _GAP
    if right != left + 2 or words.starts[right] - end > _GAP + 5:
        return False
    between = words.texts[left + 1]
    if between == ".":
        return len(words.texts[left]) == 1
    if between in "-'’":
        return words.starts[right] - end == 1
    return between.lower() in _PARTICLES


def _name(
    words: Words, first: int, last: int, scores: list[float]
) -> Iterator[tuple[int, int, float]]:
    """Yield the name with the stop of its last initial, unless it is nothing but initials."""
    sure = sum(scores) / len(scores)
    if first == last and sure < _LEAST_ALONE:
        return
    if all(len(words.texts[number]) == 1 for number in range(first, last + 1)):
        return
    end = words.starts[last] + 1
    behind = words.texts[last + 1 : last + 2]
    if len(words.texts[last]) == 1 and behind == ["."] and words.starts[last + 1] == end:
        last += 1
    yield first, last, round(_LOWEST + (_HIGHEST - _LOWEST) * sure, 2)
