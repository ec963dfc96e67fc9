from __future__ import annotations

import pytest

from guardrail.detect import TextDetector
from guardrail.detect.text.recognizers.minor import MinorAgeRecognizer, MinorRecognizer

_DETECTOR = TextDetector([MinorAgeRecognizer(), MinorRecognizer()], memo_key=b"x")


def _values(text: str) -> list[str]:
    return [text[one.start : one.end] for one in _DETECTOR.find(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("сыну 17 лет", "17 лет"),
        ("моей внучке 6 месяцев", "6 месяцев"),
        ("дочке шесть лет", "шесть лет"),
        ("ұлым 5 жаста", "5 жаста"),
        ("улым бес жаста", "бес жаста"),
        ("10 жастағы балам", "10 жастағы"),
        ("15 жастамын", "жастамын"),
        ("my underage sister", "underage"),
        ("мой сын-подросток", "сын-подросток"),
        ("сын ходит в первый класс", "первый класс"),
        ("несовершеннолетний Ахметов А.", "несовершеннолетний"),
        ("my daughter is in 3rd grade", "3rd grade"),
        ("I have a 4-year-old", "4-year-old"),
        ("мне 15, я боюсь", "15"),
        ("немеремнің жасы 6-да, балабақшаға барады", "6-да"),
        ("ұлым он бір жаста", "он бір жаста"),
        ("қызым сегізде", "сегізде"),
        ("ребёнку 5 лет, паспорта нет", "5 лет"),
        ("my nephew, aged 8, lost it", "8"),
        ("she is only 16", "16"),
        ("Айару 9 жаста", "9 жаста"),
        ("ученица 7 «Б» класса Серикова", "7 «Б» класса"),
        ("Emma is nine and happy", "nine"),
    ],
)
def test_a_child_is_found(text: str, value: str) -> None:
    assert _values(text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "сыну 18 лет",
        "сыну 25",
        "мне 30",
        "дочке 7 лет назад подарили",
        "Ребёнку 7 лет: что подарить",
        "my sister is 20 weeks pregnant",
        "Emma is one of us",
        "my 9-year-old car",
        "сыну 12 тысяч",
        "дети 5 лет",
        "несовершеннолетний не может",
        "a minor issue",
        "5 класс",
    ],
)
def test_others_are_not(text: str) -> None:
    assert _values(text) == []
