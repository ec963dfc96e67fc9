"""Trains the network of intent.

::

    python -m training.intent.train --ordinary ../data/names --seed 1

Reads ``sentences/`` beside this file, and texts of anything from `--ordinary` (the labelled files
of names: the data card, docs/intent-model.md, says which). First the network is trained on all
topics but some, `--folds` times, to tell how sure it is of what it never saw: the thresholds come
from there. Then it is trained on everything, and ``network.npz`` is put beside the code that runs
it. Needs ``pip install torch``.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from guardrail.detect.intent.network import OUTPUTS, USES
from guardrail.detect.intent.words import MEDIA, words_of
from training.intent.augment import dressed
from training.intent.calibrate import calibrated
from training.intent.everyday import everyday
from training.intent.net import Met, Net, Numbers, Words, arrays_of, batch_of, train
from training.intent.sentences import Sentence, bare_asks, ordinary, sentences

DATA = Path(str(files("guardrail.detect.intent") / "data"))

ORDINARY = 1_500
"""Texts of each file of anything."""

EVERYDAY = 2_500
"""Messages and forms, and as many lines of code."""

BARE_TIMES = 3
"""How often the short asks beside media come in each epoch."""

WITH_MEDIA = 0.3
"""How often a sentence that says all by itself comes beside media in training."""


def examples_of(folder: Path) -> list[Sentence]:
    """All that is learnt from; `folder` holds texts of anything."""
    return [
        *sentences(),
        *BARE_TIMES * bare_asks(),
        *ordinary(folder, ORDINARY),
        *everyday(EVERYDAY),
    ]


def targets_of(examples: Sequence[Sentence]) -> Numbers:
    """What the outputs should say: (n, OUTPUTS)."""
    targets = np.zeros((len(examples), len(OUTPUTS)), np.float32)
    for row, one in enumerate(examples):
        for label in one.labels.intersection(OUTPUTS):
            targets[row, OUTPUTS.index(label)] = 1
    targets[:, -1] = targets[:, : len(USES)].max(1)
    return targets


def windows_of(examples: Sequence[Sentence]) -> list[Words]:
    """The words of sentences as they stand."""
    return [[*([MEDIA] if one.media else []), *words_of(one.text)] or ["0"] for one in examples]


def folds_of(examples: Sequence[Sentence], count: int) -> NDArray[np.intp]:
    """Which fold each sentence is held back in: a topic as a whole, in all languages."""
    topics = sorted({one.topic for one in examples})
    Random(0).shuffle(topics)
    fold = {topic: place % count for place, topic in enumerate(topics)}
    return np.array([fold[one.topic] for one in examples], np.intp)


def trained(
    examples: Sequence[Sentence], *, epochs: int, seed: int
) -> tuple[Net, NDArray[np.bool_]]:
    """The network after so many epochs of the sentences in ever other dress."""
    targets = targets_of(examples)
    plain = [one.text for one in examples if not one.lang]
    began = time.monotonic()

    def epoch_of(number: int) -> tuple[list[Words], Numbers]:
        rng = Random(7919 * seed + number)
        windows: list[Words] = []
        for one in examples:
            text = dressed(one.text, one.lang, plain, rng) if one.media is None else one.text
            beside = rng.random() < WITH_MEDIA if one.media is None else one.media
            windows.append([*([MEDIA] if beside else []), *words_of(text)] or ["0"])
        return windows, targets

    def told(epoch: int, loss: float) -> None:
        minutes = (time.monotonic() - began) / 60
        print(f"epoch {epoch + 1}: loss {loss:.4f}, {minutes:.1f} minutes", file=sys.stderr)

    return train(epoch_of, epochs=epochs, seed=seed, told=told)


@torch.no_grad()  # type: ignore[untyped-decorator]  # torch isn't there
def logits_of(net: Net, windows: Sequence[Words]) -> Numbers:
    """What the network says of windows: (n, OUTPUTS)."""
    met: Met = {}
    made = [net(batch_of(windows[at : at + 128], met)) for at in range(0, len(windows), 128)]
    result: Numbers = torch.cat(made).numpy()
    return result


def held_back(examples: Sequence[Sentence], *, folds: int, epochs: int, seed: int) -> Numbers:
    """What networks say of topics that they didn't learn from."""
    fold_of = folds_of(examples, folds)
    logits = np.zeros((len(examples), len(OUTPUTS)), np.float32)
    for fold in range(folds):
        learnt = [one for one, other in zip(examples, fold_of, strict=True) if other != fold]
        asked = np.flatnonzero(fold_of == fold)
        net, _ = trained(learnt, epochs=epochs, seed=seed)
        logits[asked] = logits_of(net, windows_of([examples[one] for one in asked.tolist()]))
    return logits


def main(arguments: list[str] | None = None) -> None:
    """Trains as the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--ordinary", type=Path, required=True, help="folder of texts of anything")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=DATA)
    parser.add_argument(
        "--held-back", type=Path, help="file of the logits of held-back topics, kept or read"
    )
    parser.add_argument("--only-thresholds", action="store_true", help="leave the network as it is")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    examples = examples_of(chosen.ordinary)
    chosen.out.mkdir(parents=True, exist_ok=True)
    if not chosen.only_thresholds:
        net, touched = trained(examples, epochs=chosen.epochs, seed=chosen.seed)
        write(chosen.out / "network.npz", arrays_of(net, touched))
    if chosen.held_back and chosen.held_back.exists():
        logits = np.load(chosen.held_back)
    else:
        logits = held_back(examples, folds=chosen.folds, epochs=chosen.epochs, seed=chosen.seed)
        if chosen.held_back:
            np.save(chosen.held_back, logits)
    write(chosen.out / "calibration.npz", calibrated(examples, logits))


def write(file: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Writes arrays by name, packed."""
    np.savez_compressed(file, allow_pickle=False, **arrays)


if __name__ == "__main__":
    main()
