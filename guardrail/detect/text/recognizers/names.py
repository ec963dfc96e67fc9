"""Names of persons, as the network of names sees them: in any case, alphabet and order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.names import english, russian
from guardrail.detect.text.names.english_words import joined_words as english_words
from guardrail.detect.text.names.knowledge import Name
from guardrail.detect.text.names.network import REACH
from guardrail.detect.text.names.russian import joined_words as russian_words
from guardrail.detect.text.names.shipped import network
from guardrail.detect.text.names.words import LONGEST_WORD, Casing, Words, words_of
from guardrail.detect.text.recognizer import TextRecognizer, Verdict

LONGEST_NAME = 8
"""Words of a name at most."""

_EDGE = 128
"""Words at the edge of a text that may be open: those of a few that are joined by hyphens."""

_LEAST = {Casing.NORMAL: 0.5, Casing.LOWER: 0.4, Casing.UPPER: 0.5, Casing.UNKNOWN: 0.5}
"""The chance from which on a word is taken for a name."""

_LEAST_BESIDE = 0.3
"""The same for a word beside one that is a name."""

_DOUBTFUL = 0.4
"""The chance from which on a word goes before one that a name seems to begin with."""

_LEAST_SMALL = 0.8
"""The same for a word in small letters among words that begin with capitals."""

_LEAST_ALONE, _LEAST_LISTED = 0.7, 0.5
"""The same for a name of one word, and for one that is on a list of names: more words that happen
to look like one are alone."""

_PLAIN, _OF_ANOTHER = 0.7, 0.3
"""The chance of a listed name with a capital letter within a sentence, unless it is as likely as
this the name of a place, an organisation or somebody historic."""

_LOWEST, _HIGHEST = 0.4, 0.8
"""Scores that chances of 0 and 1 become. What holds a number, or the words of an address, is surer
than any name: of a mail address and a name in it, the address is the finding."""

_INITIALS = 2
"""Initials on one side of a name at most."""

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
"""Words that may be of a name: how sure that is, and whether one begins there."""


@dataclass(frozen=True, slots=True)
class _Read:
    words: Words
    names: list[int]
    """A `Name` for each word."""
    sure: Sure


class NameRecognizer(TextRecognizer):
    """Names told by the network, from three words on either side."""

    ENTITY = "PERSON"
    VERSION = "1"
    PATTERN = r"[^\W\d_]{2,40}"
    TRIGGERS = (r"\pL\pL",)
    BACKWARD = ""
    SIGHT = 640
    OPENS = True
    LONGEST = LONGEST_NAME * 44

    def __init__(self, tier: str = "standard") -> None:
        super().__init__()
        self._tier = tier
        self._network = network(tier)
        # What was read last, whole: `scan` and `opens` ask for the same one after the other.
        self._last: tuple[int, str, _Read] = (-1, "", _Read(words_of(""), [], {}))

    def scan(self, text: str, start: int) -> Iterator[RecognizerResult]:
        """Yield names that begin at `start` or later."""
        read = self._read(text, start)
        words = read.words
        for begin, last, score in names_in(words, read.sure, read.names):
            first = max(begin, bisect_left(words.starts, start))  # initials may be settled by force
            if first == last and read.names[first] == Name.HISTORIC:
                continue  # Ома, Шрёдингера: of a law, a cat, a street far more than of a person
            end = words.starts[last] + len(words.texts[last])
            yield self.result(
                Verdict(start=words.starts[first], end=end, score=score, reason="network")
            )

    def opens(self, text: str, start: int) -> int:
        """Return the first position that text still unknown could make, or unmake, a name at."""
        read = self._read(text, start)
        words, sure = read.words, read.sure
        count = len(words.texts)
        since = max(0, count - _EDGE)
        edge = Words(words.texts[since:], words.starts[since:], words.casings[since:])
        russian_behind, english_behind = map(_behind, (russian_words(edge), english_words(edge)))
        first = count
        for number in range(count - 1, since - 1, -1):
            at = number - since
            told, heard = russian_behind[at] > russian.REACH, english_behind[at] > english.REACH
            if words.starts[number] < start or (told and heard):
                break
            initial = _is_initial(words, number)
            if self._tier == "fast":
                heard = russian_behind[at] > REACH
            if told if initial or russian.is_cyrillic(words.texts[number]) else heard:
                continue
            end = words.starts[number] + len(words.texts[number])
            grows = end == len(text) and words.texts[number].isalnum()
            if grows or initial or _is_eligible(words, number, read.names[number]):
                first = number
        if first == count:
            return len(text)
        first = _first_initial(words, first)
        for number in sorted(sure, reverse=True):
            if number < first and _joins(words, number, first):
                first = _first_initial(words, number)
        return max(start, words.starts[first])

    def _read(self, text: str, start: int) -> _Read:
        """Return the words of `text`, and those from `start` on that are taken for names."""
        last = self._last
        if last[0] == start and last[1] == text:
            return last[2]
        words = words_of(text)
        names = self._network.names(words)
        asked = [
            number
            for number in range(bisect_left(words.starts, start), len(names))
            if _is_eligible(words, number, names[number])
        ]
        sure: Sure = {}
        if asked:
            chances = self._network.chances(words, asked)
            persons = (chances[:, 1] + chances[:, 2]).tolist()
            others = chances[:, 3:].sum(1).tolist()
            begins = (chances[:, 1] > chances[:, 2]).tolist()
            for number, person, other, begin in zip(asked, persons, others, begins, strict=True):
                chance = person
                if other < _OF_ANOTHER and _is_listed(words.texts[number], names[number]):
                    chance = max(person, _PLAIN if _is_plain(words, number) else 0)
                if chance >= min(_LEAST_BESIDE, least(words, number)):
                    sure[number] = chance, begin
        read = _Read(words, names, sure)
        self._last = start, text, read
        return read


def _behind(joined: tuple[list[str], list[int]]) -> list[int]:
    """Return how many of the joined words stand behind the one that each word is in."""
    belongs = joined[1]
    return [belongs[-1] - one for one in belongs]


def _is_listed(word: str, name: int) -> bool:
    """Tell whether a word is on a list of names, or in Cyrillic a form of one that is."""
    return name == Name.ITSELF or (name == Name.INFLECTED and russian.is_cyrillic(word))


def _is_plain(words: Words, number: int) -> bool:
    """Tell whether a word has a capital letter for no other reason than being a name.

    It stands in a sentence that isn't in capitals, behind a word in small letters or a comma.
    """
    word, before = words.texts[number], words.texts[number - 1] if number else ""
    if words.casings[number] != Casing.NORMAL or not (before.islower() or before == ","):
        return False
    end = words.starts[number] + len(word)
    gap = words.starts[number] - words.starts[number - 1] - len(before)
    goes_on = words.texts[number + 1 : number + 2] == ["-"] and words.starts[number + 1] == end
    return len(word) > 2 and word.istitle() and gap == 1 and not goes_on


def _is_eligible(words: Words, number: int, name: int) -> bool:
    """Tell whether a word could be of a name, by itself and how words are cased there."""
    word = words.texts[number]
    if not word[0].isalpha() or name == Name.COMMON:
        return False
    if len(word) == 1:
        return word.isupper() and not _in_abbreviation(words, number)
    if words.casings[number] == Casing.NORMAL and word[0].islower():
        return len(word) > 3 and name == Name.ITSELF
    return len(word) <= LONGEST_WORD


def least(words: Words, number: int) -> float:
    """Return the chance from which on the word is taken for a name."""
    casing = Casing(words.casings[number])
    if casing is Casing.NORMAL and words.texts[number][0].islower():
        return _LEAST_SMALL
    return _LEAST[casing]


def names_in(words: Words, sure: Sure, names: Sequence[int]) -> Iterator[tuple[int, int, float]]:
    """Yield names as the numbers of their first and last words, and how sure they are.

    Args:
        words: all words there are.
        sure: the words that may be of a name, by their numbers, rising.
        names: a `Name` for each of `words`.
    """
    together: list[int] = []
    for number, (_, begins) in sure.items():
        last = together[-1] if together else -1
        if together and _joins(words, last, number):
            doubtful = len(together) == 1 and _DOUBTFUL <= sure[last][0] < least(words, last)
            if (not begins or doubtful) and number - together[0] < LONGEST_NAME:
                together.append(number)
                continue
        yield from _name(words, together, sure, names)
        together = [number]
    yield from _name(words, together, sure, names)


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
    words: Words, together: Sequence[int], sure: Sure, names: Sequence[int]
) -> Iterator[tuple[int, int, float]]:
    """Yield the name with the initials around it, unless it is nothing but initials."""
    certain = [number for number in together if sure[number][0] >= least(words, number)]
    if all(len(words.texts[number]) == 1 for number in certain):
        return
    first, last = together[0], together[-1]
    chance = sum(sure[number][0] for number in together) / len(together)
    begin, end = _first_initial(words, first), _last_initial(words, last, sure)
    if begin == first and end == last and first == last:
        listed = names[first] == Name.ITSELF or _is_plain(words, first)
        if chance < (_LEAST_LISTED if listed else _LEAST_ALONE):
            return
    yield begin, end, round(_LOWEST + (_HIGHEST - _LOWEST) * chance, 2)


def _is_initial(words: Words, number: int) -> bool:
    """Tell whether a letter stands alone with a stop, or may yet have one."""
    if len(words.texts[number]) != 1 or not words.texts[number].isalpha():
        return False
    start = words.starts[number]
    if number and words.starts[number - 1] + len(words.texts[number - 1]) == start:
        before = words.texts[number - 1]
        if before[0].isalnum() or before in "_-'’@/":
            return False
    at_edge = number + 1 == len(words.texts)
    return at_edge or (words.texts[number + 1] == "." and words.starts[number + 1] == start + 1)


def _in_abbreviation(words: Words, number: int) -> bool:
    """Tell whether a letter is one of more initials in a row than a name has: Ф.И.О."""
    row = int(_is_initial(words, number))
    for step in (-2, 2):
        other = number + step
        while row <= _INITIALS and 0 <= other < len(words.texts) and _is_initial(words, other):
            if words.texts[min(other, other - step) + 1] != ".":
                break
            row += 1
            other += step
    return row > _INITIALS


def _first_initial(words: Words, first: int) -> int:
    """Return the number of the first initial before a word, or the word's own: two at most.

    Three are none (Ф.И.О., Т.А.Ә.), and in small letters, of which some stand for other words (г.,
    д.), one alone isn't either.
    """
    begin, small = first, words.texts[first][0].islower()
    for count in range(1, _INITIALS + 2):
        before = first - 2 * count
        if before < 0 or not _is_initial(words, before) or words.texts[before + 1] != ".":
            break
        if words.starts[begin] - words.starts[before] > _GAP:
            break
        if small or words.texts[before].isupper():
            begin = before
    initials = (first - begin) // 2
    return first if initials > _INITIALS or (small and initials == 1) else begin


def _last_initial(words: Words, last: int, sure: Container[int]) -> int:
    """Return the number of the stop behind the last initial of a name, or of its last word."""
    end, count = last, len(words.texts)
    if len(words.texts[last]) == 1:  # told by the network; its stop is a part of it
        return last + 1 if _is_initial(words, last) and last + 1 < count else last
    small = words.texts[last][0].islower()
    for _ in range(_INITIALS):
        initial = end + 1
        if initial + 1 >= count or not _is_initial(words, initial):
            break
        gap = words.starts[initial] - words.starts[end] - len(words.texts[end])
        if gap > 1 or not (small or words.texts[initial].isupper()):
            break
        end = initial + 1
    if end + 1 in sure or (small and end == last + 2):
        return last
    return end
