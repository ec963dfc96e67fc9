"""The words of a label, line by line, each in its language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from guardrail.disclose.visible.unlabelled import Unlabelled

SEPARATOR = " · "
"""Between languages that stand on one line."""
FONT = "Arial"
"""It has Kazakh's letters, and so have those that stand in for it, as Liberation Sans."""
_SCRIPTS = (
    (re.compile("[әғқңөұүһі]", re.IGNORECASE), "kk-KZ"),
    (re.compile("[\u0400-\u04ff]"), "ru-RU"),
    (re.compile("[\uac00-\ud7a3]"), "ko-KR"),
    (re.compile("[\u4e00-\u9fff]"), "zh-CN"),
)
"""The languages that packs have, by letters that the ones behind them lack."""
_UNWRITABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""XML has no place for them."""


@dataclass(frozen=True, slots=True)
class Line:
    """Words in one language."""

    text: str
    language: str
    """As ``kk-KZ``: readers aloud choose their voice by it."""


def lines_of(words: str) -> tuple[Line, ...]:
    """Return the lines of a label.

    Args:
        words: One or more lines, each in a language.

    Raises:
        Unlabelled: ``no_letters``: there are none.
    """
    texts = (_UNWRITABLE.sub("", line).strip() for line in words.splitlines())
    lines = tuple(Line(text, _language(text)) for text in texts if text)
    if not lines:
        raise Unlabelled("no_letters")
    return lines


def joined(lines: tuple[Line, ...]) -> str:
    """Return all of them on one line."""
    return SEPARATOR.join(line.text for line in lines)


def _language(text: str) -> str:
    return next((name for letters, name in _SCRIPTS if letters.search(text)), "en-US")
