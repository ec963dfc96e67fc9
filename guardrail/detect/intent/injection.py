"""Attempts to talk the guard or the model out of their duties, open or hidden.

`DUTY_EVASION` asks that a duty be evaded: to deny being an AI system, to drop the label of what is
generated, to ignore rules on personal data (230-VIII art. 20-21; Regulation (EU) 2024/1689
art. 50). `PROMPT_INJECTION` asks a model to forget what it was told: reported as a suspicion.
"""

from __future__ import annotations

import codecs
import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from guardrail.detect.intent.evasion_words import said
from guardrail.detect.intent.words import folded
from guardrail.detect.text.stretches import signs
from guardrail.facts import Tier

DUTY_EVASION, PROMPT_INJECTION = "DUTY_EVASION", "PROMPT_INJECTION"

OVERRIDE = "override"

_LATIN, _CYRILLIC = re.compile("[a-z]{2}"), re.compile("[а-я]{2}")

_AROUND = 160
"""Characters around a telling word that are looked at."""

_MOST = 200
"""Telling words of a text that are looked at: the first and the last."""

_PART = 20_000
"""Characters of a text that hints are sought in at once."""

_TAGS = re.compile("[\U000e0020-\U000e007e]{4,}")
_FLAG = "\U0001f3f4"
"""A black flag: the tags behind it name a region, as in Scotland's."""

_INVISIBLE = re.compile("[\u200b-\u200d\u2060-\u2064\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef]{12,}")
_REVERSED = re.compile("[\u202e\u2067]([^\u202c\u2069\n]{8,400})")
_BASE64 = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{24,4000}={0,2}(?![\w+/])")
_HEX = re.compile(r"(?<![\w])(?:0x)?(?:[0-9a-fA-F]{2}[ :]?){16,2000}(?![\w])")
_TURNED = r"\b(?:vtaber|qvfertneq|cergraq|qba'?g|qb abg|arire|erzbir|olcnff|sbetrg|erirny)\b"
"""«Ignore», «pretend» and the like, each letter turned by 13."""

_ROT13 = re.compile(_TURNED, re.IGNORECASE)
_ENCODED = rf"[A-Za-z0-9+/_-]{{24}}|(?:[0-9a-fA-F]{{2}}[ :]?){{16}}|(?i:{_TURNED})"
"""What every encoded run has, for RE2."""
_OVERLAP = 40
"""Characters that parts share: no telling word is longer."""

_ENCODED_MOST = 8
"""Encoded runs of a text that are read."""

_QUOTE = re.compile("[«»“”„\"`']")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evasion:
    """One attempt, and where it stands: code points of the text."""

    entity: str
    start: int
    end: int
    score: float
    tier: Tier
    reason: str
    """Which: ``deny_ai``, ``unlabel``, ``drop_rules``, ``override``; ``hidden_…`` where it isn't
    in plain sight."""


def evasions(text: str) -> Iterator[Evasion]:
    """Yield the attempts in `text`: one of each kind."""
    seen: set[tuple[str, str]] = set()
    for entity, reason, score in (*_open(text), *_hidden(text)):
        if (entity, reason) not in seen:
            seen.add((entity, reason))
            sure = entity == DUTY_EVASION and score >= 0.9
            yield Evasion(
                entity=entity,
                start=0,
                end=len(text),
                score=score,
                tier=Tier.CERTAIN if sure else Tier.SUSPECT,
                reason=reason,
            )


def _open(text: str) -> Iterator[tuple[str, str, float]]:
    """Yield entity, reason and score of what stands in plain sight, or hidden by nothing else."""
    ways = _compiled()
    for window in _windows(folded(text)):
        about = bool(ways.about.search(window))
        scripts = [bool(_LATIN.search(window)), bool(_CYRILLIC.search(window))]
        for reason, needed in ways.needs.items():
            if not needed.search(window):
                continue
            patterns = [
                one for there, some in zip(scripts, ways.asked[reason], strict=True) if there
                for one in some
            ]  # fmt: skip
            if any(_asked(window, one, about=about) for one in patterns):
                entity = PROMPT_INJECTION if reason == OVERRIDE else DUTY_EVASION
                score = 0.8 if reason == OVERRIDE else 0.9
                yield entity, reason, round(score - 0.2 * about, 1)


