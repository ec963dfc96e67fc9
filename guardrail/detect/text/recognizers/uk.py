"""Numbers of the United Kingdom: NHS and National Insurance."""

from __future__ import annotations

import re

from guardrail.detect.text.identifiers.uk import is_nhs, is_nino
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import (
    TextRecognizer,
    Verdict,
    digits_of,
    ends_clean,
    is_glued,
    said,
    starts_clean,
    words,
)

_NHS = words(r"nhs\w{0,8}", "national health service", "health (?:services )?authority")
_NINO = words(
    r"national insurance\w{0,2}",
    r"ni (?:no|number|num|#)\.?",
    r"ni_(?:no|number)",
    r"nino\w{0,2}",
    r"ni",
)
_SPACED = lazily(r"[A-Z]{2} [0-9]{2} [0-9]{2} [0-9]{2} [A-D]")


class UkNhsRecognizer(TextRecognizer):
    """NHS number: ten digits, mostly three, three and four."""

    COUNTRY_CODE = "uk"
    ENTITY = "UK_NHS"
    PATTERN = r"[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{4}"
    TRIGGERS = (PATTERN, r"(?i)nhs|health")
    LONGEST = 12

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept a check digit with context."""
        start, end = match.span()
        apart = starts_clean(text, start) and ends_clean(text, end)
        if not apart or is_glued(text, start, end) or not is_nhs(digits_of(match[0])):
            return None
        if not said(_NHS, text, start):
            return None
        return Verdict(start=start, end=end, score=0.95, reason="checksum, context")


class UkNinoRecognizer(TextRecognizer):
    """National Insurance number: ``QQ 12 34 56 C``."""

    COUNTRY_CODE = "uk"
    ENTITY = "UK_NINO"
    PATTERN = r"[A-Za-z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-Da-d]"
    TRIGGERS = (PATTERN,)
    BACKWARD = r" ?(?:[0-9]{1,2} ?){0,3}(?:[A-Za-z]{2})"
    LONGEST = 13

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept an allocated prefix with context, or spaced as on the card."""
        start, end = match.span()
        alone = not (text[max(0, start - 1) : start].isalnum() or text[end : end + 1].isalnum())
        apart = alone and not is_glued(text, start, end)
        if not apart or not is_nino(match[0].replace(" ", "").upper()):
            return None
        if said(_NINO, text, start):
            return Verdict(start=start, end=end, score=0.95, reason="structure, context")
        if _SPACED.fullmatch(match[0]) is None:
            return None
        return Verdict(start=start, end=end, score=0.7, reason="structure, pattern")

    def resume(self, text: str, match: re.Match[str]) -> int:  # noqa: ARG002 - the base's signature
        """Look on from the next letter."""
        return match.start() + 1
