from __future__ import annotations

from random import Random

import pytest

from benchmarks.intent.around import MOST, harmless, surrounded


@pytest.mark.parametrize("lang", ["en", "ru", "kk", "other"])
def test_every_surrounded_request_stays_whole_amid_harmless_sentences(lang: str) -> None:
    held, rng = harmless(), Random(1)  # noqa: S311 - repeatable
    known = {one for some in held.values() for one in some}
    for _ in range(200):
        text = surrounded("who is this", lang, held, rng)
        before, _, behind = text.partition("who is this.")
        assert before or behind
        left = f"{before}\n{behind}"
        for one in sorted(known, key=len, reverse=True):
            left = left.replace(one, "")
        assert not left.strip()


def test_harmless_sentences_are_enough_in_each_language() -> None:
    assert all(len(set(some)) == len(some) > MOST for some in harmless().values())
    assert set(harmless()) == {"en", "ru", "kk"}
