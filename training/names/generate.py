"""Writes training text for the model of names: messages with made-up people, and traps without.

::

    python -m training.names.generate --count 20000 --seed 7 > generated.jsonl
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from random import Random
from typing import TypedDict

from training.names.lists import template_files, templates
from training.names.slots import Span, fill


class Example(TypedDict):
    """One text with its labelled spans, offsets in code points."""

    text: str
    spans: list[Span]
    lang: str
    source: str


LANGS = (("kk", 46), ("ru", 30), ("en", 24))
NEGATIVE_SHARE = 0.36
JOINED_SHARE = 0.3
CASUAL_SHARE = 0.12
FRAMES_SHARE = 0.2
"""Share of texts from templates that are made of choices alone (``…_frames``), of which each is
thousands: in them many a word stands beside names, and as many beside none."""
_JOINTS = (" ", "\n", "\n\n", " ", "\n")
_OPEN_JOINTS = (". ", "\n", "\n\n", ", ", " ", " — ", "; ", "... ")


def generate(seed: int, count: int, langs: tuple[str, ...] = ()) -> Iterator[Example]:
    """Makes examples; the same seed makes the same examples.

    Args:
        seed: Of the random choices.
        count: How many examples.
        langs: Only these languages; all three where empty.
    """
    rng = Random(seed)
    choices = [(lang, weight) for lang, weight in LANGS if not langs or lang in langs]
    names, weights = zip(*choices, strict=True)
    for _ in range(count):
        yield example(rng, rng.choices(names, weights)[0])


def example(rng: Random, lang: str) -> Example:
    """One example of a language: a template, or several joined."""
    text, spans = _one(rng, lang)
    if rng.random() < JOINED_SHARE:
        for _ in range(rng.choice((1, 1, 2, 3))):
            joint = rng.choice(_JOINTS if text[-1] in ".!?:" else _OPEN_JOINTS)
            more, extra = _one(rng, lang)
            shift = len(text) + len(joint)
            text += joint + more
            spans += [{**s, "start": s["start"] + shift, "end": s["end"] + shift} for s in extra]
    made = Example(text=text, spans=spans, lang=lang, source="generated")
    return _casual(made, rng) if rng.random() < CASUAL_SHARE else made


def _one(rng: Random, lang: str) -> tuple[str, list[Span]]:
    wanted = rng.random() < NEGATIVE_SHARE
    files = [name for name in template_files(lang) if ("negative" in name) == wanted]
    frames = [name for name in files if name.endswith("_frames")]
    if frames and rng.random() < FRAMES_SHARE:
        files = frames
    pool = [template for name in files for template in templates(name)]
    return fill(rng.choice(pool), lang, rng)


def _casual(made: Example, rng: Random) -> Example:
    """The text as it is typed in haste: in lower case, mostly without the last full stop."""
    text = "".join(c.lower() if len(c.lower()) == 1 else c for c in made["text"])
    text = text.rstrip(".") if rng.random() < 0.7 else text
    spans = [s for s in made["spans"] if s["end"] <= len(text)]
    return Example(text=text, spans=spans, lang=made["lang"], source=made["source"])


def main() -> None:
    """Prints examples as JSON, one a line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=1000, help="how many examples")
    parser.add_argument("--seed", type=int, default=1, help="of the random choices")
    parser.add_argument("--lang", action="append", default=[], help="kk, ru or en; may be repeated")
    known = parser.parse_args()
    for made in generate(known.seed, known.count, tuple(known.lang)):
        sys.stdout.write(json.dumps(made, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
