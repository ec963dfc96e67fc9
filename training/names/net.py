"""The network of names as PyTorch trains it; `guardrail.detect.text.names.network` runs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import cos, pi
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from guardrail.detect.text.names.knowledge import DIMENSIONS, ROWS
from guardrail.detect.text.names.network import HEADS, LABELS, REACH, TOLD, TOLD_WEIGHT
from guardrail.detect.text.names.russian import TAGS as RUSSIAN_TAGS
from training.names.batches import SKIPPED, Table, Tokens, Whole

SIZE, HIDDEN, LAST = 64, 256, 64
WINDOW = 2 * REACH + 1
TOLD_TO = dict(zip(HEADS, (RUSSIAN_TAGS, TOLD), strict=True))
"""Numbers that each head's teachers say of a word."""
RATE, RATE_AGAIN, BATCH = 2e-3, 6e-4, 2048
"""How fast is learnt at most: from nothing, and where heads are trained again; words at once."""


@dataclass(frozen=True, slots=True)
class Noise:
    """What training leaves out, as shares: so that names are told by more than being known."""

    dropout: float = 0.3
    whole: float = 0.5
    """Words that lose what names them whole: all of it, or half."""
    parts: float = 0.05
    """Other features."""
    blank: float = 0.25
    """Words that lose nearly everything but their shape."""
    neighbours: float = 0.05
    """Words around that are hidden."""
    told: float = 0.02
    """Words of which the teachers say nothing."""


class Head(nn.Module):  # type: ignore[misc]  # torch isn't there where types are checked
    """Two layers over seven words and what teachers say of the middle one."""

    def __init__(self, told: int, dropout: float) -> None:
        super().__init__()
        self.casings = nn.Embedding(4, HIDDEN)
        self.first = nn.Linear(WINDOW * SIZE + told, HIDDEN)
        self.second = nn.Linear(HIDDEN, LAST)
        self.third = nn.Linear(LAST, len(LABELS))
        self.dropout = nn.Dropout(dropout)

    def forward(self, inputs: Tensor, casings: Tensor) -> Tensor:
        inner = self.dropout(functional.relu(self.first(inputs) + self.casings(casings)))
        logits: Tensor = self.third(functional.relu(self.second(inner)))
        return logits


class Net(nn.Module):  # type: ignore[misc]  # torch isn't there where types are checked
    """Rows of features summed to words, and the heads that read seven of them."""

    def __init__(self, noise: Noise) -> None:
        super().__init__()
        self.noise = noise
        self.rows = nn.EmbeddingBag(ROWS + 1, SIZE, mode="sum", padding_idx=ROWS, sparse=True)
        nn.init.normal_(self.rows.weight, std=0.05)
        self.of_vectors = nn.Linear(DIMENSIONS, SIZE)
        self.kinds = nn.Embedding(3, SIZE)
        self.heads = nn.ModuleDict(
            {name: Head(told, noise.dropout) for name, told in TOLD_TO.items()}
        )
        self.dropout = nn.Dropout(noise.dropout)
        self._of: Table | None = None
        self._starts = np.zeros(0, np.int64)

    def forward(
        self, tokens: Tokens, table: Table, asked: Whole, chance: np.random.Generator | None
    ) -> list[Tensor]:
        """Logits of each head for the words at `asked`; with noise where `chance` is given."""
        around = asked[:, None] + np.arange(-REACH, REACH + 1)
        words = tokens.words[around]
        told = tokens.told[asked] * np.float32(TOLD_WEIGHT)
        if chance is not None:
            hidden = chance.random(words.shape) < self.noise.neighbours
            hidden[:, REACH] = False
            words = np.where(hidden, 0, words)
            told = told * (chance.random((len(asked), 1)) >= self.noise.told).astype(np.float32)
        distinct, places = np.unique(words, return_inverse=True)
        vectors = self._vectors(table, distinct, chance)
        inputs = self.dropout(vectors[torch.from_numpy(places.reshape(words.shape))].flatten(1))
        casings = torch.from_numpy(tokens.casings[asked])
        return [
            head(torch.cat([inputs, torch.from_numpy(told[:, : TOLD_TO[name]])], 1), casings)
            for name, head in self.heads.items()
        ]

    def _vectors(self, table: Table, words: Whole, chance: np.random.Generator | None) -> Tensor:
        counts = table.counts[words]
        offsets = np.cumsum(counts) - counts
        places = np.arange(counts.sum()) - np.repeat(offsets, counts)
        at = np.repeat(self._begins(table)[words], counts) + places
        features = table.features[at]
        kinds = table.kinds[words]
        if chance is not None:
            left_out = self._left_out(table.whole[at], counts, places, chance)
            features = np.where(left_out, ROWS, features)
            kinds = np.where(chance.random(len(words)) < self.noise.whole * 0.4, 0, kinds)
        vectors = self.rows(torch.from_numpy(features), torch.from_numpy(offsets))
        kind = torch.from_numpy(kinds)
        placed = self.of_vectors(torch.from_numpy(table.vectors[words])) * (kind > 0)[:, None]
        there = torch.from_numpy(words > 0)[:, None]
        return (vectors + placed + self.kinds(kind)) * there

    def _begins(self, table: Table) -> Whole:
        """Where each word's features begin: the same for all batches of an epoch."""
        if self._of is not table:
            self._of, self._starts = table, np.cumsum(table.counts) - table.counts
        return self._starts

    def _left_out(
        self, whole: NDArray[np.bool_], counts: Whole, places: Whole, chance: np.random.Generator
    ) -> NDArray[np.bool_]:
        words = len(counts)
        drawn = chance.random(words)
        all_of_it, half = drawn < self.noise.whole * 0.6, drawn < self.noise.whole
        coin = chance.random(len(places))
        left_out = whole & (np.repeat(all_of_it, counts) | (np.repeat(half, counts) & (coin < 0.5)))
        left_out |= ~whole & (places > 0) & (coin < self.noise.parts)
        blank = (chance.random(words) < self.noise.blank) & (counts > 2)
        result: NDArray[np.bool_] = left_out | (
            np.repeat(blank, counts) & (places > 0) & (chance.random(len(places)) < 0.9)
        )
        return result


