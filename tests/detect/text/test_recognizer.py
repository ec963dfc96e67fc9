from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect import TextDetector, Window
from guardrail.detect.text.digit_runs import digit_runs
from guardrail.detect.text.recognizer import (
    COUNTED,
    LOOK_BEHIND,
    NUMBER_BACKWARD,
    blunt,
    digits_of,
    ends_clean,
    grouped,
    groups_of,
    is_glued,
    loose,
    right_before,
    run,
    runs_of,
    said,
    spelt,
    spoken,
    starts_clean,
    words,
)
from guardrail.detect.text.recognizers import RECOGNIZERS, TextRecognizer
from guardrail.detect.text.recognizers.address import AddressRecognizer
from guardrail.detect.text.recognizers.age import AgeRecognizer
from guardrail.detect.text.recognizers.bank import CardRecognizer, IbanRecognizer
from guardrail.detect.text.recognizers.birth import BirthDateRecognizer
from guardrail.detect.text.recognizers.keys import PrivateKeyRecognizer
from guardrail.detect.text.recognizers.kz_documents import KzIdCardRecognizer, KzPassportRecognizer
from guardrail.detect.text.recognizers.kz_numbers import KzBinRecognizer, KzIinRecognizer
from guardrail.detect.text.recognizers.kz_places import KzPostCodeRecognizer
from guardrail.detect.text.recognizers.kz_vehicles import (
    KzDriverLicenseRecognizer,
    KzPlateRecognizer,
    KzSpokenPlateRecognizer,
)
from guardrail.detect.text.recognizers.mrz import MrzRecognizer
from guardrail.detect.text.recognizers.phone import PhoneRecognizer
from guardrail.detect.text.recognizers.ru_bank import RuBankAccountRecognizer
from guardrail.detect.text.recognizers.ru_documents import RuPassportRecognizer
from guardrail.detect.text.recognizers.ru_numbers import (
    RuInnRecognizer,
    RuOmsRecognizer,
    RuSnilsRecognizer,
)
from guardrail.detect.text.recognizers.ru_organisations import (
    RuOgrnipRecognizer,
    RuOgrnRecognizer,
)
from guardrail.detect.text.recognizers.title import TitleRecognizer

_NUMBERS = (
    KzIinRecognizer, KzBinRecognizer, KzPassportRecognizer, KzIdCardRecognizer,
    KzDriverLicenseRecognizer, KzPlateRecognizer, KzSpokenPlateRecognizer, KzPostCodeRecognizer,
    MrzRecognizer, RuInnRecognizer, RuSnilsRecognizer, RuOmsRecognizer, RuOgrnRecognizer,
    RuOgrnipRecognizer, RuBankAccountRecognizer, RuPassportRecognizer, IbanRecognizer,
    CardRecognizer, PhoneRecognizer,
)  # fmt: skip
_ALL = tuple(dict.fromkeys((*RECOGNIZERS, *_NUMBERS)))
_DETECTOR = TextDetector([kind() for kind in _NUMBERS], memo_key=b"numbers")


@pytest.fixture(params=_ALL, ids=lambda kind: str(kind.__name__))
def recognizer(request: pytest.FixtureRequest) -> TextRecognizer:
    made: TextRecognizer = request.param()
    return made


def test_every_pattern_is_linear_by_construction(recognizer: TextRecognizer) -> None:
    """RE2 compiles no pattern that would need to try again, and takes each in few steps."""
    for pattern in (*recognizer.TRIGGERS, recognizer.PATTERN, recognizer.BACKWARD):
        re2.compile(pattern)


def test_every_pattern_has_a_bounded_length(recognizer: TextRecognizer) -> None:
    unbounded = {NUMBER_BACKWARD, AddressRecognizer.BACKWARD, PrivateKeyRecognizer.BACKWARD}
    for pattern in (recognizer.PATTERN, recognizer.BACKWARD):
        if pattern not in unbounded:  # the sweep bounds what those are matched on
            assert re._parser.parse(pattern).getwidth()[1] < 512  # type: ignore[attr-defined]


