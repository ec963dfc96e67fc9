"""What ordinary traffic is full of and corpora of prose aren't: chats, forms, code, settings.

Chats and forms are those that the model of names learns from, filled with made-up people; code and
settings are lines of this repository, but of what speaks of the uses themselves.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

from training.intent.sentences import Sentence
from training.names import slots

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "training" / "names" / "templates"

_LINES = ("guardrail/**/*.py", "adapters/**/*.yaml", "adapters/**/*.json", "docs/*.md",
          "deploy/**/*", "tests/wire/*.py", "benchmarks/*.py", "examples/*", "Makefile",
          "README.md")  # fmt: skip
_ABOUT_USES = ("intent", "uses", "media", "biometr", "special", "policy", "polic")
_LONGEST = 300


def everyday(count: int, seed: int = 6) -> list[Sentence]:
    """`count` messages and forms, and as many lines of code and settings."""
    rng = Random(seed)
    return [*_messages(count, rng), *_lines(count, rng)]


def _messages(count: int, rng: Random) -> list[Sentence]:
    templates = [
        (file.stem, line)
        for file in sorted(TEMPLATES.glob("*.txt"))
        for line in file.read_text("utf-8").splitlines()
        if line.strip()
    ]
    drawn = rng.sample(templates, min(count, len(templates)))
    return [
        _ordinary(slots.fill(slots.worded(line, rng), stem[:2], rng)[0], f"{stem}-{place % 20}")
        for place, (stem, line) in enumerate(drawn)
    ]


def _lines(count: int, rng: Random) -> list[Sentence]:
    files = [
        file
        for pattern in _LINES
        for file in sorted(ROOT.glob(pattern))
        if file.is_file() and not any(word in str(file.relative_to(ROOT)) for word in _ABOUT_USES)
    ]
    lines = {
        line.strip()
        for file in files
        for line in file.read_text("utf-8", errors="ignore").splitlines()
        if 0 < len(line.strip()) <= _LONGEST
    }
    drawn = rng.sample(sorted(lines), min(count, len(lines)))
    return [_ordinary(line, f"lines-{place % 40}") for place, line in enumerate(drawn)]


def _ordinary(text: str, topic: str) -> Sentence:
    return Sentence(text=text, labels=frozenset({"ORDINARY"}), lang="", topic=topic)
