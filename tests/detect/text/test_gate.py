from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect import TextDetector
from guardrail.detect.text.gate import Gate, groups_of
from guardrail.detect.text.recognizers import RECOGNIZERS

_ALL = [kind() for kind in RECOGNIZERS]
_GATE = Gate(_ALL)
_PIECES = st.sampled_from(
    [
        "850412300123",
        "8 5 0 4 1 2",
        "+7 701 123 45 67",
        "4111 1111 1111 1111",
        "KZ86125KZT5004100100",
        "kz86 125k zt50 0410 0100",
        "a@b.kz",
        "ИИН ",
        "инн 7707083893",
        "паспорт ",
        "N1234567",
        "серия ",
        "4510 № 123456",
        "жеке куәлік ",
        "012345678",
        "уд. личности ",
        "УДВ ",
        "112-233-445 95",
        "меня зовут Олег",
        "Аты-жөні: Дана",
        "Ф. И. О.: Ли",
        "тегі, аты-жөні: Ли",
        "Ильич",
        "Лукич",
        "Серікұлының",
        "СЕРІКҚЫЗЫ",
        "Никитична",
        "мое имя, Олег",
        "i am called Ann",
        "+4420 7946 0958",
        "national id ",
        "төл құжат ",
        "tólqujat ",
        " ",
        ", ",
        "я",
        "\n",
    ]
)


@given(pieces=st.lists(_PIECES, max_size=6))
def test_the_gate_never_keeps_back_a_recognizer_that_would_find_something(
    pieces: list[str],
) -> None:
    text = "".join(pieces)
    passed = _GATE.passed(_GATE.hits(text))
    for one in _ALL:
        if one not in passed:
            assert one.analyze(text, [one.ENTITY]) == []


@pytest.mark.parametrize(
    "text",
    [
        "Добрый день! Подскажите, как оформить отпуск в 2024 году?",
        "Қайырлы күн! Демалысқа өтінішті қалай жазамын?",
        "Please summarise the meeting notes of 15 January.",
        "",
    ],
)
def test_ordinary_prose_passes_hardly_any_recognizer_but_that_of_names(text: str) -> None:
    passed = {one.name for one in _GATE.passed(_GATE.hits(text))}
    assert len(passed - {"NameRecognizer"}) <= 2


def test_a_lone_surrogate_hides_nothing(detector: TextDetector) -> None:
    (one,) = detector.find("\ud83d a@b.kz")
    assert (one.start, one.end) == (2, 8)


def test_no_automaton_holds_many_triggers() -> None:
    numbers, names = [f"[0-9]{{{n}}}" for n in range(30)], [f"(?i)word{n}" for n in range(19)]
    codes, lists = [f"code{n}" for n in range(5)], ["|".join(["word"] * 200)] * 5
    alone = ["|".join(["[0-9] word"] * 200)] * 2
    triggers = [*numbers, *names, *codes, *lists, *alone, r"\pL"]
    groups = groups_of(triggers)
    assert [len(group) for group in groups] == [6, 6, 6, 6, 6, 9, 10, 2, 3, 2, 3, 1, 1, 1]
    assert sorted(one for group in groups for one in group) == sorted(triggers)
    assert groups_of([]) == []


@pytest.mark.parametrize(
    ("text", "passes"), [("г. Алматы, ул. Абая, д. 10", True), ("ул. Абая", False), ("10", False)]
)
def test_all_triggers_of_a_recognizer_must_be_there(text: str, *, passes: bool) -> None:
    assert ("AddressRecognizer" in {one.name for one in _GATE.passed(_GATE.hits(text))}) is passes