def _windows(plain: str) -> Iterator[str]:
    """Yield the surroundings of telling words, merged where they meet."""
    hints = [*_places(plain)]
    if len(hints) > _MOST:
        hints = [*hints[: _MOST // 2], *hints[-_MOST // 2 :]]
    spans: list[list[int]] = []
    for at in hints:
        if not spans or at - _AROUND > spans[-1][1] or at - spans[-1][0] > _PART:
            spans.append([max(0, at - _AROUND), at])
        spans[-1][1] = at + _AROUND
    for start, end in spans:
        yield plain[start:end]


def _places(plain: str) -> Iterator[int]:
    """Yield where telling words begin: RE2 tells first whether there are any."""
    ways = _compiled()
    for at in range(0, len(plain), _PART):
        part = plain[at : at + _PART + _OVERLAP]
        if ways.any_hint.search(part):
            yield from (at + match.start() for match in ways.hints.finditer(part))


def _asked(window: str, pattern: re.Pattern[str], *, about: bool) -> bool:
    """Tell whether `pattern` stands in `window` and is neither denied nor a quoted example."""
    for match in pattern.finditer(window):
        before, behind = window[: match.start()], window[match.end() : match.end() + 40]
        if _compiled().negated.search(before[-60:]) or _compiled().negated_behind.match(behind):
            continue
        if about and _is_quoted(before):
            continue
        return True
    return False


def _is_quoted(before: str) -> bool:
    line = before.rpartition("\n")[2]
    return len(_QUOTE.findall(line)) % 2 == 1 or ":" in line[-40:]


def _hidden(text: str) -> Iterator[tuple[str, str, float]]:
    for kind, found in _revealed(text):
        for entity, _reason, _score in _open(found):
            yield entity, f"hidden_{kind}", 0.95
    if text.isascii():
        return
    if _INVISIBLE.search(text):
        yield PROMPT_INJECTION, "hidden_invisible", 0.7
    if any(True for _ in _tagged(text)):
        yield PROMPT_INJECTION, "hidden_tags", 0.8


def _revealed(text: str) -> Iterator[tuple[str, str]]:
    """Yield what is written in `text` so that people don't read it, and how."""
    if not text.isascii():
        for run in _tagged(text):
            yield "tags", run
        for match in _first(_REVERSED, text):
            yield "reversed", match[1][::-1]
    if not signs(_ENCODED).search(text.encode("ascii", "replace").decode()):
        return
    for match in _first(_BASE64, text):
        yield from (("base64", one) for one in _from_base64(match[0]))
    for match in _first(_HEX, text):
        digits = re.sub("^0x|[ :]", "", match[0])
        yield from (("hex", one) for one in _readable(bytes.fromhex(digits)))
    if _ROT13.search(text):
        yield "rot13", codecs.decode(text[:_PART], "rot13")


def _tagged(text: str) -> Iterator[str]:
    for match in _first(_TAGS, text):
        if text[match.start() - 1 : match.start()] != _FLAG:
            yield "".join(chr(ord(one) - 0xE0000) for one in match[0][:_PART])


def _first(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    for number, match in enumerate(pattern.finditer(text)):
        if number >= _ENCODED_MOST:
            return
        yield match


def _from_base64(run: str) -> Iterator[str]:
    digits = run.rstrip("=").replace("-", "+").replace("_", "/")
    digits = digits[: len(digits) - (len(digits) % 4 == 1)]
    try:
        yield from _readable(b64decode(digits + "=" * (-len(digits) % 4), validate=True))
    except (Error, ValueError):
        return


def _readable(data: bytes) -> Iterator[str]:
    text = data.decode("utf-8", "replace")
    if (
        text.count("\ufffd") * 10 < len(text)
        and sum(map(str.isprintable, text)) * 10 > len(text) * 9
    ):
        yield text


Patterns = list[re.Pattern[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compiled:
    asked: dict[str, tuple[Patterns, Patterns]]
    """By reason: patterns for Latin letters, and for Cyrillic ones."""
    needs: dict[str, re.Pattern[str]]
    hints: re.Pattern[str]
    any_hint: re.Pattern[str]
    about: re.Pattern[str]
    negated: re.Pattern[str]
    negated_behind: re.Pattern[str]


@cache
def _compiled() -> _Compiled:
    """Return all patterns, compiled at the first text."""
    named, patterns = said().named, said().patterns
    return _Compiled(
        asked={reason: _by_script(ways) for reason, ways in patterns.items()},
        needs={reason: re.compile(named[f"NEEDS_{reason.upper()}"]) for reason in patterns},
        hints=re.compile(named["HINTS"]),
        any_hint=signs(_for_re2(named["HINTS"])),
        about=re.compile(named["ABOUT"]),
        negated=re.compile(named["NEGATED"]),
        negated_behind=re.compile(named["NEGATED_BEHIND"]),
    )


def _for_re2(pattern: str) -> str:
    """Return `pattern` as RE2 reads it, whose letters and borders of words are ASCII's alone."""
    first, rest = pattern[:2], pattern[2:].replace(r"\b", r"(?:[^\pL\pN_]|$)")
    border = r"(?:^|[^\pL\pN_])" if first == r"\b" else first
    return border + rest.replace(r"\w", r"[\pL\pN_]")


def _by_script(ways: Sequence[str]) -> tuple[Patterns, Patterns]:
    cyrillic = [bool(_CYRILLIC.search(one)) for one in ways]
    return (
        [re.compile(one) for one, other in zip(ways, cyrillic, strict=True) if not other],
        [re.compile(one) for one, other in zip(ways, cyrillic, strict=True) if other],
    )
