# ruff: noqa: S311 - the texts are made up, not secret
from __future__ import annotations

from random import Random

import pytest

from training.names.lists import words
from training.names.people import ORIGINS, draw


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_people_come_from_all_origins_of_a_language(lang: str) -> None:
    people = [draw(Random(seed), lang) for seed in range(400)]
    assert {p.origin for p in people} == {origin for origin, _ in ORIGINS[lang]}
    assert {p.gender for p in people} == {"m", "f"}
    assert all(p.given and p.surname and p.short for p in people)


def test_english_texts_name_people_in_latin_letters() -> None:
    for seed in range(200):
        person = draw(Random(seed), "en")
        assert not any("а" <= letter <= "ө" for letter in person.given.lower())


def test_some_kazakh_names_are_on_no_list_and_put_together_of_two_words() -> None:
    made = {gender: set(words(f"kk_made_{gender}")) for gender in "mf"}
    people = [draw(Random(seed), "kk") for seed in range(600)]
    kazakh = [person for person in people if person.origin == "kazakh"]
    share = sum(person.given in made[person.gender] for person in kazakh) / len(kazakh)
    assert 0.15 < share < 0.35
    assert not (made["m"] | made["f"]) & set(words("kk_given_m", "kk_given_f"))
