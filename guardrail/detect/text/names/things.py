"""What is called by somebody's name and is nobody: ships, theorems, saints' days.

The network sees a name and three words on either side; some of what it takes for a person is told
apart by one word beside it. Nothing here looks farther than the network does.
"""

from __future__ import annotations

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.names.words import Words

_LONGEST_TITLE = 4
"""Words between quotation marks at most."""

_CALLED = lazily(
    r"(?:авианос|баржа|ледокол|крейсер|корабл|лайнер|паром|пароход|теплоход|фрегат|эсмин|яхт|судн"
    r"|поезд|самол[её]т|кафе|ресторан|магазин|бутик|салон|отел|гостиниц|санатор|пансионат|базар"
    r"|рынок|рынк|кинотеатр|театр|стадион|клуб|команд|школ|лицей|лице[ея]|гимнази|детсад|роман|повест|поэм"
    r"|рассказ|фильм|сериал|спектакл|опер[аеыу]\b|балет|песн|альбом|журнал|газет|премия|фонд|банк"
    r"|компани|фирм|завод|фабрик|шахт|бренд|марк[аиуе]\b|сорт|кеме|дүкен|мейрамхана|қонақүй|мектеп"
    r"|мектеб|балабақша|қор[ыда]|әні|пьеса|тоо\b|жшс\b|ооо\b|ао\b|бц\b|трц?\b|трк\b|бк\b|фк\b"
    r"|хк\b|ship|cruiser|ferry|yacht|film|movie|novel|song|album|opera|caf[eé]|restaurant|hotel"
    r"|shop|store|club|team|brand)"
)
"""How words begin that say what is called something, in small letters: «Кузнецов» behind them is a
ship. A sole trader (ИП, ЖК) isn't: that is called by its owner's name."""

_OPENS, _CLOSES = frozenset("«“„"), frozenset("»”“")
"""Quotation marks of print. Straight ones are those of data, too: ``"name": "…"``."""

_EPONYM = lazily(
    r"(?:гипотез|теорем|лемм|постулат|аксиом|уравнени|тождеств|неравенств|решет|шкал|бритв|парадокс"
    r"|дилемм|формул|алгоритм|критери|преобразовани|распределени|интеграл|матриц|константа|постоянн"
    r"|дифракци|осциллятор|нотаци|геометри|эффект|признак|кубик|рефлекс|палочк|азбук"
    r"|ледник|пролив|гамбит|муфт|коэффициент|многочлен|сонет|симфони|сонат|бином|треугольник"
    r"|диаграмм)\w{0,3}|ряд(?:а|ы)?|мыса?|круги|хеш|цеп[иь]|закон(?:а|ы|ов)?|метод(?:а|ом|ы)?|шрифт"
    "|правил[оау]|принцип(?:а|ом|ы)?"
)
"""Words of science that stand before a name, in small letters. Not what somebody's own may be: a
test, a defence, an illness."""

_PAIRED = lazily(r"(?:тест|критери|схем|модел|синдром|цикл)\w{0,3}")
"""The same where a dash joins a second name to the first: тест Шапиро — Уилка."""

_LAWS = lazily(
    "laws?|razor|theorem|lemma|paradox|constant|equation|conjecture|hypothesis|principle|comet"
    "|inequality|algorithm|sonnets?|symphon(?:y|ies)|sonatas?|nocturnes?"
)
"""Words of science behind a name and ``'s``."""

_SCIENCE = lazily(
    "theorems?|lemmas?|equations?|algorithms?|functions?|transforms?|polynomials?|matri(?:x|ces)"
    "|distributions?|exclusion|numbering|radius|integrals?|inequality|conjecture|effect|constant"
    "|curves?|equilibrium|optimum|coefficients?|telescopes?|syndrome|lymphoma|decomposition"
    "|elimination|diagrams?|belt|strait|trophy|avenue|boulevard|lemons?|pears?|potatoes|apples"
    "|теоремасы|алгоритмі|теңдеуі|формуласы|заңы|заңдары|тұрақтысы|эффектісі|критерийі"
)
"""Words of science, and some of geography and fruit, right behind a name, in small letters."""

