"""Reads one text: how likely each prohibited use is asked for, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from importlib.resources import files
from io import BytesIO
from math import log

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.intent import embeddings
from guardrail.detect.intent.embeddings import LONGEST, Embeddings
from guardrail.detect.intent.network import OUTPUTS, USES, Floats, IntentNetwork
from guardrail.detect.intent.pieces import Window, alone, sentences_of, windows_of
from guardrail.detect.intent.second import ENOUGH, SecondReader, knows
from guardrail.detect.intent.second import MOST as MOST_EMBEDDED
from guardrail.detect.intent.trigger import Trigger
from guardrail.detect.intent.words import MEDIA, plain_of_shown, shown_of

MOST = 64
"""Windows of a text that the network reads, and sentences of them that it reads alone: the first,
the last, and the strongest."""

FEW = 2
"""Windows of a text that isn't long."""

DOUBT = 1.0
"""How much less a window of a long text weighs, for each time that there are e times as many: what
a document mentions is seldom asked for. Not so its first and last sentence: people ask there."""

MERGED = 0.6
"""How much less a window weighs, for each time that it holds e times as many sentences: most
requests are one."""

LOOKS = 0.2
"""How much less all windows of a text weigh, for each time that e times as many of its sentences
are read alone: the highest of many is high by chance."""

BESIDE_MEDIA = 0.7
"""What a text gains beside pictures or sound: so few words are never quite sure of themselves."""

_LIKELY = 16
"""Windows whose language is looked at, to embed those that are known: the likeliest."""

