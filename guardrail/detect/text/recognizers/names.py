"""Names of persons, as the network of names sees them: in any case, alphabet and order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.names import english, russian
from guardrail.detect.text.names.english_words import joined_words as english_words
from guardrail.detect.text.names.glance import CLEAR
from guardrail.detect.text.names.knowledge import Name, Usual
from guardrail.detect.text.names.network import REACH, is_among_kazakh
from guardrail.detect.text.names.russian import joined_words as russian_words
from guardrail.detect.text.names.second import APART_BEFORE, BEFORE, SecondLook
from guardrail.detect.text.names.shipped import network
from guardrail.detect.text.names.spans import (
    APART,
    LEAST_BESIDE,
    LEAST_PLAIN,
    LONGEST_NAME,
    OF_ANOTHER,
    PLAIN,
    Sure,
    first_in_row,
    in_abbreviation,
    is_initial,
    is_listed,
    is_plain,
    is_rather_historic,
    joins,
    least,
    names_in,
)
from guardrail.detect.text.names.things import is_negated, is_of_a_thing
from guardrail.detect.text.names.twofold import is_well_known
from guardrail.detect.text.names.usual import how_usual
from guardrail.detect.text.names.words import BREAK, LONGEST_WORD, Casing, Words, words_of
from guardrail.detect.text.recognizer import TextRecognizer, Verdict

_CODE_BEFORE, _CODE_BEHIND = frozenset("0123456789_$\\"), frozenset("0123456789_(")
"""What stands right before and behind words of programs."""

_KEYWORDS = frozenset(("elif", "nil", "var", "vec", "fi"))
"""Words of programs that are names, too: none behind a line's end, in small letters."""

_ALL_BUT_SURE = 0.785
"""The score from which on a name that everybody knows is somebody's all the same."""

_EDGE = 128
"""Words at the edge of a text that may be open: those of a few that are joined by hyphens."""


@dataclass(frozen=True, slots=True)
class _Read:
    words: Words
    names: list[int]
    """A `Name` for each word."""
    asked: Mapping[int, float]
    """The words that were asked about, and how much each looks like a name at a glance; a second
    look may yet pass over them."""
    sure: Sure


