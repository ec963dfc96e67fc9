"""``quality``: how much is found, and how much of what is found is there."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, cast

from benchmarks.detection.floors import FROM_FILES, MADE, Figure
from benchmarks.detection.scan import Gold, judge
from benchmarks.detection.scoring import (
    Judged,
    Mark,
    caught,
    character_scores,
    character_share,
    entity_scores,
    found_share,
    named,
    noisy,
    right_share,
    share,
    touched,
)
from benchmarks.detection.texts import letters
from benchmarks.detection.texts.evasion import EVASIONS
from benchmarks.detection.texts.fill import Span, Text
from benchmarks.detection.texts.generate import texts

DEVELOPMENT = {
    "kk-news": "kaznerd_valid.jsonl",
    "ru-news": "factrueval_dev.jsonl",
    "en-web": "btc_dev.jsonl",
}
"""Label: the file of the development data that stands in where no held-back file is given."""


class Line(TypedDict):
    """A line of a file of names."""

    text: str
    spans: list[dict[str, str | int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What to measure."""

    data: Path | None
    names: Mapping[str, Path]
    seen: Sequence[Path]
    tier: str | None
    seed: int
    count: int
    part: str
    json_file: Path | None
    show: int


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure with its value."""

    figure: Figure
    texts: int
    gold: int
    """Of how many entities, values, characters or texts the figure is a share."""
    value: float
    data: str

    def verdict(self, tier: str | None) -> str:
        floor = self.figure.floor(tier)
        if floor is None:
            return ""
        if math.isnan(self.value):
            return "no data"
        good = self.value <= floor if self.figure.at_most else self.value >= floor
        return "ok" if good else "short"


def read(path: Path) -> list[Gold]:
    """Return the texts of a file with their persons."""
    made = []
    for row in path.read_text("utf-8").splitlines():
        item = cast("Line", json.loads(row))
        spans = tuple(
            Mark(int(s["start"]), int(s["end"]), "PERSON")
            for s in item["spans"]
            if s["label"] == "PERSON"
        )
        made.append((item["text"], spans))
    return made


def _each(gold: Iterable[Gold], change: str) -> list[Gold]:
    made = []
    for text, marks in gold:
        whole = Text(text, tuple(Span(*mark) for mark in marks))
        table = letters.UMLAUT_2021 if change == "latin" else {}
        new = letters.latin(whole, table) if table else letters.lower(whole)
        made.append((new.text, tuple(Mark(*span) for span in new.spans)))
    return made


def words(text: str, marks: Iterable[Mark]) -> set[str]:
    """Return the words of names in lower case, without Kazakh's letters."""
    return {
        "".join(letters.FOLDED.get(c, c) for c in word).casefold()
        for mark in marks
        for word in text[mark.start : mark.end].split()
    }


def _unseen(gold: Sequence[Gold], seen: frozenset[str]) -> list[Gold]:
    """Return the texts with those persons only of whose names no word was seen."""
    return [
        (text, kept)
        for text, marks in gold
        if (kept := tuple(mark for mark in marks if not words(text, [mark]) & seen))
    ]


def value_of(
    figure: Figure, slice_: Sequence[Judged], everything: Sequence[Judged]
) -> tuple[float, int]:
    """Return a figure's value and of how many things it is a share."""
    labels = frozenset(figure.labels.split("|"))
    persons = sum(len(named(one.gold, labels)) for one in slice_)
    if figure.name == "f1":
        return entity_scores(slice_, "PERSON")[2], persons
    if figure.name in ("f2", "recall"):
        _, recall, f2 = character_scores(slice_, "PERSON")
        return (f2 if figure.name == "f2" else recall), persons
    hit, total = {
        "touched": lambda: touched(slice_, labels),
        "found": lambda: found_share(slice_, labels),
        "found80": lambda: found_share(slice_, labels, 0.8),
        "characters": lambda: character_share(slice_, labels),
        "right": lambda: right_share(everything, labels),
        "caught": lambda: caught(slice_),
        "noisy": lambda: noisy(slice_),
    }[figure.name]()
    return share(hit, total), total


def from_files(files: Mapping[str, Path], seen: frozenset[str], tier: str | None) -> list[Measured]:
    """Measure the slices that are made of files of names."""
    rows = []
    for label, path in files.items():
        gold = read(path)
        figures = [one for one in FROM_FILES if one.slice.split(" ")[0] == label]
        judged: dict[str, list[Judged]] = {}
        for figure in figures or [Figure(label, name) for name in ("f1", "f2")]:
            kind = figure.slice.removeprefix(label).strip()
            if kind == "unseen" and not seen:
                continue
            if kind not in judged:
                judged[kind] = judge(_kind(gold, kind, seen), tier)
            value, count = value_of(figure, judged[kind], judged[kind])
            rows.append(Measured(figure, len(judged[kind]), count, value, path.name))
    return rows


