"""Numbers cut up: a line break inside, dots or slashes between groups, blanks anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby

from guardrail.detect.text.disguises.recognizer import reason_of
from guardrail.detect.text.disguises.revealed import reveal
from guardrail.detect.text.disguises.runs import (
    Reading,
    RunDisguise,
    is_checked,
    is_contact,
    is_named,
)
from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import digits_of, groups_of

_BETWEEN = r"[ \t\r\n._/\\|*·•,;:~+()\-]"
_BREAK = lazily(r"[ \t\r]*\n[ \t\r\n]*")
_GAP = lazily("[^0-9+][^0-9]*")
_PLUS = rf"(?:\+{_BETWEEN}{{0,2}})?"
_SUMS = ",;:|\t"
"""What also stands between the numbers of a list, a table or a time."""

_FEWEST, _MOST = 8, 19
"""Digits of the shortest and of the longest value."""

_FEWEST_BARE = 10
"""Digits of the shortest value without a plus sign or brackets."""

_SURE = 0.7
"""The score from which a telephone number is one by its grouping, without context."""

_CERTAIN = 0.85
"""The score of a telephone number with a plus sign, or of a checked one by its grouping."""

Span = tuple[int, int]


class SeparatedNumberRecognizer(RunDisguise):
    """A number in groups that no plain number has, or over a line break."""

    HOW = "written apart"
    PATTERN = rf"{_PLUS}[0-9](?:{_BETWEEN}{{0,2}}[0-9]){{7,40}}"
    RUN = (
        rf"[0-9+](?=[0-9{_BETWEEN[1:-1]}]{{8}})(?:(?<![+])|{_BETWEEN}{{0,2}}[0-9])[0-9]*"
        rf"(?:{_BETWEEN}{{1,4}}[0-9]+)*"
    )
    TRIGGERS = (rf"[0-9]{_BETWEEN}+[0-9]", rf"(?:[0-9]{_BETWEEN}*){{8}}")
    BACKWARD = (
        rf"{_BETWEEN}{{0,4}}(?:[0-9]+{_BETWEEN}{{1,4}})*(?:[0-9]+(?:{_BETWEEN}{{0,2}}\+)?|\+)"
    )
    LONGEST = 128

    def runs(self, text: str, position: int) -> Iterator[Span]:
        """Yield runs of two groups and more."""
        for match in self._run.finditer(text, position):
            if len(match[0]) <= _FEWEST or match[0].isdecimal():
                continue
            marked = "+" in match[0] or "(" in match[0]
            if len(digits_of(match[0])) >= (_FEWEST if marked else _FEWEST_BARE):
                yield match.span()

    def readings(self, text: str, first: int, last: int) -> Iterator[Reading]:
        """Yield the run without line breaks, its parts with one separator each, all in one."""
        breaks = [match.span() for match in _BREAK.finditer(text, first, last)]
        if breaks:
            rule = partial(_is_over_break, breaks)
            yield reveal(text, first, last, [(*span, " ") for span in breaks]), rule
            yield reveal(text, first, last, [(*span, "") for span in breaks]), rule
        gaps = [match.span() for match in _GAP.finditer(text, first, last)]
        for kind, start, end, inside in _parts(text, first, last, gaps):
            rule = partial(_is_whole, (start, end), sums=_is_sum(text[start:end], kind))
            yield reveal(text, first, last, [(*gap, " ") for gap in inside]), rule
            rule = partial(_is_one, (start, end), even=_is_even(text[start:end], kind))
            yield reveal(text, first, last, [(*gap, "") for gap in inside]), rule
        if _FEWEST <= len(digits_of(text[first:last])) <= _MOST:
            rule = partial(_is_one, (first, last), even=False)
            yield reveal(text, first, last, [(*gap, "") for gap in gaps]), rule


def _parts(
    text: str, first: int, last: int, gaps: Sequence[Span]
) -> Iterator[tuple[str, int, int, list[Span]]]:
    """Yield the parts of a run with one kind of separator, that have digits enough."""
    edges = {gap: place for place, gap in enumerate(gaps)}
    for kind, group in groupby(gaps, lambda gap: text[gap[0] : gap[1]].strip(" \r\n")[:1]):
        inside = list(group)
        before, behind = edges[inside[0]] - 1, edges[inside[-1]] + 1
        start = gaps[before][1] if before >= 0 else first
        end = gaps[behind][0] if behind < len(gaps) else last
        if _FEWEST <= len(digits_of(text[start:end])) <= _MOST:
            yield kind, start, end, inside


def _is_over_break(breaks: Sequence[Span], found: RecognizerResult, span: Span) -> bool:
    """Accept what goes over a line break: the only one, or announced."""
    if not any(span[0] < start and end < span[1] for start, end in breaks):
        return False
    if is_named(found):
        return is_checked(found) or is_contact(found)
    return len(breaks) == 1 and (is_checked(found) or is_contact(found))


def _is_sum(written: str, kind: str) -> bool:
    """Tell whether the groups may be values of their own: of a list, a table or a time."""
    return "\n" in written or (kind != "" and kind in _SUMS)


def _is_whole(part: Span, found: RecognizerResult, span: Span, *, sums: bool) -> bool:
    """Accept what is all of a part whose groups are those of a plain value."""
    if is_named(found):
        return (
            part[0] <= span[0] and span[1] <= part[1] and (is_checked(found) or is_contact(found))
        )
    sure = is_checked(found) or _is_sure_contact(found)
    return span == part and sure and (not sums or "structure" in reason_of(found))


def _is_one(part: Span, found: RecognizerResult, span: Span, *, even: bool) -> bool:
    """Accept what is all of a part: by context, even groups, or the strictest check."""
    if span != part:
        return False
    if is_named(found) or even or found.score >= _CERTAIN:
        return is_checked(found) or is_contact(found)
    return found.entity_type == "KZ_IIN" and "structure" in reason_of(found)


def _is_even(written: str, kind: str) -> bool:
    """Tell whether somebody put the same separator behind every so many digits.

    Lines may as well be a list: prices end in zeros, and what is counted goes up.
    """
    sizes = groups_of(written)
    if (
        len(set(sizes[:-1])) > 1
        or sizes[-1] > sizes[0]
        or len(sizes) < 3
        or (kind and kind in _SUMS)
    ):
        return False
    if kind or sizes[0] == 1:
        return True
    groups = _GAP.split(written)
    listed = sum(group.endswith("0") for group in groups) > 1 or groups == sorted(groups)
    return not listed if "\n" in written else "  " in written


def _is_sure_contact(found: RecognizerResult) -> bool:
    return is_contact(found) and found.score >= _SURE
