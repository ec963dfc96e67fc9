"""E-mail addresses said in words, bracketed, or broken: ``ivan (at) mail [dot] kz``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from guardrail.detect.text.disguises.address_words import (
    AT,
    AT_IN_BRACKETS,
    CONTEXT,
    DOT_IN_BRACKETS,
    MAILBOXES,
    MAILERS,
    NOT_LABEL,
    NOT_LOCAL,
    NOT_LOCAL_ENDINGS,
    SIGNS,
    SUFFIXES,
)
from guardrail.detect.text.disguises.revealed import Unit, reveal
from guardrail.detect.text.disguises.runs import Reading, RunDisguise, is_contact
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.names.usual import is_usual
from guardrail.detect.text.patterns import backwards, either, prefixes
from guardrail.detect.text.recognizer import LOOK_BEHIND, said, words
from guardrail.detect.text.stretches import longest, stretches

_ANNOUNCED = words(*CONTEXT)
_BLANK = r"[ \t\r\n]"
_OPEN, _SHUT = r"[(\[{<«*_\-]", r"[)\]}>»*_\-]"


def _spoken(names: str, bracketed: str) -> str:
    """Return the pattern of a sign as a word between blanks, or as another between brackets."""
    return (
        rf"(?:{_BLANK}{{0,2}}{_OPEN}{{1,2}}{_BLANK}?(?:{bracketed}){_BLANK}?{_SHUT}{{1,2}}"
        rf"{_BLANK}{{0,2}}|{_BLANK}{{1,2}}(?:{names}){_BLANK}{{1,2}})"
    )


_AT_WORD = either(AT)
_HALF = rf"(?![Нн]ижнее(?:{_BLANK}|\Z))"
"""Not the first half of a sign's name, also where nothing behind it is looked at."""
_LABEL = rf"{_HALF}[^\W_](?:(?:[^\W_]|-){{0,30}}[^\W_])?"
_PART = rf"{_HALF}[\w+][\w.+\-]{{0,63}}"
_AT_ALL = either((*AT_IN_BRACKETS, "@"))
_SIGN = lazily(rf"(?i){_spoken(_AT_WORD, _AT_ALL)}|{_BLANK}{{0,2}}@{_BLANK}{{0,2}}")
_JOIN = _spoken(either(SIGNS), either((*SIGNS, *DOT_IN_BRACKETS, ".")))
_WEAK = lazily(rf"\.{_BLANK}{{1,2}}|{_BLANK}{{1,2}}\.")
_APART = rf"{_BLANK}{{1,2}}\.{_BLANK}{{1,2}}"
_JOINS = lazily(f"(?i){_JOIN}|{_APART}")
_STRONG = lazily(rf"(?i){_JOIN}|\.(?=[^\W_])|{_APART}")
_WHOLE_LABEL = lazily(_LABEL)
_BROKEN_LABEL = lazily(rf"{_LABEL}\r?\n{_LABEL}")
_LOCAL = lazily(rf"(?i){_PART}(?:(?:{_JOIN}|{_APART}){_HALF}[\w+][\w.+\-]{{0,39}}){{0,3}}\Z")
_LONGEST_LOCAL = 160
_AHEAD = 64
"""Code points behind an address that are read with it at most."""
_LINE_END = lazily(r"\r?\n")
_WORD = lazily(r"[^\W_]+")
_FOLLOWED = lazily(rf"([\w.+\-]{{1,64}})({_BLANK}{{1,2}}(?:[^\W\d_]+|-))")
"""What may be a local part, or one of its parts, and how what stands behind its blank begins."""
_SIGNS_BEGUN = prefixes(SIGNS)
"""Beginnings of signs in words, at-signs apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Domain:
    """A domain as written: where it ends, and what is to be read differently."""

    end: int
    labels: tuple[str, ...]
    units: tuple[Unit, ...]
    odd: bool
    """Whether anything but plain dots joins the labels."""


def _domain(text: str, position: int, label: re.Pattern[str]) -> _Domain | None:
    """Return the domain at `position` with a known last label; the next dot must be clear."""
    labels: list[str] = []
    units: list[Unit] = []
    found: _Domain | None = None
    for _ in range(6):
        match = label.match(text, position)
        if match is None:
            break
        labels.append(match[0])
        units += [(*gap.span(), "") for gap in _LINE_END.finditer(text, *match.span())]
        label = _WHOLE_LABEL
        position = match.end()
        if len(labels) > 1 and units[-1][2] == "." and match[0].casefold() in SUFFIXES:
            odd = any(text[first:last] != plain for first, last, plain in units)
            found = _Domain(end=position, labels=tuple(labels), units=tuple(units), odd=odd)
        join = _STRONG.match(text, position) or (None if found else _WEAK.match(text, position))
        if join is None:
            break
        units.append((*join.span(), _sign(join[0])))
        position = join.end()
    return found


def _sign(written: str) -> str:
    word = " ".join(_WORD.findall(written)).lower()
    return SIGNS.get(word, ".")


class SpelledAddressRecognizer(RunDisguise):
    """An address with words or brackets for its signs, or blanks and line breaks around them."""

    HOW = "written in words"
    PATTERN = RUN = _SIGN.pattern
    TRIGGERS = (
        (
            rf"(?i)(?:[^\s]{_BLANK}+@{_BLANK}*|[^\s]@{_BLANK}+)[^\s]"
            rf"|[^\s]@[^\s@]+(?:{_BLANK}|[(\[{{<*])|{_OPEN}{_BLANK}?{_AT_ALL}{_BLANK}?{_SHUT}"
            rf"|{_BLANK}(?:{_AT_WORD}){_BLANK}+[^\s.]+(?:\.[^\s]|{_BLANK}+\.|{_JOIN})"
        ),
    )
    _PIECE = r"[\pL\pN_.+\-]*[\pL\pN_+]"
    """What may be a local part or a label, as all here backwards."""
    _G = r"[ \t\r\n()\[\]{}<>«»*_\-]"
    _B = rf"{_G}{{0,3}}[()\[\]{{}}<>«»*_\-]{_G}{{0,3}}"
    _NAMES = either(backwards((*AT_IN_BRACKETS, *SIGNS, *DOT_IN_BRACKETS)))
    _SAID = rf"{_BLANK}{{1,2}}(?:{either(backwards((*AT, *SIGNS)))}){_BLANK}{{1,2}}"
    _JOINT = rf"(?:{_B}(?:{_NAMES}){_B}|{_SAID}|{_G}{{0,5}}[@.]{_G}{{0,5}})"
    _BEGUN = either(backwards(prefixes((*AT, *SIGNS))))
    _BEGUN_IN = either(backwards(prefixes((*AT_IN_BRACKETS, *SIGNS, *DOT_IN_BRACKETS))))
    # A full stop with a blank on one side joins what stands behind an at-sign, and nothing before.
    _AT_WORDS, _ATS = either(backwards(AT_IN_BRACKETS)), either(backwards(AT))
    _AT_SAID = rf"{_BLANK}{{1,2}}(?:{_ATS}){_BLANK}{{1,2}}"
    _AT_JOINT = rf"(?:{_B}(?:{_AT_WORDS}){_B}|{_AT_SAID}|{_G}{{0,5}}@{_G}{{0,5}})"
    _LOCAL_JOINT = rf"(?:{_B}(?:{_NAMES}|\.){_B}|{_SAID}|{_BLANK}{{1,2}}\.{_BLANK}{{1,2}})"
    _LOCAL_PART = rf"{_PIECE}(?:{_LOCAL_JOINT}{_PIECE})*"
    _WITH_AT = rf"{_PIECE}(?:{_JOINT}{_PIECE})*{_AT_JOINT}{_LOCAL_PART}"
    _END = (
        rf"(?:{_JOINT}|{_BEGUN}?{_G}{{1,4}}"
        rf"|{_BLANK}?(?:{_BEGUN_IN})?{_BLANK}?{_OPEN}{{1,2}}{_BLANK}{{0,2}})?"
    )
    EDGE = (
        rf"(?i){_END}(?:{_WITH_AT}|{_LOCAL_PART})"
        rf"|[\pL\pN_.\-]*\n[\pL\pN_\-]+@{_LOCAL_PART}"
        rf"|[\pL\pN_+\-]+\.{_BLANK}(?:{_PIECE}{_JOINT})*{_WITH_AT}"
    )
    """What may be of an address at the edge of a text, for RE2: it can be read in several ways, and
    the one that reaches farthest counts."""
    BACKWARD = ""
    OPENS = True
    LONGEST = 256
    SIGHT = 2 * LOOK_BEHIND  # a word that is no local part, and what would have announced it

    def opens(self, text: str, start: int) -> int:
        """Return where an address may begin whose end isn't known, read backwards from the edge."""
        first = max(start, len(text) - self.LONGEST - _AHEAD)
        while (begun := self._begun(text[first:][::-1])) > 0:
            begin = len(text) - begun
            word = _FOLLOWED.match(text, begin)
            if word is None or text[begin - 1 : begin].isalnum():
                return begin
            if _BEHIND_AT.match(text[max(0, begin - _LONGEST_AT) : begin][::-1]):
                return begin  # what it is a domain of may have left
            if not _is_no_local(text, word.span(1), word[2]):
                return begin
            first = word.end(1)
        return len(text)

    def _begun(self, backwards: str) -> int:
        """Return how much of the edge of a text, read backwards, may be of an address."""
        begun = self._edge.match(backwards)
        return begun.end() if begun else 0

    @cached_property
    def _edge(self) -> re.Pattern[str]:
        return longest(self.EDGE)

    def readings(self, text: str, first: int, last: int) -> Iterator[Reading]:
        """Yield the address between `first` and `last`."""
        address = next(self._addresses(text, first, last), None)
        domain = None if address else _domain(text, first, _WHOLE_LABEL)
        units = address[2] if address else _with_mailbox(text, first, domain) if domain else None
        if units is not None:
            yield (
                reveal(text, first, last, units),
                lambda found, span: is_contact(found) and span == (first, last),
            )

    def runs(self, text: str, position: int) -> Iterator[tuple[int, int]]:
        """Yield where addresses around at-signs of any kind start and end."""
        for first, last, _ in self._addresses(text, position, len(text)):
            yield first, last

    def _addresses(self, text: str, left: int, right: int) -> Iterator[tuple[int, int, list[Unit]]]:
        position = left
        for at in _signs(text, left, right):
            if at.start() < position:
                continue
            domain = _domain(text, at.end(), _WHOLE_LABEL)
            if domain is None and at[0] == "@":
                domain = _domain(text, at.end(), _BROKEN_LABEL)
            if domain is None or domain.end > right:
                continue
            farthest = max(left, at.start() - _LONGEST_LOCAL)
            local = _local(text, farthest, at)
            if local is None and _is_of_usual(text, at, domain):
                yield at.end(), domain.end, _with_mailbox(text, at.end(), domain)
                position = domain.end
            if local is None or not _is_meant(text, local, at, domain):
                continue
            joins = [(*join.span(), _sign(join[0])) for join in _JOINS.finditer(text, *local)]
            yield local[0], domain.end, [*joins, (*at.span(), "@"), *domain.units]
            position = domain.end


