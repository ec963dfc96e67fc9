from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.intent.embedded import LIKELY, MOST, EmbeddedHead, share_of
from guardrail.detect.intent.network import OUTPUTS


class _Encoder:
    """Remembers what it was given; every text has the same embedding."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        self.given += texts
        return np.full((len(texts), 512), 512**-0.5, np.float32)


def _logits(*sure: float) -> NDArray[np.float32]:
    made = np.zeros((len(sure), len(OUTPUTS)), np.float32)
    made[:, -1] = sure
    return made


def test_only_what_the_network_is_unsure_of_is_embedded() -> None:
    encoder = _Encoder()
    logits = _logits(LIKELY + 1, 0.5, -9)
    better = EmbeddedHead(encoder).logits(["a", "b", "c"], [["a"], ["b"], ["c"]], logits)
    assert encoder.given == ["b"]
    assert np.array_equal(better[[0, 2]], logits[[0, 2]])
    assert better[1, -1] != logits[1, -1]


def test_kazakh_is_left_to_the_network() -> None:
    encoder = _Encoder()
    logits = _logits(0.5)
    assert EmbeddedHead(encoder).logits(["бұл кім"], [["бул"]], logits) is logits
    assert share_of("бұл кім") == 0 < share_of("кто это")


def test_few_windows_are_embedded_the_likeliest_first() -> None:
    encoder = _Encoder()
    texts = [str(number) for number in range(9)]
    EmbeddedHead(encoder).logits(texts, [[one] for one in texts], _logits(*np.arange(9) / 9))
    assert encoder.given == texts[: -MOST - 1 : -1]