def _kind(gold: list[Gold], kind: str, seen: frozenset[str]) -> list[Gold]:
    if kind == "unseen":
        return _unseen(gold, seen)
    return _each(gold, kind) if kind else gold


def from_generator(chosen: Chosen) -> tuple[list[Measured], dict[str, list[Judged]]]:
    """Measure the slices of made-up texts; return the figures and the judged."""
    made = list(texts(seed=chosen.seed, count=chosen.count, part=chosen.part))
    gold = [(one.text.text, tuple(Mark(*span) for span in one.text.spans)) for one in made]
    slices: dict[str, list[Judged]] = {}
    for one, judged in zip(made, judge(gold, chosen.tier), strict=True):
        slices.setdefault(one.slice, []).append(judged)
    evasions = [f"evasion: {name}" for name in EVASIONS]
    slices["evasions"] = [judged for name in evasions for judged in slices[name]]
    honest = [
        judged for name, each in slices.items() if not name.startswith("evasion") for judged in each
    ]
    data = f"made up, {chosen.part} half, seed {chosen.seed}"
    rows = []
    for figure in (*MADE, *(Figure(name, "caught", labels="") for name in evasions)):
        slice_ = slices[figure.slice]
        value, total = value_of(figure, slice_, honest)
        size = len(honest) if figure.name == "right" else len(slice_)
        rows.append(Measured(figure, size, total, value, data))
    return rows, slices


def table(rows: Sequence[Measured], tier: str | None) -> Iterator[str]:
    """Yield the lines of the table."""
    yield (
        f"{'slice':30}{'figure':12}{'of':34}{'texts':>7}{'n':>8}{'value':>8}{'floor':>8}  "
        f"{'':8}data"
    )
    for row in rows:
        figure = row.figure
        floor = figure.floor(tier)
        bound = "" if floor is None else f"{'≤' if figure.at_most else '≥'} {floor:.2f}"
        of = figure.labels if len(figure.labels) < 33 else figure.labels.partition("|")[0] + " …"
        yield (
            f"{figure.slice:30}{figure.name:12}{of:34}{row.texts:7}{row.gold:8}{row.value:8.3f}"
            f"{bound:>8}  {row.verdict(tier):8}{row.data}"
        )


def shown(slices: Mapping[str, Sequence[Judged]], most: int) -> Iterator[str]:
    """Yield what was missed and what was found wrongly in each slice, `most` of each at most."""
    for name, slice_ in slices.items():
        missed, wrong = [], []
        for one in slice_:
            for mark in one.gold:
                alone = Judged(one.text, (mark,), one.found)
                if not found_share([alone], frozenset(mark.label.split("|")))[0]:
                    missed.append((one.text, mark))
            for mark in one.found:
                alone = Judged(one.text, one.gold, (mark,))
                if not right_share([alone], frozenset({mark.label}))[0]:
                    wrong.append((one.text, mark))
        for kind, each in (("missed", missed), ("wrong", wrong)):
            for text, (start, end, label) in each[:most]:
                yield f"{name} {kind} {label}: {text[start:end]!r} in {text[:160]!r}"


def as_json(rows: Sequence[Measured], tier: str | None) -> str:
    return json.dumps(
        [
            {
                "slice": row.figure.slice,
                "figure": row.figure.name,
                "of": row.figure.labels,
                "texts": row.texts,
                "n": row.gold,
                "value": None if math.isnan(row.value) else round(row.value, 4),
                "floor": row.figure.floor(tier),
                "verdict": row.verdict(tier),
                "data": row.data,
            }
            for row in rows
        ],
        ensure_ascii=False,
        indent=1,
    )


def run(chosen: Chosen) -> None:
    """Measure and print the table."""
    files = dict(chosen.names)
    if chosen.data is not None and not files:
        folder = chosen.data / "names" if (chosen.data / "names").is_dir() else chosen.data
        files = {label: folder / name for label, name in DEVELOPMENT.items()}
        print("Names from news and the web: development data, which training may have seen.")
    seen = frozenset(
        word for path in chosen.seen for text, marks in read(path) for word in words(text, marks)
    )
    rows = from_files(files, seen, chosen.tier)
    made, slices = from_generator(chosen)
    rows += made
    print(
        f"Tier: {chosen.tier or 'default'}. Right is counted over all made-up texts but evasions."
    )
    print(*table(rows, chosen.tier), sep="\n")
    if chosen.show:
        print(*shown(slices, chosen.show), sep="\n")
    if chosen.json_file is not None:
        chosen.json_file.write_text(as_json(rows, chosen.tier), "utf-8")
