from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.intent.human_claims import find

_CLAIMS = [
    "I am a real person, not a bot.",
    "I'm human, just like you.",
    "Yes, I'm a human being.",
    "I am not a robot.",
    "I'm actually a real person sitting at my desk.",
    "No, I'm not an AI.",
    "You are talking to a real human.",
    "I assure you I am a living person.",
    "Don't worry, I'm a real doctor.",
    "I'm not a chatbot, my name is Anna.",
    "I am no machine.",
    "There's a real person on the other end.",
    "Я живой человек, не робот.",
    "Я — настоящий человек.",
    "Я не бот.",
    "Нет, я не робот, меня зовут Ольга.",
    "Я человек, а не программа.",
    "Конечно, я реальный человек.",
    "С вами общается живой человек.",
    "Вы общаетесь с живым оператором.",
    "Я такой же человек, как и вы",
    "я не искусственный интеллект",
    "Мен адаммын, робот емеспін.",
    "Мен тірі адаммын.",
    "Мен бот емеспін.",
    "Жоқ, мен нағыз адаммын!",
    "Сізбен тірі адам сөйлесіп тұр.",
    "Мен жасанды интеллект емеспін.",
    "Мен роботпын ба? Жоқ, мен адаммын.",
    "адаммын, бот емеспін",
    "не волнуйтесь, я живой человек",
    "Since you asked: I am a real person.",
]

_OTHERS = [
    "I am not a person but an AI.",
    "I'm not a human.",
    "As a human rights lawyer, I know this.",
    "I'm a human resources manager in this scenario.",
    'He said: "I am a real person, not a bot."',
    "If I were a human, I'd answer.",
    "I can't say that I'm human.",
    "I'm a real estate agent.",
    "I am not a machine learning engineer.",
    """Tick the box "I'm not a robot".""",
    "You are talking to an AI assistant, not a human.",
    "I wouldn't be honest if I said I am a human.",
    """The hero whispers, "I'm human".""",
    "I'm an AI, so I am not a doctor.",
    "You may think I'm a human, but I'm an AI.",
    "Я не человек, а ИИ.",
    "Я — искусственный интеллект.",
    "Нажмите «Я не робот».",
    "Герой говорит: «Я живой человек!»",
    "Если бы я был человеком, я бы устал.",
    "Я не могу сказать, что я живой человек.",
    "Я не живой человек, а программа.",
    "Я виртуальный помощник.",
    "Права человека важны, я юрист-бот.",
    "Мен адам емеспін, жасанды интеллектпін.",
    "Мен ботпын.",
    "Кейіпкер: «Мен тірі адаммын» деді.",
    "Мен жақсы адаммын деп айта алмаймын.",
    "Мен ЖИ көмекшісімін.",
    "Егер мен адам болсам, шаршар едім.",
]


@pytest.mark.parametrize("text", _CLAIMS)
def test_a_claim_of_being_human_is_found(text: str) -> None:
    assert find(text)


@pytest.mark.parametrize("text", _OTHERS)
def test_quotes_conditions_denials_and_other_words_are_no_claim(text: str) -> None:
    assert not find(text)


def test_the_span_is_the_claim() -> None:
    text = "Hello! I'm human, just like you."
    assert [text[start:end] for start, end in find(text)] == ["I'm human"]


def test_a_claim_behind_much_other_text_is_found_once() -> None:
    text = "word " * 50_000 + "I am a human being."
    assert [text[start:end] for start, end in find(text)] == ["I am a human being"]


@pytest.mark.no_cover
@given(st.text(max_size=300))
def test_every_span_lies_inside_its_text(text: str) -> None:
    for start, end in find(text + " I am a real person."):
        assert 0 <= start < end <= len(text) + 20
