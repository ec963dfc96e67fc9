"""Media in the midst of a text that arrives in pieces, found as in the whole (`hidden_in`).

Text goes on at once, up to where a run of base64 or of percent codes begins that may still become a
medium. Such a run waits for its end: half a picture can't be looked into. However a text is cut,
what is given out together is the text, and its media are those of the whole. Time is linear.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from guardrail.detect.media.hidden import SHORTEST, Hidden, begins_medium, hidden_in, in_addresses

_CHARACTER = r"[A-Za-z0-9+/_\\%-]"
"""Of base64, or of the escapes that it may have."""
_LONG = re.compile(rf"{_CHARACTER}{{{SHORTEST},}}")
_TRAILING = string.ascii_letters + string.digits + "+/_-\\%"
_SOFT = _TRAILING + "=\r\n \t"
_END = re.compile(
    r"[^A-Za-z0-9+/_\\%=\r\n \t-]|=(?=[^=])|(?<!\s)(?<!\\n)[ \t]+(?=[^ \t])|\n[ \t]*\r?\n"
)
"""What no run goes on behind: a sign that base64 hasn't, its padding, a gap in a line, an empty
line."""
_BORDER = 64
"""Characters before a piece that an end which it brings may have begun in."""
_PLAIN = re.compile(r"[A-Za-z0-9_+-]*\Z")
"""A word that whatever looks for personal data holds back by itself until it ends."""

_URL_SIGNS = "".join(map(chr, range(0x21, 0x7F))).replace('"', "").replace("#", "")
_LONGEST_HEAD = 160
_URL = re.compile(
    r"data:(?:[a-z]{0,11}|(?:image|audio|video|application)/[^,\s\"']{0,128}(?:,((?:[!$-ce-~]|d(?!ata:))*))?)\Z"
)
"""A data URL as far as it has come."""
_URL_END = re.compile(r"[^!$-~]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A medium in a text, whole."""

    text: str
    """Its characters."""
    given: int
    """How many of them were given out before, as a plain word."""
    data: bytes
    """What they stand for."""


class HiddenStream:
    """One text in pieces. Not for two threads at once."""

    def __init__(self) -> None:
        """Have heard nothing yet."""
        self._tail = ""
        self._given = 0
        self._more: list[str] = []
        self._border = ""
        self._waits: re.Pattern[str] | None = None
        self._gave_up = False
        self.held = 0
        """Characters that wait."""

    def feed(self, text: str, *, final: bool = False) -> list[str | Run]:
        """Take the next piece, the last where `final`; return what goes on, in its order."""
        if self._gave_up:
            return self._passed(text, final=final)
        if self._waits is not None and not final and not self._ends(text, self._waits):
            self._more.append(text)
            self.held += len(text)
            return []
        whole = self._whole() + text
        edge = len(whole) if final else self._edge(whole)
        out = [*_parts(whole, self._given, edge)]
        self._keep(whole[edge:], max(0, self._given - edge))
        if self._waits is None and not final and _PLAIN.match(self._tail):
            # Whoever sees it knows earlier what the word before it is.
            out += [self._tail[self._given :]]
            self._given, self.held = len(self._tail), 0
        return [part for part in out if part]

    def has_medium(self) -> bool:
        """Tell whether what waits holds a medium already, though maybe not its end."""
        return any(hidden_in(self._whole()))

    def give_up(self) -> str:
        """Return what waits; what goes on with it isn't waited for any more."""
        text = self._whole()[self._given :]
        self._keep("", 0)
        self._waits = None
        self._gave_up = True
        return text

    def _passed(self, text: str, *, final: bool) -> list[str | Run]:
        """Let go what goes on with a run that was given up."""
        rest = text.lstrip(_SOFT)
        self._gave_up = not rest
        gone = text[: len(text) - len(rest)]
        behind = self.feed(rest, final=final) if rest else []
        return [gone, *behind] if gone else behind

    def _whole(self) -> str:
        return "".join((self._tail, *self._more))

    def _keep(self, tail: str, given: int) -> None:
        self._tail, self._given, self.held = tail, given, len(tail) - given
        self._more.clear()

    def _ends(self, text: str, end: re.Pattern[str]) -> bool:
        before = self._border if self._more else self._tail[SHORTEST:]
        self._border = (before + text)[-_BORDER:]
        return end.search(before[-_BORDER:] + text) is not None

    def _edge(self, whole: str) -> int:
        """Return the first place that what follows could make part of a medium."""
        ended = max((one.end for one in in_addresses(whole) if one.end < len(whole)), default=0)
        run, url = _open_run(whole, ended), _open_url(whole)
        self._waits = None
        if url is not None and url[1] and (run is None or url[0] <= run):
            self._waits = _URL_END
        elif run is not None:
            self._waits = _END
        edge = run if run is not None else len(whole.rstrip(_TRAILING))
        return max(ended, edge if url is None else min(edge, _before(whole, url[0])))


def _parts(whole: str, given: int, edge: int) -> Iterator[str | Run]:
    at = given
    for one in _media(whole) if edge >= SHORTEST else ():
        if one.end > edge:
            break
        yield whole[at : one.start]
        text = whole[one.start : one.end]
        yield Run(text=text, given=max(0, given - one.start), data=one.data)
        at = one.end
    yield whole[at:edge]


def _media(whole: str) -> Iterator[Hidden]:
    return hidden_in(whole) if _LONG.search(whole) or "data:" in whole else iter(())


def _open_run(whole: str, at: int) -> int | None:
    """Return where the first long run from `at` on begins that may go on behind the text's end."""
    start = None
    after = len(whole)
    for run in reversed([*_LONG.finditer(whole, at)]):
        if _END.search(whole, run.end(), after):
            break
        start = run.start()
        after = start + 1
    return start


def _before(whole: str, url: int) -> int:
    """Return where base64 begins that an address follows without a gap, or where that begins."""
    glued = url and whole[url - 1] in _TRAILING
    return len(whole[:url].rstrip(_SOFT)) if glued else url


def _open_url(whole: str) -> tuple[int, bool] | None:
    """Return where a data URL begins that may go on, and whether it surely holds a medium."""
    signs = len(whole.rstrip(_URL_SIGNS))
    found = _URL.search(whole, max(0, signs - _LONGEST_HEAD))
    if found is None:
        return None
    payload = found[1]
    is_sure = payload is not None and begins_medium(unquote_to_bytes(payload[:_LONGEST_HEAD]))
    if payload is None or len(payload) < SHORTEST:
        return found.start(), False
    return (found.start(), True) if is_sure else None