def test_no_pattern_matches_more_than_the_longest_finding(recognizer: TextRecognizer) -> None:
    width = re._parser.parse(recognizer.PATTERN).getwidth()[1]  # type: ignore[attr-defined]
    assert width <= recognizer.LONGEST


def test_a_label_names_the_recognizer_and_its_version(recognizer: TextRecognizer) -> None:
    assert re.fullmatch(r"[A-Z][A-Za-z]+Recognizer@[0-9]+", recognizer.label)


def test_a_sharp_pattern_is_the_pattern_with_look_around(recognizer: TextRecognizer) -> None:
    assert blunt(recognizer.SHARP or recognizer.PATTERN) == recognizer.PATTERN


@pytest.mark.parametrize(
    "unit",
    ["1", "8 ", "1-", "4111 ", "(", "+7 ", "@", "a@", "a.", "ab12", "KZ86 ", "Аа ", "Иванович ",
     "овна", "атым ", "N1234567 ", "паспорт 4510 ", "ИИН 99010135012", "'", "я"],
)  # fmt: skip
def test_work_grows_with_the_text_and_not_faster(recognizer: TextRecognizer, unit: str) -> None:
    """Counted are the calls of `judge`: each is bounded, so they are what could grow."""
    calls = 0
    judge = recognizer.judge

    def counted(text: str, match: re.Match[str]) -> object:
        nonlocal calls
        calls += 1
        return judge(text, match)

    recognizer.judge = counted  # type: ignore[method-assign, assignment]
    for length in (4_096, 65_536):
        text = (unit * length)[:length]
        calls = 0
        recognizer.analyze(text, [recognizer.ENTITY])
        assert calls <= len(text)


def test_presidio_may_ask_for_other_entities(recognizer: TextRecognizer) -> None:
    assert recognizer.analyze("ivan@mail.ru", ["OTHER"]) == []


def test_the_base_leaves_judging_to_its_kinds() -> None:
    class Undecided(TextRecognizer):
        ENTITY = "X"
        PATTERN = "x"
        TRIGGERS = ("x",)
        LONGEST = 1

    with pytest.raises(NotImplementedError):
        Undecided().analyze("x", ["X"])
    assert Undecided().resume("x1", re.compile("x").search("x1")) == 1  # type: ignore[arg-type]


def test_context_words_are_whole_words_within_forty_characters() -> None:
    pattern = words("иин", "card")
    assert said(pattern, "ИИН 1", 4)
    assert said(pattern, "my_card=1", 8)
    assert not said(pattern, "линиин 1", 7)
    assert said(pattern, "ИИН" + " " * 37 + "1", 40)
    assert not said(pattern, "ИИН" + " " * 40 + "1", 43)
    assert LOOK_BEHIND > 40


def test_kazakh_context_is_read_without_its_own_letters_too() -> None:
    assert loose(r"жеке куәлі\w{0,4}") == r"жеке ку[әа]л[іи]\w{0,4}"
    assert loose("көлі[кгқ]") == "к[өо]л[іи][кгқк]"
    pattern = words(r"жеке куәлі\w{0,4}")
    for text in ("жеке куәлік 1", "ЖЕКЕ КУӘЛІК 1", "жеке куалиги 1"):
        assert said(pattern, text, len(text) - 1)
    assert re2.search(spoken("куәлі", "card"), "КУАЛИК")
    assert re2.search(spoken("куәлі", "card"), "discarded")
    assert not re2.search(spoken("куәлі", "card"), "кувлик")


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("ИИН 1", True),
        ("иин1", True),
        ("ЖСН-ім: 1", True),
        ("ИИН моего отца: 1", True),
        ('"iin":"1', True),
        ("ИИН моего второго отца 1", False),
        ("ИИН от 5 мая 1", False),
        ("линиин 1", False),
    ],
)
def test_some_context_must_stand_right_before(text: str, near: bool) -> None:  # noqa: FBT001 - a table's column
    pattern = right_before("иин", "жсн", "iin")
    assert said(pattern, text, len(text) - 1) is near


