"""Learns which stems make a text worth the network's time.

::

    python -m training.intent.trigger --ordinary ../data/names --held-back held-back.npy

The weights are a logistic regression's over stems, held at or above zero. The threshold is where
`RECALL` of the requests come through that the network, or the network and embeddings, would report
in topics held back from all of them: what neither would report needn't be read. The files come from
`training.intent.train` and `training.intent.second`.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from guardrail.detect.intent.trigger import STEM
from guardrail.detect.intent.words import words_of
from training.intent.calibrate import SUSPECT_ERRORS
from training.intent.everyday import everyday
from training.intent.second import SHARE
from training.intent.sentences import Sentence, ordinary, sentences
from training.intent.train import DATA, EVERYDAY, folds_of, write

RECALL = 0.996

_HARD, _PLAIN = 0.1, 3.0
"""How much an error on a hard negative counts, and on a text of anything: only the latter are many
in traffic."""

_LEAST = 2
"""Sentences that a stem must be met in."""

_ORDINARY = 3000

Weights = dict[str, float]

Numbers = NDArray[np.float32]


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in words_of(text)}


def learnt(examples: Sequence[Sentence], *, steps: int = 300) -> Weights:
    """The weights of stems above zero."""
    stems = [_stems(one.text) for one in examples]
    met = Counter(stem for some in stems for stem in some)
    numbers = {stem: place for place, stem in enumerate(one for one in met if met[one] >= _LEAST)}
    flat = [[numbers[stem] for stem in some if stem in numbers] for some in stems]
    sizes = torch.tensor([len(some) for some in flat])
    pieces = torch.tensor([stem for some in flat for stem in some])
    asks = torch.tensor([float(one.asks) for one in examples])
    counts = torch.tensor([1.0 if one.asks else _HARD if one.lang else _PLAIN for one in examples])
    weights = torch.full((len(numbers), 1), 0.1, requires_grad=True)
    shift = torch.tensor(-2.0, requires_grad=True)
    walk = torch.optim.Adam([weights, shift], lr=0.03)
    for _ in range(steps):
        sums = torch.nn.functional.embedding_bag(
            pieces, weights, sizes.cumsum(0) - sizes, mode="sum"
        )
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            sums[:, 0] + shift, asks, weight=counts, pos_weight=torch.tensor(4.0)
        )
        walk.zero_grad()
        (loss + 2e-5 * weights.abs().sum()).backward()
        walk.step()
        with torch.no_grad():
            weights.clamp_(min=0)
    values = weights.detach()[:, 0].tolist()
    return {stem: values[place] for stem, place in numbers.items() if values[place] > 0.02}


def strengths(examples: Sequence[Sentence], weights: Weights) -> NDArray[np.float64]:
    """How strongly each sentence fires."""
    return np.array([sum(weights.get(stem, 0.0) for stem in _stems(one.text)) for one in examples])


def reported(examples: Sequence[Sentence], readers: Sequence[Numbers]) -> NDArray[np.bool_]:
    """Which examples any reader would report: those above what `SUSPECT_ERRORS` of the look-alikes
    reach.

    Args:
        examples: `sentences`, and others.
        readers: logits of topics held back, of as many examples at the least.
    """
    hard = np.array([bool(one.near) for one in examples])
    told = [logits[: len(examples), -1] for logits in readers]
    found = np.zeros(len(examples), np.bool_)
    for one in told:
        found |= one >= np.quantile(one[hard], 1 - SUSPECT_ERRORS)
    return found


def threshold_of(examples: Sequence[Sentence], found: NDArray[np.bool_], folds: int = 4) -> float:
    """Where `RECALL` of requests in held-back topics come through; prints what else does.

    Args:
        examples: all.
        found: which of the first of them are reported where the trigger lets them through.
        folds: parts that topics are held back in.
    """
    fold_of = folds_of(examples, folds)
    told = np.zeros(len(examples))
    for fold in range(folds):
        weights = learnt([one for one, at in zip(examples, fold_of, strict=True) if at != fold])
        asked = np.flatnonzero(fold_of == fold)
        told[asked] = strengths([examples[one] for one in asked.tolist()], weights)
    asks = np.array([one.asks for one in examples])
    plain = np.array([not one.lang for one in examples])
    threshold = float(np.quantile(told[: len(found)][asks[: len(found)] & found], 1 - RECALL))
    through = told >= threshold
    print(
        f"threshold {threshold:.2f}: {through[plain].mean():.3f} of ordinary texts, "
        f"{through[~asks & ~plain].mean():.3f} of hard negatives, {through[asks].mean():.3f} of "
        "requests come through"
    )
    return threshold


def arrays_of(weights: Weights, threshold: float) -> Mapping[str, NDArray[Any]]:
    """What is shipped."""
    stems = sorted(weights)
    return {
        "stems": np.frombuffer("\n".join(stems).encode(), np.uint8),
        "weights": np.array([weights[stem] for stem in stems], np.float16),
        "threshold": np.array(threshold, np.float32),
    }


def main(arguments: list[str] | None = None) -> None:
    """Learns as the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--ordinary", type=Path, required=True, help="folder of texts of anything")
    parser.add_argument("--held-back", type=Path, required=True, help="the network's logits")
    parser.add_argument("--told", type=Path, help="the logits of the head on embeddings")
    parser.add_argument("--out", type=Path, default=DATA)
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    worded = sentences()
    readers = [np.load(chosen.held_back)]
    if chosen.told:
        readers.append(readers[0] + np.float32(SHARE) * (np.load(chosen.told) - readers[0]))
    examples = [*worded, *ordinary(chosen.ordinary, _ORDINARY), *everyday(EVERYDAY)]
    threshold = threshold_of(examples, reported(worded, readers))
    arrays = arrays_of(learnt(examples), threshold)
    write(chosen.out / "trigger.npz", arrays)


if __name__ == "__main__":
    main()