class NameRecognizer(TextRecognizer):
    """Names told by the network and its teachers, from a few words on either side."""

    ENTITY = "PERSON"
    VERSION = "9"
    PATTERN = r"[^\W\d_]{2,40}"
    TRIGGERS = (r"\pL\pL",)
    BACKWARD = ""
    SIGHT = 640  # the words that may matter to the network's teachers, and long ones among them
    OPENS = True
    LONGEST = LONGEST_NAME * 44

    def __init__(self, tier: str = "standard") -> None:
        super().__init__()
        self._tier = tier
        self._network = network(tier)
        before = APART_BEFORE if tier == "fast" else BEFORE
        self._second = SecondLook(self._network, apart_before=before)
        # What was read last, whole: `scan` and `opens` ask for the same one after the other.
        self._last: tuple[int, str, _Read] = (-1, "", _Read(words_of(""), [], {}, {}))

    def scan(self, text: str, start: int) -> Iterator[RecognizerResult]:
        """Yield names that begin at `start` or later."""
        read = self._read(text, start)
        words = read.words
        earliest = bisect_left(words.starts, start)
        for begin, last, score in names_in(words, read.sure, read.names):
            first = max(begin, earliest)  # initials may be settled by force
            if first == last and is_rather_historic(read.names[first], read.sure[first][0]):
                continue
            if is_of_a_thing(words, first, last):
                continue
            if score < _ALL_BUT_SURE and is_well_known(words.texts[first : last + 1]):
                continue
            end = words.starts[last] + len(words.texts[last])
            yield self.result(
                Verdict(start=words.starts[first], end=end, score=score, reason="network")
            )

    def opens(self, text: str, start: int) -> int:
        """Return the first position that text still unknown could make, or unmake, a name at."""
        first = self._opens(text, start)
        words = self._read(text, start).words
        # A letter at the edge is read as an initial, which makes an abbreviation of two before it.
        # It may as well begin a word.
        last = len(words.texts) - 1
        if last > 1 and is_initial(words, last) and is_initial(words, last - 2):
            first = min(first, self._opens(text[: words.starts[-1]], start))
        return first

    def _opens(self, text: str, start: int) -> int:
        read = self._read(text, start)
        words, sure = read.words, read.sure
        count = first = len(words.texts)
        doubted: list[int] = []
        for number in self._unsettled(words, start):
            end = words.starts[number] + len(words.texts[number])
            grows = end == len(text) and words.texts[number].isalnum()
            if grows or is_initial(words, number):
                first = number
            elif number in read.asked:
                doubted.append(number)
        first = min(first, *self._kept(words, doubted[::-1], read.asked, read.names), count)
        if first == count:
            return len(text)
        first = first_in_row(words, first)
        for number in sorted(sure, reverse=True):
            if number >= first or joins(words, number, first):
                first = min(first, first_in_row(words, number))
        return max(start, words.starts[first])

    def _unsettled(self, words: Words, start: int) -> Iterator[int]:
        """Yield the words, the last first, that text still unknown could matter to."""
        count = len(words.texts)
        since = max(0, count - _EDGE)
        edge = Words(words.texts[since:], words.starts[since:], words.casings[since:])
        # The fast tier's network has no teacher of English: it sees its own window, and no more.
        cyrillic_behind = latin_behind = _behind(russian_words(edge))
        latin_reach = REACH
        if self._tier != "fast":
            latin_behind, latin_reach = _behind(english_words(edge)), english.REACH
        for number in range(count - 1, since - 1, -1):
            at = number - since
            cyrillic_settled = cyrillic_behind[at] > russian.REACH
            latin_settled = latin_behind[at] > latin_reach
            if words.starts[number] < start or (cyrillic_settled and latin_settled):
                return
            initial = is_initial(words, number)
            cyrillic = initial or russian.is_cyrillic(words.texts[number])
            if cyrillic_settled if cyrillic else latin_settled:
                continue
            # Among Kazakh words slovnet isn't asked: the network sees its own window, and no more.
            among_kazakh = cyrillic and not initial and is_among_kazakh(words, number)
            if not (among_kazakh and cyrillic_behind[at] > REACH):
                yield number

    def _read(self, text: str, start: int) -> _Read:
        """Return the words of `text`, and those from `start` on that are taken for names."""
        last = self._last
        if last[0] == start and last[1] == text:
            return last[2]
        words = words_of(text)
        names = self._network.names(words)
        eligible = list(_eligible(words, bisect_left(words.starts, start), names))
        asked = self._network.worth(words, eligible)
        sure: Sure = {}
        if asked:
            chances = self._network.chances(words, list(asked))
            persons = (chances[:, 1] + chances[:, 2]).tolist()
            others = chances[:, 3:].sum(1).tolist()
            firsts, laters = chances[:, 1].tolist(), chances[:, 2].tolist()
            for number, person, other, first, later in zip(
                asked, persons, others, firsts, laters, strict=True
            ):
                listed = other < OF_ANOTHER and is_listed(words, number, names[number])
                plain = listed and person >= LEAST_PLAIN and is_plain(words, number, names)
                chance = max(person, PLAIN) if plain else person
                if chance >= min(LEAST_BESIDE, least(words, number)):
                    apart = APART if russian.is_cyrillic(words.texts[number]) else 1
                    sure[number] = chance, first > apart * later
        # Nearly all that a second look passes over is none anyway: it is asked about the rest.
        sure = {number: sure[number] for number in self._kept(words, list(sure), asked, names)}
        read = _Read(words, names, asked, sure)
        self._last = start, text, read
        return read

    def _kept(
        self,
        words: Words,
        numbers: Sequence[int],
        asked: Mapping[int, float],
        names: Sequence[int],
    ) -> list[int]:
        """Return those of some words `asked` about that a second look doesn't pass over."""
        unclear = [number for number in numbers if asked[number] < CLEAR]
        return self._second.kept(words, numbers, unclear, names)