def test_other_things_have_numbers_too() -> None:
    for text in ("заказ № 1", "order_id=1", '"seq": 1', "Тапсырыс 1"):
        assert said(COUNTED, text, len(text) - 1)
    assert not said(COUNTED, "видео 1", 6)


def test_digits_and_groups_are_read() -> None:
    assert digits_of("+7 (701) 1-2") == "770112"
    assert groups_of("+7 (701) 1-2") == (1, 3, 1, 1)


@pytest.mark.parametrize(
    ("text", "clean"),
    [("x12", True), ("312", False), ("3.12", False), ("..12", True), (".12", True), ("12", True)],
)
def test_a_number_starts_clean_or_not(text: str, clean: bool) -> None:  # noqa: FBT001 - a table's column
    assert starts_clean(text, len(text) - 2) is clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [("12x", True), ("123", False), ("12.3", False), ("12.", True), ("12..", True), ("12", True)],
)
def test_a_number_ends_clean_or_not(text: str, clean: bool) -> None:  # noqa: FBT001 - a table's column
    assert ends_clean(text, 2) is clean


@pytest.mark.parametrize(
    ("before", "behind", "glued"),
    [
        ("a", "", True),
        ("_", "", True),
        ("a-", "", True),
        ("1-", "", True),
        (" -", "", False),
        ("я", "", False),
        ("", "a", True),
        ("", "-b", True),
        ("", "- ", False),
        ("", "я", False),
        ("", "", False),
    ],
)
def test_a_number_is_glued_to_code_or_not(before: str, behind: str, glued: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_glued(f"{before}12{behind}", len(before), len(before) + 2) is glued


def test_groups_are_written_as_told() -> None:
    pattern = re.compile(f"[0-9]{grouped((3, 2), (4,), (1, 1))}")
    for text, wanted in (("123 45", "123 45"), ("1234", "1234"), ("1/2", "1/2"), ("12 3", None)):
        match = pattern.match(text)
        assert (match and match[0]) == wanted


@pytest.mark.parametrize("size", [1, 2, 4])
def test_groups_of_one_size_stand_alone(size: int) -> None:
    pattern = re.compile(f"[0-9]{spelt(3, size)}")
    one = "123456789"[:size]
    assert pattern.search(f"{one} {one} {one}")
    assert pattern.search(f"{one}-{one}-{one} x {one}")
    assert pattern.search(f"{one} {one} {one} 1234567")
    for text in (f"{one} {one} {one} {one}", f"9{one} {one} {one} {one} x"):
        assert not pattern.search(text)


def test_a_run_is_so_many_digits_in_any_groups() -> None:
    pattern = re.compile(run(4))
    assert all(map(pattern.search, ("1234", "1 23-4", "x1.2/3 4x", "12345")))
    assert not any(map(pattern.search, ("123", "1  234", "12:34", "1,234")))


def test_runs_of_whole_groups_come_longest_first() -> None:
    match = re.compile("[0-9 ]+").match("12 345 6")
    assert match
    assert list(runs_of(match, range(4, 7))) == [("123456", (2, 3, 1), 8), ("12345", (2, 3), 6)]


def test_spelt_digits_are_one_run_or_none() -> None:
    pattern = re.compile("[0-9](?: [0-9]){3}")

    def runs(text: str, start: int) -> list[str]:
        match = pattern.search(text, start)
        assert match
        return [number for number, _, _ in runs_of(match, range(3, 5))]

    assert runs("1 2 3 4", 0) == ["1234"]
    assert runs("1 2 3 4 5", 0) == []
    assert runs("9 1 2 3 4", 2) == []
    assert runs("1 2 3 4 55", 0) == ["1234"]


def test_a_finding_explains_itself(found: Callable[[str], list[tuple[str, str]]]) -> None:
    email = next(kind() for kind in RECOGNIZERS if kind.__name__ == "EmailRecognizer")
    (result,) = email.analyze("a@b.kz", ["EMAIL_ADDRESS"])
    assert result.analysis_explanation.textual_explanation == "pattern"
    assert result.analysis_explanation.recognizer == "EmailRecognizer"
    assert result.recognition_metadata["recognizer_name"] == "EmailRecognizer"


_Spans = list[tuple[int, int, str, float, str]]


def _whole(text: str) -> _Spans:
    return [(one.start, one.end, one.entity, one.score, one.reason) for one in _DETECTOR.find(text)]


def _streamed(feeds: Iterable[str]) -> tuple[_Spans, bool]:
    window = Window(_DETECTOR)
    length, spans, forced = 0, _Spans(), False
    for released in [*map(window.feed, feeds), window.feed("", final=True)]:
        for one in released.findings:
            start, end = one.start + length, one.end + length
            spans.append((start, end, one.entity, one.score, one.reason))
        length += len(released.text)
        forced |= released.forced
    return spans, forced


_PIECES = [
    "ИИН", "жсн-ім", "990101300124", "990101 300017", "9 9 0 1 0 1 3 0 0 0 1 7", "990101.300.017",
    "БИН", "060140000126", "паспорт", "N12345678", "N 1234 5678", "жеке куәлік", "012 345 678",
    "водительское", "AB", "№", "123456", "123 ABC 02", "авто", "A 123 BCD", "123abc02", "индекс",
    "050013", "A05E6B9", "P<KAZLI<<ANNA".ljust(44, "<"), "IDKAZ0123456784850412300145<<<", "<<",
    "N123456785KAZ8504124M3001019850412300145<<92", "8504124M3001019KAZ<<<<<<<<<<<6", "ОГРН",
    "1027700132195", "304500116000157", "ОМС", "7700 0000 0000 0008", "р/с", "40817810099910004312",
    "БИК 044525225", "4510", "номер", "45 10 №", "KZ86", "KZ 86 125K ZT50 0410 0100", "карта", "IN",
    "4111 1111 1111 1111", "4111111111111111", "5500-0000-0000-0004", "12/27", "тел.", "+7 (701)",
    "123-45-67", "8 701 123 45 67", "87011234567", "+44 (0)20 7946 0958", "007 701", "(7172)",
    "70-12-34", "8 7 0 1 1 2 3 4 5 6 7", "1", "8", "12", "1234", "слово", "в", "км", "N", "<",
]  # fmt: skip
_JOINS = ["", " ", " ", " ", " ", "-", ".", "/", ", ", ": ", "\n", "+", "(", "\u200b"]


@settings(max_examples=300, deadline=None)
@given(
    pieces=st.lists(st.tuples(st.sampled_from(_PIECES), st.sampled_from(_JOINS)), max_size=12),
    chance=st.randoms(),
)
def test_numbers_are_found_in_a_stream_as_in_the_whole(
    pieces: list[tuple[str, str]], chance: random.Random
) -> None:
    text = "".join(map("".join, pieces))
    places = sorted(chance.choices(range(len(text) + 1), k=chance.randrange(12)))
    feeds = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
    wanted = (_whole(text), False)
    assert _streamed(feeds) == wanted
    assert _streamed(text) == wanted


@pytest.mark.parametrize("piece", _PIECES)
def test_a_number_is_found_however_its_text_is_cut_in_two(piece: str) -> None:
    text = f"ИИН тел. {piece} {piece}, авто права {piece}. паспорт карта {piece} 12"
    wanted = (_whole(text), False)
    for place in range(len(text) + 1):
        assert _streamed([text[:place], text[place:]]) == wanted


_NEGATIVES = (Path(__file__).parent / "recognizers/identifier_negatives.txt").read_text("utf-8")


def test_of_texts_without_personal_data_hardly_any_gives_a_number() -> None:
    texts = _NEGATIVES.splitlines()
    assert len(texts) > 140
    assert [text for text in texts if _whole(text)] == []


@pytest.mark.parametrize("join", ["\n", " ", "; "], ids=["lines", "words", "list"])
def test_such_texts_one_after_the_other_give_no_number(join: str, chance: random.Random) -> None:
    texts = _NEGATIVES.splitlines()
    given = 0
    for _ in range(50):
        given += len(_whole(join.join(chance.sample(texts, 4))))
    assert given <= 1


def test_prose_is_held_back_by_a_few_characters() -> None:
    window, held = Window(_DETECTOR), []
    for line in _NEGATIVES.splitlines():
        for character in f"{line}\n":
            window.feed(character)
            held.append(window.held)
    assert sum(held) / len(held) < 16  # most of it is numbers


@pytest.mark.parametrize(
    "unit",
    ["1-", "1 ", "8 ", "7.", "(7)", "12 34 ", "123 456 ", "4111 ", "1111-", "+77 ", "8701 ",
     "KZ12 ", "AB123456 ", "123 ABC ", "P<", "N1234567 ", "4510 номер ", "012 345 678 "],
)  # fmt: skip
def test_digits_that_never_end_are_rejected_before_any_code_of_ours_runs(unit: str) -> None:
    """Counted are the calls of `judge`, over all recognizers, on a text of any length."""
    for length in (8_192, 16_384):
        text = f"авто карта паспорт {unit * length}"[:length]
        calls = sum(_calls(kind(), text) for kind in _NUMBERS)
        assert calls <= (8 if sum(map(str.isdigit, unit)) == 1 else 4 * length / len(unit))


def _calls(recognizer: TextRecognizer, text: str) -> int:
    calls = 0
    judge = recognizer.judge

    def counted(text: str, match: re.Match[str]) -> object:
        nonlocal calls
        calls += 1
        return judge(text, match)

    recognizer.judge = counted  # type: ignore[method-assign, assignment]
    recognizer.analyze(text, [recognizer.ENTITY])
    return calls


_NEARBY = st.sampled_from(
    [
        "родился ", "12.03.1990", " г.р.", "1990 жылы туған", "туған күні: ", "born on ",
        "March 3, ", "2001", "мне ", "34", " года", "34 жаста", "aged ", "возраст: ", "5-летний ",
        "мальчик", "г-н ", "Иванов", "господин ", "Ahmet мырза", "Mr. ", "Smith", " ", ", ", "\n",
        "и что ", "слово за словом идёт, и ещё много слов, " * 2,
    ]
)  # fmt: skip


@pytest.mark.parametrize("kind", [AgeRecognizer, BirthDateRecognizer, TitleRecognizer])
@given(pieces=st.lists(_NEARBY, max_size=12), start=st.integers(0, 30))
def test_nothing_is_found_away_from_signs(
    kind: type[TextRecognizer], pieces: list[str], start: int
) -> None:
    text = "".join(pieces)
    everywhere = type("Everywhere", (kind,), {"NEAR": None})()
    assert list(kind().scan(text, start)) == list(everywhere.scan(text, start))


_BY_DIGITS = [kind for kind in RECOGNIZERS if kind.DIGITS is not None]


@pytest.mark.parametrize("kind", _BY_DIGITS)
@given(data=st.data())
def test_every_match_begins_with_as_many_digits_as_are_looked_for(
    kind: type[TextRecognizer], data: st.DataObject
) -> None:
    assert kind.DIGITS is not None
    fewest, before = kind.DIGITS
    match = data.draw(st.from_regex(kind.PATTERN, fullmatch=True))
    start, _, digits = digit_runs(match)[0]
    assert digits >= fewest
    assert start <= before


_NUMBERED = st.sampled_from(
    [
        "990101", "350123", "8 701 123-45-67", "+7(701)1234567", "4400 4301 1234 5678", "N 1234567",
        "AB №123456", "паспорт ", "удостоверение ", "права ", "машина ", "ssn ", "passport ", "dl ",
        "индекс ", "счёт ", "1", "12", "123", "0", "7", "A", "KZ", "А123ВС", " ", "-", ".", " - ",
        "\n", "43.2389, 76.8897", "51°10' N, ", "и ещё слово ",
    ]
)  # fmt: skip


@pytest.mark.parametrize("kind", _BY_DIGITS)
@given(pieces=st.lists(_NUMBERED, max_size=12), start=st.integers(0, 30))
def test_no_number_is_found_away_from_digits(
    kind: type[TextRecognizer], pieces: list[str], start: int
) -> None:
    text = "".join(pieces)
    everywhere = type("Everywhere", (kind,), {"DIGITS": None})()
    assert list(kind().scan(text, start)) == list(everywhere.scan(text, start))
