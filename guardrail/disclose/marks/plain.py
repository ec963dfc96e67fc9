"""Plain text: a visible line before it. That is all that a text can carry without a manifest.

Texts are looked at as the bytes that they are, and decoded at their ends only: a long one costs
little more than a short one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrail.disclose.marks import wrapped
from guardrail.disclose.marks.claim import LINES, Claim
from guardrail.disclose.marks.found import Found, Layer, Opened, Unmarkable, says_ai

BOM = b"\xef\xbb\xbf"
_ENDS = 400
"""Characters of a text's start and end in which others' lines are looked for."""
_MOST_OCTETS = 4 * _ENDS
"""That many characters are so long at most."""
_FEW = 64
"""Octets by which most lines are told from the label's."""
_LONGEST = 128
_RETURN = ord("\r")

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

_WORD, _AI, _AI_IN_CHINESE = "интеллект".encode(), re.compile(b"AI"), "人工智能".encode()
"""One of these stands in each of them. So short a word is found sooner by a pattern."""

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
    text_of(data)
    yield from marks_in(data)


def marks_in(data: bytes) -> Iterator[Found]:
    """Yield the same marks of what is known to be UTF-8."""
    yield from visible(data)
    yield from wrapped.read(data)


def opened(data: bytes, *, is_utf8: bool) -> Opened:
    """Return a text about to be marked.

    Args:
        data: the text.
        is_utf8: whether it is known to be UTF-8: then nobody looks again.

    Raises:
        Unmarkable: ``not_utf8``.
    """
    if not is_utf8:
        text_of(data)

    def write(claim: Claim) -> bytes:
        return with_line(data, claim)

    return Opened(marks_in(data) if may_be_marked(data) else (), write, _says_ai)


def may_be_marked(data: bytes) -> bool:
    """Tell whether marks have to be looked for: most texts hold nothing that one is made of."""
    is_short = len(data) <= 2 * _MOST_OCTETS
    ends = data if is_short else data[:_MOST_OCTETS] + data[-_MOST_OCTETS:]
    return _may_say(ends) or wrapped.may_be_in(data)


def _says_ai(data: bytes, claim: Claim) -> bool:
    return is_known(claim) or any(map(says_ai, marks_in(data)))


def is_known(claim: Claim) -> bool:
    """Tell whether the line of a label is one that readers know wherever it stands first."""
    return claim.notice == LINES[claim.label.level]


def visible(data: bytes) -> Iterator[Found]:
    """Yield what the first and last lines of a text say to people, once for each level."""
    levels: list[str] = []
    for line in _outer_lines(data):
        level = level_of_line(line)
        if level and level not in levels:
            levels.append(level)
            stated = line.strip()[:_LONGEST]
            yield Found(
                layer=Layer.VISIBLE, technique="line", valid=True, level=level, stated=stated
            )


def _outer_lines(data: bytes) -> Iterator[str]:
    """Yield the first lines and the last ones; these only when they are asked for."""
    start = data[:_MOST_OCTETS]
    if _may_say(start):
        yield from _LINE.findall(_decoded(start)[:_ENDS])[:3]
    end = data[-_MOST_OCTETS:]
    if _may_say(end):
        yield from _LINE.findall(_decoded(end)[-_ENDS:])[-2:]


def _may_say(piece: bytes) -> bool:
    # Oftener asked than anything else here: no loop. One octet is found sooner than more, and a
    # text in Cyrillic has no such.
    return (
        _WORD in piece
        or (b"I" in piece and _AI.search(piece) is not None)
        or (_AI_IN_CHINESE[0] in piece and _AI_IN_CHINESE in piece)
    )


def _decoded(piece: bytes) -> str:
    # What a cut leaves of a letter is no letter.
    return piece.decode("utf-8", "ignore")


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
    text_of(data)
    return with_line(data, claim)


def with_line(data: bytes, claim: Claim) -> bytes:
    """Return a text in UTF-8 with the label's line before it, once."""
    start = len(BOM) if data.startswith(BOM) else 0
    feed = data.find(b"\n", start)
    if says(data, start, feed + 1 or len(data), claim):
        return data
    end = b"\r\n" if feed > start and data[feed - 1] == _RETURN else b"\n"
    return b"".join((data[:start], claim.notice.encode(), end, end, data[start:]))


def says(data: bytes, start: int, end: int, claim: Claim) -> bool:
    """Tell whether a stretch of a text is the label's line, and nothing else."""
    begins = data[start : min(end, start + _FEW)].decode("utf-8", "ignore").lstrip()
    # Most lines are told by how they begin, and needn't be decoded to their ends.
    if begins and not begins.startswith(claim.notice[: len(begins)]):
        return False
    return data[start:end].decode().strip() == claim.notice


def newline(data: bytes) -> bytes:
    """Return how lines end in a text."""
    at = data.find(b"\n")
    return b"\r\n" if at > 0 and data[at - 1] == _RETURN else b"\n"
