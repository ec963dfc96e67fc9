from __future__ import annotations

import re

from guardrail.detect.text.recognizers.person_words import (
    ADJECTIVES,
    INTRODUCTION,
    NO_NAMES,
    PATRONYMIC,
    WORD,
)


def test_a_word_has_a_capital_and_fifty_letters_at_most() -> None:
    assert re.fullmatch(WORD, "Өтеген-Ұлы")
    assert re.fullmatch(WORD, "A" * 25 + "-" + "b" * 24)
    assert not re.fullmatch(WORD, "A" * 26)
    assert not re.fullmatch(WORD, "иван")


def test_every_case_of_a_patronymic_is_one() -> None:
    cases = {
        "Иванович": ["", "а", "у", "ем", "е", "тің", "ке", "ті", "тен", "пен", "те"],
        "Ивановн": ["а", "ы", "е", "у", "ой", "ою", "аның", "аға", "аны", "адан", "амен"],
        "Серікұлы": ["", "ның", "на", "н", "нда", "нан", "мен"],
        "Серікқызы": ["", "ның", "на", "н", "нда", "нан", "мен"],
        "Ильич": ["", "а", "у", "ем", "е"],
        "Никитичн": ["а", "ы", "е", "у", "ой"],
    }
    for stem, endings in cases.items():
        for ending in endings:
            assert re.fullmatch(PATRONYMIC, stem + ending), stem + ending


def test_words_that_are_no_names_are_kept_in_lower_case() -> None:
    assert all(word == word.casefold() for word in NO_NAMES)


def test_an_introduction_fits_into_what_a_stream_remembers() -> None:
    for text in ("Фамилия, имя, отчество: ", "сіздің аты-жөні : - «", "тегі, аты жөні : "):
        match = re.search(INTRODUCTION, " " + text)
        assert match
        assert len(match[0]) < 60


def test_no_patronymic_is_taken_for_an_adjective() -> None:
    fathers = (
        "Александр Алексе Андре Борис Владимир Дмитри Иван Игор Михайл Никола Петр Сем Серге Юр"
    )
    for father in fathers.split():
        for ending in ("овна", "евна", "ович", "евич", "овной", "евны"):
            assert not re.fullmatch(ADJECTIVES, father + ending)
