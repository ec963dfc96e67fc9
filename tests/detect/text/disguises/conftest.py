"""A detector with all disguises, values to hide, and the ways in which people hide them."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Callable, Iterable

import pytest

from guardrail.detect import TextDetector, Window
from guardrail.detect.text.disguises import disguise_recognizers
from guardrail.detect.text.recognizer import TextRecognizer
from guardrail.detect.text.recognizers.bank import CardRecognizer, IbanRecognizer
from guardrail.detect.text.recognizers.email import EmailRecognizer
from guardrail.detect.text.recognizers.kz_numbers import KzBinRecognizer, KzIinRecognizer
from guardrail.detect.text.recognizers.person import PersonRecognizer
from guardrail.detect.text.recognizers.phone import PhoneRecognizer
from guardrail.detect.text.recognizers.ru_numbers import RuInnRecognizer, RuSnilsRecognizer

Hide = Callable[[str, random.Random], str]

_DIGITS = {
    language: words.split()
    for language, words in {
        "ru": "ноль один два три четыре пять шесть семь восемь девять",
        "kk": "нөл бір екі үш төрт бес алты жеті сегіз тоғыз",
        "kk without its letters": "нол бир еки уш торт бес алты жети сегиз тогыз",
        "en": "zero one two three four five six seven eight nine",
    }.items()
}
_TENS = {
    "ru": "- - двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
    "kk": "- он жиырма отыз қырық елу алпыс жетпіс сексен тоқсан",
    "en": "- - twenty thirty forty fifty sixty seventy eighty ninety",
}
_TEENS = {
    "ru": "десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать "
    "семнадцать восемнадцать девятнадцать",
    "en": "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
}


def _digits(value: str) -> str:
    return re.sub(r"[^0-9]", "", value)


def _in_words(language: str, between: str = " ") -> Hide:
    return lambda value, _: between.join(_DIGITS[language][int(one)] for one in _digits(value))


def _pair(language: str, pair: str) -> str:
    ones, tens = _DIGITS[language], _TENS[language].split()
    if len(pair) == 1 or pair[0] == "0":
        return " ".join(ones[int(one)] for one in pair)
    if pair[0] == "1" and language in _TEENS:
        return _TEENS[language].split()[int(pair[1])]
    return tens[int(pair[0])] + (f" {ones[int(pair[1])]}" if pair[1] != "0" else "")


def _in_pairs(language: str) -> Hide:
    def hide(value: str, _: random.Random) -> str:
        digits = _digits(value)
        odd = len(digits) % 2
        pairs = [digits[:odd], *re.findall("..", digits[odd:])]
        return " ".join(_pair(language, pair) for pair in pairs if pair)

    return hide


def _mixed(value: str, chance: random.Random) -> str:
    words = _DIGITS[chance.choice(list(_DIGITS))]
    return " ".join(
        words[int(one)] if place % 3 else one for place, one in enumerate(_digits(value))
    )


def _grouped(size: int, between: str) -> Hide:
    return lambda value, _: between.join(re.findall(f".{{1,{size}}}", re.sub("[ -]", "", value)))


def _broken(value: str, chance: random.Random) -> str:
    place = chance.randrange(3, len(value) - 3)
    return f"{value[:place].rstrip()}\n{value[place:].lstrip()}"


def _each(write: Callable[[str], str]) -> Hide:
    return lambda value, _: "".join(map(write, value))


def _each_byte(write: str, between: str = "") -> Hide:
    return lambda value, _: between.join(write % byte for byte in value.encode())


def _swapped(table: dict[str, str]) -> Hide:
    return lambda value, _: "".join(table.get(one, one) for one in value)


def _at(at: str, dot: str) -> Hide:
    return lambda value, _: value.replace(".", dot).replace("@", at)


def _quoted(value: str, _: random.Random) -> str:
    return base64.b64encode(f"Моё значение: {value}, спасибо. Тегім де осында.".encode()).decode()


def _wrapped(value: str, _: random.Random) -> str:
    text = "Здравствуйте! " * 4 + f"Пишу вам снова: {value}. " + "До свидания! " * 3
    return "\n".join(re.findall(".{1,64}", base64.b64encode(text.encode()).decode()))


_STYLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_NUMBERS = {"KZ_IIN", "CREDIT_CARD", "PHONE_NUMBER"}
_ALL = {*_NUMBERS, "EMAIL_ADDRESS", "IBAN_CODE"}
_MAIL = {"EMAIL_ADDRESS"}

EVASIONS: dict[str, tuple[set[str], Hide]] = {
    "zero width": (_ALL, _each(lambda one: f"{one}\u200b")),
    "soft hyphen": (_ALL, _each(lambda one: f"{one}\u00ad")),
    "full width": (_ALL, _each(lambda one: chr(ord(one) + 0xFEE0) if one > " " else one)),
    "other digits": (_NUMBERS, _swapped(dict(zip("0123456789", "٠١٢٣٤٥٦٧٨٩", strict=True)))),
    "spaced": (_ALL, lambda value, _: " ".join(value.replace(" ", ""))),
    "two blanks": (_NUMBERS, _grouped(3, "  ")),
    "dots": (_NUMBERS | {"IBAN_CODE"}, _grouped(3, ".")),
    "dots in fours": (_NUMBERS | {"IBAN_CODE"}, _grouped(4, ".")),
    "underscores": (_NUMBERS, _grouped(4, "_")),
    "slashes": ({"KZ_IIN", "CREDIT_CARD"}, _grouped(4, "/")),
    "line break": (_NUMBERS | {"IBAN_CODE"}, _broken),
    "line breaks": (_NUMBERS | {"IBAN_CODE"}, _grouped(4, "\n")),
    "one a line": (_NUMBERS, _grouped(1, "\n")),
    "O and l": (_NUMBERS | {"IBAN_CODE"}, _swapped({"0": "O", "1": "l"})),
    "O and I": (_NUMBERS, _swapped({"0": "О", "1": "I"})),
    "three and eight": (_NUMBERS, _swapped({"3": "З", "8": "В", "5": "S", "0": "о"})),
    "letters": (
        {"IBAN_CODE", "EMAIL_ADDRESS"},
        _swapped(dict(zip("KTBEHMOCaeopcxy", "КТВЕНМОСаеорсху", strict=True))),
    ),
    "circled": (_NUMBERS, lambda value, _: value.translate(_STYLED)),
    "raised": (_NUMBERS, lambda value, _: value.translate(_RAISED)),
    "struck": (_NUMBERS, _each(lambda one: f"{one}\u0336")),
    "percent": (_ALL, _each_byte("%%%02X")),
    "percent twice": (_ALL, _each_byte("%%25%02x")),
    "percent of signs": (
        _MAIL,
        _each(lambda one: one if one.isalnum() else f"%{ord(one):02X}"),
    ),
    "json": (_ALL, _each(lambda one: f"\\u{ord(one):04x}")),
    "json twice": (_ALL, _each(lambda one: f"\\\\u{ord(one):04X}")),
    "json of signs": (_MAIL, _at("\\u0040", "\\u002e")),
    "bytes": (_ALL, _each_byte("\\x%02x")),
    "references": (_ALL, _each(lambda one: f"&#{ord(one)};")),
    "references in hexadecimal": (_ALL, _each(lambda one: f"&#x{ord(one):X};")),
    "references by name": (_MAIL, _at("&commat;", "&period;")),
    "quoted-printable": (_ALL, _each_byte("=%02X")),
    "base64": (_ALL, lambda value, _: base64.b64encode(value.encode()).decode()),
    "base64 for addresses": (
        _ALL,
        lambda value, _: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
    ),
    "base64 of a sentence": (_ALL, _quoted),
    "base64 in lines": (_ALL, _wrapped),
    "hexadecimal": (_ALL, lambda value, _: value.encode().hex()),
    "hexadecimal in pairs": (_ALL, lambda value, _: value.encode().hex(" ").upper()),
    "hexadecimal in code": (_ALL, _each_byte("0x%02x", ", ")),
    "hexadecimal with a prefix": (_ALL, lambda value, _: "0x" + value.encode().hex()),
    "words ru": (_NUMBERS, _in_words("ru")),
    "words ru with commas": (_NUMBERS, _in_words("ru", ", ")),
    "words kk": (_NUMBERS, _in_words("kk")),
    "words kk without its letters": (_NUMBERS, _in_words("kk without its letters")),
    "words en": (_NUMBERS, _in_words("en", "-")),
    "pairs ru": (_NUMBERS, _in_pairs("ru")),
    "pairs kk": (_NUMBERS, _in_pairs("kk")),
    "pairs en": (_NUMBERS, _in_pairs("en")),
    "words and digits": (_NUMBERS, _mixed),
    "(at) (dot)": (_MAIL, _at(" (at) ", " (dot) ")),
    "[at] [dot]": (_MAIL, _at("[at]", "[dot]")),
    "at dot": (_MAIL, _at(" at ", " dot ")),
    "собака точка": (_MAIL, _at(" собака ", " точка ")),
    "собачка нүкте": (_MAIL, _at(" собачка ", " нүкте ")),
    "blanks": (_MAIL, _at(" @ ", " . ")),
    "blank line": (_MAIL, _at("@\n", ".")),
}


@pytest.fixture(scope="session")
def evasions() -> dict[str, tuple[set[str], Hide]]:
    return EVASIONS


@pytest.fixture(scope="session")
def plain_only() -> TextDetector:
    return TextDetector(_recognizers(), memo_key=b"plain")


def _recognizers() -> list[TextRecognizer]:
    return [
        KzIinRecognizer(), KzBinRecognizer(), RuInnRecognizer(), RuSnilsRecognizer(),
        IbanRecognizer(), CardRecognizer(), PhoneRecognizer(), EmailRecognizer(),
    ]  # fmt: skip


@pytest.fixture(scope="session")
def unmasked() -> TextDetector:
    """Return a detector with all disguises."""
    numbers = _recognizers()
    everything = [*numbers, PersonRecognizer()]
    return TextDetector(
        [*everything, *disguise_recognizers(numbers, everything)], memo_key=b"unmasked"
    )


@pytest.fixture(scope="session")
def seen(unmasked: TextDetector) -> Callable[[str], list[tuple[str, str]]]:
    def entities_and_values(text: str) -> list[tuple[str, str]]:
        return [(one.entity, text[one.start : one.end]) for one in unmasked.find(text)]

    return entities_and_values


@pytest.fixture(scope="session")
def streams(unmasked: TextDetector) -> Callable[[str, Iterable[str]], None]:
    """Return a check that feeds find exactly what one look finds."""

    def check(text: str, feeds: Iterable[str]) -> None:
        window = Window(unmasked)
        out, spans = "", []
        for released in [*map(window.feed, feeds), window.feed("", final=True)]:
            spans += [
                (one.start + len(out), one.end + len(out), one.entity, one.score, one.reason)
                for one in released.findings
            ]
            out += released.text
        whole = [
            (one.start, one.end, one.entity, one.score, one.reason) for one in unmasked.find(text)
        ]
        assert out == text
        assert spans == whole

    return check
