"""Training needs torch, which the project doesn't: these run where it is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

import guardrail.detect.text.names
from guardrail.detect.text.names.knowledge import read_arrays

_WEIGHTS = Path(guardrail.detect.text.names.__file__).parent / "data" / "network.npz"


@pytest.mark.thorough
def test_training_again_leaves_what_is_known_of_words_but_where_it_is_asked_for() -> None:
    pytest.importorskip("torch", reason="torch isn't installed: training alone needs it")
    from training.names.net import with_words_of  # noqa: PLC0415 - it imports torch

    def learning(*, words: bool) -> set[str]:
        net = with_words_of(read_arrays(_WEIGHTS), words=words)
        return {name for name, one in net.named_parameters() if one.requires_grad}

    heads, everything = learning(words=False), learning(words=True)
    assert heads
    assert heads < everything
    assert not any("table" in name for name in heads)
    net = with_words_of(read_arrays(_WEIGHTS))
    assert everything == {name for name, _ in net.named_parameters()}
