"""Kazakh endings on names: cases, plural, possession, address; harmony and assimilation.

Russian names take the same endings; their б, в, г, д at the end count as voiceless, and a soft
sign makes the ending a front one.
"""

from __future__ import annotations

CASES = ("nom", "gen", "dat", "acc", "loc", "abl", "ins")

_BACK = frozenset("аоұыяёюaouy")
_FRONT = frozenset("әеіөүэäöüei")
_VOWELS = "аәеёиіоөуұүыэюя"
_VOICELESS = "пткқсшщчцхһфбвгғд"
_POSSESSED = ("ұлы", "қызы", "улы", "кызы")

_TABLE = {
    # after a vowel, after м н ң, after л р й у, after з ж, after a voiceless consonant
    "gen": ("ның", "ның", "дың", "дың", "тың"),
    "dat": ("ға", "ға", "ға", "ға", "қа"),
    "acc": ("ны", "ды", "ды", "ды", "ты"),
    "loc": ("да", "да", "да", "да", "та"),
    "abl": ("дан", "нан", "дан", "дан", "тан"),
    "ins": ("мен", "мен", "мен", "бен", "пен"),
    "plural": ("лар", "дар", "лар", "дар", "тар"),
    "own": ("нікі", "дікі", "дікі", "дікі", "тікі"),
    "manner": ("ша", "ша", "ша", "ша", "ша"),
}
_AFTER_POSSESSED = {"gen": "ның", "dat": "на", "acc": "н", "loc": "нда", "abl": "нан", "ins": "мен"}
_VOICED = {"к": "г", "қ": "ғ", "п": "б"}
_FRONTED = str.maketrans("аығқ", "еігк")


def is_front(word: str) -> bool:
    """Whether the endings of a word take front vowels, judged by its last clear vowel."""
    if word.lower().endswith("ь"):
        return True
    for letter in reversed(word.lower()):
        if letter in _BACK:
            return False
        if letter in _FRONT:
            return True
    return "и" in word.lower()


def _row(word: str) -> int:
    letters = [letter for letter in word.lower() if letter not in "ьъ"]
    last = letters[-1] if letters else "а"
    if last == "у" and len(letters) > 1 and letters[-2] in _VOWELS:
        return 2
    if last in _VOWELS:
        return 0
    if last in "мнң":
        return 1
    if last in _VOICELESS:
        return 4
    return 3 if last in "зж" else 2


def suffix(word: str, kind: str) -> str:
    """The ending of a kind that fits a word.

    Args:
        word: A name in Cyrillic letters.
        kind: A case of ``CASES``, or ``plural``, ``own`` (-нікі), ``manner`` (-ша), ``my`` (-ым),
            ``dear`` (-жан), ``voc`` (none).
    """
    if kind in ("nom", "voc"):
        return ""
    if kind == "dear":
        return "жан"
    front = is_front(word)
    if kind == "my":
        return "м" if _row(word) == 0 else ("ім" if front else "ым")
    if word.lower().endswith(_POSSESSED) and kind in _AFTER_POSSESSED:
        ending = _AFTER_POSSESSED[kind]
    else:
        ending = _TABLE[kind][_row(word)]
    unchanging = kind in ("ins", "own")
    return ending.translate(_FRONTED) if front and not unchanging else ending


def inflect(name: str, kind: str) -> str:
    """A name with the ending of a kind on its last word; before -ым a last к, қ, п is voiced."""
    stem = name[:-1] + _VOICED.get(name[-1:], name[-1:]) if kind == "my" else name
    return stem + suffix(name, kind)


def patronymic_of(father: str, gender: str) -> str:
    """The Kazakh patronymic: Серік → Серікұлы, Серікқызы."""
    return father + ("ұлы" if gender == "m" else "қызы")


def surname_of(ancestor: str, gender: str) -> str:
    """A surname as registers made them of a forefather's name: Қанатбай → Қанатбаев, Қанатбаева."""
    last = ancestor[-1].lower()
    if last in "йь":
        made = ancestor[:-1] + "ев"
    elif last in _VOWELS:
        made = (ancestor[:-1] if last in "аәыі" else ancestor) + "ин"
    else:
        made = ancestor + ("ев" if last in "жшщч" else "ов")
    return made if gender == "m" else made + "а"


def polite(name: str) -> str:
    """The respectful short address: Нұрлан → Нұреке, Асқар → Асеке, Қанат → Қанеке."""
    for place, letter in enumerate(name.lower()):
        if letter in _VOWELS:
            rest = name[place + 1 : place + 2]
            if not rest or rest.lower() in _VOWELS:
                return name[:place] + "әке"
            return name[: place + 2] + "еке"
    return name


def clipped(name: str) -> str:
    """The respectful clipped address: Серік → Сәке, Болат → Бәке, Асқар → Әке."""
    for place, letter in enumerate(name.lower()):
        if letter in _VOWELS:
            start = name[:place]
            return (start + "әке") if start else polite(name)
    return name


def familiar(name: str) -> str:
    """The fond short form that chats use: Айгерім → Айгерош, Нұрлан → Нұрик."""
    stem = name[:3] if len(name) > 3 else name
    if stem[-1].lower() in _VOWELS:
        stem = name[:4]
    while len(stem) > 1 and stem[-1].lower() in _VOWELS:
        stem = stem[:-1]
    return stem + "ик"
