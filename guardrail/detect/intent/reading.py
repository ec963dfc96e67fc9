"""Reads one text: how likely each prohibited use is asked for, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from math import log

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.intent import embeddings
from guardrail.detect.intent.context import MOST as LEARNT_MOST
from guardrail.detect.intent.context import Context, inputs_of
from guardrail.detect.intent.embeddings import LONGEST, Embeddings
from guardrail.detect.intent.network import OUTPUTS, USES, Floats, IntentNetwork
from guardrail.detect.intent.pieces import (
    Sentence,
    Window,
    alone,
    sentences_of,
    telling,
    windows_of,
)
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

LOOKS = 0.4
"""How much less all sentences of a long text weigh, for each time that it has e times as many as
`context.MOST`: the highest of many is high by chance."""

TELLING = 0.3
"""What part of the trigger's threshold a sentence must come to, or it is left out when neighbours
are read together: it would only make them less clear."""

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

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """A sentence, and the neighbours that it is read with."""

    alone: int
    """The window that it is by itself."""
    joined: int
    """The window of all; the same where nothing around it tells anything."""
    count: int
    """Sentences of that."""
    of_text: int
    """Sentences of the text."""
    beside: float
    """How strongly the strongest of the others fires, in thresholds of the trigger."""
    doubt: float
    """How much less it weighs, in logits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """Calibrated logits of windows: (windows, 16)."""

    by_network: NDArray[np.float64]
    by_both: NDArray[np.float64]
    """With embeddings, where they read; elsewhere the same."""

    def of(self, pair: _Pair, embedded: Flags) -> NDArray[np.float64]:
        """Return what `Context` weighs: a change is between readings of the same kind."""
        alike = embedded[pair.alone] == embedded[pair.joined]
        kind = self.by_both if alike else self.by_network
        change = kind[pair.joined] - kind[pair.alone]
        sure = embedded[pair.joined] and not alike
        alone = self.by_both[pair.joined] - change if sure else self.by_both[pair.alone]
        return inputs_of(alone, change, of_text=pair.of_text, joined=pair.count, beside=pair.beside)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What was read of a text."""

    windows: Sequence[Window]
    pairs: Sequence[_Pair]
    told: _Told
    embedded: Flags
    """Of each window, whether it was."""


class Reader:
    """Reads texts. Safe to share between threads."""

    def __init__(self, known: Embeddings | None = None, data: Traversable | None = None) -> None:
        """Read the weights of the folder `data`, by default those that ship with guardrail.

        `known` are the embeddings of a second reader.
        """
        data = data or files("guardrail.detect.intent") / "data"
        self._network = IntentNetwork(data / "network.npz")
        self._trigger = Trigger(data / "trigger.npz")
        held = (data / "calibration.npz").read_bytes()
        with np.load(BytesIO(held), allow_pickle=False) as npz:
            self._slopes: Floats = npz["slopes"]
            self._shifts: Floats = npz["shifts"]
            self.suspect, self.certain = npz["thresholds"].tolist()
        self._context = Context(data / "context.npz")
        parts = [self._network.digest, self._trigger.digest, self._context.digest]
        parts.append(sha256(held).hexdigest())
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
        passing = self._strongest(windows_of(sentences), gated=gated and not with_media)
        if not passing:
            return NOTHING
        written = shown if len(shown) == len(plain) else plain
        read = self._of_windows(sentences, passing, written, with_media=with_media)
        asks = self._asks(read.pairs, read.told, read.embedded, with_media=with_media)
        reading = _put_together(read, asks)
        return reading if len(plain) == len(text) else replace(reading, start=0, end=len(text))

    def weighed(self, text: str) -> tuple[NDArray[np.float64], bool]:
        """Return what `Context` weighs of the likeliest sentence, to learn the weights from.

        And whether it was embedded.
        """
        plain = plain_of_shown(shown_of(text))
        sentences = sentences_of(plain)
        read = self._of_windows(sentences, windows_of(sentences), plain, with_media=False)
        likeliest = max(read.pairs, key=lambda one: float(read.told.by_both[one.alone, _ANY]))
        seen = read.embedded[likeliest.alone] or read.embedded[likeliest.joined]
        return read.told.of(likeliest, read.embedded), bool(seen)

    def _of_windows(
        self,
        sentences: Sequence[Sentence],
        passing: Sequence[Window],
        text: str,
        *,
        with_media: bool,
    ) -> _Read:
        """Return what is told of windows that the trigger lets through, and of their sentences."""
        threshold = self._trigger.threshold
        strengths = [self._trigger.strength(one.words) / threshold for one in sentences]
        windows = telling(sentences, passing, strengths, TELLING)
        joined = len(windows)
        windows += self._strongest(alone(sentences, windows), gated=False)
        doubt = DOUBT * log(len(passing)) if len(passing) > FEW else 0.0
        pairs = _pairs(windows, joined, strengths, doubt=doubt)
        told, embedded = self._told(windows, pairs, text, with_media=with_media)
        return _Read(windows=windows, pairs=pairs, told=told, embedded=embedded)

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

    def _told(
        self, windows: Sequence[Window], pairs: Sequence[_Pair], text: str, *, with_media: bool
    ) -> tuple[_Told, Flags]:
        """Return what is told of windows, and which of them were embedded."""
        logits = self._network.logits(
            [(MEDIA, *one.words) if with_media else one.words for one in windows]
        )
        by_network = logits.astype(np.float64) * self._slopes + self._shifts
        told = _Told(by_network=by_network, by_both=by_network)
        embedded = np.zeros(len(windows), np.bool_)
        if self._second is None:
            return told, embedded
        asks = self._asks(pairs, told, embedded, with_media=with_media)
        texts = _written(windows, text)
        again = _worth_more(asks, pairs, windows, texts, self._second.least)
        if again:
            both = self._second.together(
                logits[again], [texts[one] for one in again], with_media=with_media
            )
            told = _Told(by_network=by_network, by_both=by_network.copy())
            told.by_both[again] = both.astype(np.float64) * self._second.slopes
            told.by_both[again] += self._second.shifts
            embedded[again] = True
        return told, embedded

    def _asks(
        self, pairs: Sequence[_Pair], told: _Told, embedded: Flags, *, with_media: bool
    ) -> NDArray[np.float64]:
        """Return how likely each pair asks for something, in logits."""
        if pairs[0].of_text == 1:
            asks = np.array([told.by_both[one.alone, _ANY] for one in pairs])
        else:
            seen = [bool(embedded[one.alone] or embedded[one.joined]) for one in pairs]
            asks = self._context.asks(np.stack([told.of(one, embedded) for one in pairs]), seen)
        looks = LOOKS * log(max(1.0, pairs[0].of_text / LEARNT_MOST))
        less = np.array([one.doubt + looks for one in pairs])
        made: NDArray[np.float64] = asks - less + BESIDE_MEDIA * with_media
        return made


def _pairs(
    windows: Sequence[Window], joined: int, strengths: Sequence[float], *, doubt: float
) -> list[_Pair]:
    """Return each sentence that is read alone, with each window that it stands in.

    Args:
        windows: all that are read; first those of neighbours.
        joined: how many those are.
        strengths: of the sentences of the text, in thresholds of the trigger.
        doubt: how much less sentences weigh that are neither the first nor the last.
    """
    by_number = {one.first: at for at, one in enumerate(windows) if one.count == 1}
    last = len(strengths) - 1
    made = []
    for at, one in enumerate(windows[:joined]):
        most = sorted((strengths[number] for number in one.numbers), reverse=True)
        read = {number: by_number[number] for number in one.numbers if number in by_number}
        for number, by_itself in (read or {-1: at}).items():  # or there were stronger ones
            others = most[1:] if strengths[number] == most[0] else most
            made.append(
                _Pair(
                    alone=by_itself,
                    joined=at,
                    count=one.count,
                    of_text=len(strengths),
                    beside=others[0] if others and read else 0.0,
                    doubt=0.0 if number in {0, last} else doubt,
                )
            )
    return made


def _put_together(read: _Read, asks: NDArray[np.float64]) -> Reading:
    alone = read.told.by_both[[one.alone for one in read.pairs]]
    joined = read.told.by_both[[one.joined for one in read.pairs]]
    likely, uses = _chance(asks), _chance((alone + joined)[:, : len(USES)] / 2)
    scores = likely[:, None] * uses / np.maximum(uses.max(1, keepdims=True), 1e-9)
    best = int(asks.argmax())
    window = read.windows[read.pairs[best].alone]
    return Reading(
        scores=dict(zip(USES, scores.max(0).tolist(), strict=True)),
        allowed=float(_chance(np.maximum(alone, joined)[best, _ALLOWED]).max()),
        start=window.start,
        end=window.end,
    )


def _chance(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    made: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    return made


def _worth_more(
    asks: NDArray[np.float64],
    pairs: Sequence[_Pair],
    windows: Sequence[Window],
    texts: Sequence[str],
    least: float,
) -> list[int]:
    """Return which windows are embedded: of the likeliest pairs, as far as they may.

    Args:
        asks: how likely each pair asks for something, in logits.
        pairs: of windows.
        windows: all that were read.
        texts: the same as they were written.
        least: what isn't likelier isn't embedded.
    """
    order = [one for one in np.argsort(-asks, kind="stable").tolist() if asks[one] >= least]
    likeliest = [pairs[one] for one in order[:_LIKELY]]
    taken: set[int] = set()
    left = ENOUGH
    for one in dict.fromkeys(at for pair in likeliest for at in (pair.joined, pair.alone)):
        if len(taken) == MOST_EMBEDDED:
            break
        size = min(len(texts[one]), LONGEST)
        if (size <= left or not taken) and knows(texts[one], windows[one].words):
            taken.add(one)
            left -= size
    return sorted(taken)


def _written(windows: Sequence[Window], text: str) -> list[str]:
    """Return windows as they stand in `text`; of sentences too long for it, their words."""
    made = []
    for one in windows:
        whole = one.numbers == tuple(range(one.first, one.first + one.count))
        spans = (text[part.start : part.end].strip() for part in one.sentences)
        words = text[one.start : one.end] if whole else " ".join(spans)
        made.append(words if len(words) <= LONGEST else " ".join(one.words))
    return made


@cache
def shipped(*, embedded: bool = True) -> Reader:
    """Return the reader of the weights that ship, read once.

    Args:
        embedded: whether embeddings read, too.

    Raises:
        ConfigError: other embeddings are installed than those measured.
    """
    return Reader(embeddings.known() if embedded else None)