_STREET = lazily(
    "(?:көшесі|даңғылы|бульвары|саябағы|алаңы|тұйығы|мұражайы|кошеси|дангылы|саябагы|аланы|театры"
    "|стадионы|әуежайы|бекеті|станциясы|ықшамауданы|кинотеатры|консерваториясы|шыңы|асуы|мұздығы"
    r"|балабақшалары|мұражай-үйі)\w{0,4}"
)
"""Kazakh words right behind the name that a place was given. Not «атындағы»: papers are, too."""

_PLACES = lazily(
    r"(?:универси|институ|академи|мекте|лице|гимнази|колледж|театр|кинотеатр|мұражай|музе|саяба|парк"
    r"|кітапхана|библиоте|стадион|мешіт|мечет|аурухана|больниц|консерватори|филармони|әуежай"
    r"|аэропорт|алаң|площад|көше|улиц|проспект|даңғыл|завод|зауыт|станци|бекет|метро|школ|колхоз"
    r"|жүлде|кубок|кубк|преми|сыйлы|стипенди|орден|академия|қоры|фонд|канал|турнир)\w*",
)
"""How words begin for what is called after somebody, in small letters."""

_OWNS = lazily(r"\w+[ндт][ыі]ң")
"""A Kazakh name whose bearer owns what follows: Ержанның көшесі is where Ержан lives."""

_WORD_FOR_IT = lazily(
    r"(?:не|сөз|сөзд|сөзі|ұғым|термин|гүл|шөп|ағаш|өсімдік|жер|көше|ауыл|қала|өзен|көл|тау|кафе|дүкен)"
    r"(?:дің|нің|ді|ні|ге|де|і|)"
)
"""What stands behind a Kazakh name and «деген» where the word itself is meant, or a thing."""

_NUMERAL = lazily("II|III|IV|VI{0,3}|IX|XI{0,3}|XIV|XVI{0,3}")
"""Numbers of monarchs, popes and products. One and five are also a letter, or a word."""

_HONORIFIC = lazily(r"(?:апа|аға|ага|тәте|тате|ханым|ханум|мырза|әпке|апке|жеңге|женге)\w{0,6}")
"""How longer words begin that a hyphen joins to a name and that leave it one: Айгүл-апайға."""

_LEAST_JOINED = 5
"""Letters of a word in small ones that makes a name it is joined to a thing's: Джек-терьер."""

_DASHES = frozenset("-–—")

_AFTER, _AS_FAR = frozenset(("атындағы", "атындагы")), 4
"""What says in Kazakh that something is called after somebody; and how many words before ``имени``,
the same in Russian, the thing stands at most."""

_OF_STATE = lazily("орта|жалпы|мемлекеттік|ұлттық|қазақ|халықаралық|драма|орталық|қалалық|облыстық")
"""What may stand between it and the thing."""

_KIND = lazily(
    "сорт(?:а|ов|у|ом|е|ами|тары)?|пород[аыуе]?|бренд(?:а|ы|ов|тер)?|шрифт(?:а|ы|ов)?"
    "|тұқым(?:ы|дары)|қаріп(?:тер)?|fonts?|varieties|breeds?|brands?|cultivars?"
)
"""What a name, or a list of names, is of that is no person's, in small letters."""

_KINDS = lazily(
    "марки|планеты|станции|остановки|улицы|автомобили|станциялар(?:ы)?|көшелер(?:і)?|family|stations"
    "|planets|streets"
)
"""The same where a colon stands behind: alone, they would be what somebody has, or is at."""

_LONGEST_LIST = 16
"""Words and signs of such a list before a name at most."""

_IN_LIST = frozenset((",", "и", "and", "мен", "пен", "бен", "&", "-", "«", "»", '"'))

_SAINTS = frozenset(
    (
        "saint",
        "queen",
        "царь",
        "князь",
        "император",
        "святой",
        "святая",
        "святого",
        "апостол",
        "пророк",
    )
)
"""What stands before the one name of somebody of history or of a place: Saint John."""

