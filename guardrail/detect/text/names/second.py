"""A second look at words: what the whole network makes of them as if the text ended there.

Of what follows a word only the next sign matters to it, so a word that is told to be none leaves a
stream as soon as it ends, where it would else wait for all that the network and its teachers see
behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from guardrail.detect.memo import Memo
from guardrail.detect.text.names.features import is_kazakh
from guardrail.detect.text.names.knowledge import Name
from guardrail.detect.text.names.network import REACH, Network
from guardrail.detect.text.names.spans import is_first
from guardrail.detect.text.names.words import LONGEST_WORD, Casing, Words

BEFORE = 32
"""Words before one that are looked at at most: more than matter, with hyphens and all."""

APART_BEFORE = 8
"""Words before one that are looked at where only slovnet is asked, those joined by hyphens counted
as one: more than matter to it."""

LEAST, LEAST_LISTED = 0.02, 0.01
"""The chance from which on a word may be of a name when more is seen; of a word that is listed, or
stands among Kazakh ones, of which the larger teachers know nothing. Chosen by made-up texts
(docs/name-model.md)."""

LEAST_LONE = 0.15
"""The same for the first word of a sentence with a small letter or a comma behind: it could only be
a name of one word, of which more has to speak than of any other (`spans`)."""

LEAST_SMALL = 0.3
"""The same for a listed word in small letters where names have capitals: it has to be all but sure
in the end."""

_GOES_ON = frozenset("-'’")
"""Signs right behind a word that make one of it and what follows."""

_APART = "·" * (LONGEST_WORD + 1)
"""Longer than any word: nothing is known of it, and nothing is seen across it."""

_REMEMBERED = 2048
"""Looks that are remembered: a word that waits in a stream is looked at with each event."""


class SecondLook:
    """Asks the network about words as if each was the last. Safe to share between threads."""

    def __init__(self, network: Network, *, apart_before: int = BEFORE) -> None:
        """Take the network that is asked, and how many words apart before one matter to it."""
        self._network = network
        self._apart_before = apart_before
        self._memo: Memo[float] = Memo(_REMEMBERED)

    def worth(self, words: Words, asked: Sequence[int], names: Sequence[int]) -> list[int]:
        """Return those of the words `asked` about that may be of a name when more is seen.

        Args:
            words: all words there are.
            asked: the numbers of words, rising.
            names: a `Name` for each of `words`.
        """
        return self._left(words, asked, _alone(words, asked, names))

    def worth_beside(self, words: Words, asked: Sequence[int]) -> list[int]:
        """Return those of the words `asked` about that may be of a name beside the word behind.

        Only first words of sentences are looked at so, once a small word behind them is whole. Nor
        does it matter how much they looked like a name before.
        """
        return self._left(words, asked, _beside(words, asked))

    def kept(
        self, words: Words, asked: Sequence[int], unclear: Sequence[int], names: Sequence[int]
    ) -> list[int]:
        """Return those that are `worth_beside`, and `worth` it if `unclear`: both at one go."""
        return self._left(words, asked, _alone(words, unclear, names) | _beside(words, asked))

    def _left(
        self, words: Words, asked: Sequence[int], looks: Mapping[tuple[int, int], float]
    ) -> list[int]:
        """Return the words without those that some of `looks` makes less of than it asks for."""
        persons = self._persons(words, list(looks))
        least = zip(looks.items(), persons, strict=True)
        gone = {number for ((number, _), asks), person in least if person < asks}
        return [number for number in asked if number not in gone]

    def _persons(self, words: Words, looks: Sequence[tuple[int, int]]) -> list[float]:
        """Return how likely each of the words is of a person's name.

        They are told by what is up to them, and so many words behind as stands beside each.
        """
        windows = [
            (_begin(words, number, self._apart_before), number, number + 1 + behind)
            for number, behind in looks
        ]
        keys = [_key(words, window) for window in windows]
        known = [self._memo.get(key) for key in keys]
        new = [place for place, person in enumerate(known) if person is None]
        if new:
            alone, places = as_last(words, [windows[place] for place in new])
            chances = self._network.chances(alone, places)
            for place, person in zip(new, (chances[:, 1] + chances[:, 2]).tolist(), strict=True):
                known[place] = person
                self._memo.put(keys[place], person)
        return [person for person in known if person is not None]


def _alone(
    words: Words, asked: Sequence[int], names: Sequence[int]
) -> dict[tuple[int, int], float]:
    """Return how sure each word has to be that is looked at as if it was the last."""
    return {
        (number, 0): _least(words, number, names[number])
        for number in asked
        if is_doubtful(words, number)
    }


def _beside(words: Words, asked: Sequence[int]) -> dict[tuple[int, int], float]:
    """Return the same for those that are looked at with the word behind."""
    return {
        (number, 1): LEAST_LONE
        for number in asked
        if number + 2 < len(words.texts)
        and words.texts[number + 1].islower()
        and is_lone(words, number)
    }


def is_doubtful(words: Words, number: int) -> bool:
    """Tell whether a word is looked at twice: it is whole, and no capital letter speaks for it.

    One within a sentence does: then what follows is waited for. The last word of a text isn't
    looked at: it may yet grow, or the look has nothing to tell that isn't asked anyway.
    """
    word, before = words.texts[number], words.texts[number - 1] if number else ""
    if words.casings[number] == Casing.NORMAL and word[0].isupper() and before.islower():
        return False
    if number + 1 == len(words.texts):
        return False
    joined = words.starts[number + 1] == words.starts[number] + len(word)
    return not (joined and words.texts[number + 1] in _GOES_ON)


def _begin(words: Words, number: int, apart: int) -> int:
    """Return the first word that is looked at before one: so many `apart`, `BEFORE` at most."""
    texts, first = words.texts, number
    while first and apart and number - first < BEFORE:
        first -= 1
        apart -= texts[first] != "-" and (not first or texts[first - 1] != "-")
    return first


def as_last(words: Words, windows: Sequence[tuple[int, int, int]]) -> tuple[Words, list[int]]:
    """Return words with those near each of them alone, and where they are then.

    Args:
        words: all words there are.
        windows: for each that is asked about, the first word that is seen, itself, and the word
            behind the last that is seen.
    """
    texts: list[str] = []
    starts: list[int] = []
    casings: list[int] = []
    places: list[int] = []
    end = 0
    for first, number, last in windows:
        moved = end - words.starts[first]
        places.append(len(texts) + number - first)
        texts += words.texts[first:last]
        starts += [start + moved for start in words.starts[first:last]]
        casings += words.casings[first:last]
        end = starts[-1] + len(texts[-1])
        for _ in range(REACH):
            texts.append(_APART)
            starts.append(end + 1)
            casings.append(Casing.NORMAL)
            end += 1 + len(_APART)
    return Words(texts=texts, starts=starts, casings=casings), places


def _key(words: Words, window: tuple[int, int, int]) -> bytes:
    """Return a digest of all that the look at a word rests on: no text stays in memory for it."""
    first, number, last = window
    origin = words.starts[first]
    places = [start - origin for start in words.starts[first:last]]
    seen = (last - number, words.texts[first:last], places, words.casings[first:last])
    return blake2b(repr(seen).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _least(words: Words, number: int, name: int) -> float:
    if is_lone(words, number):
        return LEAST_LONE
    if words.casings[number] == Casing.NORMAL and words.texts[number].islower():
        return LEAST_SMALL
    among_kazakh = any(map(is_kazakh, words.texts[max(0, number - REACH) : number + 1]))
    return LEAST_LISTED if among_kazakh or name > Name.NONE else LEAST


def is_lone(words: Words, number: int) -> bool:
    """Tell whether a word begins a sentence that goes on in small letters, or behind a comma.

    Of what follows only the next sign counts: it is there once the word is known to have ended.
    """
    if words.casings[number] != Casing.NORMAL or not is_first(words, number):
        return False
    behind = words.texts[number + 1][0]
    return len(words.texts[number]) > 1 and (behind.islower() or behind == ",")
