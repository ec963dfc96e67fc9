"""Names from farther away as Russian and Kazakh texts write them: Nancy Pelosi is Нэнси Пелоси."""

from __future__ import annotations

import re
from functools import cache

from training.names.lists import words

_SOUNDS = {
    "sch": "ш", "tch": "ч", "igh": "ай", "eau": "о", "sh": "ш", "ch": "ч", "ph": "ф", "th": "т",
    "ck": "к", "kh": "х", "zh": "ж", "gh": "г", "ts": "ц", "tz": "ц", "qu": "кв", "ee": "и",
    "ea": "и", "oo": "у", "ou": "у", "ai": "ай", "ay": "эй", "ey": "ей", "ei": "ай", "ie": "и",
    "ya": "я", "yu": "ю", "yo": "йо", "ia": "ия", "ce": "се", "ci": "си", "cy": "си", "ge": "дже",
    "gi": "джи", "wh": "у", "a": "а", "b": "б", "c": "к", "d": "д", "e": "е", "f": "ф", "g": "г",
    "h": "х", "i": "и", "j": "дж", "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п",
    "q": "к", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в", "w": "в", "x": "кс", "y": "и",
    "z": "з",
}  # fmt: skip
"""What letters sound like, roughly: a reader of many languages guesses no better."""

_SOUND = re.compile("|".join(_SOUNDS))
_DOUBLED = re.compile(r"([бвгджзкпртфхцчш])\1")
_PLAIN = re.compile(r"[A-Z][a-z]{2,11}")


def in_cyrillic(name: str) -> str:
    """The Latin name as it sounds, in Cyrillic."""
    low = _SOUND.sub(lambda found: _SOUNDS[found[0]], name.lower())
    low = _DOUBLED.sub(r"\1", low)
    if low.startswith("е"):
        low = "э" + low[1:]
    return low.capitalize()


@cache
def given(gender: str) -> tuple[str, ...]:
    """Given names of men (``m``) or women (``f``)."""
    return _all(f"world_given_{gender}_table", f"west_given_{gender}_faker",
                f"far_given_{gender}_faker", f"en_given_{gender}_faker")  # fmt: skip


@cache
def surnames() -> tuple[str, ...]:
    """Surnames of either."""
    return _all("world_surnames_table", "west_surnames_faker", "far_surnames_faker",
                "en_surnames_faker")  # fmt: skip


@cache
def unchanging() -> tuple[str, ...]:
    """Surnames that are the same in every case."""
    return tuple(name for name in surnames() if name[-1] in "иоуе")


def _all(*lists: str) -> tuple[str, ...]:
    names = (name for name in words(*lists) if _PLAIN.fullmatch(name))
    return tuple(dict.fromkeys(map(in_cyrillic, names)))