_WORK = lazily(
    r"(?:роман|повест|поэм|рассказ|фильм|сериал|мультфильм|мультик|спектакл|опер[аеыу]\b|балет|песн"
    r"|альбом|сказк|пьес|мюзикл|комеди|книг|торт|салат|десерт|конфет|шоколад|коктейл|духи|ураган"
    r"|тайфун|циклон|подлодк|паром|ручк|карандаш|film|movie|novel|song|album|opera|book)"
)
"""The same of what has titles that go on behind a name."""

_PAIRS = frozenset(
    frozenset(pair.split())
    for pair in (
        "пётр павел", "петр павел", "борис глеб", "кирилл мефодий", "адам ева", "каин авель",
        "ромео джульетта", "руслан людмила", "мастер маргарита", "чук гек", "тристан изольда",
        "лейла меджнун", "ләйлі мәжнүн", "еңлік кебек", "фархад ширин", "peter paul", "adam eve",
        "cain abel", "romeo juliet", "tristan isolde", "cyril methodius", "tom jerry",
        "hansel gretel",
    )
)  # fmt: skip
"""Saints of one day and people of one book, who are named together."""

_NEGATED = frozenset(
    (
        "don", "won", "can", "isn", "aren", "wasn", "weren", "didn", "doesn", "hasn", "haven",
        "hadn", "couldn", "wouldn", "shouldn", "mustn", "needn", "ain",
    )
)  # fmt: skip
"""What English writes before ``'t``: Don and Can are given names, too."""

_AND = frozenset(("и", "мен", "пен", "бен", "and", "&"))


def is_of_a_thing(words: Words, first: int, last: int) -> bool:
    """Tell whether the name from the word `first` to the word `last` is of something, not somebody.

    It rests on three words behind the name at most.
    """
    return (
        _is_title(words, first, last)
        or _begins_title(words, first)
        or _is_eponym(words, first, last)
        or _gives_its_name(words, first, last)
        or _is_named_after(words, first, last)
        or _is_in_a_list(words, first)
        or _is_of_history(words, first, last)
        or (first == last and _is_of_a_pair(words, first))
    )


def is_negated(words: Words, number: int) -> bool:
    """Tell whether a word is the first part of ``don't``, the last of which is whole."""
    if words.texts[number].lower() not in _NEGATED or number + 3 >= len(words.texts):
        return False
    end = words.starts[number] + len(words.texts[number])
    glued = words.starts[number + 2] == end + 1 == words.starts[number + 1] + 1
    return glued and words.texts[number + 1] in "'’" and words.texts[number + 2] in {"t", "T"}


def _text(words: Words, number: int) -> str:
    """Return a word in small letters; nothing beyond the ends."""
    return words.texts[number].lower() if 0 <= number < len(words.texts) else ""


def _is_title(words: Words, first: int, last: int) -> bool:
    """Tell whether the name ends a quoted title behind a word for what bears it."""
    if _text(words, last + 1) not in _CLOSES:
        return False
    for opening in range(first - 1, max(-1, last - _LONGEST_TITLE - 1), -1):
        if words.texts[opening] in _OPENS:
            return _CALLED.match(_text(words, opening - 1)) is not None
        if not words.texts[opening].istitle():
            return False
    return False


def _begins_title(words: Words, first: int) -> bool:
    """Tell whether a name begins a title behind a word for a work or a shop: фильм «Иван и…»."""
    behind_quote = first > 1 and words.texts[first - 1] in _OPENS
    return behind_quote and _WORK.match(_text(words, first - 2)) is not None


def _is_named_after(words: Words, first: int, last: int) -> bool:
    """Tell whether a place bears the name: театр имени Ауэзова, Сәтбаев атындағы мектеп."""
    if _text(words, last + 1) in _AFTER:
        step = 3 if _OF_STATE.fullmatch(_text(words, last + 2)) else 2
        return _PLACES.fullmatch(_text(words, last + step)) is not None
    if _text(words, last + 1) == "деген" and first == last:
        return _WORD_FOR_IT.fullmatch(_text(words, last + 2)) is not None
    short = _text(words, first - 1) == "." and _text(words, first - 2) == "им"
    before = first - 2 if short else first - 1
    if not (short or _text(words, before) == "имени") or _text(words, before - 1) == "от":
        return False
    since = max(0, before - _AS_FAR)
    return any(_PLACES.fullmatch(_text(words, number)) for number in range(since, before))


