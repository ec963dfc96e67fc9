from __future__ import annotations

import pytest

from guardrail.detect.text.names.knowledge import Name
from guardrail.detect.text.names.spans import (
    Sure,
    first_in_row,
    first_initial,
    in_abbreviation,
    is_first,
    is_initial,
    is_listed,
    is_plain,
    is_rather_historic,
    names_in,
)
from guardrail.detect.text.names.words import Words, words_of


def _names(text: str, sure: dict[str, tuple[float, bool]], listed: str = "") -> list[str]:
    words = words_of(text)
    known: Sure = {number: sure[word] for number, word in enumerate(words.texts) if word in sure}
    marks = [Name.ITSELF if word == listed else Name.NONE for word in words.texts]
    return [
        text[words.starts[first] : words.starts[last] + len(words.texts[last])]
        for first, last, _ in names_in(words, known, marks)
    ]


def test_words_side_by_side_are_one_name_until_another_begins() -> None:
    sure = {"Айгуль": (0.9, True), "Ким": (0.9, False), "Анна": (0.9, True)}
    assert _names("Вот Айгуль Ким Анна пришли", sure) == ["Айгуль Ким", "Анна"]
    assert _names("Вот Айгуль, Ким, Анна пришли", sure) == ["Айгуль", "Ким", "Анна"]


def test_a_doubtful_word_is_of_the_name_beside_it_only() -> None:
    assert _names("Вот Тауасар Ким", {"Тауасар": (0.4, True), "Ким": (0.9, True)}) == [
        "Тауасар Ким"
    ]
    assert _names("Вот Тауасар тут", {"Тауасар": (0.4, True)}) == []


@pytest.mark.parametrize(
    ("text", "chance", "listed", "found"),
    [
        ("Вот тут Дана пришла", 0.75, "", False),  # a capital for no other reason
        ("Вот тут Дана пришла", 0.87, "", True),
        ("Вот тут Дана пришла", 0.55, "Дана", True),
        ("Дана пришла", 0.79, "Дана", False),  # the first word has one anyway
        ("Дана пришла", 0.95, "", True),
        ("Вот: Дана пришла", 0.55, "", False),
        ("Вот: Дана пришла", 0.55, "Дана", True),
        ("Вот: Дана пришла", 0.75, "", False),
        ("Вот: Дана пришла", 0.85, "", True),
    ],
)
def test_a_word_alone_must_be_surer(text: str, chance: float, listed: str, *, found: bool) -> None:
    assert _names(text, {"Дана": (chance, True)}, listed) == (["Дана"] if found else [])


@pytest.mark.parametrize(
    ("text", "chance", "listed", "found"),
    [
        ("Дана үйге келді", 0.85, "Дана", True),
        ("Дана үйге келді", 0.79, "", False),  # the first word has a capital anyway
        ("Дана домой пришла", 0.79, "Дана", False),
        ("Үйде: Дана келді", 0.55, "", True),
        ("Дома: Дана пришла", 0.55, "", False),
    ],
)
def test_a_word_alone_may_be_less_sure_among_kazakh_words(
    text: str, chance: float, listed: str, *, found: bool
) -> None:
    assert _names(text, {"Дана": (chance, True)}, listed) == (["Дана"] if found else [])


@pytest.mark.parametrize(
    ("text", "word", "chance", "found"),
    [
        ("Бақыт келді", "Бақыт", 0.8, False),
        ("Бақыт келді", "Бақыт", 0.87, True),
        ("Ержан үйге келді", "Ержан", 0.75, True),
        ("Вера пришла", "Вера", 0.87, False),
        ("Вера пришла", "Вера", 0.92, True),
        ("Ольга пришла", "Ольга", 0.82, True),
    ],
)
def test_a_name_that_is_a_word_must_be_surer_at_the_head_of_a_sentence(
    text: str, word: str, chance: float, *, found: bool
) -> None:
    assert _names(text, {word: (chance, True)}, word) == ([word] if found else [])


@pytest.mark.parametrize("text", ["Uses Verdana here", "Uses: Verdana here", "Verdana here"])
def test_a_latin_word_alone_that_no_list_has_must_be_surer(text: str) -> None:
    assert _names(text, {"Verdana": (0.87, True)}) == []
    assert _names(text, {"Verdana": (0.92, True)}) == ["Verdana"]
    assert _names("Тут: Вердана есть", {"Вердана": (0.82, True)}) == ["Вердана"]


def test_it_needn_t_be_where_a_list_has_it() -> None:
    assert _names("Uses: Verdana here", {"Verdana": (0.75, True)}, "Verdana") == ["Verdana"]


def test_two_letters_that_transliterate_one_are_an_initial() -> None:
    sure = {"Ospanov": (0.9, True)}
    assert _names("ornynda Zh.Sh. Ospanov", sure) == ["Zh.Sh. Ospanov"]
    assert _names("ornynda Ospanov Zh. K.", sure) == ["Ospanov Zh. K."]
    assert _names("See Fig. Ospanov", sure) == ["Ospanov"]
    assert _names("SH. ZH. CH. KH.", {"SH": (0.9, True), "ZH": (0.9, False)}) == []


def test_only_what_is_nearly_sure_is_a_person_where_somebody_historic_is_called_so() -> None:
    assert is_rather_historic(Name.HISTORIC, 0.8)
    assert not is_rather_historic(Name.HISTORIC, 0.9)
    assert not is_rather_historic(Name.NONE, 0.1)


def test_initials_are_not_three() -> None:
    words = words_of("Ф.И.О. Ким А. Б. Ким")
    assert [in_abbreviation(words, number) for number in (0, 2, 4, 7, 9)] == [
        True, True, True, False, False,
    ]  # fmt: skip
    assert words.texts[first_initial(words, 6)] == "Ким"
    assert words.texts[first_initial(words, 11)] == "А"


def test_initials_in_a_row_are_taken_as_they_stand_whatever_their_case() -> None:
    words = words_of("А. Б. в. ким. Г. Ким")
    assert words.texts[first_in_row(words, 6)] == "Б"
    assert words.texts[first_in_row(words, 4)] == "А"
    assert words.texts[first_in_row(words, 10)] == "Г"


def test_an_initial_is_a_letter_with_a_stop() -> None:
    words = words_of("А. б 1а. О'Б. Я")
    found = [word for number, word in enumerate(words.texts) if is_initial(words, number)]
    assert found == ["А", "Я"]


def test_a_capital_within_a_sentence_tells_and_at_its_start_does_not() -> None:
    words = words_of("Вот Дана, Ерлан и Курбан-айт. Серик")
    assert _plain(words, common="Вот") == {"Ерлан"}
    assert [word for n, word in enumerate(words.texts) if is_first(words, n)] == ["Вот", "Серик"]


def test_in_kazakh_a_capital_tells_behind_a_common_word_that_begins_the_sentence() -> None:
    words = words_of("Біздің Толқын келді. Таудың Сәулесі")
    assert _plain(words, common="Біздің") == {"Толқын"}
    assert _plain(words, common="") == set()


def _plain(words: Words, *, common: str) -> set[str]:
    marks = [Name.COMMON if word == common else Name.NONE for word in words.texts]
    return {word for number, word in enumerate(words.texts) if is_plain(words, number, marks)}


def test_a_form_of_a_name_counts_among_kazakh_words() -> None:
    assert is_listed(words_of("тапсырыс Ботаға келді"), 1, Name.INFLECTED)
    assert not is_listed(words_of("цепи Маркова тут"), 1, Name.INFLECTED)
    assert is_listed(words_of("это Дана тут"), 1, Name.ITSELF)