def _signs(text: str, left: int, right: int) -> Iterator[re.Match[str]]:
    """Yield at-signs of any kind, also those that others begin with: ``@`` in `` @``."""
    for first, last in stretches(_SIGN.pattern, text, left, within=(left, right)):
        for place in range(first, last):
            sign = _SIGN.match(text, place, right)
            if sign is not None:
                yield sign


def _local(text: str, farthest: int, at: re.Match[str]) -> tuple[int, int] | None:
    """Return where the local part before `at` stands, without words that begin none."""
    local = _LOCAL.search(text, farthest, at.start())
    if local is None:
        return None
    begin = local.start()
    for sign in (*_JOINS.finditer(text, *local.span()), at):
        if not _is_no_local(text, (begin, sign.start()), sign[0]):
            return begin, local.end()
        begin = sign.end()
    return None


def _is_no_local(text: str, span: tuple[int, int], sign: str) -> bool:
    """Tell whether a word, before a sign that is said in words or begins so, is of no address.

    With a full stop it ends a sentence. Between dashes with blanks around signs are said, too.

    Args:
        text: what is known.
        span: of the word.
        sign: what stands behind it, with its blanks; of the last in `text` maybe a beginning.
    """
    first = sign.strip()[:1]
    spaced = first == "-" and sign[0].isspace()
    if not (first.isalpha() or spaced):
        return False
    if _is_never_local(text, span):
        return True
    plain = text[slice(*span)].casefold()
    if plain.isascii() and not spaced and sign.strip().casefold() in _SIGNS_BEGUN:
        return False
    return plain not in MAILBOXES and is_usual(plain) and not said(_ANNOUNCED, text, span[0])


