# ruff: noqa: S311 - the texts are made up, not secret
from __future__ import annotations

from random import Random

import pytest

from training.names.swap import other_name, roles


@pytest.mark.parametrize(
    ("form", "lang", "case"),
    [
        ("серіктің", "kk", "gen"),
        ("ахметоваға", "kk", "dat"),
        ("наталье", "ru", "dat"),
        ("ивановым", "ru", "ins"),
        ("smith", "en", "nom"),
    ],
)
def test_known_forms_tell_their_case(form: str, lang: str, case: str) -> None:
    assert roles(lang)[form].case == case


def test_a_swap_keeps_the_case_of_the_letters_and_of_the_grammar() -> None:
    for seed in range(30):
        new = other_name("Ивановым", "ru", Random(seed))
        assert new.endswith(("ым", "им", "ом", "ем", "о", "х", "и"))
        assert new[0].isupper()
        assert other_name("иванов", "ru", Random(seed)).islower()
        assert other_name("ИВАНОВ", "ru", Random(seed)).isupper()


def test_patronymics_stay_patronymics() -> None:
    for seed in range(10):
        rng = Random(seed)
        assert other_name("Серікұлының", "kk", rng).endswith("ұлының")
        assert other_name("Петровичем", "ru", rng).endswith("ичем")
        assert other_name("Петровны", "ru", rng).endswith("ны")


def test_initials_and_unknown_words_stay() -> None:
    assert other_name("Қзщщ А.", "kk", Random(1)) == "Қзщщ А."