_ANY = OUTPUTS.index("ANY")
_ALLOWED = slice(len(USES), len(USES) + 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a text asks for."""

    scores: Mapping[str, float]
    """Of each use, 0 to 1; the highest tells how likely any is asked for."""
    allowed: float
    """How likely it is about protecting people, or about the law."""
    start: int = 0
    end: int = 0
    """Where the likeliest request stands."""


NOTHING = Reading(scores={}, allowed=0.0)


class Reader:
    """Reads texts. Safe to share between threads."""

    def __init__(self, known: Embeddings | None = None) -> None:
        """Read what ships with guardrail; `known` are the embeddings of a second reader."""
        data = files("guardrail.detect.intent") / "data"
        self._network = IntentNetwork(data / "network.npz")
        self._trigger = Trigger(data / "trigger.npz")
        held = (data / "calibration.npz").read_bytes()
        with np.load(BytesIO(held), allow_pickle=False) as npz:
            self._slopes: Floats = npz["slopes"]
            self._shifts: Floats = npz["shifts"]
            self.suspect, self.certain = npz["thresholds"].tolist()
        parts = [self._network.digest, self._trigger.digest, sha256(held).hexdigest()]
        self._second = SecondReader(data / "second.npz", known) if known else None
        if self._second:
            self.suspect, self.certain = self._second.thresholds
            parts.append(self._second.digest)
        self.others = (embeddings.VERSION,) if self._second else ()
        """What reads beside the network."""
        self.digest = sha256("".join(parts).encode()).hexdigest()

    def read(self, text: str, *, with_media: bool = False, gated: bool = True) -> Reading:
        """Return what `text` asks for.

        Args:
            text: any.
            with_media: whether pictures or sound come along.
            gated: whether only windows are read that the trigger lets through.
        """
        shown = shown_of(text)
        plain = plain_of_shown(shown)
        sentences = sentences_of(plain)
        windows = self._strongest(windows_of(sentences), gated=gated and not with_media)
        if not windows:
            return NOTHING
        merged = len(windows)
        windows += self._strongest(alone(sentences, windows), gated=True)
        weights = _weights(windows, merged, last=len(sentences) - 1) + BESIDE_MEDIA * with_media
        texts = _written(windows, shown if len(shown) == len(plain) else plain)
        chances = self._chances(windows, texts, weights, with_media=with_media)
        reading = self._put_together(windows, chances)
        return reading if len(plain) == len(text) else replace(reading, start=0, end=len(text))

    def fires(self, text: str) -> bool:
        """Tell whether the network would read any window of `text`."""
        plain = plain_of_shown(shown_of(text))
        return bool(self._strongest(windows_of(sentences_of(plain)), gated=True))

    def _strongest(self, windows: Sequence[Window], *, gated: bool) -> list[Window]:
        strengths = [self._trigger.strength(window.words) for window in windows]
        least = self._trigger.threshold if gated else 0.0
        last = len(windows) - 1
        order = sorted(range(len(windows)), key=lambda one: (0 < one < last, -strengths[one]))
        return [windows[one] for one in sorted(order[:MOST]) if strengths[one] >= least]

    def _chances(
        self,
        windows: Sequence[Window],
        texts: Sequence[str],
        weights: NDArray[np.float64],
        *,
        with_media: bool,
    ) -> NDArray[np.float64]:
        words = [(MEDIA, *one.words) if with_media else one.words for one in windows]
        logits = self._network.logits(words)
        told = logits.astype(np.float64) * self._slopes + self._shifts
        told[:, _ANY] += weights
        if self._second:
            again = _worth_more(told[:, _ANY], windows, texts, self._second.least)
            if len(again):
                both = self._second.together(
                    logits[again], [texts[one] for one in again], with_media=with_media
                )
                told[again] = both.astype(np.float64) * self._second.slopes + self._second.shifts
                told[again, _ANY] += weights[again]
        chances: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(told, -30, 30)))
        return chances

    @staticmethod
    def _put_together(windows: Sequence[Window], chances: NDArray[np.float64]) -> Reading:
        uses = chances[:, : len(USES)]
        scores = chances[:, _ANY, None] * uses / np.maximum(uses.max(1, keepdims=True), 1e-9)
        best = int(chances[:, _ANY].argmax())
        window = windows[best]
        return Reading(
            scores=dict(zip(USES, scores.max(0).tolist(), strict=True)),
            allowed=float(chances[best, _ALLOWED].max()),
            start=window.start,
            end=window.end,
        )


def _weights(windows: Sequence[Window], merged: int, *, last: int) -> NDArray[np.float64]:
    """Return what windows weigh more or less, in logits.

    Args:
        windows: all of a text that are read; first those that aren't sentences read alone.
        merged: how many those are.
        last: number of the text's last sentence.
    """
    doubt = DOUBT * log(merged) if merged > FEW else 0.0
    looks = LOOKS * log(max(1, sum(one.count == 1 for one in windows)))
    return np.array([
        -looks
        - MERGED * log(one.count)
        - (0.0 if one.count == 1 and one.first in {0, last} else doubt)
        for one in windows
    ])  # fmt: skip


def _worth_more(
    told: NDArray[np.float64], windows: Sequence[Window], texts: Sequence[str], least: float
) -> NDArray[np.intp]:
    """Return which windows are embedded: the likeliest in a known language, as far as they may.

    Args:
        told: how likely each asks for something, in logits.
        windows: all that were read.
        texts: the same as they were written.
        least: what isn't likelier isn't embedded.
    """
    taken: list[int] = []
    left = ENOUGH
    for one in np.argsort(-told, kind="stable").tolist()[:_LIKELY]:
        if told[one] < least or len(taken) == MOST_EMBEDDED:
            break
        size = min(len(texts[one]), LONGEST)
        if (size <= left or not taken) and knows(texts[one], windows[one].words):
            taken.append(one)
            left -= size
    return np.array(sorted(taken), np.intp)


def _written(windows: Sequence[Window], text: str) -> list[str]:
    """Return windows as they stand in `text`; of sentences too long for it, their words."""
    return [
        text[one.start : one.end] if one.end - one.start <= LONGEST else " ".join(one.words)
        for one in windows
    ]


@cache
def shipped(*, embedded: bool = True) -> Reader:
    """Return the reader of the weights that ship, read once.

    Args:
        embedded: whether embeddings read, too.

    Raises:
        ConfigError: other embeddings are installed than those measured.
    """
    return Reader(embeddings.known() if embedded else None)
