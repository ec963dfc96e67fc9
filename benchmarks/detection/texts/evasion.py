"""Ways in which people write a value so that a filter won't see it."""

from __future__ import annotations

import base64
from collections.abc import Callable

from benchmarks.detection.texts.drawing import Drawing

Evade = Callable[[Drawing, str], str]

FULL_WIDTH = {**{chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)}, "@": "\uff20"}
LOOK_ALIKE = dict(zip("aeopcxyKEHABCMTOP", "аеорсхуКЕНАВСМТОР", strict=True))
SPELT = {
    "ru": "ноль один два три четыре пять шесть семь восемь девять",
    "kk": "нөл бір екі үш төрт бес алты жеті сегіз тоғыз",
    "en": "zero one two three four five six seven eight nine",
}
AT_DOT = (("(at)", "(dot)"), ("[at]", "[dot]"), (" at ", " dot "), (" собака ", " точка "),
          (" (собака) ", " (точка) "), ("{at}", "{dot}"), (" ит белгісі ", " нүкте "))  # fmt: skip


def _woven(piece: str) -> Evade:
    def weave(rng: Drawing, value: str) -> str:
        woven = [(piece if rng.random() < 0.6 else "") + character for character in value[1:]]
        return value[0] + piece + "".join(woven).removeprefix(piece)

    return weave


def _between(piece: str, every: int) -> Evade:
    def part(_: Drawing, value: str) -> str:
        return piece.join(value[i : i + every] for i in range(0, len(value), every))

    return part


def _dotted(rng: Drawing, value: str) -> str:
    return _between(".", rng.choice((2, 3, 4)))(rng, value)


def _zero_width(rng: Drawing, value: str) -> str:
    return _woven(rng.choice("\u200b\u200c\u200d\u2060\ufeff"))(rng, value)


def _other_digits(rng: Drawing, value: str) -> str:
    """Return Arabic, Persian, Devanagari or mathematical bold digits."""
    zero = rng.choice((0x660, 0x6F0, 0x966, 0x1D7CE))
    return value.translate({ord("0") + n: zero + n for n in range(10)})


def _references(rng: Drawing, value: str) -> str:
    """Return HTML's character references, decimal and hexadecimal ones mixed."""
    return "".join(f"&#x{ord(c):x};" if rng.random() < 0.3 else f"&#{ord(c)};" for c in value)


def _letters_for_digits(rng: Drawing, value: str) -> str:
    swaps = {"0": rng.choice("OoОо"), "1": rng.choice(("l", "I", "1"))}
    made = "".join(swaps.get(c, c) for c in value)
    return made if made != value else value.replace("0", "O")


def _new_line(rng: Drawing, value: str) -> str:
    middle = rng.randint(len(value) // 3, 2 * len(value) // 3)
    return value[:middle] + "\n" + value[middle:]


def _percent(rng: Drawing, value: str) -> str:
    if "@" in value and rng.random() < 0.5:
        return value.replace("@", "%40")
    return "".join(f"%{ord(c):02X}" for c in value)


def _spelt(lang: str) -> Evade:
    words = SPELT[lang].split()
    return lambda _, value: " ".join(words[int(c)] for c in value)


def _look_alike(_: Drawing, value: str) -> str:
    return "".join(LOOK_ALIKE.get(c, c) for c in value)


def _at_dot(rng: Drawing, value: str) -> str:
    at, dot = rng.choice(AT_DOT)
    local, _, domain = value.partition("@")
    return local.replace(".", rng.choice((dot, "."))) + at + domain.replace(".", dot)


NUMBERS = ("iin", "card", "phone")
ALL = (*NUMBERS, "iban", "email")

EVASIONS: dict[str, tuple[tuple[str, ...], Evade]] = {
    "zero-width": (ALL, _zero_width),
    "soft hyphen": (ALL, _woven("\u00ad")),
    "full-width": (ALL, lambda _, v: "".join(FULL_WIDTH.get(c, c) for c in v)),
    "other digits": (NUMBERS, _other_digits),
    "spaced": ((*NUMBERS, "iban"), _between(" ", 1)),
    "dotted": (NUMBERS, _dotted),
    "new line": ((*NUMBERS, "iban"), _new_line),
    "look-alike": (("iban", "email"), _look_alike),
    "O for 0": (NUMBERS, _letters_for_digits),
    "%XX": (ALL, _percent),
    "\\uXXXX": (ALL, lambda _, v: "".join(f"\\u{ord(c):04x}" for c in v)),
    "&#n;": (ALL, _references),
    "base64": (ALL, lambda _, v: base64.b64encode(v.encode()).decode()),
    "hex": (ALL, lambda _, v: v.encode().hex()),
    "spelt ru": (NUMBERS, _spelt("ru")),
    "spelt kk": (NUMBERS, _spelt("kk")),
    "spelt en": (NUMBERS, _spelt("en")),
    "(at)(dot)": (("email",), _at_dot),
}  # fmt: skip
"""What it is called: what it is done to, and how."""
