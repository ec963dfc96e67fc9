"""Postal addresses in Kazakh, Russian and English: chains of parts around a street or a house."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import CONTEXT, TextRecognizer, Verdict, said, words
from guardrail.detect.text.recognizers.address_chain import LONGEST, Part, chain
from guardrail.detect.text.recognizers.address_edge import open_from
from guardrail.detect.text.recognizers.address_grammar import BEGINS
from guardrail.detect.text.recognizers.address_lexer import (
    BLANKLESS,
    Lexed,
    fold_word,
    lex,
    word_from,
)
from guardrail.detect.text.recognizers.address_trigger import TRIGGER
from guardrail.detect.text.stretches import stretches

_OPEN = LONGEST + 128
"""Code points before the edge that may be of one: an address, and what its verdict rests on."""

_SPOKEN_OF = words(
    r"адрес\w{0,3}", r"мекен[ \-]?жай\w{0,6}", r"address", r"прожива\w{2,3}", r"жив[уё]т?", "живет",
    r"прописан\w?", r"прописк\w{1,2}", r"зарегистрирован\w?", r"mekenjay\w{0,4}", r"доставк\w{1,2}",
    r"live at", r"lives at", r"тұратын", r"meken-?zhay\w{0,4}", r"ship to", r"deliver to",
)  # fmt: skip
_STREET_ENDING = lazily(r".*(?:[аяиы]|ой|ого|его|ых|их|ий|ый)")
"""Endings of what Russian streets are called: genitives and adjectives."""


_AREA = lazily(r"(?i)площад\w{1,2} (?:[0-9]{1,3} [0-9]{3}|[0-9.,]+ ?(?:кв|км|га|м2|м²))")
"""The size of something, in the word that also means a square."""


class AddressRecognizer(TextRecognizer):
    """A street or microdistrict with a house; a house with a flat; what belongs to them around."""

    ENTITY = "STREET_ADDRESS"
    VERSION = "5"
    PATTERN = r"(?s:.){1,200}"
    """Says the length only: `scan` parses tokens."""
    TRIGGERS = (TRIGGER, "[0-9]")
    BACKWARD = ""
    OPENS = True
    LONGEST = LONGEST

    def scan(self, text: str, start: int) -> Iterator[RecognizerResult]:
        """Yield addresses, each the longest chain of parts from where it starts."""
        for first, last in stretches(TRIGGER, text, start, before=_BEFORE, behind=_BEHIND):
            if _DIGIT.search(text, first, last):
                begin = first if first == start else _blank_from(text, first)
                yield from self._within(text, begin, _blank_from(text, last))

    def opens(self, text: str, start: int) -> int:
        """Return where an address may stand whose end isn't known."""
        return open_from(text, max(start, len(text) - _OPEN))

    def _within(self, text: str, start: int, end: int) -> Iterator[RecognizerResult]:
        lexed = lex(text, word_from(text, start), end)
        position = bisect_left(lexed.starts, start)
        while (begin := BEGINS.search(lexed.classes, position)) is not None:
            position = begin.start()
            parts = chain(lexed, position).parts
            verdict = _verdict(text, lexed, parts) if parts else None
            if verdict is None or _AREA.match(text, verdict.start):
                position += 1
            else:
                yield self.result(verdict)
                position = parts[-1].end


_DIGIT = lazily("[0-9]")
_BEFORE = LONGEST + BLANKLESS
_BEHIND = LONGEST + CONTEXT + 24
"""Code points before a sign and behind it: it stands in the address or is said before it, and what
follows the address may tell that it is none."""


def _blank_from(text: str, position: int) -> int:
    blank = _BLANK.search(text, position, position + BLANKLESS)
    return blank.start() if blank else min(position, len(text))


_BLANK = lazily(r"\s")


def _is_free(text: str, start: int) -> bool:
    """Tell whether a token may start at `start`."""
    before = text[start - 1 : start]
    return not (before.isalnum() or before == "_")


_TELLING = frozenset({"english", "street", "micro", "unit", "named", "box"})
"""Parts without which nothing is an address."""


