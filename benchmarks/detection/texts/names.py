"""Made-up persons in Kazakh, Russian and English, in every grammatical case they are called in.

"Common" names are everyday ones, which training will have seen; "rare" ones are uncommon or
invented, each a plausible name of its language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from benchmarks.detection.texts.drawing import Drawing

BACK, FRONT = "аоұыяёю", "әөүіеэ"
VOICELESS = "пфктсшщчцхқһбвгд"
NASAL = "мнң"
VOWEL = BACK + FRONT + "иу"

KK_CASES = ("nom", "gen", "dat", "acc", "loc", "abl", "ins")
FORMS = ("given", "given", "full", "full", "turned", "triple", "polite", "initials")
"""What a person is called where a template doesn't say; twice as often what comes twice."""

RU_CASES = ("nom", "gen", "dat", "acc", "ins", "prep")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The parts of somebody's name in the nominative."""

    lang: str
    given: str
    surname: str
    patronymic: str
    female: bool


def person(rng: Drawing, lang: str, *, rare: bool) -> Person:
    """Return somebody; `rare` decides which lists all parts come from."""
    female = rng.random() < 0.5
    kind = f"{lang}_" if rare else f"{lang}_common_"
    given = rng.line(kind + ("female.txt" if female else "male.txt"))
    surname = rng.line(kind + "surnames.txt")
    if lang != "en" and female:
        surname = feminine(surname)
    return Person(
        lang=lang,
        given=given,
        surname=surname,
        patronymic=_patronymic(rng, lang, female=female, rare=rare),
        female=female,
    )


def feminine(surname: str) -> str:
    if surname.endswith(("ский", "цкий")):
        return surname[:-2] + "ая"
    return surname + "а" if surname.endswith(("ов", "ев", "ёв", "ин")) else surname


def _patronymic(rng: Drawing, lang: str, *, female: bool, rare: bool) -> str:
    if lang == "kk":
        father = rng.line("kk_male.txt" if rare else "kk_fathers.txt")
        if rng.random() < 0.75:
            return father + ("қызы" if female else "ұлы")
        return father + ("овна" if female else "ович") if father[-1] not in "йьиыіа" else ""
    if lang == "ru":
        father = rng.line("ru_male.txt" if rare else "ru_common_male.txt")
        return russian_patronymic(father, female=female)
    return ""


def russian_patronymic(father: str, *, female: bool) -> str:
    """Return the patronymic of a regular father's name; irregular ones from a list."""
    odd = {"Павел": "Павлов", "Лев": "Львов", "Никита": "Никит", "Илья": "Иль", "Вавила": "Вавил",
           "Зосима": "Зосим", "Мокий": "Моки"}  # fmt: skip
    if father in odd:
        stem = odd[father]
        if stem.endswith("ов"):
            return stem + ("на" if female else "ич")
        return stem + ("ична" if female else "ич")
    if father.endswith("ий"):
        return father[:-2] + ("ьевна" if female else "ьевич")
    if father.endswith(("й", "ь")):
        return father[:-1] + ("евна" if female else "евич")
    return father + ("овна" if female else "ович")


def kazakh_case(word: str, case: str) -> str:
    """Return a Kazakh name with the ending of `case`."""
    if case == "nom":
        return word
    low = word.lower()
    if low.endswith(("ұлы", "қызы")):
        ends = {"gen": "ның", "dat": "на", "acc": "н", "loc": "нда", "abl": "нан", "ins": "мен"}
        return word + ends[case]
    # Surnames in -ев take the ending that their stem asks for: Тоқаевтың.
    heard = [c for c in low.removesuffix("ев") if c in BACK + FRONT] or ["а"]
    front = heard[-1] in FRONT
    ending = _ENDINGS[case][_sound(low[-1])]
    return word + (ending.translate(_FRONTED) if front else ending)


# By the last sound: vowel, nasal, other voiced, voiceless (as б в г д at a name's end are spoken).
_ENDINGS = {
    "gen": ("ның", "ның", "дың", "тың"),
    "dat": ("ға", "ға", "ға", "қа"),
    "acc": ("ны", "ды", "ды", "ты"),
    "loc": ("да", "да", "да", "та"),
    "abl": ("дан", "нан", "дан", "тан"),
    "ins": ("мен", "мен", "мен", "пен"),
}
_FRONTED = str.maketrans("аығқ", "еігк")


def _sound(letter: str) -> int:
    if letter in NASAL:
        return 1
    if letter in VOICELESS:
        return 3
    return 0 if letter in VOWEL else 2


