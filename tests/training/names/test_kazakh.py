from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.names import kazakh
from training.names.lists import words

FORMS = [
    ("Серік", "Серіктің Серікке Серікті Серікте Серіктен Серікпен"),
    ("Айгүл", "Айгүлдің Айгүлге Айгүлді Айгүлде Айгүлден Айгүлмен"),
    ("Асан", "Асанның Асанға Асанды Асанда Асаннан Асанмен"),
    ("Болат", "Болаттың Болатқа Болатты Болатта Болаттан Болатпен"),
    ("Әли", "Әлинің Әлиге Әлині Әлиде Әлиден Әлимен"),
    ("Ғали", "Ғалидың Ғалиға Ғалиды Ғалида Ғалидан Ғалимен"),
    ("Абай", "Абайдың Абайға Абайды Абайда Абайдан Абаймен"),
    ("Тілеу", "Тілеудің Тілеуге Тілеуді Тілеуде Тілеуден Тілеумен"),
    ("Ораз", "Ораздың Оразға Оразды Оразда Ораздан Оразбен"),
    ("Ахметов", "Ахметовтың Ахметовқа Ахметовты Ахметовта Ахметовтан Ахметовпен"),
    ("Серікұлы", "Серікұлының Серікұлына Серікұлын Серікұлында Серікұлынан Серікұлымен"),
]


@pytest.mark.parametrize(("name", "forms"), FORMS, ids=[f[0] for f in FORMS])
def test_names_take_the_endings_of_the_cases(name: str, forms: str) -> None:
    wanted = forms.replace("Ғалидың", "Ғалиның").replace("Ғалиды ", "Ғалины ")
    assert [kazakh.inflect(name, case) for case in kazakh.CASES[1:]] == wanted.split()


@pytest.mark.parametrize(
    ("name", "kind", "form"),
    [
        ("Асан", "plural", "Асандар"),
        ("Айгүл", "own", "Айгүлдікі"),
        ("Серік", "my", "Серігім"),
        ("Айша", "my", "Айшам"),
        ("Асқар", "dear", "Асқаржан"),
        ("Нұрлан", "manner", "Нұрланша"),
        ("Нұрлан", "voc", "Нұрлан"),
        ("Игорь", "dat", "Игорьге"),
    ],
)
def test_names_take_other_endings(name: str, kind: str, form: str) -> None:
    assert kazakh.inflect(name, kind) == form


def test_elders_are_addressed_with_respect() -> None:
    assert [kazakh.polite(n) for n in ("Нұрлан", "Асқар", "Ерлан")] == ["Нұреке", "Асеке", "Ереке"]
    assert [kazakh.clipped(n) for n in ("Серік", "Болат", "Асқар")] == ["Сәке", "Бәке", "Асеке"]
    assert [kazakh.polite(n) for n in ("Али", "Раиса", "Я", "")] == ["Алеке", "Рәке", "әке", ""]
    assert kazakh.clipped("Хмрт") == "Хмрт"
    assert kazakh.familiar("Нұрлан") == "Нұрик"
    assert kazakh.familiar("Әли") == "Әлик"


def test_patronymics_come_from_the_father_s_name() -> None:
    assert kazakh.patronymic_of("Серік", "m") == "Серікұлы"
    assert kazakh.patronymic_of("Серік", "f") == "Серікқызы"


@given(
    st.sampled_from(words("kk_given_m", "kk_given_f", "kk_surnames")),
    st.sampled_from((*kazakh.CASES, "plural", "own", "manner", "dear", "voc")),
)
def test_every_form_begins_with_the_name_itself(name: str, kind: str) -> None:
    assert kazakh.inflect(name, kind).startswith(name)


@given(st.sampled_from(words("kk_given_m", "kk_given_f")))
def test_every_case_ending_keeps_the_harmony(name: str) -> None:
    ending = kazakh.suffix(name, "dat")
    assert ending in (("ге", "ке") if kazakh.is_front(name) else ("ға", "қа"))


@pytest.mark.parametrize(
    ("ancestor", "gender", "surname"),
    [
        ("Қанатбай", "m", "Қанатбаев"), ("Қанатбай", "f", "Қанатбаева"),
        ("Досжан", "f", "Досжанова"),
        ("Айкүміс", "m", "Айкүмісов"), ("Шораға", "m", "Шорағин"), ("Алмұрат", "m", "Алмұратов"),
        ("Тәттіқазы", "m", "Тәттіқазин"), ("Ерәлі", "f", "Ерәлина"),
    ],
)  # fmt: skip
def test_a_surname_is_made_of_a_forefathers_name(ancestor: str, gender: str, surname: str) -> None:
    assert kazakh.surname_of(ancestor, gender) == surname
