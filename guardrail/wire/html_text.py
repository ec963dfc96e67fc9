"""HTML: what people see in a page or send from it, as a list of strings in the page's order.

A block's text is one string, though tags of single words (``<b>``) divide it: what changes in it
changes in the pieces between them. Attributes, comments, scripts and styles are strings of their
own; of attributes that nobody sees, those are left out that hold ids and the like only.

The tokens are those of the HTML standard (section 13.2.5), without its states for scripts that
write themselves. Nothing is looked at more than a few times: the work is linear in the page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from guardrail.errors import BadInput
from guardrail.facts import Edit, Place, Segment
from guardrail.wire.limits import Limits
from guardrail.wire.notation import Notation, not_utf8
from guardrail.wire.patch import changes_of, spans_in
from guardrail.wire.places import NUMBERISH, is_plain_name
from guardrail.wire.slots import edited

_TAG = re.compile(r"</?([A-Za-z][^ \t\n\f\r/>]*)")
_GAP = re.compile(r"[ \t\n\f\r/]*")
_NAME = re.compile(r"[^ \t\n\f\r/>][^ \t\n\f\r/>=]*")
_EQUALS = re.compile(r"[ \t\n\f\r]*=[ \t\n\f\r]*")
_BARE = re.compile(r"[^ \t\n\f\r>]*")
_ENTITY = re.compile(r"&(?:#[0-9]{1,9};?|#[xX][0-9a-fA-F]{1,9};?|[A-Za-z][A-Za-z0-9]{1,31};?)")
_BEGUN = re.compile(r"([<&])(#?[A-Za-z0-9]{0,32})\Z")
_COMMENT_END = re.compile(r"--!?>")
_SHORT = re.compile(r"-?>")
"""What ends a comment that has just begun."""
_RIGHT = re.compile(">")
_DOCTYPE = re.compile(r"doctype[A-Za-z0-9 \"'./:-]{0,120}\Z", re.IGNORECASE)
_LIKE_IDS = re.compile(r"(?:[A-Za-z_.:/+=#?&;, -]++|[0-9]{1,6}+(?![0-9]))*+\Z")
"""What ids, classes and addresses look like."""
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")

_SEEN = frozenset({"title", "alt", "placeholder", "value", "content", "label", "summary", "abbr",
                   "srcdoc", "download", "name"})  # fmt: skip
_INLINE = frozenset({"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data",
                     "del", "dfn", "em", "font", "i", "ins", "kbd", "label", "mark", "nobr", "q",
                     "s", "samp", "script", "small", "span", "strike", "strong", "style", "sub",
                     "sup", "time", "tt", "u", "var", "wbr"})  # fmt: skip
"""Elements that divide no line of text."""
_WITHOUT_TAGS = frozenset({"script", "style", "xmp", "iframe", "noembed", "noframes", "textarea",
                           "title"})  # fmt: skip
_WITH_ENTITIES = frozenset({"textarea", "title"})
_END = {name: re.compile(rf"</{name}(?=[ \t\n\f\r/>]|\Z)", re.IGNORECASE) for name in _WITHOUT_TAGS}

_TO = ("mailto:", "tel:", "data:")
"""How addresses begin that hold something themselves."""

_Escape = Callable[[str], str]


@dataclass(slots=True, kw_only=True)
class _Run:
    """A string, and the pieces of the page that it stands in."""

    escape: _Escape
    pieces: list[tuple[int, int, str]] = field(default_factory=list)
    bare: bool = False
    """True for an attribute's value that has no quotation marks."""

    @property
    def text(self) -> str:
        return "".join(text for _, _, text in self.pieces)

    def retold(
        self, page: str, spans: Sequence[tuple[int, int, str]]
    ) -> Iterator[tuple[int, int, str]]:
        """Yield what stands where in the page once some spans of the text are replaced."""
        if self.bare:
            start, end = self.pieces[0][0], self.pieces[-1][1]
            yield start, end, f'"{self.escape(edited(self.text, spans))}"'
            return
        waiting = [*reversed(spans)]
        at = 0
        for number, (start, end, text) in enumerate(self.pieces):
            raw, last = page[start:end], number == len(self.pieces) - 1
            out: list[str] = []
            done = 0
            while waiting and (waiting[-1][0] - at < len(text) or last):
                first, behind, new = waiting[-1]
                out.append(self._closed(self._kept(raw, text, done, max(first - at, 0))))
                if first >= at:
                    # A text stands where it begins; the tags within it stay.
                    out.append(self.escape(new))
                done = min(behind - at, len(text))
                if behind - at > len(text):
                    break
                waiting.pop()
            if not out and raw == "<" and waiting and waiting[-1][0] == at + 1:
                out.append(self._closed(raw))
                done = 1
            if out:
                yield start, end, "".join((*out, self._kept(raw, text, done, len(text))))
            at += len(text)

    def _closed(self, raw: str) -> str:
        """Return what stands before a new text, so that it begins neither a tag nor an entity."""
        if self.escape not in {_in_text, _in_value}:
            return raw
        return _BEGUN.sub(lambda match: html.escape(match[1], quote=False) + match[2], raw)

    def _kept(self, raw: str, text: str, start: int, end: int) -> str:
        if raw == text:
            return raw[start:end]
        return raw if end - start == len(text) else self.escape(text[start:end])


