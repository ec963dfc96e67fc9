"""Numbers with letters that pass for digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from guardrail.detect.text.disguises.confusables import LIKE_0_OR_1, LIKE_DIGIT
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
from guardrail.detect.text.recognizer import digits_of

_LETTERS = re.escape("".join(LIKE_DIGIT))
_ANY = f"0-9{_LETTERS}"
_CLOSEST = re.escape(LIKE_0_OR_1)
_BETWEEN = r"[ ().\-]"

_GROUP = lazily(f"[{_ANY}]+")
_NUMBER = lazily(rf".*[0-9]|[{_CLOSEST}]{{2,}}\Z")
"""A group that may be digits: with a real one in it, or no word either."""


class LookAlikeNumberRecognizer(RunDisguise):
    """A number with letters for some of its digits: ``85O4l23OOl25``."""

    HOW = "written with look-alikes"
    PATTERN = rf"\+?[{_ANY}](?:{_BETWEEN}{{0,2}}[{_ANY}]){{7,28}}"
    RUN = (
        rf"[+{_ANY}](?=[{_ANY}{_BETWEEN[1:-1]}]{{9}})(?:(?<![+])|[{_ANY}])[{_ANY}]*"
        rf"(?:{_BETWEEN}{{1,3}}[{_ANY}]+)*"
    )
    TRIGGERS = (
        rf"[0-9]{_BETWEEN}*[{_LETTERS}]|[{_LETTERS}]{_BETWEEN}*[0-9]",
        rf"(?:[{_ANY}]{_BETWEEN}*){{10}}",
    )
    BACKWARD = rf"[ ().\-{_ANY}]*(?:[0-9][{_ANY}]*|[{_CLOSEST}]{{2,}})\+?"
    LONGEST = 96

    def runs(self, text: str, position: int) -> Iterator[tuple[int, int]]:
        """Yield runs of digits and look-alikes, less words at both ends."""
        for match in self._run.finditer(text, position):
            if len(match[0]) < _SHORTEST:
                continue
            groups = list(_GROUP.finditer(text, *match.span()))
            while groups and _NUMBER.match(groups[0][0]) is None:
                groups.pop(0)
            while groups and _NUMBER.match(groups[-1][0]) is None:
                groups.pop()
            if groups and not any(group[0] == "|" for group in groups):  # else a table
                first, last = groups[0].start(), groups[-1].end()
                yield first - (text[max(0, first - 1) : first] == "+"), last

    def readings(self, text: str, first: int, last: int) -> Iterator[Reading]:
        """Yield the run with digits for letters."""
        places = [place for place in range(first, last) if text[place] in LIKE_DIGIT]
        if places and last - first >= _SHORTEST:
            units = [(place, place + 1, LIKE_DIGIT[text[place]]) for place in places]
            yield reveal(text, first, last, units), partial(_is_sure, text)


_SHORTEST = 10


def _is_sure(text: str, found: RecognizerResult, span: tuple[int, int]) -> bool:
    """Accept what was announced, or is checked and has real digits enough."""
    written = text[slice(*span)]
    real = len(digits_of(written))
    all_ = sum(map(len, _GROUP.findall(written)))
    if real == all_:
        return False
    if is_named(found):
        return real > 0 and (is_checked(found) or is_contact(found))
    return 3 * real >= all_ and (is_checked(found) or is_contact(found))