def shuffled(tokens: Tokens, chance: np.random.Generator) -> Iterator[Whole]:
    """Batches of labelled words, neighbours kept together: a batch looks fewer words up."""
    asked = np.flatnonzero(tokens.labels != SKIPPED)
    blocks = np.array_split(asked, len(asked) // 48 + 1)
    chance.shuffle(blocks)
    asked = np.concatenate(blocks)
    for begin in range(0, len(asked), BATCH):
        yield asked[begin : begin + BATCH]


def train(
    net: Net,
    epoch_of: Callable[[int], tuple[Tokens, Table]],
    *,
    epochs: int,
    seed: int,
    told: Callable[[int, float], None],
    rate: float = RATE,
) -> None:
    """Trains `net` in place; the same arguments give the same weights on one machine."""
    chance = np.random.default_rng(seed)
    dense = [
        one
        for name, one in net.named_parameters()
        if one.requires_grad and not name.startswith("rows.")
    ]
    optimizers = [torch.optim.AdamW(dense, lr=rate, weight_decay=0.02)]
    if net.rows.weight.requires_grad:
        optimizers.append(torch.optim.SparseAdam(list(net.rows.parameters()), lr=rate))
    steps = step = 0
    for epoch in range(epochs):
        tokens, table = epoch_of(epoch)
        batches = list(shuffled(tokens, chance))
        steps = steps or epochs * len(batches)
        net.train()
        total = 0.0
        for asked in batches:
            share = min(step / steps, 1)
            now = rate * (share / 0.05 if share < 0.05 else max(0.02, 0.5 * (1 + cos(pi * share))))
            for optimizer in optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = now
                optimizer.zero_grad()
            wanted = torch.from_numpy(tokens.labels[asked])
            loss = sum(
                functional.cross_entropy(logits, wanted, label_smoothing=0.02)
                for logits in net(tokens, table, asked, chance)
            )
            loss.backward()
            for optimizer in optimizers:
                optimizer.step()
            total += loss.item()
            step += 1
        told(epoch, total / len(batches))


def with_words_of(held: Mapping[str, NDArray[Any]], *, words: bool = False) -> Net:
    """A net whose words are those of weights that `arrays_of` made, and stay so but for `words`.

    Only its heads are left to train, from where they are: the glance over the words stays true.
    Where words are trained on, too, the glance has to be trained behind.
    """
    net = Net(Noise())
    table = held["table"] * held["table_scale"].astype(np.float32)[:, None]
    kept = {
        "rows.weight": np.concatenate([table, np.zeros((1, SIZE), np.float32)]),
        "kinds.weight": held["kinds"],
        "of_vectors.weight": held["of_vectors"].T,
        "of_vectors.bias": held["vector_bias"],
    }
    heads: dict[str, NDArray[Any]] = {}
    for name in net.heads:
        heads[f"heads.{name}.casings.weight"] = held[f"{name}_casings"]
        for part in ("first", "second", "third"):
            heads[f"heads.{name}.{part}.weight"] = held[f"{name}_{part}"].T
            heads[f"heads.{name}.{part}.bias"] = held[f"{name}_{part}_bias"]
    arrays = {name: np.ascontiguousarray(one, np.float32) for name, one in (kept | heads).items()}
    net.load_state_dict({name: torch.from_numpy(one) for name, one in arrays.items()})
    for name, one in net.named_parameters():
        one.requires_grad_(words or name not in kept)
    return net


def arrays_of(net: Net) -> dict[str, NDArray[Any]]:
    """The weights as `guardrail.detect.text.names.network.Weights` names them."""
    table = net.rows.weight.detach().numpy()[:ROWS]
    scale = np.maximum(np.abs(table).max(1), 1e-6) / 127
    held: dict[str, NDArray[Any]] = {
        "table": np.round(table / scale[:, None]).astype(np.int8),
        "table_scale": scale.astype(np.float16),
        "kinds": net.kinds.weight.detach().numpy().astype(np.float16),
        "of_vectors": net.of_vectors.weight.detach().numpy().T.astype(np.float16),
        "vector_bias": net.of_vectors.bias.detach().numpy().astype(np.float16),
    }
    for name, head in net.heads.items():
        held[f"{name}_casings"] = head.casings.weight.detach().numpy().astype(np.float16)
        for part, layer in (("first", head.first), ("second", head.second), ("third", head.third)):
            held[f"{name}_{part}"] = layer.weight.detach().numpy().T.astype(np.float16)
            held[f"{name}_{part}_bias"] = layer.bias.detach().numpy().astype(np.float16)
    return held
