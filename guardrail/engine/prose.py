"""Where in an answer a notice can stand so that no program stumbles over it: before its prose.

An answer, or a piece of one, that is a fenced block of code (CommonMark 4.5) or a JSON object or
array (RFC 8259) is what programs read. The notice stands before the first line that is neither; of
an answer that has no such line it stands nowhere in the text, but beside it.

A stream is the same as the whole. It waits for three characters that aren't blank, at most: they
tell prose from what may be code. Whatever turns out to be no JSON behind them counts as code up to
the end of its line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from guardrail.engine.edits import Span, applied

_HEAD = 64
"""Characters that tell prose from code, blanks among them, and blanks that a line begins with."""
_LINE = 256
"""Characters of a line that are looked at to see whether it begins or ends code."""

_CODE = re.compile(
    r"""```|~~~
    |\{\s*["}]
    |\[\s*(?:["{\[\]]|tr|fa|nu|-\d|\d\s*[\d.,eE]|\d\s*\][^\S\n]*\n)""",
    re.VERBOSE,
)
_UNDECIDED = re.compile(r"`{1,2}|~{1,2}|\{\s*|\[\s*(?:[tfn-]|\d\s*(?:\][^\S\n]*)?)?")
_ONE_DIGIT = re.compile(r"\[\s*\d\s*\]\s*")
_FENCE = re.compile(r"`{3,}|~{3,}")
_SPAN = re.compile(r"(`{3,})[^`]+\1")
_BLANKS = re.compile(r"\s*")
_NO_BRACKET = re.compile(r'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_IN_STRING = re.compile(r'(?:[^"\\]++|\\.)*+', re.DOTALL)


class Prose:
    """Looks for the first line of prose in one text of an answer's, however it comes in pieces."""

    def __init__(self) -> None:
        """Nothing has come yet."""
        self._held = ""
        self._scan = self._start
        self._line = ""
        self._fence = ""
        self._depth = 0
        self._in_string = self._escaped = False
        self._out: list[str] = []
        self._found: str | None = None
        self._final = False
        self.is_behind = False
        """Whether the only prose stands in the lines of code: a notice has to follow the text."""

    @property
    def held(self) -> str:
        """What waits for what follows."""
        return self._held

    def feed(self, text: str, *, final: bool = False) -> tuple[str, str | None]:
        """Take the next piece.

        Args:
            text: the piece.
            final: whether it is the last; `is_behind` is known then.

        Returns:
            What may leave, and what a notice stands before; None while no prose was found. Once it
            was, nothing more may be fed.
        """
        text, at = self._held + text, 0
        self._held, self._out, self._found = "", [], None
        self._final = final
        while at < len(text) and self._found is None:
            at = self._scan(text, at)
        if final and self._found is None:
            self._ends()
        return "".join(self._out), self._found

    def _start(self, text: str, at: int) -> int:
        """Look at what a line begins with, and the blank lines before it."""
        begins = _end(_BLANKS, text, at)
        # Its indent stays with its line.
        line = max(at, text.rfind("\n", at, begins) + 1, begins - _HEAD)
        head = text[begins : begins + _HEAD + 1]
        is_code = _is_code(head, final=self._final)
        if is_code:
            self._scan = self._fence_line if head[0] in "`~" else self._json
            self._out.append(text[at:begins])
            return begins
        self._out.append(text[at:line])
        if is_code is not None:
            self._found = text[line:]
        elif self._final:
            self._out.append(text[line:])
        else:
            self._held = text[line:]
        return len(text)

    def _fence_line(self, text: str, at: int) -> int:
        """Read the line that begins a block of code."""
        end = self._to_line_end(text, at)
        if text[end - 1] == "\n":
            self._begin_block()
        return end

    def _begin_block(self) -> None:
        line, self._line = self._line.rstrip(), ""
        opening = _FENCE.match(line)
        self._fence = opening[0] if opening else ""
        self._scan = self._block
        if self._fence[:1] == "`" and "`" in line[len(self._fence) :]:
            # By CommonMark it is a span of code in a line of prose, unless it is all of the line.
            self.is_behind = self.is_behind or not _SPAN.fullmatch(line)
            self._scan = self._start

    def _block(self, text: str, at: int) -> int:
        """Read lines of code up to the one that ends them."""
        if not self._line:
            # No line before the next fence can end it.
            fence = text.find(self._fence, at)
            begins, at = at, text.rfind("\n", at, fence if fence >= 0 else len(text)) + 1 or at
            self._out.append(text[begins:at])
            if at == len(text):
                return at
        end = self._to_line_end(text, at)
        if text[end - 1] == "\n":
            line, self._line = self._line.strip(), ""
            if line.startswith(self._fence) and not line.strip(self._fence[0]):
                self._scan = self._start
        return end

    def _to_line_end(self, text: str, at: int) -> int:
        end = text.find("\n", at) + 1 or len(text)
        self._line += text[at : min(end, at + _LINE - len(self._line))]
        self._out.append(text[at:end])
        return end

    def _json(self, text: str, at: int) -> int:
        """Read a JSON value up to its last bracket; how the brackets pair isn't looked at."""
        begins, ended = at, False
        while at < len(text) and not ended:
            at = self._string(text, at) if self._in_string else self._brackets(text, at)
            ended = not (self._depth or self._in_string)
        self._out.append(text[begins:at])
        if ended:
            self._scan = self._rest
        return at

    def _brackets(self, text: str, at: int) -> int:
        while (at := _end(_NO_BRACKET, text, at)) < len(text):
            sign = text[at]
            at += 1
            if sign == '"':
                self._in_string = True
                break
            self._depth += 1 if sign in "{[" else -1
            if not self._depth:
                break
        return at

    def _string(self, text: str, at: int) -> int:
        if self._escaped:
            self._escaped = False
            return at + 1
        at = _end(_IN_STRING, text, at)
        if at < len(text):
            self._in_string = text[at] != '"'
            self._escaped = self._in_string
            at += 1
        return at

    def _rest(self, text: str, at: int) -> int:
        """Read what stands behind a JSON value in its line."""
        newline = text.find("\n", at)
        end = newline + 1 or len(text)
        self.is_behind = self.is_behind or _end(_BLANKS, text, at) < end
        self._out.append(text[at:end])
        if newline >= 0:
            self._scan = self._start
        return end

    def _ends(self) -> None:
        if self._scan == self._fence_line:
            self._begin_block()


def put(text: str, words: str) -> str:
    """Return a whole text with a notice, as `noticed` says; the same text where none may stand."""
    spans = noticed(text, (), words)
    return text if spans is None else applied(text, spans)


def noticed(text: str, spans: Sequence[Span], words: str) -> list[Span] | None:
    """Return what to change in a whole text so that a notice stands in it.

    Args:
        text: as it came.
        spans: what else is changed in it; they rise and don't overlap.
        words: the notice, with what parts it from the prose behind it.

    Returns:
        `spans`, and the notice where it belongs in what they make of the text; None where nothing
        but programs reads that.
    """
    prose = Prose()
    before, behind = prose.feed(applied(text, spans), final=True)
    if behind is not None:
        return _inserted(spans, len(before), words)
    return _inserted(spans, len(before), closing(words)) if prose.is_behind else None


def closing(words: str) -> str:
    """Return a notice as it stands behind a text."""
    return f"\n\n{words.rstrip()}"


def is_prose(text: str) -> bool:
    """Tell whether a person reads a whole text, or some of it."""
    prose = Prose()
    return prose.feed(text, final=True)[1] is not None or prose.is_behind


def _is_code(head: str, *, final: bool) -> bool | None:
    """Tell whether a line that begins so may be code; None where that isn't known yet."""
    if _CODE.match(head):
        return True
    if head and not _UNDECIDED.fullmatch(head):
        return False
    if len(head) > _HEAD:
        return True
    return bool(_ONE_DIGIT.fullmatch(head)) if head and final else None


def _end(what: re.Pattern[str], text: str, at: int) -> int:
    """Return where what matches from a place on ends, which may be there."""
    found = what.match(text, at)
    return found.end() if found else at


def _inserted(spans: Sequence[Span], place: int, words: str) -> list[Span]:
    """Return `spans` with `words` put where `place` is in what they make of their text."""
    moved = 0
    for index, (start, end, new) in enumerate(spans):
        at = place - start - moved
        if at < 0:
            return [*spans[:index], (place - moved, place - moved, words), *spans[index:]]
        if at <= len(new):
            # What touches is one change: two at one place would have no order.
            own = (start, end, new[:at] + words + new[at:])
            return [*spans[:index], own, *spans[index + 1 :]]
        moved += len(new) - (end - start)
    return [*spans, (place - moved, place - moved, words)]
