"""Places, organisations, streets and famous dead people for the slots that aren't persons."""

from __future__ import annotations

from random import Random

from training.names import kazakh, russian
from training.names.lists import words

THINGS = frozenset({"city", "org", "street", "historic", "hsurname", "country"})

_CITIES = {
    "kk": (("places_kk",), ("places_kk", "kk_cities_mimesis")),
    "ru": (("places_ru",), ("places_ru", "ru_cities_mimesis")),
    "en": (("places_en",), ("places_en",), ("en_cities_mimesis",)),
}


def thing(kind: str, case: str, lang: str, rng: Random) -> tuple[str, str]:
    """The text of a thing in a case, and the label of its span, empty for none."""
    if kind == "city":
        name = rng.choice(words(*rng.choice(_CITIES[lang])))
        return _in_case(name, case, lang), "LOCATION"
    if kind == "country":
        return _in_case(rng.choice(words(f"countries_{lang}")), case, lang), "LOCATION"
    if kind == "org":
        return rng.choice(words(f"orgs_{lang}")), "ORG"
    if kind == "street":
        return street(lang, rng), "ADDRESS"
    name = rng.choice(words(f"historic_{lang}"))
    if kind == "hsurname":
        name = name.rpartition(" ")[2]
    return _famous(name, case, lang), "HISTORIC"


def _in_case(name: str, case: str, lang: str) -> str:
    if lang == "kk":
        return kazakh.inflect(name, case)
    return russian.place(name, case) if lang == "ru" else name


def _famous(name: str, case: str, lang: str) -> str:
    if lang == "kk":
        return kazakh.inflect(name, case)
    if lang == "en" or case == "nom":
        return name
    first, _, last = name.rpartition(" ")
    gender = "f" if last.endswith(("а", "я")) else "m"
    head = russian.given(first, case, gender) + " " if first else ""
    return head + russian.surname(last, case, gender)


def street(lang: str, rng: Random) -> str:
    """The name of a street, most often named after someone."""
    if lang == "kk":
        name = rng.choice((*words("historic_kk"), *words("kk_streets_mimesis")))
        return f"{name} {rng.choice(('көшесі', 'даңғылы', 'к-сі', 'көшесі', 'бульвары'))}"
    if lang == "ru":
        famous = rng.choice(words("historic_ru"))
        if rng.random() < 0.6:
            famous = famous.rpartition(" ")[2]
        name = rng.choice((_famous(famous, "gen", "ru"), rng.choice(words("ru_streets_mimesis"))))
        return f"{rng.choice(('ул.', 'улица', 'проспект', 'пр.', 'ул', 'пер.'))} {name}"
    famous = rng.choice(words("historic_en")).rpartition(" ")[2]
    name = rng.choice((rng.choice(words("en_surnames_faker")), famous))
    return f"{name} {rng.choice(('Street', 'St', 'Avenue', 'Ave', 'Road', 'Rd', 'Lane', 'Drive'))}"
