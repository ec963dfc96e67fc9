"""Labelled text that people wrote, as examples: read, cleaned, cut to paragraphs, held back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random

from training.names.generate import Example
from training.names.slots import Span

TIMES = {"kaznerd_valid": 1, "factrueval_dev": 6, "btc_train": 1, "wnut17_train": 1, "sec_fin5": 1,
         "btc_dev": 1, "wikigold": 1}  # fmt: skip
"""The files that may train, and how often an epoch shows each: Russian has the fewest texts."""

HELD_BACK = {"kaznerd_valid": 1500, "factrueval_dev": 25, "btc_dev": 2000, "wikigold": 2000}
"""Texts of a file kept for choosing between variants while `hold_back` is asked for."""


@dataclass(frozen=True, slots=True)
class Gold:
    """Examples to learn from, and those held back, by file."""

    learnt: list[Example]
    held_back: dict[str, list[Example]]


def read(folder: Path, *, hold_back: bool) -> Gold:
    """Reads the files of `folder`; the same texts are held back every time."""
    learnt: list[Example] = []
    held_back: dict[str, list[Example]] = {}
    for name, times in TIMES.items():
        with (folder / f"{name}.jsonl").open(encoding="utf-8") as lines:
            examples = [cleaned(json.loads(line)) for line in lines]
        Random(5).shuffle(examples)
        kept = HELD_BACK.get(name, 0) if hold_back else 0
        if kept:
            held_back[name] = [part for one in examples[:kept] for part in paragraphs(one)]
        learnt += [part for one in examples[kept:] for part in paragraphs(one)] * times
    return Gold(learnt=learnt, held_back=held_back)


def cleaned(example: Example) -> Example:
    """The example with user names marked SKIP: the Twitter corpus calls each of them a person."""
    text = example["text"]
    spans = [
        Span(
            start=span["start"],
            end=span["end"],
            label="SKIP" if _is_handle(text, span) else span["label"],
        )
        for span in example["spans"]
    ]
    return {**example, "spans": spans}


def _is_handle(text: str, span: Span) -> bool:
    said = text[span["start"] : span["end"]]
    before = text[max(0, span["start"] - 2) : span["start"]]
    return span["label"] == "PERSON" and ("@" in before or any(sign in said for sign in "@#_"))


def paragraphs(example: Example) -> list[Example]:
    """The lines of an example as examples."""
    parts: list[Example] = []
    begin = 0
    for line in example["text"].split("\n"):
        end = begin + len(line)
        spans = [
            Span(start=span["start"] - begin, end=span["end"] - begin, label=span["label"])
            for span in example["spans"]
            if begin <= span["start"] and span["end"] <= end
        ]
        if line.strip():
            parts.append({**example, "text": line, "spans": spans})
        begin = end + 1
    return parts
