# ruff: noqa: S311 - the texts are made up, not secret
from __future__ import annotations

from random import Random

import pytest

from training.names.mentions import SHAPES, initials, mention
from training.names.people import Person, draw

PERSON = Person(
    gender="m",
    given="Нұрлан",
    surname="Ахметов",
    patronymic="Серікұлы",
    short="Нұрик",
    origin="kazakh",
)


@pytest.mark.parametrize(
    ("shape", "case", "lang", "said"),
    [
        ("full", "gen", "ru", "Ахметова Нұрлана Серікұлы"),
        ("full", "gen", "kk", "Ахметов Нұрлан Серікұлының"),
        ("gs", "dat", "kk", "Нұрлан Ахметовқа"),
        ("gs", "nom", "en", "Нұрлан Ахметов"),
        ("gp", "nom", "en", "Нұрлан"),
        ("short", "dat", "ru", "Нұрику"),
        ("given", "voc", "kk", "Нұрлан"),
        ("sir", "nom", "en", "Ахметов"),
    ],
)
def test_persons_are_mentioned_in_many_shapes(shape: str, case: str, lang: str, said: str) -> None:
    assert mention(PERSON, shape, case, lang, Random(1)) == said


def test_initials_are_letters_with_stops() -> None:
    seen = {initials(PERSON, Random(seed), "ru") for seed in range(30)}
    assert seen == {"Н.", "Н.С.", "Н. С."}


def test_some_surnames_stand_right_behind_their_initials() -> None:
    seen = {mention(PERSON, "initials_first", "nom", "kk", Random(seed)) for seed in range(60)}
    assert {"Н.С.Ахметов", "Н.С. Ахметов", "Н. С. Ахметов", "Н.Ахметов"} <= seen


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_every_shape_says_something(lang: str, shape: str) -> None:
    for seed in range(25):
        rng = Random(seed)
        said = mention(draw(rng, lang), shape, "nom", lang, rng)
        assert said == said.strip()
