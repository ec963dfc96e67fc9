"""Trains the first glance at words, by the vectors of the network that is there.

::

    python -m training.names.glance --data ../data/names

Reads what the network's training reads and puts ``glance.npz`` beside the code that runs it. With
``--hold-back`` the texts that stay out of training are measured instead of learnt: for each kind of
text, which share of the names would still be asked about, and which share of all else. Needs
``pip install torch``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from guardrail.detect.text.names.glance import BEFORE, LEAST, Glance
from guardrail.detect.text.names.network import Network
from guardrail.detect.text.names.shipped import network
from guardrail.detect.text.names.words import words_of
from guardrail.detect.text.recognizers.names import is_eligible
from training.names.augment import dressed
from training.names.batches import SKIPPED, labels_of
from training.names.generate import Example
from training.names.gold import read
from training.names.knowledge import write
from training.names.train import DATA, epoch

HIDDEN = 32
ROUNDS = 5
BATCH = 1024
RATE = 2e-3
NAMES_COUNT = 3.0
"""Times that a name counts as much as another word: one that is passed over is lost."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Asked:
    """Words that are asked about; parallel arrays."""

    near: NDArray[np.float16]
    """The vectors of the words before and of the word, side by side."""
    casings: NDArray[np.int64]
    names: Floats
    """1 for a part of a person's name, else 0."""


def asked_of(examples: Iterable[Example], reader: Network) -> Asked:
    """Read the words of examples that could be of a name by themselves."""
    near: list[NDArray[np.float16]] = []
    casings: list[int] = []
    names: list[int] = []
    for example in examples:
        words = words_of(example["text"])
        marks = reader.names(words)
        labels = labels_of(example, words)
        wanted = [
            number
            for number, label in enumerate(labels)
            if label != SKIPPED and is_eligible(words, number, marks[number])
        ]
        if wanted:
            rows = reader.rows(words)
            places = np.asarray(wanted)[:, None] + np.arange(BEFORE + 1)
            near.append(rows[places].reshape(len(wanted), -1).astype(np.float16))
        casings += [int(words.casings[number]) for number in wanted]
        names += [labels[number] in (1, 2) for number in wanted]
    return Asked(np.concatenate(near), np.asarray(casings), np.asarray(names, np.float32))


class Net(nn.Module):  # type: ignore[misc]  # torch isn't there where types are checked
    """What `Glance` runs."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Linear(width, HIDDEN)
        self.casings = nn.Embedding(4, HIDDEN)
        self.second = nn.Linear(HIDDEN, 1)

    def forward(self, near: torch.Tensor, casings: torch.Tensor) -> torch.Tensor:
        """Return a logit a word."""
        hidden = torch.relu(self.first(near) + self.casings(casings))
        logits: torch.Tensor = self.second(hidden)[:, 0]
        return logits


def trained(asked: Asked, seed: int) -> Glance:
    """Train on words; the same ones give the same weights on one machine."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    net = Net(asked.near.shape[1])
    optimizer = torch.optim.Adam(net.parameters(), lr=RATE)
    casings, names = torch.from_numpy(asked.casings), torch.from_numpy(asked.names)
    weight = torch.tensor(NAMES_COUNT)
    for number in range(ROUNDS):
        for group in optimizer.param_groups:
            group["lr"] = RATE * (1 - number / ROUNDS)
        total = 0.0
        for some in torch.randperm(len(names)).split(BATCH):
            near = torch.from_numpy(asked.near[some.numpy()].astype(np.float32))
            loss = nn.functional.binary_cross_entropy_with_logits(
                net(near, casings[some]), names[some], pos_weight=weight
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(some)
        print(f"round {number + 1} of {ROUNDS}: loss {total / len(names):.4f}", file=sys.stderr)
    first, second = net.first, net.second
    return Glance(
        first=first.weight.detach().numpy().T.copy(),
        casings=net.casings.weight.detach().numpy() + first.bias.detach().numpy(),
        second=second.weight.detach().numpy()[0].copy(),
        bias=second.bias.detach().numpy().copy(),
    )


def told(kind: str, glance: Glance, examples: Sequence[Example], reader: Network) -> None:
    """Print what stays of the names, and of all else, of one kind of text."""
    for dress in ("plain", "lower"):
        worn = [dressed(one, dress, Random(1)) if dress != "plain" else one for one in examples]
        asked = asked_of(worn, reader)
        numbers = np.arange(len(asked.names)) * (BEFORE + 1)
        rows = asked.near.astype(np.float32).reshape(len(asked.names) * (BEFORE + 1), -1)
        casings = np.repeat(asked.casings, BEFORE + 1)
        worth = glance.logits(rows, casings, numbers) >= LEAST
        kept, others = worth[asked.names > 0].mean(), worth[asked.names == 0].mean()
        print(f"{kind:20}{dress:8} names asked about {kept:7.2%}, others {others:6.1%}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Trains as the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled files")
    parser.add_argument("--epochs", type=int, default=2, help="epochs of the network's texts")
    parser.add_argument("--generated", type=int, default=9_000, help="texts of our own an epoch")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=DATA / "glance.npz")
    parser.add_argument("--hold-back", action="store_true", help="measure texts that stay out")
    chosen = parser.parse_args(arguments)
    reader = network("fast")
    gold = read(chosen.data, hold_back=chosen.hold_back)
    parts = [
        asked_of(epoch(gold, number, chosen.generated), reader) for number in range(chosen.epochs)
    ]
    asked = Asked(
        *(np.concatenate([getattr(one, name) for one in parts]) for name in Asked.__slots__)
    )
    glance = trained(asked, chosen.seed)
    arrays = {name: getattr(glance, name).astype(np.float16) for name in Glance.__slots__}
    write(chosen.out, arrays)
    for kind, examples in gold.held_back.items():
        told(kind, glance, examples, reader)


if __name__ == "__main__":
    main()
