"""Markdown: ``ai-disclosure`` and ``AIGC`` in the front matter, and the visible line below it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrail.disclose.label import MARKS
from guardrail.disclose.marks import aigc, plain, wrapped
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Layer

_MOST = 65_536
"""Characters in which front matter ends, or there is none."""
_FENCE = re.compile(r"\ufeff?---[ \t]*\r?\n")
_END = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
_KEY = re.compile(r"^(ai-disclosure|AIGC)[ \t]*:([^\r\n]*+)", re.MULTILINE)
_LONGEST = 64


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks of a text: in its front matter, for people, and manifests.

    Raises:
        Unmarkable: ``not_utf8``.
    """
    text = plain.text_of(data)
    start, end = _matter(text)
    for key in _KEY.finditer(text, start, end):
        yield _found(key[1], _unquoted(key[2]))
    yield from plain.visible(text[end:])
    yield from wrapped.read(text)


def write(data: bytes, claim: Claim) -> bytes:
    """Return the text with the label in front matter, which it is given if it has none.

    Raises:
        Unmarkable: ``not_utf8``.
    """
    text = plain.text_of(data)
    start, end = _matter(text)
    held = {key[1]: key for key in _KEY.finditer(text, start, end)}
    newline = plain.newline(text)
    wanted = {"ai-disclosure": claim.label.level, "AIGC": claim.aigc}
    matter = text[start:end]
    for name, ours in wanted.items():
        if name in held:
            kept = _kept(name, _unquoted(held[name][2]), ours)
            matter = matter.replace(held[name][0], held[name][0] if kept is None else kept)
    matter += "".join(
        f"{name}: {ours}{newline}" for name, ours in wanted.items() if name not in held
    )
    if start:
        head, rest = text[:start] + matter, text[end:]
    else:
        mark, rest = (text[:1], text[1:]) if text.startswith("\ufeff") else ("", text)
        head, rest = f"{mark}---{newline}{matter}", f"---{newline}{newline}{rest}"
    return (head + _with_line(rest, claim, newline)).encode()


def _matter(text: str) -> tuple[int, int]:
    """Return where the lines of front matter start and end; twice 0 where there is none."""
    fence = _FENCE.match(text)
    end = _END.search(text, fence.end(), fence.end() + _MOST) if fence else None
    return (fence.end(), end.start()) if fence and end else (0, 0)


def _with_line(rest: str, claim: Claim, newline: str) -> str:
    """Return what follows front matter, its closing fence first, with the label's line in it."""
    fence, _, body = rest.partition("\n")
    stripped = body.lstrip("\r\n")
    if stripped.partition("\n")[0].strip() == claim.notice:
        return rest
    return f"{fence}\n{newline}{claim.notice}{newline}{newline}{stripped}"


def _kept(name: str, held: str, ours: str) -> str | None:
    """Return a line to stand instead of one that is held; None where that stays."""
    if name == "AIGC":
        new = aigc.merged(held, ours)
        return None if new == held else f"{name}: {new}"
    return None if _is_of_ai(held) else f"{name}: {ours}"


def _is_of_ai(level: str) -> bool:
    return level in MARKS and level != "none"


def _found(name: str, value: str) -> Found:
    if name == "AIGC":
        return aigc.read(value)
    return Found(
        layer=Layer.METADATA,
        technique="front-matter:ai-disclosure",
        valid=value in MARKS,
        level=value if value in MARKS else "",
        stated=value[:_LONGEST],
    )


def _unquoted(value: str) -> str:
    value = value.strip(" \t")
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if quoted else value
