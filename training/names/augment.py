"""Copies of an example in other dress: lower case, capitals, other scripts, other names.

Every copy keeps its spans on the same words; where letters become several, offsets move along.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from training.names import scripts
from training.names.generate import Example
from training.names.slots import Span
from training.names.swap import other_name

Rewriting = Callable[[str], tuple[str, tuple[int, ...]]]


def _by(table: scripts.Table) -> Rewriting:
    return lambda text: scripts.convert(text, table)


REWRITINGS: dict[str, Rewriting] = {
    "lower": scripts.lowered,
    "upper": scripts.uppered,
    "folded": _by(scripts.FOLDED),
    "passport": _by(scripts.PASSPORT),
    "everyday": _by(scripts.EVERYDAY),
    "chat": _by(scripts.CHAT),
    "chat_digits": _by(scripts.CHAT_DIGITS),
    "acute": _by(scripts.ACUTE),
    "latin_2021": _by(scripts.YEAR_2021),
}
"""The spellings of a whole text, by name."""

_FOR = {
    "kk": "lower lower lower upper folded folded folded folded folded+lower everyday passport chat "
    "chat+lower "
    "acute latin_2021 latin_2021+lower acute+lower swap swap swap+lower swap+folded swap+everyday",
    "ru": "lower lower lower upper everyday+lower chat+lower chat_digits+lower passport swap swap "
    "swap+lower typo",
    "en": "lower lower lower upper swap swap swap+lower typo",
}


def augment(example: Example, rng: Random) -> Example:
    """One copy of an example in another dress that texts of its language wear."""
    ways = _FOR.get(example["lang"], "lower upper").split()
    for way in rng.choice(ways).split("+"):
        example = dressed(example, way, rng)
    return example


def dressed(example: Example, way: str, rng: Random) -> Example:
    """A copy of an example in one named dress: one of ``REWRITINGS``, ``swap`` or ``typo``."""
    if way == "swap":
        return swapped(example, rng)
    if way == "typo":
        return mistyped(example, rng)
    text, offsets = REWRITINGS[way](example["text"])
    spans = [
        Span(start=offsets[s["start"]], end=offsets[s["end"]], label=s["label"])
        for s in example["spans"]
    ]
    return Example(text=text, spans=spans, lang=example["lang"], source=example["source"])


def swapped(example: Example, rng: Random) -> Example:
    """A copy in which the persons have other names, in the same cases where that is plain."""
    pieces: list[str] = []
    spans: list[Span] = []
    position = length = 0
    for span in sorted(example["spans"], key=lambda s: s["start"]):
        if span["start"] < position:
            continue
        before = example["text"][position : span["start"]]
        said = example["text"][span["start"] : span["end"]]
        if span["label"] == "PERSON":
            said = other_name(said, example["lang"], rng)
        start = length + len(before)
        length = start + len(said)
        pieces += [before, said]
        spans.append(Span(start=start, end=length, label=span["label"]))
        position = span["end"]
    text = "".join(pieces) + example["text"][position:]
    return Example(text=text, spans=spans, lang=example["lang"], source=example["source"])


def mistyped(example: Example, rng: Random) -> Example:
    """A copy with one or two neighbouring letters exchanged, never across the edge of a span."""
    letters = list(example["text"])
    edges = {offset for s in example["spans"] for offset in (s["start"], s["end"])}
    places = [
        i for i in range(1, len(letters)) if i not in edges and _both_small(letters[i - 1 : i + 1])
    ]
    for place in rng.sample(places, min(len(places), rng.choice((1, 2)))):
        letters[place - 1], letters[place] = letters[place], letters[place - 1]
    return Example(
        text="".join(letters),
        spans=list(example["spans"]),
        lang=example["lang"],
        source=example["source"],
    )


def _both_small(pair: list[str]) -> bool:
    return all(letter.isalpha() and letter.islower() for letter in pair)
