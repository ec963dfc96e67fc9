from __future__ import annotations

import pytest

from guardrail.testing.assistant.script import TRIGGERS, language, pieces, say


@pytest.mark.parametrize(
    ("text", "tongue"),
    [
        ("Қайырлы таң", "kk"),
        ("Доброе утро", "ru"),
        ("Good morning", "en"),
        ("", "en"),
        ("12", "en"),
    ],
)
def test_the_language_is_guessed_by_the_letters(text: str, tongue: str) -> None:
    assert language(text) == tongue


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_trigger_makes_the_answer_say_more_in_every_language(trigger: str) -> None:
    for tongue, greeting in (("kk", "Сәлем"), ("ru", "Привет"), ("en", "Hello")):
        assert TRIGGERS[trigger][tongue].strip() in say(f"{greeting} {trigger}")
        assert TRIGGERS[trigger][tongue].strip() not in say(greeting)


def test_braces_in_a_message_are_only_echoed() -> None:
    assert "{0.__class__}" in say("{0.__class__}")


def test_pieces_are_small_and_add_up() -> None:
    cut = pieces("An answer of some length.")
    assert "".join(cut) == "An answer of some length."
    assert max(map(len, cut)) <= 5
    assert pieces("") == []
