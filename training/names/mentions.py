"""How a text mentions a person: full name, initials, pet name, in the case that the text asks."""

from __future__ import annotations

from random import Random

from training.names import kazakh, russian
from training.names.people import Person

_SHAPE_PARTS = {
    "given": "g",
    "surname": "s",
    "patronymic": "p",
    "gp": "g p",
    "gs": "g s",
    "sg": "s g",
    "full": "s g p",
    "gps": "g p s",
    "short": "n",
    "initials": "s i",
    "initials_first": "i s",
}
_MIXED = (
    ("gs", 30),
    ("sg", 16),
    ("full", 14),
    ("given", 18),
    ("initials", 8),
    ("gp", 8),
    ("gps", 6),
)
_MIXED_EN = (("gs", 60), ("given", 22), ("surname", 8), ("initials_first", 10))
SHAPES = frozenset({*_SHAPE_PARTS, "person", "polite", "sir"})
"""The slots that name a person; ``person`` is any shape, ``sir`` a surname behind a title."""


def mention(person: Person, shape: str, case: str, lang: str, rng: Random) -> str:
    """The words that mention a person.

    Args:
        person: Who.
        shape: One of ``SHAPES``.
        case: A case of the language; for Kazakh also ``plural``, ``own``, ``my``, ``dear``;
            ``voc`` where the person is spoken to.
        lang: ``kk``, ``ru`` or ``en``.
        rng: Chooses among spellings.
    """
    if shape == "sir":
        shape = "surname"
    if shape == "person":
        shapes, weights = zip(*(_MIXED_EN if lang == "en" else _MIXED), strict=True)
        shape = rng.choices(shapes, weights)[0]
    if shape == "polite":
        make = rng.choice((kazakh.polite, kazakh.polite, kazakh.clipped))
        return _whole(make(person.given), case, lang, person.gender)
    parts = [part for part in _SHAPE_PARTS[shape].split() if part != "p" or person.patronymic]
    if lang == "en":
        parts = [part for part in parts if part != "p"]
    parts = parts or ["g"]
    return _joined(person, parts, case, lang, rng)


def _joined(person: Person, parts: list[str], case: str, lang: str, rng: Random) -> str:
    said = []
    last = max(index for index, part in enumerate(parts) if part != "i")
    for index, part in enumerate(parts):
        here = case if lang == "ru" or index == last else "nom"
        said.append(_part(person, part, here, lang, rng))
    if parts[0] == "i" and rng.random() < _GLUED:
        return "".join(said).replace(". ", ".")
    return " ".join(said)


_GLUED = 0.3
"""Share of surnames right behind their initials: ``А.С.Оспанов``."""


def _part(person: Person, part: str, case: str, lang: str, rng: Random) -> str:
    if part == "i":
        return initials(person, rng, lang)
    name = {"g": person.given, "s": person.surname, "n": person.short, "p": person.patronymic}[part]
    if lang == "ru" and case != "voc" and part != "p":
        decline = russian.surname if part == "s" else russian.given
        return decline(name, case, person.gender)
    if lang == "ru" and part == "p":
        return russian.patronymic(name, "nom" if case == "voc" else case)
    return _whole(name, case, lang, person.gender)


def _whole(name: str, case: str, lang: str, gender: str) -> str:
    if lang == "kk":
        return kazakh.inflect(name, "nom" if case == "voc" else case)
    if lang == "ru":
        return russian.vocative(name) if case == "voc" else russian.given(name, case, gender)
    return name


def initials(person: Person, rng: Random, lang: str) -> str:
    """One or two initials: ``А.С.``, ``А. С.``, ``А.``."""
    second = person.patronymic[:1]
    if lang == "en" or not second or rng.random() < 0.25:
        return f"{person.given[0]}."
    return rng.choice((f"{person.given[0]}.{second}.", f"{person.given[0]}. {second}."))