UTF8 = "utf-8"


@dataclass(frozen=True, slots=True)
class Html:
    """A page, or a piece of one."""

    kind: str = "html"
    codec: str = UTF8
    """Python's name of its charset, as `charsets` has them; or UTF-8."""

    def read(self, body: bytes, limits: Limits) -> object:
        """Return its strings."""
        if body.count(b"<") + body.count(b"&") >= limits.values:
            raise BadInput(
                f"the page holds more than {limits.values} tags and entities",
                code="too_many_values",
            )
        try:
            page = body.decode(self.codec)
        except UnicodeDecodeError:
            raise not_utf8() from None
        return [run.text for run in _runs(page)]

    def patch(self, body: bytes, segments: Sequence[Segment], edits: Sequence[Edit]) -> bytes:
        """Return the page with other words."""
        if not edits:
            return body
        page = body.decode(self.codec)
        runs: dict[Place, _Run] = {(index,): run for index, run in enumerate(_runs(page))}
        made: list[tuple[int, int, str]] = []
        for (place, is_name), change in changes_of(segments, edits).items():
            if is_name or place not in runs:
                raise ValueError("an edit's place is not in this document")
            made += runs[place].retold(page, spans_in(runs[place].text, change))
        # Letters that a charset lacks can be spelt by their numbers.
        errors = "strict" if self.codec == UTF8 else "xmlcharrefreplace"
        return edited(page, sorted(made)).encode(self.codec, errors)


HTML: Notation = Html()


def _runs(page: str) -> list[_Run]:
    """Return the strings of a page that hold a letter or a digit."""
    return [run for run in _Reader(page).read() if any(map(str.isalnum, run.text))]


