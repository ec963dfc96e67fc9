"""Bank accounts (IBAN) with letters of other scripts, O for 0, or separators no account has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from guardrail.detect.text.disguises.confusables import LIKE_0_OR_1, LIKE_LATIN
from guardrail.detect.text.disguises.revealed import Revealed, reveal
from guardrail.detect.text.disguises.runs import Reading, RunDisguise, is_checked
from guardrail.detect.text.identifiers.bank import IBAN_LENGTHS
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.stretches import stretches

_DIGIT: Mapping[str, str] = {"O": "0", "I": "1", "L": "1", "|": "1", "З": "3"}
_LETTER = "A-Za-z" + "".join(LIKE_LATIN)
_ANY = f"0-9|{_LETTER}"
_FIGURE = f"0-9{re.escape(LIKE_0_OR_1)}З"
_BETWEEN = r"[ \t\r\n._/*·•:~,\-]"
_VISIBLE = r"[._/*·•:~,\-]"


def _two(between: str) -> str:
    """Return the pattern of two check digits, a real one among them."""
    return f"(?:[0-9]{between}[{_FIGURE}]|[{_FIGURE}]{between}[0-9])"


_HEAD = (
    rf"(?:[{_LETTER}]{{2}}{_VISIBLE}?{_two(f'{_BETWEEN}?')}|[A-Z]{{2}} {_two('')}"
    rf"|[KКk][Zz][{_FIGURE}]{{2}}|[{_LETTER}]{_BETWEEN}[{_LETTER}]{_BETWEEN}{_two(_BETWEEN)})"
)
_DAEH = (
    rf"(?:{_two(f'{_BETWEEN}?')}{_VISIBLE}?[{_LETTER}]{{2}}|{_two('')} [A-Z]{{2}}"
    rf"|[{_FIGURE}]{{2}}[Zz][KКk]|{_two(_BETWEEN)}{_BETWEEN}[{_LETTER}]{_BETWEEN}[{_LETTER}])"
)
"""How an account starts; and the same backwards."""

_BEGUN = rf"{_HEAD}(?:{_BETWEEN}{{0,2}}[{_ANY}]){{6}}"
_ONE = lazily(f"[{_ANY}]")
_DIGITS = lazily("[0-9]")
_FEWEST = 5
"""Real digits in an account at least, so that no words make one."""


class DisguisedAccountRecognizer(RunDisguise):
    """An IBAN that only a second look reads; its check digits keep others out."""

    HOW = "written with look-alikes"
    PATTERN = RUN = rf"{_HEAD}(?:{_BETWEEN}{{0,2}}[{_ANY}]){{11,30}}"
    TRIGGERS = (rf"{_HEAD}(?:{_BETWEEN}*[{_ANY}]){{3}}",)
    BACKWARD = (
        rf"(?:{_BETWEEN}{{0,2}}(?:[{_ANY}]{_BETWEEN}{{0,2}}){{0,30}}{_DAEH}"
        rf"|{_BETWEEN}(?:[{_ANY}]{_BETWEEN}){{0,3}}[{_ANY}]\b|{_BETWEEN}[A-Z]{{2}}\b)"
    )
    LONGEST = 102

    def runs(self, text: str, position: int) -> Iterator[tuple[int, int]]:
        """Yield stretches as long as the accounts of the country they start with."""
        for begin, end in stretches(_BEGUN, text, position):
            position = max(position, begin)
            while match := self._run.search(text, position, end + self.LONGEST):
                first = match.start()
                if first >= end:
                    break
                last = _account_end(text, match)
                position = last or first + 1
                if last:
                    yield first, last

    def readings(self, text: str, first: int, last: int) -> Iterator[Reading]:
        """Yield the account in Latin letters, then with digits for letters that look like them."""
        for digits in (_HEAD_ONLY, _ALWAYS):
            plain = _account(text, first, last, digits)
            if plain.text != text[first:last]:
                yield plain, lambda found, _: is_checked(found)


def _account_end(text: str, run: re.Match[str]) -> int:
    """Return where the account ends that a run starts with; 0 if it does with none."""
    first = run.start()
    places = [one.start() for one in _ONE.finditer(text, first, run.end())]
    country = "".join(_latin(text[place]) for place in places[:2])
    length = IBAN_LENGTHS.get(country, len(places) + 1)
    if length > len(places) or text[max(0, first - 1) : first].isalnum():
        return 0
    last = places[length - 1] + 1
    alone = not text[last : last + 1].isalnum()
    return last if alone and len(_DIGITS.findall(text, first, last)) >= _FEWEST else 0


_HEAD_ONLY = 7
"""In Kazakhstan's accounts as in most, digits are sure in the first seven places only."""

_ALWAYS = 99


def _latin(character: str) -> str:
    return LIKE_LATIN.get(character, character.upper())


def _account(text: str, first: int, last: int, digits: int) -> Revealed:
    """Return the account with letters read as digits up to the place `digits`."""
    units = []
    end = first
    for place, one in enumerate(_ONE.finditer(text, first, last)):
        if one.start() > end:
            units.append((end, one.start(), ""))
        end = one.end()
        letter = _latin(one[0])
        plain = _DIGIT.get(letter, letter) if 2 <= place < digits else letter
        units.append((*one.span(), plain))
    return reveal(text, first, last, units)
