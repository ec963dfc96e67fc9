from __future__ import annotations

import pytest
from hypothesis import given as every
from hypothesis import strategies as st

from training.names import russian
from training.names.lists import words

GIVEN = [
    ("Саша", "m", "Саши Саше Сашу Сашей Саше"),
    ("Мария", "f", "Марии Марии Марию Марией Марии"),
    ("Илья", "m", "Ильи Илье Илью Ильей Илье"),
    ("Игорь", "m", "Игоря Игорю Игоря Игорем Игоре"),
    ("Любовь", "f", "Любови Любови Любовь Любовью Любови"),
    ("Пётр", "m", "Петра Петру Петра Петром Петре"),
    ("Дмитрий", "m", "Дмитрия Дмитрию Дмитрия Дмитрием Дмитрии"),
    ("Игорёк", "m", "Игорька Игорьку Игорька Игорьком Игорьке"),
    ("Айгүл", "f", "Айгүл Айгүл Айгүл Айгүл Айгүл"),
    ("Серік", "m", "Серіка Серіку Серіка Серіком Серіке"),
    ("Әли", "m", "Әли Әли Әли Әли Әли"),
]
SURNAMES = [
    ("Ахметов", "m", "Ахметова Ахметову Ахметова Ахметовым Ахметове"),
    ("Ахметова", "f", "Ахметовой Ахметовой Ахметову Ахметовой Ахметовой"),
    ("Чайковский", "m", "Чайковского Чайковскому Чайковского Чайковским Чайковском"),
    ("Толстой", "m", "Толстого Толстому Толстого Толстым Толстом"),
    ("Толстая", "f", "Толстой Толстой Толстую Толстой Толстой"),
    ("Цой", "m", "Цоя Цою Цоя Цоем Цое"),
    ("Ким", "f", "Ким Ким Ким Ким Ким"),
    ("Черных", "m", "Черных Черных Черных Черных Черных"),
    ("Шевченко", "m", "Шевченко Шевченко Шевченко Шевченко Шевченко"),
    ("Ан-Лесных", "m", "Ана-Лесных Ану-Лесных Ана-Лесных Аном-Лесных Ане-Лесных"),
]


@pytest.mark.parametrize(("name", "gender", "forms"), GIVEN, ids=[g[0] for g in GIVEN])
def test_given_names_decline(name: str, gender: str, forms: str) -> None:
    assert [russian.given(name, case, gender) for case in russian.CASES[1:]] == forms.split()


@pytest.mark.parametrize(("name", "gender", "forms"), SURNAMES, ids=[s[0] for s in SURNAMES])
def test_surnames_decline(name: str, gender: str, forms: str) -> None:
    assert [russian.surname(name, case, gender) for case in russian.CASES[1:]] == forms.split()


@pytest.mark.parametrize(
    ("father", "son", "daughter"),
    [
        ("Сергей", "Сергеевич", "Сергеевна"),
        ("Юрий", "Юрьевич", "Юрьевна"),
        ("Георгий", "Георгиевич", "Георгиевна"),
        ("Игорь", "Игоревич", "Игоревна"),
        ("Илья", "Ильич", "Ильинична"),
        ("Лев", "Львович", "Львовна"),
        ("Михаил", "Михайлович", "Михайловна"),
        ("Болат", "Болатович", "Болатовна"),
        ("Данила", "Данилович", "Даниловна"),
        ("Қуаныш", "Қуанышевич", "Қуанышевна"),
    ],
)
def test_patronymics_come_from_the_father_s_name(father: str, son: str, daughter: str) -> None:
    assert russian.patronymic_of(father, "m") == son
    assert russian.patronymic_of(father, "f") == daughter


def test_patronymics_decline_and_kazakh_ones_do_not() -> None:
    assert russian.patronymic("Петрович", "ins") == "Петровичем"
    assert russian.patronymic("Петровна", "gen") == "Петровны"
    assert russian.patronymic("Серікұлы", "dat") == "Серікұлы"


@pytest.mark.parametrize(
    ("name", "called"),
    [("Наташа", "Наташ"), ("Таня", "Тань"), ("Мария", "Мария"), ("Пётр", "Пётр"), ("Ия", "Ия")],
)
def test_the_vocative_is_clipped_where_speech_clips_it(name: str, called: str) -> None:
    assert russian.vocative(name) == called


@pytest.mark.parametrize(
    ("male", "female"),
    [("Исаев", "Исаева"), ("Донской", "Донская"), ("Цой", "Цой"), ("Каменский", "Каменская")],
)
def test_women_s_surnames_come_from_men_s(male: str, female: str) -> None:
    assert russian.feminine(male) == female


@pytest.mark.parametrize(
    ("name", "case", "form"),
    [
        ("Астана", "loc", "Астане"),
        ("Казань", "gen", "Казани"),
        ("Ярославль", "gen", "Ярославля"),
        ("Костанай", "acc", "Костанай"),
        ("Алматы", "gen", "Алматы"),
        ("Нижний Тагил", "gen", "Нижний Тагил"),
        ("Нью-Йорк", "loc", "Нью-Йорке"),
    ],
)
def test_places_decline(name: str, case: str, form: str) -> None:
    assert russian.place(name, case) == form


@every(
    st.sampled_from(
        (*words("kk_given_m", "kk_given_f", "ru_dim_m", "peoples_given_f"), "Я", "Лев")
    ),
    st.sampled_from(russian.CASES),
    st.sampled_from("mf"),
)
def test_every_form_keeps_the_name_s_beginning(name: str, case: str, gender: str) -> None:
    form = russian.given(name, case, gender)
    assert form[:1] == name[:1]
    assert " " not in form
    assert abs(len(form) - len(name)) <= 2
