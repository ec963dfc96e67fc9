"""Russian case forms of given names, patronymics, surnames and places.

Rules after Rosenthal's reference on surnames and given names: women's names and surnames that end
in a consonant, and all that end in -о, -е, -и, -у, -ю, -ы, -э or -ых/-их, don't change.
"""

from __future__ import annotations

CASES = ("nom", "gen", "dat", "acc", "ins", "loc")

_FLEETING = {"пётр": "петр", "лев": "льв", "павел": "павл"}
_HARD_HUSH = "жшчщц"
_BACK = "гкх"
_MALE = ("ов", "ев", "ёв", "ин", "цын")
_FEMALE = ("ова", "ева", "ёва", "ина", "цына")
_PATRONYMICS = {
    "Илья": ("Ильич", "Ильинична"),
    "Никита": ("Никитич", "Никитична"),
    "Фома": ("Фомич", "Фоминична"),
    "Лука": ("Лукич", "Лукинична"),
    "Кузьма": ("Кузьмич", "Кузьминична"),
    "Михаил": ("Михайлович", "Михайловна"),
    "Яков": ("Яковлевич", "Яковлевна"),
}
_SURNAMES = {
    "m": (
        (_MALE, 0, ("а", "у", "а", "ым", "е")),
        (("ский", "цкий"), 2, ("ого", "ому", "ого", "им", "ом")),
    ),
    "f": (
        (_FEMALE, 1, ("ой", "ой", "у", "ой", "ой")),
        (("ая",), 2, ("ой", "ой", "ую", "ой", "ой")),
    ),
}
_ADJECTIVES = ("ий", "ый", "ой", "ая", "ие", "ые")
_VOWELS = "аеёиоуыэюяәіөұү"
_MASCULINE_SOFT = (
    "Ярославль Севастополь Симферополь Ставрополь Мариуполь Тирасполь Кремль Суздаль Брюссель "
    "Марсель Версаль Чернобыль Никополь Израиль"
)


def _endings(name: str, endings: tuple[str, ...], case: str, cut: int = 0) -> str:
    stem = name[: len(name) - cut]
    return stem + endings[CASES.index(case) - 1]


def _on_a(name: str, case: str) -> str:
    before = name[-2:-1].lower()
    genitive = "и" if before in _BACK + _HARD_HUSH.replace("ц", "") else "ы"
    instrumental = "ей" if before in _HARD_HUSH else "ой"
    return _endings(name, (genitive, "е", "у", instrumental, "е"), case, 1)


def _on_ya(name: str, case: str) -> str:
    if name.endswith("ия"):
        return _endings(name, ("и", "и", "ю", "ей", "и"), case, 1)
    return _endings(name, ("и", "е", "ю", "ей", "е"), case, 1)


def _on_consonant(name: str, case: str) -> str:
    stem = _FLEETING.get(name.lower())
    if stem is not None:
        name = name[0] + stem[1:]
    elif name.endswith("ёк") and len(name) > 3:
        name = name[:-2] + "ьк"
    instrumental = "ем" if name[-1].lower() in _HARD_HUSH else "ом"
    return _endings(name, ("а", "у", "а", instrumental, "е"), case)


def _on_short_i(name: str, case: str) -> str:
    prepositional = "и" if name.endswith("ий") else "е"
    return _endings(name, ("я", "ю", "я", "ем", prepositional), case, 1)


def _noun(name: str, case: str, gender: str) -> str:
    last = name[-1].lower()
    if last in "ая":
        return _on_a(name, case) if last == "а" else _on_ya(name, case)
    if last == "ь":
        soft = ("и", "и", "ь", "ью", "и") if gender == "f" else ("я", "ю", "я", "ем", "е")
        return _endings(name, soft, case, 1)
    if gender == "f" or last in _VOWELS or not last.isalpha():
        return name
    return _on_short_i(name, case) if last == "й" else _on_consonant(name, case)


def given(name: str, case: str, gender: str) -> str:
    """A given name, short or full, in a case.

    Args:
        name: The nominative.
        case: One of ``CASES``; ``loc`` is the prepositional.
        gender: ``m`` or ``f``.
    """
    if case == "nom" or not name:
        return name
    if " " in name:
        return " ".join(given(part, case, gender) for part in name.split(" "))
    return _noun(name, case, gender)


def vocative(name: str) -> str:
    """The colloquial address: Саш, Наташ, Серёж, Тань; other names stay as they are."""
    if len(name) < 4 or name[-1] not in "ая" or name[-2] in _VOWELS:
        return name
    if name[-1] == "я":
        return name[:-1] + ("" if name[-2] == "ь" else "ь")
    return name[:-1]


def patronymic(name: str, case: str) -> str:
    """A patronymic in -ич or -на; others (-ұлы, -қызы) don't change in Russian."""
    if case == "nom" or name.endswith(("ұлы", "қызы", "улы", "кызы", "оглы")):
        return name
    return _noun(name, case, "f" if name.endswith("на") else "m")


def patronymic_of(father: str, gender: str) -> str:
    """The patronymic made of a father's given name: Сергей → Сергеевич, Сергеевна."""
    if father in _PATRONYMICS:
        return _PATRONYMICS[father]["mf".index(gender)]
    known = {"Лев": "Льв", "Павел": "Павл", "Пётр": "Петр"}
    stem = known.get(father, father)
    male, female = ("ович", "овна")
    if stem.endswith("ий"):
        soft = stem.endswith(("ргий", "орий", "ндрий"))
        stem, male, female = stem[:-2] + ("и" if soft else "ь"), "евич", "евна"
    elif stem.endswith(("й", "ь")):
        stem, male, female = stem[:-1], "евич", "евна"
    elif stem[-1] in "аоя":
        stem = stem[:-1]
    elif stem[-1] in _VOWELS + _HARD_HUSH:
        male, female = "евич", "евна"
    return stem + (male if gender == "m" else female)


def feminine(surname: str) -> str:
    """The form for women of a surname given in the form for men."""
    if surname.endswith(_MALE) and len(surname) > 3:
        return surname + "а"
    if surname.endswith(("ский", "цкий")) or _adjective(surname):
        return surname[:-2] + "ая"
    return surname


def _adjective(surname: str) -> bool:
    long_enough = len(surname) > 5 and surname[-3:-2] not in _VOWELS
    return long_enough and surname.endswith(("ой", "ый"))


def surname(name: str, case: str, gender: str) -> str:
    """A surname in a case; ``name`` is the nominative for that gender."""
    if "-" in name:
        return "-".join(surname(part, case, gender) for part in name.split("-"))
    if case == "nom" or not name or name.endswith(("ых", "их")):
        return name
    for endings, cut, forms in _SURNAMES[gender]:
        if name.endswith(endings) and len(name) > 3:
            return _endings(name, forms, case, cut)
    if gender == "m" and _adjective(name):
        return _endings(name, ("ого", "ому", "ого", "ым", "ом"), case, 2)
    return _noun(name, case, gender)


def place(name: str, case: str) -> str:
    """A one-word place name in a case; names of several words stay in the nominative."""
    one_word = name.replace("-", "").isalpha()
    if case == "nom" or not one_word or name.endswith(_ADJECTIVES):
        return name
    gender = "f" if name[-1] == "ь" and name not in _MASCULINE_SOFT.split() else "m"
    if case == "acc" and name[-1] not in "ая":
        return name
    return _noun(name, case, gender)
