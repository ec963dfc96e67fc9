"""Kazakhstan's driving licences and number plates.

Formats come from secondary sources: plates of 1993 (``A 123 BCD``) and of 2012 (``123 ABC 02``,
region 01 to 20), licences with two letters and six digits.
"""

from __future__ import annotations

import re

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import (
    TextRecognizer,
    Verdict,
    blunt,
    is_glued,
    right_before,
    said,
    spoken,
    words,
)

_LETTER = "[A-ZАВЕКМНОРСТУХ]"
"""Latin, as on the plate, and Cyrillic ones that look the same."""

_ANY = "[A-Za-zА-Яа-я]"
_ENDS = r"(?![^\W_])(?!\.[0-9])"

_DRIVER = words(
    r"водительск\w{2,3}", r"вод(?:ит)?\.? ?уд\w{0,12}", "в/у", r"жүргізуші\w{0,5}",
    r"шоф[её]рск\w{2,3}", r"júrgizýshi\w{0,5}", "driver['’]?s?", "driving",
)  # fmt: skip
_RIGHTS = right_before(
    "права", "прав", "правами", "правам", "права нового образца", "ву", r"licen[cs]es?", "dl",
    r"куәлі[кг]\w{0,5} жүргізу\w{0,4}", r"категори\w{1,3}",
)  # fmt: skip
_NO_SERIES = "на до от из по за in of to no id рк тг".split()  # noqa: SIM905 - a list to read
_SMALL_WORDS = (
    "же ли не но мы вы он её ее бы ни ты да де та те ма ме ба бе па пе is it we or as at be by an "  # noqa: SIM905
    "if so up do he me my us go am pm on".split()
)
"""Words that in small letters are no series of a licence."""


def _small(order: int) -> str:
    """Return the pattern of two letters that are no series, read forwards (1) or backwards (-1)."""
    any_case, lower = (
        "|".join(word[::order] for word in some) for some in (_NO_SERIES, _SMALL_WORDS)
    )
    return f"(?:(?i:{any_case})|{lower})"


_SMALL = lazily(_small(1))
_UNFINISHED = lazily(
    rf"(?P<licence>[0-9]{{0,6}} ?№?[ \-]?(?!{_small(-1)}(?:[\W_]|$)){_ANY}{{2}})(?:[\W_]|$)"
)
"""A licence whose end isn't known, read backwards."""
_LICENCE = rf"{_ANY}(?<![^\W_]{_ANY}){_ANY}[ \-]?(?:№ ?)?[0-9]{{6}}{_ENDS}"


