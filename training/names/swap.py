"""Another name of the same kind in the same case, for a name found in a text."""

from __future__ import annotations

import re
from functools import cache
from random import Random
from typing import NamedTuple

from training.names import foreign, kazakh, russian
from training.names.lists import words


class Role(NamedTuple):
    """What a word of a name is: ``given`` or ``surname``, of whom, in which case."""

    part: str
    gender: str
    case: str


_GIVEN = {
    "kk": ("kk_given_{g}", "kk_given_{g}_mimesis", "ru_given_{g}", "peoples_given_{g}"),
    "ru": ("ru_given_{g}", "kk_given_{g}", "peoples_given_{g}", "ru_given_{g}_mimesis"),
    "en": ("en_given_{g}_faker", "world_given_{g}_table", "west_given_{g}_faker"),
}
_SURNAMES = {
    "kk": ("kk_surnames", "ru_surnames", "kk_surnames_mimesis"),
    "ru": ("ru_surnames", "kk_surnames", "ru_surnames_mimesis", "peoples_surnames"),
    "en": ("en_surnames_faker", "world_surnames_table", "west_surnames_faker"),
}
_KK_PATRONYMIC = re.compile(r"(?i)(\w{2,40}?)(ұлы|қызы|улы|кызы)(\w{0,6})")
_RU_PATRONYMIC = re.compile(r"(?i)\w{2,40}?(?:(ич)(|а|у|ем|е)|([ои]в?н|евн|ичн)(а|ы|е|у|ой))")
_WORD = re.compile(r"\w+")
_NAME = re.compile(r"[А-ЯЁ][а-яё]+")

FAR_SHARE = 0.6
"""Share of names from farther away that become others where names are exchanged."""


def other_name(said: str, lang: str, rng: Random) -> str:
    """The same mention with other names; words that no list explains mostly stay as they are."""
    if lang != "en" and _is_far(said, lang) and rng.random() < FAR_SHARE:
        return _far(said, rng)
    return _WORD.sub(lambda match: _like(match[0], _other(match[0], lang, rng)), said)


def _is_far(said: str, lang: str) -> bool:
    """Whether nothing tells what kind of name it is: one from farther away."""
    parts = said.split()
    return len(parts) <= 2 and all(
        _NAME.fullmatch(part) and _other_patronymic(part, lang, Random(0)) is None
        and part.lower() not in roles(lang) for part in parts
    )  # fmt: skip


def _far(said: str, rng: Random) -> str:
    """Another name from farther away, of as many words; of surnames those that never change."""
    surname = rng.choice(foreign.unchanging())
    if " " not in said:
        return surname
    return f"{rng.choice(foreign.given(rng.choice('mf')))} {surname}"


def _other(word: str, lang: str, rng: Random) -> str:
    if lang != "en" and (patronymic := _other_patronymic(word, lang, rng)):
        return patronymic
    role = roles(lang).get(word.lower())
    return word if role is None else _in_case(_draw(role, lang, rng), role, lang)


def _other_patronymic(word: str, lang: str, rng: Random) -> str | None:
    if kazakh_one := _KK_PATRONYMIC.fullmatch(word):
        return rng.choice(_given(lang, "m")) + kazakh_one[2] + kazakh_one[3]
    found = _RU_PATRONYMIC.fullmatch(word)
    if found is None or word.lower() in roles(lang):
        return None
    gender = "m" if found[1] else "f"
    ending = found[2] if found[1] else found[4]
    endings = ("", "а", "у", "а", "ем", "е") if found[1] else ("а", "ы", "е", "у", "ой", "е")
    case = russian.CASES[endings.index(ending.lower())] if ending.lower() in endings else "nom"
    father = rng.choice(words("ru_given_m", "kk_given_m"))
    return russian.patronymic(russian.patronymic_of(father, gender), case)


def _given(lang: str, gender: str) -> tuple[str, ...]:
    return words(*(name.format(g=gender) for name in _GIVEN[lang]))


def _surnames(lang: str, gender: str) -> tuple[str, ...]:
    names = words(*_SURNAMES[lang])
    if lang == "en" or gender == "m":
        return names
    return tuple(russian.feminine(name) for name in names)


def _draw(role: Role, lang: str, rng: Random) -> str:
    names = _given if role.part == "given" else _surnames
    return rng.choice(names(lang, role.gender))


def _in_case(name: str, role: Role, lang: str) -> str:
    if lang == "kk":
        return kazakh.inflect(name, role.case)
    if lang == "ru":
        decline = russian.given if role.part == "given" else russian.surname
        return decline(name, role.case, role.gender)
    return name


@cache
def roles(lang: str) -> dict[str, Role]:
    """What each known form of a name is, in lower case; given names win, then the nominative."""
    cases = {"kk": kazakh.CASES, "ru": russian.CASES}.get(lang, ("nom",))
    known: dict[str, Role] = {}
    for case in cases:
        for part in ("given", "surname"):
            for gender in "mf":
                role = Role(part, gender, case)
                names = _given(lang, gender) if part == "given" else _surnames(lang, gender)
                for name in names:
                    known.setdefault(_in_case(name, role, lang).lower(), role)
    return known


def _like(model: str, word: str) -> str:
    if model.isupper() and len(model) > 1:
        return word.upper()
    return word.lower() if model.islower() else word
