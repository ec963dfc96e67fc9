"""A second look at words: what the whole network makes of them as if the text ended there.

What follows a word doesn't matter to it, so a word that is told to be none leaves a stream as soon
as it ends, where it would else wait for all that the network and its teachers see behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from guardrail.detect.memo import Memo
from guardrail.detect.text.names.features import is_kazakh
from guardrail.detect.text.names.knowledge import Name
from guardrail.detect.text.names.network import REACH, Network
from guardrail.detect.text.names.words import LONGEST_WORD, Casing, Words

BEFORE = 32
"""Words before one that are looked at: more than matter, with hyphens and all."""

LEAST, LEAST_LISTED = 0.02, 0.01
"""The chance from which on a word may be of a name when more is seen; of a word that is listed, or
stands among Kazakh ones, of which the larger teachers know nothing. Chosen by made-up texts
(docs/name-model.md)."""

_GOES_ON = frozenset("-'’")
"""Signs right behind a word that make one of it and what follows."""

_APART = "·" * (LONGEST_WORD + 1)
"""Longer than any word: nothing is known of it, and nothing is seen across it."""

_REMEMBERED = 2048
"""Looks that are remembered: a word that waits in a stream is looked at with each event."""


class SecondLook:
    """Asks the network about words as if each was the last. Safe to share between threads."""

    def __init__(self, network: Network) -> None:
        """Take the network that is asked."""
        self._network = network
        self._memo: Memo[float] = Memo(_REMEMBERED)

    def worth(self, words: Words, asked: Sequence[int], names: Sequence[int]) -> list[int]:
        """Return those of the words `asked` about that may be of a name when more is seen.

        Args:
            words: all words there are.
            asked: the numbers of words, rising.
            names: a `Name` for each of `words`.
        """
        doubted = [number for number in asked if is_doubtful(words, number)]
        persons = dict(zip(doubted, self._persons(words, doubted), strict=True))
        return [
            number
            for number in asked
            if number not in persons or persons[number] >= _least(words, number, names[number])
        ]

    def _persons(self, words: Words, numbers: Sequence[int]) -> list[float]:
        """Return how likely each of the words is of a person's name, by what is up to it."""
        keys = [_key(words, number) for number in numbers]
        known = [self._memo.get(key) for key in keys]
        new = [place for place, person in enumerate(known) if person is None]
        if new:
            alone, places = as_last(words, [numbers[place] for place in new])
            chances = self._network.chances(alone, places)
            for place, person in zip(new, (chances[:, 1] + chances[:, 2]).tolist(), strict=True):
                known[place] = person
                self._memo.put(keys[place], person)
        return [person for person in known if person is not None]


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


def as_last(words: Words, numbers: Sequence[int]) -> tuple[Words, list[int]]:
    """Return each of the words `numbers` with those before it alone, and where they are then."""
    texts: list[str] = []
    starts: list[int] = []
    casings: list[int] = []
    places: list[int] = []
    end = 0
    for number in numbers:
        first = max(0, number - BEFORE)
        moved = end - words.starts[first]
        texts += words.texts[first : number + 1]
        starts += [start + moved for start in words.starts[first : number + 1]]
        casings += words.casings[first : number + 1]
        places.append(len(texts) - 1)
        end = starts[-1] + len(texts[-1])
        for _ in range(REACH):
            texts.append(_APART)
            starts.append(end + 1)
            casings.append(Casing.NORMAL)
            end += 1 + len(_APART)
    return Words(texts=texts, starts=starts, casings=casings), places


def _key(words: Words, number: int) -> bytes:
    """Return a digest of all that the look at a word rests on: no text stays in memory for it."""
    first = max(0, number - BEFORE)
    origin = words.starts[first]
    places = [start - origin for start in words.starts[first : number + 1]]
    seen = (words.texts[first : number + 1], places, words.casings[first : number + 1])
    return blake2b(repr(seen).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _least(words: Words, number: int, name: int) -> float:
    among_kazakh = any(map(is_kazakh, words.texts[max(0, number - REACH) : number + 1]))
    return LEAST_LISTED if among_kazakh or name > Name.NONE else LEAST