def russian_case(word: str, case: str, *, female: bool, surname: bool = False) -> str:
    """Return a Russian name, or a Kazakh one within Russian, in `case`."""
    place = RU_CASES.index(case)
    if place == 0 or word.endswith(("ко", "ых", "их", "у", "и", "е", "о")):
        return word
    for endings, forms in _rules(female=female, surname=surname):
        if word.endswith(endings):
            cut, *ends = forms
            stem = word[: -int(cut)] if int(cut) else word
            made = stem + ends[place - 1]
            made = re.sub("([гкхжшчщ])ы$", r"\1и", made)
            return re.sub("([жшчщц])о([мй])$", r"\1е\2", made)
    return word


Rule = tuple[tuple[str, ...], tuple[str, ...]]
_SURNAMES: dict[bool, list[Rule]] = {
    False: [
        (("ий", "ый"), ("2", "ого", "ому", "ого", "им", "ом")),
        (("ов", "ев", "ёв", "ин"), ("0", "а", "у", "а", "ым", "е")),
    ],
    True: [
        (("ая",), ("2", "ой", "ой", "ую", "ой", "ой")),
        (("ова", "ева", "ёва", "ина"), ("1", "ой", "ой", "у", "ой", "ой")),
    ],
}
_NOUNS: dict[bool, list[Rule]] = {
    False: [
        (("ий",), ("1", "я", "ю", "я", "ем", "и")),
        (("ей", "ай", "ой", "уй", "ой"), ("1", "я", "ю", "я", "ем", "е")),
        (("ь",), ("1", "я", "ю", "я", "ем", "е")),
        (("а",), ("1", "ы", "е", "у", "ой", "е")),
        (("я",), ("1", "и", "е", "ю", "ей", "е")),
        (("Павел",), ("2", "ла", "лу", "ла", "лом", "ле")),
        (("Лев",), ("2", "ьва", "ьву", "ьва", "ьвом", "ьве")),
        (tuple("бвгджзклмнпрстфхцчшщ"), ("0", "а", "у", "а", "ом", "е")),
    ],
    True: [
        (("ия",), ("1", "и", "и", "ю", "ей", "и")),
        (("я",), ("1", "и", "е", "ю", "ей", "е")),
        (("а",), ("1", "ы", "е", "у", "ой", "е")),
        (("овь",), ("1", "и", "и", "ь", "ью", "и")),
    ],
}


def _rules(*, female: bool, surname: bool) -> list[Rule]:
    return (_SURNAMES[female] if surname else []) + _NOUNS[female]


def called(rng: Drawing, who: Person, form: str, case: str, lang: str) -> str:
    """Return how `who` is called.

    Args:
        rng: decides what the form leaves open.
        who: the person.
        form: given, dear (given with -жан), surname, full, turned (surname first), triple
            (surname, given, patronymic),
            polite (given and patronymic), initials, or any.
        case: one of `KK_CASES` or `RU_CASES`; in Kazakh only the last part takes it.
        lang: of the text around; in English nothing is inflected.
    """
    if form == "any":
        form = rng.choice(FORMS)
    case = "nom" if lang == "en" or who.lang == "en" else case
    if not who.patronymic and form in ("triple", "polite"):
        form = {"triple": "turned", "polite": "full"}[form]
    if who.lang == "en":
        return _english(rng, who, form)
    if form == "initials":
        return _initialled(rng, who, case, lang)
    if form == "dear":
        return who.given + "жан"
    parts = {
        "given": (who.given,),
        "surname": (who.surname,),
        "full": (who.given, who.surname),
        "turned": (who.surname, who.given),
        "triple": (who.surname, who.given, who.patronymic),
        "polite": (who.given, who.patronymic),
    }[form]
    return _inflected(parts, who, case, lang)


def _inflected(parts: tuple[str, ...], who: Person, case: str, lang: str) -> str:
    if lang == "kk":
        return " ".join([*parts[:-1], kazakh_case(parts[-1], case)])
    return " ".join(
        russian_case(part, case, female=who.female, surname=part == who.surname) for part in parts
    )


def _initialled(rng: Drawing, who: Person, case: str, lang: str) -> str:
    surname = _inflected((who.surname,), who, case, lang)
    space = rng.choice((" ", " ", ""))
    second = rng.choice((f"{who.patronymic[:1]}.", "")) if who.patronymic else ""
    if rng.random() < 0.5:
        return f"{surname} {who.given[0]}.{space if second else ''}{second}"
    return f"{who.given[0]}.{second}{rng.choice((' ', ' ', ''))}{surname}"


def _english(rng: Drawing, who: Person, form: str) -> str:
    if form in ("given", "surname"):
        return who.given if form == "given" else who.surname
    if form == "turned":
        return f"{who.surname}, {who.given}" if rng.random() < 0.5 else f"{who.given} {who.surname}"
    if form == "initials":
        return f"{who.given[0]}. {who.surname}"
    middle = f" {rng.choice('ABCDEFGHJKLMNPRSTW')}." if rng.random() < 0.15 else ""
    return f"{who.given}{middle} {who.surname}"
