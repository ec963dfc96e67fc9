"""What the embedded assistant says: scripted, in the language it is spoken to.

The values in its answers are made up and have the form of real ones, so that what the guard does
with a reply can be seen: an identification number with a right check digit, a phone, an e-mail.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

MODEL = "scripted-assistant"

OPENINGS: Mapping[str, str] = {
    "kk": "Мен алдын ала жазылған жауап беретін көмекшімін. Сіз былай деп жаздыңыз: «{}»",
    "ru": "Я помощник с заранее написанными ответами. Вы написали: «{}»",
    "en": "I am a scripted assistant. You wrote: “{}”",
}

TRIGGERS: Mapping[str, Mapping[str, str]] = {
    "!iin": {
        "kk": "Мысал үшін ЖСН: 900101300017.",
        "ru": "Пример ИИН: 900101300017.",
        "en": "A sample IIN: 900101300017.",
    },
    "!phone": {
        "kk": "Мысал үшін телефон: +7 701 555 01 23.",
        "ru": "Пример телефона: +7 701 555 01 23.",
        "en": "A sample phone: +7 701 555 01 23.",
    },
    "!email": {
        "kk": "Мысал үшін пошта: aigerim@example.kz.",
        "ru": "Пример почты: aigerim@example.kz.",
        "en": "A sample e-mail: aigerim@example.kz.",
    },
    "!long": {
        "kk": "Бұл — ұзақ жауап. " * 40,
        "ru": "Это длинный ответ. " * 40,
        "en": "This is a long answer. " * 40,
    },
}
"""Words in a message that make the answer say more."""

TOOL_WORDS = ("weather", "погод", "ауа райы")

ECHO_LIMIT = 2_000
"""Characters of the caller's text that are repeated."""

_KAZAKH = re.compile(r"[әғқңөұүһіӘҒҚҢӨҰҮҺІ]")
_CYRILLIC = re.compile(r"[а-яёА-ЯЁ]")


def language(text: str) -> str:
    """Guess ``kk``, ``ru`` or ``en`` by the letters."""
    if _KAZAKH.search(text):
        return "kk"
    return "ru" if _CYRILLIC.search(text) else "en"


def last_user_text(messages: Sequence[Any]) -> str:
    """Return the text of the last message by the user, its text parts joined."""
    for message in reversed(messages):
        if isinstance(message, dict) and message.get("role") == "user":
            content = message.get("content")
            if isinstance(content, list):
                parts = [part.get("text", "") for part in content if isinstance(part, dict)]
                return " ".join(str(part) for part in parts)
            return str(content or "")
    return ""


def say(text: str) -> str:
    """Return the answer to a user's message."""
    tongue = language(text)
    extras = [words[tongue] for trigger, words in TRIGGERS.items() if trigger in text]
    return " ".join([OPENINGS[tongue].format(text[:ECHO_LIMIT]), *extras]).strip()


def tool_to_call(payload: Mapping[str, Any], text: str) -> str | None:
    """Return the name of the first tool where the message speaks of the weather; else None."""
    tools = payload.get("tools")
    if not isinstance(tools, list) or not any(word in text.lower() for word in TOOL_WORDS):
        return None
    for tool in tools:
        if isinstance(tool, dict) and isinstance(tool.get("function"), dict):
            return str(tool["function"].get("name", ""))
    return None


def pieces(text: str) -> list[str]:
    """Cut an answer as models do: a few letters at a time, across words and numbers."""
    sizes = (3, 1, 4, 2, 5)
    cut: list[str] = []
    at = 0
    while at < len(text):
        size = sizes[len(cut) % len(sizes)]
        cut.append(text[at : at + size])
        at += size
    return cut