class KzDriverLicenseRecognizer(TextRecognizer):
    """Driving licence: two letters and six digits."""

    COUNTRY_CODE = "kz"
    ENTITY = "KZ_DRIVER_LICENSE"
    VERSION = "2"
    SHARP = _LICENCE
    PATTERN = blunt(_LICENCE)
    TRIGGERS = (
        rf"{_ANY}{{2}}[ \-]?(?:№ ?)?[0-9]{{6}}",
        spoken(
            "водит",
            "вод[.] ?уд",
            "шоф[её]рск",
            "прав",
            "ву",
            "в/у",
            "жүргізуші",
            "júrgiz",
            "driv",
            "licen[cs]e",
            "dl[^a-z]",
            "категори",
        ),
    )
    BACKWARD = ""
    OPENS = True
    LONGEST = 11
    DIGITS = (6, 5)

    def opens(self, text: str, start: int) -> int:
        """Return where two letters stand that may be a series, with digits behind or not yet."""
        unfinished = _UNFINISHED.match(text[max(start, len(text) - self.LONGEST - 1) :][::-1])
        return len(text) - (unfinished.end("licence") if unfinished else 0)

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept where a driving licence is spoken of."""
        start, end = match.span()
        if _SMALL.match(match[0]) or is_glued(text, start, end):
            return None
        if not (said(_DRIVER, text, start) or said(_RIGHTS, text, start)):
            return None
        return Verdict(start=start, end=end, score=0.8, reason="pattern, context")


_REGION = "(?:0[1-9]|1[0-9]|20)"
_NO_LETTERS = re.compile(
    "KZT|USD|EUR|RUB|RUR|GBP|CNY|KGS|UZS|TRY|AED|CHF|JPY|THE|AND|FOR|[MGK]HZ|RPM|DPI|MIN|SEC|MAX"
    "|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|MON|TUE|WED|THU|FRI|SAT|SUN|UTC|GMT|[KCM]M"
    "|KG|[MGTK]B|MS|HZ|KW|OF|TO|IN|AT|ON|BY|OR|IS|AM|PM|[СКМ]М|СУТ|МЕС|СЕК|МИН|ТОМ|СТР|КВТ?|М[АВ]"
    "|ТН|РУБ|ТЫС|МЛН|КГ|ТГ|[ГМ]Б|ШТ|ЧАС|ДНЯ?|ЛЕТ|ГОД|РАЗ|НЕТ|КАК|ТАМ|ТУТ|ВОТ|ТЕМ|КТО|ТОТ|СТО|ИЛИ"
    "|ДЛЯ|ПРИ|БЕЗ|НА|ОТ|НЕ|ТО|ВО|СО|НО|ОН|ТЕ|ПО|ДО|ИЗ|ЗА"
)
"""Currencies, units, months, and small words between numbers."""

_PLATE = (
    rf"[0-9](?<![^\W_][0-9])(?<![.,/:\-][0-9])[0-9]{{2}} {_LETTER}{{3}} {_REGION}"
    r"(?![^\W_])(?![.,/:\-][0-9])(?!-[^\W_])"
)


class KzPlateRecognizer(TextRecognizer):
    """Number plate of 2012 in capitals, as ``123 ABC 02``: specific enough by itself."""

    COUNTRY_CODE = "kz"
    ENTITY = "KZ_LICENSE_PLATE"
    SHARP = _PLATE
    PATTERN = blunt(_PLATE)
    TRIGGERS = (PATTERN,)
    BACKWARD = rf"[.,/:\-]?[0-9]{{0,2}} ?{_LETTER}{{0,3}} [0-9]{{3}}"
    LONGEST = 10

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:  # noqa: ARG002 - the base's signature
        """Accept but for amounts and dates."""
        if _NO_LETTERS.fullmatch(match[0][4:7]):
            return None
        start, end = match.span()
        return Verdict(start=start, end=end, score=0.7, reason="pattern, structure")


_CAR_STEMS = (
    r"авто\w{0,14}", r"машин\w{0,5}", r"гос\.? ?номер\w{0,3}", r"гос\.? ?знак\w{0,3}", "грнз",
    "г/н", "т/с", "тс", r"рег\.? ?номер\w{0,3}", r"көлі[кг]\w{0,8}",
    r"мем(?:лекеттік|\.)? ?нөмір\w{0,6}", r"k[oó]lik\w{0,6}", "number ?plates?",
    "(?:licen[cs]e )?plates?", "car", "vehicle", "parking", r"парков\w{1,4}", "такси",
    r"тачк\w{1,2}", "toyota", "camry", r"тойот\w{1,2}", "камри", "hyundai", r"хенда\w{1,2}",
    "kia", "киа", "lada", "лад[аыеу]", "bmw", "бмв", "mercedes", "мерседес", "lexus", "лексус",
    "nissan", "ниссан", "chevrolet", "шевроле", "мтнз", r"тіркеу нөмір\w{0,6}",
    r"техпаспорт\w{0,2}", "стс", r"номер\w{0,2} (?:авто|машины|на авто)", "drove", "driving",
    "volkswagen", r"фольксваген\w{0,2}", "ford", r"форд\w{0,2}", "audi", "ауди", "skoda",
    "шкод[аыеу]", "renault", "рено", "mazda", "мазд[аыеу]", "honda", "хонд[аыеу]", "subaru",
    "субару", "mitsubishi", r"митсубис\w{1,2}", "ваз", "уаз", "газель", "jeep", r"джип\w{0,2}",
    r"внедорожник\w{0,2}", r"седан\w{0,2}", r"кроссовер\w{0,2}", "truck", "van", "suv", "taxi",
    "suzuki", "geely", "джили", "chery", "чери", "haval", "хавейл", "changan",
)  # fmt: skip
_CAR, _CAR_NEAR = words(*_CAR_STEMS), right_before(*_CAR_STEMS)
_NUMBERED = right_before(
    r"гос\.? ?номер\w{0,3}", r"гос\.? ?знак\w{0,3}", "грнз", "мтнз", "г/н",
    r"рег\.? ?номер\w{0,3}", "(?:number |licen[cs]e |car |registration )?plates?", "registration",
    r"мем(?:лекеттік|\.)? ?нөмір\w{0,6}", r"тіркеу нөмір\w{0,6}", r"көлі[кг]\w{0,8} нөмір\w{0,5}",
    r"номер\w{0,2} (?:авто|машины)", between=1,
)  # fmt: skip
"""What names a plate outright: then its letters may well spell a small word."""

_CAR_TRIGGER = spoken(
    "авто", "машин", "гос", "грнз", "г/н", "т/?с", "рег", "көлі", "мем", "k[oó]lik", "plate",
    "car", "vehic", "park", "парк", "такси", "тачк", "toyota", "camry", "тойот", "камри", "hyund",
    "хенда", "kia", "киа", "lada", "лад[аыеу]", "bmw", "бмв", "merced", "мерсед", "lexus",
    "лексус", "nissan", "ниссан", "chevrolet", "шевроле", "мтнз", "тіркеу", "стс", "drove",
    "driving", "volksw", "фольксв", "ford", "форд", "audi", "ауди", "skoda", "шкод", "renault",
    "рено", "mazda", "мазд", "honda", "хонд", "subaru", "субару", "mitsub", "митсуб", "ваз",
    "уаз", "газель", "jeep", "джип", "внедорож", "седан", "кроссов", "truck", "van", "suv",
    "taxi", "suzuki", "geely", "джили", "chery", "чери", "haval", "хавейл", "changan",
    "registration", "номер",
)  # fmt: skip

_GAP = r"[ \-|]?"
_SPOKEN_PLATE = (
    rf"(?:[0-9](?<![^\W_][0-9])[0-9]{{1,3}}{_GAP}{_ANY}{{2,3}}{_GAP}{_REGION}"
    rf"|{_ANY}(?<![^\W_]{_ANY}){_GAP}[0-9]{{3}}{_GAP}{_ANY}{{2,3}}){_ENDS}"
)


_LETTERS = re.compile("[^0-9 |-]+")
_CAPITALS = re.compile(f"{_LETTER}+")


class KzSpokenPlateRecognizer(TextRecognizer):
    """Number plate of any year, however written, behind words of cars."""

    COUNTRY_CODE = "kz"
    ENTITY = "KZ_LICENSE_PLATE"
    SHARP = _SPOKEN_PLATE
    PATTERN = blunt(_SPOKEN_PLATE)
    TRIGGERS = (
        (
            rf"(?:^|[^\pL\pN])(?:[0-9]{{2,4}}{_GAP}{_ANY}{{2,3}}{_GAP}{_REGION}"
            rf"|{_ANY}{_GAP}[0-9]{{3}}{_GAP}{_ANY}{{2,3}})(?:[^\pL\pN]|$)"
        ),
        _CAR_TRIGGER,
    )
    BACKWARD = (
        rf"[0-9]{{0,2}}{_GAP}{_ANY}{{0,3}}{_GAP}[0-9]{{1,4}}(?:{_GAP}{_ANY})?"
        rf"|{_GAP}{_ANY}(?:[\W_]|$)"
    )
    LONGEST = 11
    DIGITS = (2, 2)

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept capitals or one piece near words of cars; small letters right behind them."""
        start, end = match.span()
        *_, letters = _LETTERS.findall(match[0])
        apart = " " in match[0]
        if said(_NUMBERED, text, start) and not is_glued(text, start, end):
            return Verdict(start=start, end=end, score=0.85, reason="pattern, context")
        if apart and _NO_LETTERS.fullmatch(letters.upper()):
            return None
        context = _CAR_NEAR if apart and not _CAPITALS.fullmatch(letters) else _CAR
        if is_glued(text, start, end) or not said(context, text, start):
            return None
        return Verdict(start=start, end=end, score=0.85, reason="pattern, context")
