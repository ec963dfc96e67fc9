"""One spelling for all: what a name has in common in Cyrillic, Latin and chat letters.

``Айгерім``, ``Айгерим``, ``Aigerim`` and ``Áigerim`` share a skeleton, so that one word list serves
every alphabet that Kazakh and Russian are written in.
"""

from __future__ import annotations

import re

_PAIRS = {
    "а": "a", "ә": "a", "á": "a", "ä": "a", "à": "a", "â": "a", "ã": "a", "å": "a",
    "б": "b", "в": "v", "w": "v",
    "г": "g", "ғ": "g", "ǵ": "g", "ğ": "g",
    "д": "d", "е": "e", "ё": "e", "э": "e", "é": "e", "è": "e", "ê": "e", "ë": "e",
    "ж": "j", "з": "z",
    "и": "i", "і": "i", "ы": "i", "й": "i", "\u0131": "i", "í": "i", "î": "i", "ï": "i", "y": "i",
    "ý": "i", "ÿ": "i",
    "к": "k", "қ": "k", "q": "k", "c": "k", "ç": "s",
    "л": "l", "ł": "l", "м": "m", "н": "n", "ң": "n", "ń": "n", "ñ": "n", "ņ": "n",
    "о": "o", "ө": "o", "ó": "o", "ö": "o", "ô": "o", "õ": "o", "ø": "o",
    "п": "p", "р": "r", "с": "s", "ś": "s", "т": "t",
    "у": "u", "ұ": "u", "ү": "u", "ú": "u", "ü": "u", "ū": "u", "û": "u", "ů": "u",
    "ф": "f", "х": "h", "\u04bb": "h", "x": "h",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ş": "sh", "š": "sh", "ž": "j", "č": "ch",
    "ъ": "", "ь": "", "ю": "iu", "я": "ia", "ß": "s", "’": "", "'": "",
}  # fmt: skip
_TABLE = str.maketrans(_PAIRS)
_DIGRAPHS = {
    "shch": "щ", "sch": "щ", "dzh": "ж", "kh": "х", "zh": "ж", "gh": "ғ", "ng": "ң", "ch": "ч",
    "sh": "ш", "ph": "ф", "th": "т", "ck": "к", "ts": "ц",
}  # fmt: skip
_DIGRAPH = re.compile("|".join(_DIGRAPHS))
_DOUBLED = re.compile(r"(.)\1+")


def skeleton(word: str) -> str:
    """Return the skeleton of `word`, which is in lower case."""
    plain = _DIGRAPH.sub(lambda found: _DIGRAPHS[found[0]], word).translate(_TABLE)
    return _DOUBLED.sub(r"\1", plain)
