"""How well requests for prohibited uses are told from harmless ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray

from benchmarks.intent.around import harmless, surrounded
from guardrail.detect.intent.injection import evasions
from guardrail.detect.intent.network import USES
from guardrail.detect.intent.pieces import sentences_of
from guardrail.detect.intent.reading import Reader
from guardrail.detect.intent.words import plain_of

FALSE_ALARMS = 0.10
"""Share of harmless requests at which recall is told."""

Rows = Sequence[Mapping[str, str]]

Flags = NDArray[np.bool_]


def of_requests(reader: Reader, rows: Rows, *, show: bool) -> Iterator[str]:
    """A line for each language, then for each class."""
    told = [reader.read(row["text"], gated=False).scores for row in rows]
    gated = [reader.read(row["text"]).scores for row in rows]
    highest = np.array([max(scores.values(), default=0.0) for scores in told])
    passing = np.array([max(scores.values(), default=0.0) for scores in gated])
    asks = np.array([_asks(row["label"]) for row in rows])
    near = np.array([bool(row["near"]) for row in rows])
    for lang in sorted({row["lang"] for row in rows}):
        own = np.array([row["lang"] == lang for row in rows])
        hard = own & (asks | near) if near[own].any() else own
        yield (
            f"{lang}: AUC against hard negatives {auc(highest[hard], asks[hard]):.3f}, "
            f"against all {auc(highest[own], asks[own]):.3f}; recall where {FALSE_ALARMS:.0%} "
            f"of hard negatives are reported {recall_at(highest[hard], asks[hard]):.3f}"
        )
        yield from _of_lengths(rows, highest, hard, asks)
        kinds = {"requests": asks, "hard negatives": near & ~asks, "others": ~near & ~asks}
        for name, kind in kinds.items():
            some = passing[own & kind]
            if len(some):
                yield (
                    f"  {len(some)} {name}: certain {(some >= reader.certain).mean():.3f}, "
                    f"certain or suspect {(some >= reader.suspect).mean():.3f}"
                )
    yield from of_surrounded(reader, rows)
    yield from _of_classes(rows, told)
    if show:
        for row, score, asked in zip(rows, passing, asks, strict=True):
            if (score >= reader.suspect) != asked:
                yield f"  {score:.3f} {row['lang']} {row['label']}: {row['text']}"


def _of_lengths(rows: Rows, scores: NDArray[np.float64], hard: Flags, asks: Flags) -> Iterator[str]:
    """A line for those of one sentence, and one for those of several."""
    long = np.array([len(sentences_of(plain_of(row["text"]))) > 1 for row in rows])
    for name, kind in {"one sentence": ~long, "several sentences": long}.items():
        own = hard & kind
        if asks[own].any() and not asks[own].all():
            yield f"  of {name}, {own.sum()}: AUC {auc(scores[own], asks[own]):.3f}"


def of_surrounded(reader: Reader, rows: Rows, seed: int = 1) -> Iterator[str]:
    """A line for each language: the same amid harmless sentences."""
    held, rng = harmless(), Random(seed)
    texts = [surrounded(row["text"], row["lang"], held, rng) for row in rows]
    told = np.array([max(reader.read(text).scores.values(), default=0.0) for text in texts])
    asks = np.array([_asks(row["label"]) for row in rows])
    near = np.array([bool(row["near"]) for row in rows])
    for lang in sorted({row["lang"] for row in rows}):
        own = np.array([row["lang"] == lang for row in rows])
        hard = own & (asks | near) if near[own].any() else own
        others = own & ~asks & ~near
        yield (
            f"{lang}, amid harmless sentences: AUC against hard negatives "
            f"{auc(told[hard], asks[hard]):.3f}; recall where {FALSE_ALARMS:.0%} of hard negatives "
            f"are reported {recall_at(told[hard], asks[hard]):.3f}; certain or suspect: "
            f"{(told[own & asks] >= reader.suspect).mean():.3f} of requests, "
            f"{(told[hard & ~asks] >= reader.suspect).mean():.3f} of hard negatives, "
            f"{(told[others] >= reader.suspect).sum()} of {others.sum()} others"
        )


def _of_classes(rows: Rows, told: Sequence[Mapping[str, float]]) -> Iterator[str]:
    for use in USES:
        own = np.array([use in row["label"].split("|") for row in rows])
        if own.any() and not own.all():
            scores = np.array([one.get(use, 0.0) for one in told])
            first = np.array([bool(one) and max(one, key=lambda u: one[u]) == use for one in told])
            yield f"  {use}: AUC {auc(scores, own):.3f}, comes first in {first[own].mean():.2f}"


def of_evasions(rows: Rows, *, show: bool) -> Iterator[str]:
    """A line for each language: what share of attempts is found, and of others reported."""
    found = [{one.entity for one in evasions(row["text"])} for row in rows]
    for lang in sorted({row["lang"] for row in rows}):
        parts = []
        for entity in ("DUTY_EVASION", "PROMPT_INJECTION", ""):
            hits = [
                entity in names if entity else bool(names)
                for row, names in zip(rows, found, strict=True)
                if row["lang"] == lang and row["entity"] == entity
            ]
            parts.append(
                f"{entity or 'others reported'} {sum(hits) / len(hits):.3f} of {len(hits)}"
            )
        yield f"{lang}: {', '.join(parts)}"
    if show:
        for row, names in zip(rows, found, strict=True):
            if (row["entity"] in names) != bool(row["entity"]) or (names and not row["entity"]):
                yield f"  {row['lang']} {row['entity']} {sorted(names)}: {row['text']}"


def _asks(label: str) -> bool:
    return label == "1" or any(one in USES for one in label.split("|"))


def auc(scores: NDArray[np.float64], asks: Flags) -> float:
    """How often a request scores higher than another text; a tie counts half."""
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = (last - (counts - 1) / 2)[places]
    right, wrong = int(asks.sum()), int((~asks).sum())
    return float((ranks[asks].sum() - right * (right + 1) / 2) / max(1, right * wrong))


def recall_at(scores: NDArray[np.float64], asks: Flags) -> float:
    """Share of requests above what `FALSE_ALARMS` of the others reach."""
    return float((scores[asks] > np.quantile(scores[~asks], 1 - FALSE_ALARMS)).mean())