def _behind(joined: tuple[list[str], list[int]]) -> list[int]:
    """Return how many of the joined words stand behind the one that each word is in."""
    belongs = joined[1]
    return [belongs[-1] - one for one in belongs]


def _eligible(words: Words, first: int, names: Sequence[int]) -> Iterator[int]:
    """Yield the words from `first` on that `is_eligible` holds for.

    Most are in small letters in ordinary prose, or are signs: those are passed over at once.
    """
    texts, casings = words.texts, words.casings
    for number in range(first, len(names)):
        begins = texts[number][0]
        if not begins.isalpha():
            continue
        name = names[number]
        if casings[number] == 0 and name != Name.ITSELF and begins.islower():
            continue
        if is_eligible(words, number, name) and not _is_usual_far_behind(words, number, name):
            yield number


def _is_usual_far_behind(words: Words, number: int, name: int) -> bool:
    """Tell whether a verb or the like stands so far behind any capital that nothing speaks for it.

    Of Russian alone: nouns and adjectives are surnames, and of English words no kind is known.
    """
    word = words.texts[number]
    if words.casings[number] != Casing.UNKNOWN or name != Name.NONE or not word.islower():
        return False
    return word >= "а" and how_usual(word) is Usual.ALWAYS


def is_eligible(words: Words, number: int, name: int) -> bool:
    """Tell whether a word could be of a name, by itself and how words are cased there.

    What follows a whole word doesn't matter to it, but for the sign right behind, and ``'t``.
    """
    word = words.texts[number]
    if not word[0].isalpha() or name == Name.COMMON or is_negated(words, number):
        return False
    if len(word) == 1:
        alone = word.isupper() and not in_abbreviation(words, number)
        return alone and not _goes_on_small(words, number)
    small = word[0].islower()
    if (small and not word.islower()) or _is_code(words, number):
        return False
    if words.casings[number] == Casing.NORMAL and small:
        return len(word) > 3 and name == Name.ITSELF
    if small and name != Name.ITSELF and word.isascii() and _is_of_program(words, number):
        return False
    return len(word) <= LONGEST_WORD


def _goes_on_small(words: Words, number: int) -> bool:
    """Tell whether a letter is a word by itself, as ``I`` and ``А``: small ones stand around it."""
    before = words.texts[number - 1] if number else ""
    behind = words.texts[number + 1] if number + 1 < len(words.texts) else ""
    return behind[:1].islower() and not before.istitle()


def _is_code(words: Words, number: int) -> bool:
    """Tell whether a word is part of what only programs write: $TOKEN, user_id, scale(2), a1b2."""
    start = words.starts[number]
    end = start + len(words.texts[number])
    before, behind = words.texts[number - 1] if number else "", words.texts[number + 1 : number + 2]
    if before and words.starts[number - 1] + len(before) == start and before[-1] in _CODE_BEFORE:
        return True
    return bool(behind) and words.starts[number + 1] == end and behind[0][0] in _CODE_BEHIND


def _is_of_program(words: Words, number: int) -> bool:
    """Tell whether a word is what programs call something: an attribute, or what is assigned to."""
    if words.texts[number] in _KEYWORDS and number and words.texts[number - 1] == BREAK:
        return True
    start = words.starts[number]
    end = start + len(words.texts[number])
    if words.texts[number + 1 : number + 2] in (["="], ["["]) and words.starts[number + 1] == end:
        return True
    if number < 2 or words.texts[number - 1] != "." or words.starts[number - 1] + 1 != start:
        return False
    owner = words.texts[number - 2]
    return owner[0].isalnum() and words.starts[number - 2] + len(owner) + 1 == start
