from __future__ import annotations

from random import Random

from training.intent.augment import AROUND, dressed

_PLAIN = ["The roof was mended.", "We met on Monday."]


def test_the_same_chance_dresses_a_sentence_the_same_way() -> None:
    one, other = (dressed("Who is this man?", "en", _PLAIN, Random(3)) for _ in range(2))  # noqa: S311 - not for secrets
    assert one == other


def test_no_dress_is_longer_than_a_window() -> None:
    rng = Random(1)  # noqa: S311 - not for secrets
    for _ in range(200):
        assert len(dressed("Кто этот человек?", "ru", _PLAIN, rng).split()) <= AROUND


def test_russian_and_kazakh_come_in_latin_letters_at_times() -> None:
    rng = Random(2)  # noqa: S311 - not for secrets
    made = [dressed("Бұл кім екен", "kk", _PLAIN, rng) for _ in range(200)]
    assert any(one.isascii() for one in made)
