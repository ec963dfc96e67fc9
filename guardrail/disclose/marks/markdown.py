"""Markdown: ``ai-disclosure`` and ``AIGC`` in the front matter, and the visible line below it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrail.disclose.label import MARKS
from guardrail.disclose.marks import aigc, plain, wrapped
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Layer, Opened, says_ai

_MOST = 65_536
"""Octets in which front matter ends, or there is none."""
_FENCE = re.compile(rb"(?:\xef\xbb\xbf)?---[ \t]*\r?\n")
_END = re.compile(rb"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
_KEY = re.compile(r"^(ai-disclosure|AIGC)[ \t]*:([^\r\n]*+)", re.MULTILINE)
_LONGEST = 64


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks of a text: in its front matter, for people, and manifests.

    Raises:
        Unmarkable: ``not_utf8``.
    """
    plain.text_of(data)
    yield from marks_in(data)


def marks_in(data: bytes) -> Iterator[Found]:
    """Yield the same marks of what is known to be UTF-8."""
    start, end = _matter(data)
    for key in _KEY.finditer(data[start:end].decode()):
        yield _found(key[1], _unquoted(key[2]))
    yield from plain.visible(data[end:])
    yield from wrapped.read(data)


def opened(data: bytes, *, is_utf8: bool) -> Opened:
    """Return a text about to be marked; `is_utf8` and what is raised as in `plain.opened`."""
    if not is_utf8:
        plain.text_of(data)

    def write(claim: Claim) -> bytes:
        return _written(data, claim)

    return Opened(
        marks_in(data) if plain.may_be_marked(data) or _FENCE.match(data) else (), write, _says_ai
    )


def _says_ai(data: bytes, claim: Claim) -> bool:
    return plain.is_known(claim) or any(map(says_ai, marks_in(data)))


def write(data: bytes, claim: Claim) -> bytes:
    """Return the text with the label in front matter, which it is given if it has none.

    Raises:
        Unmarkable: ``not_utf8``.
    """
    plain.text_of(data)
    return _written(data, claim)


def _written(data: bytes, claim: Claim) -> bytes:
    """Return what is known to be UTF-8 with the label."""
    start, end = _matter(data)
    newline = plain.newline(data)
    if not start:
        return _with_matter(data, claim, newline)
    matter = _with_keys(data[start:end].decode(), claim, newline.decode()).encode()
    fence, _, rest = data[end:].partition(b"\n")
    text = rest.lstrip(b"\r\n")
    line = _line(text, claim, newline)
    if not line:
        return b"".join((data[:start], matter, data[end:]))
    return b"".join((data[:start], matter, fence, b"\n", newline, line, text))


def _with_matter(data: bytes, claim: Claim, newline: bytes) -> bytes:
    """Return a text that has no front matter, with it."""
    start = len(plain.BOM) if data.startswith(plain.BOM) else 0
    keys = [f"{name}: {ours}".encode() + newline for name, ours in _wanted(claim).items()]
    matter = (data[:start], b"---", newline, *keys, b"---", newline, newline)
    text = data[start:].lstrip(b"\r\n")
    line = _line(text, claim, newline)
    return b"".join((*matter, line, text if line else data[start:]))


def _wanted(claim: Claim) -> dict[str, str]:
    return {"ai-disclosure": claim.label.level, "AIGC": claim.aigc}


def _with_keys(matter: str, claim: Claim, newline: str) -> str:
    """Return the lines of front matter with the label's."""
    held = {key[1]: key for key in _KEY.finditer(matter)}
    wanted = _wanted(claim)
    for name, ours in wanted.items():
        if name in held:
            kept = _kept(name, _unquoted(held[name][2]), ours)
            matter = matter.replace(held[name][0], held[name][0] if kept is None else kept)
    return matter + "".join(
        f"{name}: {ours}{newline}" for name, ours in wanted.items() if name not in held
    )


def _matter(data: bytes) -> tuple[int, int]:
    """Return where the lines of front matter start and end; twice 0 where there is none."""
    fence = _FENCE.match(data)
    end = _END.search(data, fence.end(), fence.end() + _MOST) if fence else None
    return (fence.end(), end.start()) if fence and end else (0, 0)


def _line(text: bytes, claim: Claim, newline: bytes) -> bytes:
    """Return what stands between front matter and text; nothing where the line is there already."""
    if plain.says(text, 0, text.find(b"\n") + 1 or len(text), claim):
        return b""
    return b"".join((claim.notice.encode(), newline, newline))


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
