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

from guardrail.detect.intent.network import OUTPUTS, USES, Floats, IntentNetwork
from guardrail.detect.intent.pieces import FEW, Window, sentences_of, windows_of
from guardrail.detect.intent.trigger import Trigger
from guardrail.detect.intent.words import MEDIA, plain_of

MOST = 64
"""Windows of a text that the network reads: the strongest."""

DOUBT = 1.0
"""How much less a window of a long text weighs, for each time that there are e times as many: what
a document mentions is seldom asked for. Its first and last sentence weigh what they do alone."""

BESIDE_MEDIA = 0.7
"""What a text gains beside pictures or sound: so few words are never quite sure of themselves."""

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

    def __init__(self) -> None:
        """Read what ships with guardrail."""
        data = files("guardrail.detect.intent") / "data"
        self._network = IntentNetwork(data / "network.npz")
        self._trigger = Trigger(data / "trigger.npz")
        held = (data / "calibration.npz").read_bytes()
        with np.load(BytesIO(held), allow_pickle=False) as npz:
            self._slopes: Floats = npz["slopes"]
            self._shifts: Floats = npz["shifts"]
            self.suspect, self.certain = npz["thresholds"].tolist()
        parts = (self._network.digest, self._trigger.digest, sha256(held).hexdigest())
        self.digest = sha256("".join(parts).encode()).hexdigest()

    def read(self, text: str, *, with_media: bool = False, gated: bool = True) -> Reading:
        """Return what `text` asks for.

        Args:
            text: any.
            with_media: whether pictures or sound come along.
            gated: whether only windows are read that the trigger lets through.
        """
        plain = plain_of(text)
        windows = self._strongest(windows_of(sentences_of(plain)), gated=gated and not with_media)
        if not windows:
            return NOTHING
        reading = self._put_together(windows, self._chances(windows, with_media=with_media))
        return reading if len(plain) == len(text) else replace(reading, start=0, end=len(text))

    def fires(self, text: str) -> bool:
        """Tell whether the network would read any window of `text`."""
        return bool(self._strongest(windows_of(sentences_of(plain_of(text))), gated=True))

    def _strongest(self, windows: Sequence[Window], *, gated: bool) -> list[Window]:
        strengths = [self._trigger.strength(window.words) for window in windows]
        least = self._trigger.threshold if gated else 0.0
        order = sorted(range(len(windows)), key=lambda one: -strengths[one])[:MOST]
        return [windows[one] for one in sorted(order) if strengths[one] >= least]

    def _chances(self, windows: Sequence[Window], *, with_media: bool) -> NDArray[np.float64]:
        words = [(MEDIA, *one.words) if with_media else one.words for one in windows]
        logits = self._network.logits(words)
        told = logits.astype(np.float64) * self._slopes + self._shifts
        if with_media:
            told[:, _ANY] += BESIDE_MEDIA
        doubt = DOUBT * log(len(windows)) if len(windows) > FEW else 0.0
        told[:, _ANY] -= [0.0 if one.at_rim else doubt for one in windows]
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


@cache
def shipped() -> Reader:
    """Return the reader of the weights that ship, read once."""
    return Reader()
