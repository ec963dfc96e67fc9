"""What is known of a word by itself: its letters, its ends, its shape, and the lists it is in."""

from __future__ import annotations

from binascii import crc32
from typing import Protocol

from guardrail.detect.text.names.skeleton import skeleton

BUCKETS = 1 << 16
"""Rows of the table that hashed features share."""

SHAPES = (
    "other", "digits", "sign", "break", "lower", "Title", "UPPER", "letter", "Letter", "miXed",
)  # fmt: skip
"""Kinds of words; the first rows of the table, apart from the hashed ones."""

_ENDINGS = 6
"""Letters that case and possession may add to a listed name, at most, in its skeleton."""


def shape_of(word: str) -> int:
    """Return which of `SHAPES` the word has."""
    first = word[0]
    if first.isdigit():
        return 1
    if not first.isalpha():
        return 3 if word == "\n" else 2
    if len(word) == 1:
        return 8 if word.isupper() else 7
    if word.islower():
        return 4
    if word.isupper():
        return 6
    return 5 if first.isupper() and word[1:].islower() else 9


def script_of(word: str) -> str:
    """Return ``k`` where a letter is Kazakh alone, ``c`` for other Cyrillic, ``l`` for the rest."""
    if any(letter in "әғқңөұүһі" for letter in word):
        return "k"
    return "c" if any("а" <= letter <= "я" or letter == "ё" for letter in word) else "l"


def listed(plain: str, lists: NameLists) -> tuple[int, int]:
    """Return the lists that the skeleton `plain` is in, and those its stem is in, as bits."""
    exact = lists.get(plain, 0)
    stem = 0
    for cut in range(1, min(_ENDINGS, len(plain) - 3) + 1):
        stem = lists.get(plain[:-cut], 0)
        if stem:
            break
    return exact, stem


class NameLists(Protocol):
    """Tells the lists that a skeleton is in, as bits."""

    def get(self, plain: str, otherwise: int, /) -> int:
        """Return the bits of `plain`, or `otherwise`."""


def features_of(low: str, lists: NameLists) -> tuple[list[str], int]:
    """Return the features of a word in lower case, the ones that name it whole first, and how many.

    The first ones are what training leaves out at random, so that names unseen are learnt too.
    """
    if not low[0].isalpha():
        return [f"w={low if low[0] != '0' and not low.isdigit() else len(low)}"], 0
    plain = skeleton(low)
    whole = [f"w={low}", f"p={plain}"]
    exact, stem = listed(plain, lists)
    whole += [f"in={bit}" for bit in range(exact.bit_length()) if exact >> bit & 1]
    whole += [f"stem={bit}" for bit in range(stem.bit_length()) if stem >> bit & 1]
    if exact | stem == 0:
        whole.append("in=none")
    padded = f"<{plain}>"
    own = f"<{low}>"
    parts = [f"script={script_of(low)}", f"len={min(len(low), 12)}"]
    parts += [f"s{size}={own[-size:]}" for size in range(3, 7) if size < len(own)]
    parts += [f"b{size}={own[:size]}" for size in range(3, 6) if size < len(own)]
    parts += [f"e{size}={padded[-size:]}" for size in range(3, 8) if size < len(padded)]
    parts += [f"g={padded[at : at + 3]}" for at in range(len(padded) - 2)]
    parts += [f"q={padded[at : at + 4]}" for at in range(len(padded) - 3)]
    return whole + parts, len(whole)


def bucket(feature: str) -> int:
    """Return the row of a hashed feature."""
    return len(SHAPES) + crc32(feature.encode()) % BUCKETS
