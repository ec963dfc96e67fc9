"""Other dress for a sentence: typing errors, Latin letters, harmless words around the request."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from training.names.scripts import ACUTE, CHAT, EVERYDAY, YEAR_2021, spell

AROUND = 40
"""Words that a sentence and what is put around it may come to."""

_LATIN = {"ru": (EVERYDAY, EVERYDAY, CHAT), "kk": (CHAT, YEAR_2021, ACUTE, EVERYDAY)}

LATIN, MISTYPED, SURROUNDED = 0.08, 0.12, 0.3
"""How often each is done."""

POLITE: dict[str, tuple[str, ...]] = {
    "en": (
        "Hi there!", "Please help me.", "Thank you in advance.", "I need this for work.", "hey",
        "Can you do this?", "It is urgent.", "Good morning.", "Here is the task:", "Thanks!",
        "You are a helpful assistant.", "Answer briefly.", "As discussed yesterday.", "pls",
    ),
    "ru": (
        "Здравствуйте!", "Привет", "Помоги, пожалуйста.", "Заранее спасибо.", "Нужно для работы.",
        "Это срочно.", "Добрый день.", "Вот задача:", "Ты полезный помощник.", "Отвечай кратко.",
        "Как договаривались вчера.", "пж", "Спасибо!", "Слушай,",
    ),
    "kk": (
        "Сәлеметсіз бе!", "Сәлем", "Көмектесіңізші.", "Алдын ала рақмет.", "Жұмысқа керек.",
        "Шұғыл керек.", "Қайырлы күн.", "Тапсырма мынау:", "Сен пайдалы көмекшісің.",
        "Қысқа жауап бер.", "Кеше келіскендей.", "Рақмет!", "өтінемін", "Тыңдашы,",
    ),
}  # fmt: skip


def dressed(text: str, lang: str, plain: Sequence[str], rng: Random) -> str:
    """`text` as somebody else could have sent it.

    Args:
        text: the sentence.
        lang: its language, or an empty string.
        plain: harmless sentences to put around it.
        rng: decides.
    """
    if rng.random() < SURROUNDED:
        text = _surrounded(text, lang, plain, rng)
    if rng.random() < MISTYPED:
        text = _mistyped(text, rng)
    if lang in _LATIN and rng.random() < LATIN:
        text = spell(text, rng.choice(_LATIN[lang]))
    return text


def _surrounded(text: str, lang: str, plain: Sequence[str], rng: Random) -> str:
    for _ in range(rng.randint(1, 3)):
        polite = lang in POLITE and (not plain or rng.random() < 0.5)
        other = rng.choice(POLITE[lang] if polite else plain) if polite or plain else ""
        if len(text.split()) + len(other.split()) > AROUND:
            continue
        text = f"{other} {text}" if rng.random() < 0.6 else f"{text} {other}"
    return text


def _mistyped(text: str, rng: Random) -> str:
    """Some letters doubled, dropped or exchanged."""
    letters = list(text)
    for _ in range(1 + len(text) // 40):
        place = rng.randrange(max(1, len(letters) - 1))
        if not letters[place : place + 2] or not all(map(str.isalpha, letters[place : place + 2])):
            continue
        way = rng.randrange(3)
        if way == 0:
            del letters[place]
        elif way == 1:
            letters.insert(place, letters[place])
        else:
            letters[place : place + 2] = reversed(letters[place : place + 2])
    return "".join(letters)