def _is_never_local(text: str, span: tuple[int, int]) -> bool:
    """Tell whether a word is of no address whatever announces it."""
    plain = text[slice(*span)].casefold()
    if plain in NOT_LOCAL or plain.endswith((".", *NOT_LOCAL_ENDINGS)):
        return True
    return text[span[0] - 1 : span[0]] in _APOSTROPHES and len(plain) < _LEAST_LOCAL


def _is_of_usual(text: str, at: re.Match[str], domain: _Domain) -> bool:
    """Tell whether a domain behind a usual word and an at-sign in a word is most likely of mail.

    The word may have left a stream, and is none that anybody is known by: the domain alone is the
    finding.
    """
    word = _LAST_WORD.search(text, max(0, at.start() - _LONGEST_LOCAL), at.start())
    if word is None or not at[0].strip()[0].isalpha() or _is_never_local(text, word.span()):
        return False
    if domain.labels[0].casefold() in NOT_LABEL or _LOPSIDED.search(text, at.end(), domain.end):
        return False
    return domain.odd or domain.labels[-2].casefold() in MAILERS


def _with_mailbox(text: str, begin: int, domain: _Domain) -> list[Unit]:
    """Return what is to be read differently in a domain, so that it is read as an address."""
    return [(begin, begin + 1, f"x@{text[begin]}"), *domain.units]


