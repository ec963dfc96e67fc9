from __future__ import annotations

import re

import pytest

from training.names import foreign


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("Shaw", "Шав"),
        ("Pelosi", "Пелоси"),
        ("Emma", "Эмма"),
        ("Philip", "Филип"),
        ("Quinn", "Квинн"),
    ],
)
def test_a_name_is_written_as_it_sounds(latin: str, cyrillic: str) -> None:
    assert foreign.in_cyrillic(latin) == cyrillic


@pytest.mark.parametrize("names", [foreign.given("m"), foreign.given("f"), foreign.surnames()])
def test_all_names_are_cyrillic_words(names: tuple[str, ...]) -> None:
    assert len(names) > 1000
    assert all(re.fullmatch("[А-ЯЁ][а-яё]+", name) for name in names)


def test_some_surnames_never_change() -> None:
    assert foreign.unchanging()
    assert all(name[-1] in "иоуе" for name in foreign.unchanging())
