"""The network of intent as it is trained; what is shipped of it is in `guardrail.detect.intent`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from guardrail.detect.intent.network import OUTPUTS
from guardrail.detect.intent.vectors import SIZE, vectors
from guardrail.detect.intent.words import ROWS, rows_of

WIDTH, HIDDEN = 48, 96

DROPPED, WORDS_DROPPED, PIECES_DROPPED = 0.3, 0.1, 0.3
"""Shares that training leaves out: of what goes into a layer; of words; of words' pieces, so that
what is known of words anyway is learnt from, too."""

BATCH = 64

Numbers = NDArray[np.float32]

Words = Sequence[str]


class Batch(NamedTuple):
    """Distinct words' pieces, and which words stand where."""

    pieces: Tensor
    offsets: Tensor
    sizes: Tensor
    known: Tensor
    places: Tensor


class Net(nn.Module):  # type: ignore[misc]  # torch isn't there where types are checked
    """What `IntentNetwork` computes, and can be trained."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.EmbeddingBag(ROWS, WIDTH, mode="sum", sparse=True)
        nn.init.normal_(self.table.weight, 0, 0.05)
        self.of_known = nn.Linear(SIZE, WIDTH, bias=False)
        self.of_three = nn.Conv1d(WIDTH, HIDDEN, 3, padding=1)
        self.of_one = nn.Conv1d(WIDTH, HIDDEN, 1)
        self.out = nn.Linear(3 * HIDDEN, len(OUTPUTS))
        self.drop = nn.Dropout(DROPPED)

    def forward(self, batch: Batch) -> Tensor:
        words = self.table(batch.pieces, batch.offsets) / batch.sizes.sqrt()[:, None]
        if self.training:
            words = words * (torch.rand(len(words), 1) > PIECES_DROPPED) / (1 - PIECES_DROPPED)
        words = torch.cat([words + self.of_known(batch.known), torch.zeros(1, WIDTH)])
        mask = (batch.places < len(words) - 1).float()[:, None, :]
        inputs = self.drop(words[batch.places]).transpose(1, 2)
        three, one = self.of_three(inputs).relu() * mask, self.of_one(inputs).relu() * mask
        means = one.sum(2) / mask.sum(2)
        told: Tensor = self.out(self.drop(torch.cat([three.amax(2), one.amax(2), means], 1)))
        return told


Met = dict[str, tuple[list[int], Numbers]]
"""Pieces of words met so far, and what is known of them."""


def batch_of(windows: Sequence[Words], met: Met) -> Batch:
    """The windows as numbers; `met` remembers words."""
    numbers: dict[str, int] = {}
    rows = [[numbers.setdefault(word, len(numbers)) for word in words] for words in windows]
    longest = max(map(len, rows))
    fresh = [word for word in numbers if word not in met]
    for word, vector in zip(fresh, vectors().of(fresh), strict=True):
        met[word] = rows_of(word), vector
    pieces = [met[word][0] for word in numbers]
    sizes = torch.tensor([len(one) for one in pieces], dtype=torch.float32)
    ends = sizes.long().cumsum(0)
    return Batch(
        torch.tensor([piece for one in pieces for piece in one]),
        ends - sizes.long(),
        sizes,
        torch.from_numpy(np.stack([met[word][1] for word in numbers])),
        torch.tensor([row + [len(numbers)] * (longest - len(row)) for row in rows]),
    )


def train(
    examples: Callable[[int], tuple[Sequence[Words], Numbers]],
    *,
    epochs: int,
    seed: int,
    rate: float = 2e-3,
    told: Callable[[int, float], None] | None = None,
) -> tuple[Net, NDArray[np.bool_]]:
    """The trained network, and which rows of the table training touched.

    Args:
        examples: the windows and targets of an epoch, by its number.
        epochs: how often.
        seed: of all that chance decides.
        rate: the highest rate of learning; the table's is twice it.
        told: is called after each epoch with the mean loss.
    """
    torch.manual_seed(seed)
    net = Net()
    table = [net.table.weight]
    rest = [one for name, one in net.named_parameters() if name != "table.weight"]
    fast, slow = torch.optim.SparseAdam(table, lr=2 * rate), torch.optim.AdamW(rest, lr=rate)
    met: Met = {}
    touched = np.zeros(ROWS, np.bool_)
    step = 0
    for epoch in range(epochs):
        windows, targets = examples(epoch)
        chance = Random(1000 * seed + epoch)
        order = list(range(len(windows)))
        chance.shuffle(order)
        steps = epochs * -(-len(order) // BATCH)
        total = 0.0
        net.train()
        for first in range(0, len(order), BATCH):
            some = order[first : first + BATCH]
            batch = batch_of([_thinned(windows[one], chance) for one in some], met)
            touched[batch.pieces.numpy()] = True
            now = rate * min(1.0, (step + 1) / 100) * max(0.02, 1 - step / steps)
            fast.param_groups[0]["lr"], slow.param_groups[0]["lr"] = 2 * now, now
            step += 1
            losses = nn.functional.binary_cross_entropy_with_logits(
                net(batch), torch.from_numpy(targets[some]), reduction="none"
            )
            loss = losses.sum(1).mean()
            fast.zero_grad()
            slow.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(rest, 5.0)
            fast.step()
            slow.step()
            total += float(loss.detach()) * len(some)
        if told:
            told(epoch, total / len(order))
    return net.eval(), touched


def _thinned(words: Words, chance: Random) -> Words:
    """The words without some of them: the network shall not rest on any single one."""
    kept = [word for word in words if word < " " or chance.random() > WORDS_DROPPED]
    return kept or words


def arrays_of(net: Net, touched: NDArray[np.bool_]) -> Mapping[str, NDArray[Any]]:
    """What is shipped of a network: the table in bytes, rows that nothing taught as zeros."""
    table = net.table.weight.detach().numpy() * touched[:, None]
    scales = np.maximum(np.abs(table).max(1), 1e-8) / 127
    state = {name: one.detach().numpy() for name, one in net.named_parameters()}
    three = state["of_three.weight"].transpose(2, 1, 0).reshape(3 * WIDTH, HIDDEN)
    return {
        "table": np.rint(table / scales[:, None]).astype(np.int8),
        "scales": scales.astype(np.float16),
        "of_known": state["of_known.weight"].T.astype(np.float16),
        "of_three": three.astype(np.float16),
        "three_bias": state["of_three.bias"].astype(np.float32),
        "of_one": state["of_one.weight"][:, :, 0].T.astype(np.float16),
        "one_bias": state["of_one.bias"].astype(np.float32),
        "out": state["out.weight"].T.astype(np.float16),
        "bias": state["out.bias"].astype(np.float32),
    }