def _is_in_a_list(words: Words, first: int) -> bool:
    """Tell whether a name is in a list of kinds, makers or places: сорта яблок: Апорт, Джонатан."""
    before = first - 1
    while before > max(0, first - _LONGEST_LIST) and (
        words.texts[before] in _IN_LIST or words.texts[before].istitle()
    ):
        if _KIND.fullmatch(_text(words, before)):
            break
        before -= 1
    near = (_text(words, before), _text(words, before - 1))
    if near[0] == ":":
        near = near[1], _text(words, before - 2)
        if any(map(_KINDS.fullmatch, near)):
            return True
    return any(map(_KIND.fullmatch, near))


def _is_of_history(words: Words, first: int, last: int) -> bool:
    """Tell whether a name is a saint's or, by a number in Latin letters, a monarch's: Пётр I."""
    if first == last and _text(words, first - 1) in _SAINTS:
        return True
    if first + 1 == last and _text(words, first) in _SAINTS:
        return True
    number = last if first < last else last + 1
    is_number = number < len(words.texts) and words.texts[number] in {"I", "V", "X"}
    return is_number and words.texts[first][0] > "z" and number == first + 1


def _is_eponym(words: Words, first: int, last: int) -> bool:
    """Tell whether something of science is called so: гипотеза Римана, Murphy's law."""
    if _EPONYM.fullmatch(_text(words, first)) or _is_behind_eponym(words, first):
        return True
    if _PAIRED.fullmatch(_text(words, first - 1)) and _text(words, last + 1) in _DASHES:
        return _title(words, last + 2)
    owned = _text(words, last + 1) in {"'", "’"} and _text(words, last + 2) == "s"
    if first == last and _SCIENCE.fullmatch(_text(words, last + 1)):
        return _OWNS.fullmatch(_text(words, last)) is None
    return first == last and owned and _LAWS.fullmatch(_text(words, last + 3)) is not None


def _is_behind_eponym(words: Words, first: int) -> bool:
    """Tell whether a word of science stands before a name, or before one that a dash joins."""
    before = first - 1
    if _text(words, before) in _DASHES and _title(words, before - 1):
        before -= 2
    return _EPONYM.fullmatch(_text(words, before)) is not None


def _title(words: Words, number: int) -> bool:
    return 0 <= number < len(words.texts) and words.texts[number].istitle()


def _gives_its_name(words: Words, first: int, last: int) -> bool:
    """Tell whether the word behind says that a name is a place's, a monarch's or a breed's."""
    if last + 1 >= len(words.texts):
        return False
    behind = words.texts[last + 1]
    if _STREET.fullmatch(behind.lower()):
        return _OWNS.fullmatch(_text(words, last)) is None
    if first < last:
        return False
    if _NUMERAL.fullmatch(behind) and not words.texts[first].isupper():
        return True
    return behind == "-" and _is_joined(words, first)


def _is_joined(words: Words, number: int) -> bool:
    """Tell whether a hyphen joins a longer word in small letters to a name: Джек-терьер."""
    end = words.starts[number] + len(words.texts[number])
    if number + 2 >= len(words.texts) or words.starts[number + 2] != end + 1:
        return False
    joined = words.texts[number + 2]
    long = len(joined) >= _LEAST_JOINED and joined.islower() and words.texts[number].istitle()
    return long and _HONORIFIC.fullmatch(joined) is None


def _is_of_a_pair(words: Words, number: int) -> bool:
    """Tell whether the other one of a known pair is named beside it."""
    word = _text(words, number)
    return any(
        _text(words, number + step) in _AND
        and frozenset((word, _text(words, number + 2 * step))) in _PAIRS
        for step in (-1, 1)
    )
