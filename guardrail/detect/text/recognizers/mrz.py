"""Machine-readable zones of passports, identity cards and visas (ICAO Doc 9303)."""

from __future__ import annotations

import re

from guardrail.detect.text.identifiers.mrz import checks_of
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import TextRecognizer, Verdict, blunt

_X = "[A-Za-z0-9<]"
_STARTS, _ENDS, _GAP = f"(?<!{_X}{{2}})", f"(?!{_X})", r"[ \r\n]{0,4}"
_ZONE = "|".join(
    (
        rf"[IACiac]{_STARTS}{_X}{{29}}{_GAP}{_X}{{30}}{_GAP}{_X}{{30}}{_ENDS}",  # TD1
        rf"[PVpv]{_STARTS}{_X}{{43}}{_GAP}{_X}{{44}}{_ENDS}",  # TD3
        rf"[PVIACpviac]{_STARTS}{_X}{{35}}{_GAP}{_X}{{36}}{_ENDS}",  # TD2
        rf"[PVpv]{_STARTS}[A-Za-z<]{{14,43}}{_ENDS}",  # a line with names, maybe cut short
        rf"{_X}{_STARTS}(?:{_X}{{43}}|{_X}{{35}}|{_X}{{29}}){_ENDS}",  # any other line
    )
)
_BREAKS = lazily("[ \r\n]+")
_NAMES = lazily("[PV][A-Z<][A-Z][A-Z<]{2}[A-Z]+(?:<[A-Z]+)*<<[A-Z<]*")
_LINES = {90: 30, 88: 44, 72: 36}
"""Characters of a whole zone, and of its lines."""


class MrzRecognizer(TextRecognizer):
    """Whole zone with a right check digit, or a line of one."""

    ENTITY = "MRZ_CODE"
    SHARP = _ZONE
    PATTERN = blunt(_ZONE)
    TRIGGERS = ("<<",)
    BACKWARD = rf"{_X}{{0,90}}(?:[ \r\n]{{1,4}}{_X}{{30,60}}){{0,2}}"
    LONGEST = 98

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:  # noqa: ARG002 - the base's signature
        """Accept a zone with a right check digit, a line with most of them, a line with names."""
        zone = _BREAKS.sub("", match[0]).upper()
        start, end = match.span()
        if "<<" not in zone:
            return None
        width = _LINES.get(len(zone), len(zone))
        lines = [zone[place : place + width] for place in range(0, len(zone), width)]
        checks = [checks_of(line) for line in lines]
        right, all_ = (sum(column) for column in zip(*checks, strict=True))
        if right and (len(lines) > 1 or 2 * right > all_):
            score = 0.99 if right == all_ and right > 1 else 0.9
            return Verdict(start=start, end=end, score=score, reason="checksum, structure")
        if _NAMES.fullmatch(lines[0]):
            return Verdict(start=start, end=start + width, score=0.85, reason="structure")
        return None