def _verdict(text: str, lexed: Lexed, parts: list[Part]) -> Verdict | None:
    if not any(part.kind in _TELLING for part in parts):
        return None
    start, end = lexed.starts[parts[0].first], lexed.ends[parts[-1].end - 1]
    end -= text[end - 1] == "."
    if not _is_free(text, end + 1):
        return None
    context = said(_SPOKEN_OF, text, start)
    score = _score(parts, _Names(text, lexed), context=context)
    if not score:
        return None
    reason = "structure, context" if context else "structure"
    return Verdict(start=start, end=end, score=min(0.97, score + 0.05 * context), reason=reason)


@dataclass(frozen=True, slots=True)
class _Names:
    text: str
    lexed: Lexed

    def sounds_like_street(self, part: Part) -> bool:
        """Tell whether a name is a known one, or ends as a street's."""
        names = [place for place in range(part.first, part.end) if self._class(place) in "WTbvtwyz"]
        known = any(self._class(place) in "Tbvt" for place in names)
        return known or any(_STREET_ENDING.fullmatch(self._word(place)) for place in names)

    def is_local(self, part: Part) -> bool:
        """Tell whether a name is a known one, or written in Cyrillic: `return 1` is neither."""
        places = range(part.first, part.end)
        return any(self._class(place) in "Tbvt" or self._word(place)[:1] >= "Ѐ" for place in places)

    def _class(self, place: int) -> str:
        return self.lexed.classes[place]

    def _word(self, place: int) -> str:
        return fold_word(self.text[self.lexed.starts[place] : self.lexed.ends[place]])


def _score(parts: list[Part], names: _Names, *, context: bool) -> float:
    """Return how sure the parts are an address; 0 if they are none."""
    by_kind = {part.kind: part for part in parts}
    if "english" in by_kind:
        return 0.9
    if "street" in by_kind or "micro" in by_kind:
        return _score_of_street(parts, by_kind, names, context=context)
    flat = any(part.kind == "unit" and _FLAT.match(part.classes) for part in parts)
    if "named" in by_kind:
        return _score_of_named(parts, names, flat=flat, context=context)
    if any(part.kind == "unit" and _HOUSE.match(part.classes) for part in parts):
        return 0.75 if flat else 0.65 * ("town" in by_kind)
    return 0.6 * ("box" in by_kind)


_FLAT = lazily(r"F:? ?#? ?N|N-F")
_HOUSE = lazily(r"H:? ?#? ?N|N-H")
_ROOM = lazily(r"[FO]:? ?#? ?[NY]|N-?[FO]|N ?[FO]")


def _score_of_street(
    parts: list[Part], by_kind: dict[str, Part], names: _Names, *, context: bool
) -> float:
    street = by_kind.get("street")
    if "unit" in by_kind:
        return 0.9
    if "number" in by_kind:
        plain = street is not None and _DOUBTFUL.match(street.classes) is not None
        bare = plain and len(parts) == 2 and not context
        return 0.9 if street is None or not bare or names.sounds_like_street(street) else 0.0
    return 0.85 if street is not None and street.classes.endswith("-N") else 0.0


_DOUBTFUL = lazily("S:? ?[wyz]")
"""A name in lower case that is on no list."""


_KNOWN_PLACE = lazily("G(?: ?[CRH])?$")


def _score_of_named(parts: list[Part], names: _Names, *, flat: bool, context: bool) -> float:
    """Return the score of a name with a number, without a word for a street."""
    by_kind = {part.kind: part for part in parts}
    named = by_kind["named"]
    before = parts[parts.index(named) - 1] if parts[0] is not named else None
    unit = by_kind.get("unit") or by_kind.get("number")
    if flat or (unit and _ROOM.search(unit.classes)):
        return 0.8
    if context and names.is_local(named):
        return 0.7
    placed = before is not None and _KNOWN_PLACE.search(before.classes) is not None
    sure = not named.classes.startswith(("w", "y", "z")) and names.sounds_like_street(named)
    return 0.65 if placed and sure else 0.0
