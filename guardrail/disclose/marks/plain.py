"""Plain text: a visible line before it. That is all that a text can carry without a manifest."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrail.disclose.marks import wrapped
from guardrail.disclose.marks.claim import LINES, Claim
from guardrail.disclose.marks.found import Found, Layer, Unmarkable

_BOM = "\ufeff"
_ENDS = 400
"""Characters of a text's start and end in which others' lines are looked for."""
_LONGEST = 128

_SAID = (
    ("Жасанды интеллект көмегімен дайындалған", "ai-assisted"),
    ("Подготовлено с помощью искусственного интеллекта", "ai-assisted"),
    ("Prepared with AI assistance", "ai-assisted"),
    ("Жасанды интеллект өзгерткен", "ai-assisted"),
    ("Изменено искусственным интеллектом", "ai-assisted"),
    ("AI-modified", "ai-assisted"),
    ("Жасанды интеллект жасаған", "ai-generated"),
    ("Создано искусственным интеллектом", "ai-generated"),
    ("AI-generated", "ai-generated"),
    ("由人工智能生成", "ai-generated"),
    ("AI生成", "ai-generated"),
    ("AI로 생성된 콘텐츠입니다", "ai-generated"),
)
"""Our own words in three languages, and those that China and Korea ask for → level."""

_SUSPECTED = "疑似AI生成"
_LINE = re.compile(r"[^\r\n]++")


def text_of(data: bytes) -> str:
    """Return a text.

    Raises:
        Unmarkable: ``not_utf8``.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Unmarkable("not_utf8") from None


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks of a text: lines for people at its ends, and manifests.

    Raises:
        Unmarkable: ``not_utf8``.
    """
    text = text_of(data)
    yield from visible(text)
    yield from wrapped.read(text)


def visible(text: str) -> Iterator[Found]:
    """Yield what the first and last lines of a text say to people, once for each level."""
    lines = [*_LINE.findall(text[:_ENDS])[:3], *_LINE.findall(text[-_ENDS:])[-2:]]
    levels = set()
    for line in lines:
        level = level_of_line(line)
        if level and level not in levels:
            levels.add(level)
            stated = line.strip()[:_LONGEST]
            yield Found(
                layer=Layer.VISIBLE, technique="line", valid=True, level=level, stated=stated
            )


def level_of_line(line: str) -> str:
    """Return the level that a line states, if it says nothing else or little."""
    stripped = line.strip(" \t*_>#[]()【】—-·.:!\ufeff")
    if len(stripped) > 2 * _LONGEST or _SUSPECTED in stripped:
        return ""
    return next(
        (level for words, level in _SAID if stripped.startswith(words) and _is_alone(stripped)), ""
    )


def _is_alone(line: str) -> bool:
    """Tell whether a line is one that our labels write, or a short one: no sentence of a text."""
    return len(line) <= 64 or line in LINES.values()


def write(data: bytes, claim: Claim) -> bytes:
    """Return the text with the label's line before it.

    Raises:
        Unmarkable: ``not_utf8``.
    """
    return with_line(text_of(data), claim).encode()


def with_line(text: str, claim: Claim) -> str:
    """Return a text with the label's line before it, once."""
    mark, rest = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    first = rest[: rest.find("\n") + 1] or rest
    if first.strip() == claim.notice:
        return text
    end = newline(rest)
    return f"{mark}{claim.notice}{end}{end}{rest}"


def newline(text: str) -> str:
    """Return how lines end in a text."""
    at = text.find("\n")
    return "\r\n" if at > 0 and text[at - 1] == "\r" else "\n"