_LOPSIDED = lazily(r"\S\.\s|\s\.\S")
"""A full stop with a blank on one side: behind a plain word it more likely ends a sentence."""
_LAST_WORD = lazily(rf"{_PART}\Z")
_BEHIND_AT = lazily(rf"(?i){_BLANK}{{1,2}}(?:{either(backwards(AT))}){_BLANK}")
_LONGEST_AT = max(map(len, AT)) + 3
_APOSTROPHES = frozenset("'’")
_LEAST_LOCAL = 3
"""Letters behind an apostrophe from which on they may be a local part: ``don't`` ends in none."""


def _is_meant(text: str, local: tuple[int, int], at: re.Match[str], domain: _Domain) -> bool:
    """Tell whether the parts are an address, and one that isn't plain."""
    written = at[0].strip()
    mailbox = domain.labels[-2].casefold() in MAILERS
    sure = mailbox or said(_ANNOUNCED, text, local[0])
    if written == "@":
        if at[0] == "@":
            return domain.odd
        return sure or at[0][0] == "@" or at[0][-1].isspace() or "\n" in at[0]
    if written[0].isalpha():
        if domain.labels[0].casefold() in NOT_LABEL:
            return False
        cyrillic = not written.isascii()
        ascii_only = (text[slice(*local)] + domain.labels[0]).isascii()
        return sure or domain.odd or (cyrillic and ascii_only)
    return domain.odd or written[0] not in "_-"


class SpacedAddressRecognizer(RunDisguise):
    """An address with a blank between all characters: ``i v a n @ m a i l . k z``."""

    HOW = "written apart"
    PATTERN = r"[^\s](?:[ \t\n][^\s]){8,64}"
    RUN = r"[^\s](?:[ \t\n][^\s])*"
    TRIGGERS = (r"[^\s][ \t\n]@[ \t\n][^\s][ \t\n]",)
    _LETTERS = "ивксуоаяИВКСУОАЯ"
    """Words of one letter: ``и в``, ``а к``. Of those in a row only the last may begin a run."""
    _WORDS = lazily(rf"(?:[{_LETTERS}][ \t\n](?=[{_LETTERS}][ \t\n]))*")
    _OTHER = rf"[^\s{_LETTERS}]"
    _FIRST_TWO = rf"(?:{_OTHER}[ \t\n][^\s]|[^\s][ \t\n]{_OTHER})"
    BACKWARD = rf"[ \t\n]?(?:(?:[^\s][ \t\n])*{_FIRST_TWO}|[^\s])(?:[\W_]|$)"
    LONGEST = 130

    def runs(self, text: str, position: int) -> Iterator[tuple[int, int]]:
        """Yield runs of single characters with an at-sign among them."""
        for match in self._run.finditer(text, position):
            first, last = match.span()
            if text[max(0, first - 1) : first].isalnum():
                first += 2
            words = self._WORDS.match(text, first)
            first = words.end() if words else first
            if text[last : last + 1].isalnum():
                last -= 2
            if last - first > 10 and "@" in text[first:last]:
                yield first, last

    def readings(self, text: str, first: int, last: int) -> Iterator[Reading]:
        """Yield the run without blanks."""
        units = [(place, place + 1, "") for place in range(first + 1, last, 2)]
        yield reveal(text, first, last, units), lambda found, _: is_contact(found)
