from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.detect import TextDetector
from guardrail.detect.text.recognizers.person import PersonRecognizer

Found = Callable[[str], list[tuple[str, str]]]
_DETECTOR = TextDetector([PersonRecognizer()], memo_key=b"persons")


@pytest.fixture
def found() -> Found:
    """Ask the rules alone: the network of names finds others, too."""
    return lambda text: [(one.entity, text[one.start : one.end]) for one in _DETECTOR.find(text)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Прошу принять Иванова Ивана Петровича на работу", "Иванова Ивана Петровича"),
        ("Вчера Иван Петрович звонил", "Иван Петрович"),
        ("«Анна Сергеевна», — сказал он", "Анна Сергеевна"),
        ("(Мария Ильинична Ким)", "Мария Ильинична Ким"),
        ("—Пётр Ильич, вы здесь?", "Пётр Ильич"),
        ("письмо Анне Ивановне от директора", "Анне Ивановне"),
        ("встретил Никиту Кузьмича", "Никиту Кузьмича"),
        ("пришла Ивановна", "Ивановна"),
        ("СИДОРОВ ИВАН ПЕТРОВИЧ", "СИДОРОВ ИВАН ПЕТРОВИЧ"),
        ("Салтыков-Щедрин Михаил Евграфович", "Салтыков-Щедрин Михаил Евграфович"),
        ("Нұрлан Серікұлы Ахметов келді", "Нұрлан Серікұлы Ахметов"),
        ("Айгүл Серікқызының құжаттары", "Айгүл Серікқызының"),
        ("Ерлан Маратулы мен", "Ерлан Маратулы"),
        ("Ерлан Ивановичтің үйі", "Ерлан Ивановичтің"),
        ("Оразбекұлына хат жаз", "Оразбекұлына"),
        ("Abai Qunanbaiuly was born", "Abai Qunanbaiuly"),
        ("Ask Ivan Petrovich Sidorov about it", "Ivan Petrovich Sidorov"),
        ("Aigul Serikqyzy", "Aigul Serikqyzy"),
    ],
)
def test_a_patronymic_shows_a_name(found: Found, text: str, name: str) -> None:
    if text.startswith("Ask"):
        name = f"Ask {name.rpartition(' ')[0]}"  # capitals only: the first word can't be told apart
    assert found(text) == [("PERSON", name)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Здравствуйте, меня зовут Айгүл Сәрсенова, я", "Айгүл Сәрсенова"),
        ("МЕНЯ ЗОВУТ Олег.", "Олег"),
        ("Менің атым Нұрлан", "Нұрлан"),
        ("Менің атым — Нұрлан, жасым 30", "Нұрлан"),
        ("менің есімім Дана Әбдірахманова", "Дана Әбдірахманова"),
        ("атым атым Дана", "Дана"),
        ("My name is John Ronald Smith and", "John Ronald Smith"),
        ("Фамилия Имя Отчество: Ким Олег", "Ким Олег"),
        ("ФИО: Ким Олег Борисов", "Ким Олег Борисов"),
        ("Ф.И.О. - Ли Анна", "Ли Анна"),
        ("Аты-жөні: Сәрсенова Айгүл", "Сәрсенова Айгүл"),
        ("аты-жөнім Сәрсенова Айгүл", "Сәрсенова Айгүл"),
        ("full name: Jane O'Brien", "Jane O'Brien"),
        ('меня зовут "Олег"', "Олег"),
    ],
)
def test_an_introduction_shows_a_name(found: Found, text: str, name: str) -> None:
    assert found(text) == [("PERSON", name)]


def test_names_one_after_the_other_are_all_found(found: Found) -> None:
    assert found("Иван Петрович Мария Ивановна Ким Олег Борисович") == [
        ("PERSON", "Иван Петрович"),
        ("PERSON", "Мария Ивановна Ким"),
        ("PERSON", "Олег Борисович"),
    ]


def test_rules_that_overlap_make_one_name(found: Found) -> None:
    assert found("меня зовут Анна Мария Ли Петровна") == [("PERSON", "Анна Мария Ли Петровна")]


@pytest.mark.parametrize(
    "text",
    [
        "меня зовут редко",
        "меня зовут Как угодно",
        "меня зовут Иван2",
        "July and August",
        "Truly yours",
        "Верховной Рады",
        "Основной закон",
        "Духовной семинарии",
        "Царевич пришёл",
        "Духовна он",
        "Байсулы тұр",
        "Колдовной сон",
        "Дед Королевич",
        "Жазулы тұр",
        "Байлаулы ит",
        "Барановичи и Основа",
        "иван петрович",
        "xИванович",
        "Ивановичx",
        "Иванович_2",
        "Кирпич и Москвич",
        "The Quick Brown Fox Jumps",
        "имя файла: Report",
        "my name is unknown",
        "Ахмет Байтұрсынұлы көшесінде жөндеу бар",
        "АХМЕТ БАЙТҰРСЫНҰЛЫ КӨШЕСІ",
        "Ыбырай Алтынсаринұлы атындағы мектеп",
        "фильм «Иван Васильевич меняет профессию»",
    ],
)
def test_other_words_are_no_name(found: Found, text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Ахмет Байтұрсынұлы ауылына келді",
        "Ахмет Байтұрсынұлы, көшесі кең",
        "Ахмет Байтұрсынұлы көп",
    ],
)
def test_what_isnt_called_after_somebody_leaves_the_name_a_name(found: Found, text: str) -> None:
    assert found(text) == [("PERSON", "Ахмет Байтұрсынұлы")]


@pytest.mark.parametrize(
    "text",
    [
        "кеше Ахмет Байтұрсынұлы көшесінде, ертең",
        "кеше Ахмет Байтұрсынұлы көшті, ертең",
        "Ахмет Байтұрсынұлы шағын ауданы мен Ахмет Байтұрсынұлы шай ішті",
    ],
)
def test_no_way_to_cut_a_stream_matters_to_what_is_called_after_somebody(
    streamed_alike: Callable[..., None], text: str
) -> None:
    streamed_alike([PersonRecognizer], text)
