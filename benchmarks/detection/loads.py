"""What the detectors are timed on: texts of one size, conversations, and texts made to be slow."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.detection.texts import generate
from benchmarks.detection.texts.drawing import PARTS, Drawing
from benchmarks.detection.texts.fill import Text
from benchmarks.detection.texts.negatives import clean

SIZES = {500: 24, 2_000: 12, 20_000: 2}
"""Code points of a text: how many texts of that size a round has."""

KINDS = ("dense, mixed", "clean, mixed", "dense, English", "clean, English")

PROSE = "the quick fox of Almaty wrote that prices rose, and nobody asked why it was so. "
BASE64 = "QWxtYXR5IGlzIGEgY2l0eSBpbiBLYXpha2hzdGFu"


def _dense(rng: Drawing, *, english: bool) -> Text:
    if english:
        return generate.names_in("en", 0.3)(rng)
    names = [generate.names_in(lang, 0.3) for lang in generate.LANGS]
    others = [
        generate.from_file(f"{name}.txt")
        for name in ("identifiers", "documents", "address_messages")
    ]
    return rng.choice([*names, *others])(rng)


def _piece(rng: Drawing, kind: str) -> str:
    english = kind.endswith("English")
    if kind.startswith("dense"):
        # Half of a dense text is words that say nothing of anybody.
        first = _dense(rng, english=english).text
        return first + " " + clean(rng, prose="en" if english else rng.choice(generate.LANGS)).text
    return clean(rng, prose="en").text if english else clean(rng).text


def text_of(rng: Drawing, kind: str, size: int) -> str:
    """Return a text of exactly `size` code points."""
    parts: list[str] = []
    length = 0
    while length <= size:
        parts.append(_piece(rng, kind))
        length += len(parts[-1]) + 1
    return "\n".join(parts)[:size]


def batches(seed: int) -> Iterator[tuple[str, int, list[str]]]:
    """Yield kind, size and texts of a round; other seeds give other texts."""
    for kind in KINDS:
        rng = Drawing(f"{seed} {kind}", PARTS[0])
        for size, count in SIZES.items():
            yield kind, size, [text_of(rng, kind, size) for _ in range(count)]


def conversation(seed: int, kind: str, turns: int = 20) -> list[list[str]]:
    """Return the messages of each request: the n-th holds all before it, asked and answered."""
    rng = Drawing(f"{seed} talk {kind}", PARTS[0])
    messages = [text_of(rng, kind, rng.randint(60, 400)) for _ in range(2 * turns)]
    return [messages[: 2 * turn + 1] for turn in range(turns)]


def _repeated(unit: str) -> Callable[[int], str]:
    return lambda size: (unit * (size // len(unit) + 1))[:size]


def _prose(size: int) -> str:
    return text_of(Drawing(f"linear {size}", PARTS[0]), KINDS[0], size)


SLOW: dict[str, Callable[[int], str]] = {
    "messages with personal data": _prose,
    "prose": _repeated(PROSE),
    "digits 1-1-1-…": _repeated("1-"),
    "digits 1111…": _repeated("1"),
    "base64": _repeated(BASE64),
    "spaces": _repeated(" "),
    "a@a@a@…": _repeated("a@"),
    "Names Names …": _repeated("Серик "),
    "один один …": _repeated("один "),
    "%41%41…": _repeated("%41"),
    "(((((…": _repeated("("),
}
"""Texts on which time might grow faster than size."""
