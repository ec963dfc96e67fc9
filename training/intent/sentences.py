"""Reads the sentences that the model of intent learns from."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

FOLDER = Path(__file__).parent / "sentences"

LANGUAGES = ("en", "ru", "kk")

NEGATIVE = ("PRIVACY_PROTECTIVE", "ABOUT_THE_LAW", "ORDINARY")

ORDINARY_FILES = (
    "kaznerd_valid.jsonl",
    "factrueval_dev.jsonl",
    "wnut17_train.jsonl",
    "wikigold.jsonl",
    "btc_train.jsonl",
)
"""Texts of anything, which ask for nothing: what ordinary traffic is full of."""

_SHORTEST, _LONGEST = 15, 300

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One request, and what it asks for."""

    text: str
    labels: frozenset[str]
    lang: str
    topic: str
    near: str = ""
    """The class that a hard negative could be taken for."""
    kind: str = "user"
    media: bool | None = None
    """Whether pictures or sound come along; None where the request says by itself."""

    @property
    def asks(self) -> bool:
        """Whether a prohibited use is asked for."""
        return not self.labels.intersection(NEGATIVE)


def sentences() -> list[Sentence]:
    """The reviewed sentences of all languages."""
    return [sentence for lang in LANGUAGES for sentence in _of(lang)]


def _of(lang: str) -> Iterator[Sentence]:
    for row in _rows(f"{lang}.csv"):
        yield Sentence(
            text=row["text"],
            labels=frozenset(row["label"].split("|")),
            lang=lang,
            topic=row["topic"],
            near=row["near"],
            kind=row["kind"],
        )


def several() -> list[Sentence]:
    """Reviewed texts of several sentences that only `training.intent.context` learns from."""
    return [
        Sentence(
            text=row["text"],
            labels=frozenset({row["label"]}),
            lang=row["lang"],
            topic=row["topic"],
            near=row["near"],
        )
        for row in _rows("several.csv")
    ]


def bare_asks() -> list[Sentence]:
    """Short asks that mean something only beside a picture or sound; and harmless ones.

    What asks beside media asks for nothing without: such a row comes twice.
    """
    made: list[Sentence] = []
    for number, row in enumerate(_rows("media.csv")):
        shared = {"lang": row["lang"], "topic": f"media-{number % 40}"}
        made.append(
            Sentence(text=row["text"], labels=frozenset({row["label"]}), media=True, **shared)
        )
        made.append(
            Sentence(text=row["text"], labels=frozenset({"ORDINARY"}), media=False, **shared)
        )
    return made


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ordinary(folder: Path, count: int, seed: int = 5) -> list[Sentence]:
    """`count` texts of each of `ORDINARY_FILES`, drawn by chance; of long ones a stretch each.

    The last fifth of each file is never drawn: it tells what others fire.
    """
    made: list[Sentence] = []
    for name in ORDINARY_FILES:
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        whole = [str(json.loads(line)["text"]) for line in lines[: len(lines) * 4 // 5]]
        texts = [part for text in whole for part in _stretches(text) if len(part) >= _SHORTEST]
        drawn = Random(seed).sample(texts, min(count, len(texts)))
        made += [
            Sentence(
                text=text, labels=frozenset({"ORDINARY"}), lang="", topic=f"{name}-{place % 20}"
            )
            for place, text in enumerate(drawn)
        ]
    return made


def _stretches(text: str) -> Iterator[str]:
    """Neighbouring sentences of a text, as many as fit into `_LONGEST` characters."""
    held = ""
    for sentence in _SENTENCE.split(text):
        if held and len(held) + len(sentence) >= _LONGEST:
            yield held
            held = ""
        held = f"{held} {sentence[:_LONGEST]}".strip()
    if held:
        yield held
