from __future__ import annotations

import pytest

from guardrail.detect.text.names.twofold import is_a_word, is_well_known


@pytest.mark.parametrize("word", ["Бақыт", "Жібек", "Вера", "роза", "Grace", "MARK"])
def test_a_name_may_be_an_everyday_word(word: str) -> None:
    assert is_a_word(word)


@pytest.mark.parametrize("word", ["Айгерим", "Ержан", "Ольга", "Дмитрий", "Jennifer", "Paul", ""])
def test_most_names_are_none(word: str) -> None:
    assert not is_a_word(word)


@pytest.mark.parametrize(
    "name",
    [
        "Sherlock Holmes",
        "Анна Каренина",
        "Анны Карениной",
        "Ильи Муромца",
        "Michael Kors",
        "Абай Құнанбайұлының",
        "Мухтара Ауэзова",
        "Буратино",
    ],
)
def test_a_hero_a_brand_and_a_classic_are_known_in_any_case(name: str) -> None:
    assert is_well_known(name.split())


@pytest.mark.parametrize(
    "name",
    [
        "Sherlock",
        "Holmes",
        "Michael Korshunov",
        "Анна Каримова",
        "Анна Каренина Петровна",
        "Абай Серіков",
        "Мухтар Ахметов",
        "Tom Collins",  # a drink, and many a man
        "",
    ],
)
def test_whoever_shares_a_word_with_one_is_not(name: str) -> None:
    assert not is_well_known(name.split())