class _Reader:
    """Reads one page, token by token."""

    def __init__(self, page: str) -> None:
        self._page = page
        self._runs: list[_Run] = []
        self._line = _Run(escape=_in_text)

    def read(self) -> list[_Run]:
        page, at = self._page, 0
        while at < len(page):
            mark = page.find("<", at)
            mark = len(page) if mark < 0 else mark
            self._line.pieces += _pieces(page, at, mark)
            at = self._markup(mark) if mark < len(page) else mark
        self._end_line()
        return self._runs

    def _markup(self, at: int) -> int:
        """Take what begins with a ``<``; return where it ends."""
        page = self._page
        if (tag := _TAG.match(page, at)) is not None:
            return self._tag(tag)
        if page.startswith("<!--", at):
            short = _SHORT.match(page, at + 4)
            return short.end() if short else self._comment(at + 4, _COMMENT_END)
        if page.startswith(("<!", "<?", "</"), at):
            return self._comment(at + 2, _RIGHT)
        self._line.pieces.append((at, at + 1, "<"))
        return at + 1

    def _end_line(self) -> None:
        self._runs.append(self._line)
        self._line = _Run(escape=_in_text)

    def _comment(self, start: int, ends: re.Pattern[str]) -> int:
        """Take a comment, or what browsers take for one."""
        end = ends.search(self._page, start)
        stop = end.start() if end else len(self._page)
        if not _DOCTYPE.match(self._page, start, stop):
            self._plain(start, stop, _in_script if ends is _COMMENT_END else _in_oddity)
        return end.end() if end else stop

    def _plain(self, start: int, end: int, escape: _Escape) -> None:
        text = self._page[start:end]
        self._runs.append(_Run(escape=escape, pieces=[(start, end, text)]))

    def _tag(self, tag: re.Match[str]) -> int:
        name = tag[1].lower()
        if name not in _INLINE:
            self._end_line()
        if not is_plain_name(name):
            self._plain(*tag.span(1), _in_name)
        at = self._attributes(tag.end())
        if at < 0:
            # A tag that doesn't end: browsers show nothing of it.
            self._plain(tag.end(), len(self._page), _in_oddity)
            return len(self._page)
        if name in _WITHOUT_TAGS and tag[0][1] != "/":
            return self._inside(name, at)
        return at

    def _inside(self, name: str, start: int) -> int:
        """Take the inside of an element that has no tags in it."""
        end = _END[name].search(self._page, start)
        stop = end.start() if end else len(self._page)
        if name in _WITH_ENTITIES:
            self._runs.append(_Run(escape=_in_text, pieces=_pieces(self._page, start, stop)))
        else:
            self._plain(start, stop, _in_script)
        return stop

    def _attributes(self, at: int) -> int:
        """Take a tag's attributes; return where it ends, or -1 where it doesn't."""
        page = self._page
        found: list[_Run] = []
        while True:
            at = _at(_GAP, page, at)
            if at >= len(page):
                return -1
            if page[at] == ">":
                self._runs += found
                return at + 1
            start, at = at, _at(_NAME, page, at)
            name = page[start:at].lower()
            if not is_plain_name(name):
                found.append(_Run(escape=_in_name, pieces=[(start, at, page[start:at])]))
            if (equals := _EQUALS.match(page, at)) is None:
                continue
            at = equals.end()
            quote = page[at : at + 1]
            if bare := quote not in {'"', "'"}:
                start, stop = at, _at(_BARE, page, at)
                at = stop
            else:
                start, stop = at + 1, page.find(quote, at + 1)
                if stop < 0:
                    return -1
                at = stop + 1
            run = _Run(escape=_in_value, pieces=_pieces(page, start, stop), bare=bare)
            if _is_text(name, run.text):
                found.append(run)


def _at(pattern: re.Pattern[str], page: str, at: int) -> int:
    match = pattern.match(page, at)
    return match.end() if match else at


def _pieces(page: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """Return a stretch of text in pieces: an entity is one of its own."""
    pieces: list[tuple[int, int, str]] = []
    for match in _ENTITY.finditer(page, start, end):
        if start < match.start():
            pieces.append((start, match.start(), page[start : match.start()]))
        pieces.append((*match.span(), html.unescape(match[0])))
        start = match.end()
    return [*pieces, (start, end, page[start:end])] if start < end else pieces


def _is_text(name: str, value: str) -> bool:
    """Tell whether an attribute's value may be text."""
    if name in _SEEN or name.startswith("aria-") or value[:7].lower().startswith(_TO):
        return True
    return _LIKE_IDS.match(value) is None or NUMBERISH.search(value) is not None


def _in_text(text: str) -> str:
    return html.escape(text, quote=False)


def _in_value(text: str) -> str:
    return html.escape(text)


def _in_script(text: str) -> str:
    """Return a text that ends neither a script nor a comment."""
    return text.replace("</", "<\\/").replace("<!", "<\\!").replace("--", "-\\-")


def _in_oddity(text: str) -> str:
    """Return a text that makes no tag of what browsers take for a comment."""
    return f" {_in_text(text)}"


def _in_name(text: str) -> str:
    return _NOT_IN_NAMES.sub("_", text)
