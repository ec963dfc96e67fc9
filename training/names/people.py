"""Draws made-up people: a given name, a surname, a patronymic, fitting one another."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from training.names import foreign, kazakh, russian
from training.names.lists import words
from training.names.scripts import EVERYDAY, PASSPORT, spell

ORIGINS = {
    "kk": (("kazakh", 72), ("slavic", 12), ("peoples", 10), ("foreign", 6)),
    "ru": (("kazakh", 38), ("slavic", 34), ("peoples", 12), ("foreign", 16)),
    "en": (("english", 42), ("western", 22), ("farther", 10), ("kazakh", 16), ("slavic", 10)),
}
"""Where the people of a text come from, by the text's language, with weights."""

_GIVEN = {
    "kazakh": (("kk_given_{g}",), ("kk_given_{g}", "kk_given_{g}_mimesis")),
    "slavic": (("ru_given_{g}",), ("ru_given_{g}_mimesis", "ru_given_{g}_faker")),
    "peoples": (("peoples_given_{g}",), ("peoples_given_{g}", "uk_given_{g}_faker")),
    "english": (("en_given_{g}_faker",), ("en_given_{g}_faker",)),
    "western": (("world_given_{g}_table",), ("west_given_{g}_faker",)),
    "farther": (("far_given_{g}_faker",), ("far_given_{g}_faker", "world_given_{g}_table")),
}
_SURNAMES = {
    "kazakh": (("kk_surnames",), ("kk_surnames_plain",), ("kk_surnames", "kk_surnames_mimesis")),
    "slavic": (("ru_surnames",), ("ru_surnames_mimesis", "ru_surnames_faker")),
    "peoples": (("peoples_surnames",), ("peoples_surnames_plain",)),
    "english": (("en_surnames_faker",),),
    "western": (("world_surnames_table",), ("west_surnames_faker",)),
    "farther": (("far_surnames_faker",),),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One made-up person; every field is in the nominative, in the script of its text."""

    gender: str
    given: str
    surname: str
    patronymic: str
    short: str
    origin: str


def draw(rng: Random, lang: str) -> Person:
    """A person as texts of a language mention them."""
    origins, weights = zip(*ORIGINS[lang], strict=True)
    origin = rng.choices(origins, weights)[0]
    gender = rng.choice("mf")
    person = _of(rng, origin, gender, kk=lang == "kk")
    return _in_latin(person, rng) if lang == "en" and origin in ("kazakh", "slavic") else person


def _pick(rng: Random, choices: tuple[tuple[str, ...], ...], gender: str) -> str:
    names = words(*(name.format(g=gender) for name in rng.choice(choices)))
    if rng.random() < 0.25:
        names = names[: max(60, len(names) // 8)]
    return rng.choice(names)


MADE_SHARE = 0.25
"""Share of Kazakh given names, and of fathers and ancestors, that are on no list: put together of
two words as many are, so that names are learnt by how they are made."""


def _given(rng: Random, origin: str, gender: str) -> str:
    if origin == "kazakh" and rng.random() < MADE_SHARE:
        return rng.choice(words(f"kk_made_{gender}"))
    return _pick(rng, _GIVEN[origin], gender)


def _surname(rng: Random, origin: str, gender: str) -> str:
    if origin == "kazakh" and rng.random() < MADE_SHARE:
        ancestor = rng.choice(words("kk_made_m"))
        return ancestor if rng.random() < 0.4 else kazakh.surname_of(ancestor, gender)
    surname = _pick(rng, _SURNAMES[origin], gender)
    if gender == "m" or surname in words("kk_surnames_plain", "peoples_surnames_plain"):
        return surname
    return russian.feminine(surname) if origin in _DECLINED else surname


_DECLINED = frozenset({"kazakh", "slavic", "peoples"})
"""Origins of surnames that women have in another form."""


def _of(rng: Random, origin: str, gender: str, *, kk: bool) -> Person:
    if origin == "foreign":
        name, surname = rng.choice(foreign.given(gender)), rng.choice(foreign.surnames())
        return Person(
            gender=gender, given=name, surname=surname, patronymic="", short=name, origin=origin
        )
    given = _given(rng, origin, gender)
    surname = _surname(rng, origin, gender)
    patronymic = ""
    short = given
    if origin in _DECLINED:
        patronymic = _patronymic(rng, origin, gender, kk=kk)
        short = _short(rng, origin, gender, given)
    if origin == "kazakh" and rng.random() < 0.12:
        surname = kazakh.patronymic_of(_pick(rng, _GIVEN[origin], "m"), gender)
    return Person(
        gender=gender,
        given=given,
        surname=surname,
        patronymic=patronymic,
        short=short,
        origin=origin,
    )


def _patronymic(rng: Random, origin: str, gender: str, *, kk: bool) -> str:
    father = _given(rng, origin, "m")
    if origin == "kazakh" and rng.random() < (0.8 if kk else 0.35):
        return kazakh.patronymic_of(father, gender)
    return russian.patronymic_of(father, gender)


def _short(rng: Random, origin: str, gender: str, given: str) -> str:
    if origin == "slavic":
        return rng.choice(words(f"ru_dim_{gender}"))
    if origin == "kazakh":
        return rng.choice((kazakh.familiar(given), given + "жан", kazakh.polite(given), given))
    return given


def _in_latin(person: Person, rng: Random) -> Person:
    table = rng.choice((EVERYDAY, EVERYDAY, PASSPORT))
    return Person(
        gender=person.gender,
        given=spell(person.given, table),
        surname=spell(person.surname, table),
        patronymic=spell(person.patronymic, table),
        short=spell(person.short, table),
        origin=person.origin,
    )
