"""Passwords and PIN codes: what stands behind the word and looks like one."""

from __future__ import annotations

import re

from guardrail.detect.text.identifiers.secret import is_password
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import Verdict
from guardrail.detect.text.recognizers.keyed import KeyedRecognizer, Link

_SHORT = lazily("(?i)pass|pwd|pin")
_PIN = lazily(r"(?i)(?:pin|пин)[\w\- ]{0,8}")
_SECRET_DIGITS = lazily("[0-9]{4,8}")
_QUERY = lazily(r"[?&]\w{0,16}\Z")
_TAG = lazily(r"<[\w\-:]{0,16}\Z")
_CALLED = (
    r"(?i)парол|пия ?с[оө]з|qupiya|пин[- ]?код|pass(?:word|wd|phrase|code)|\bpass\b|_pass\b|pwd"
    r"|\bpin\b|pin[\-_ ]?code"
)
_TRAILING = ".,;:?)]}|"


class PasswordRecognizer(KeyedRecognizer):
    """Password, passphrase or PIN code."""

    ENTITY = "PASSWORD"
    PATTERN = (
        r"(?i)парол(?:ь|я|ю|ем|і\w{0,6})|(?:құ|ку|кұ)пия ?с[өо]з\w{0,6}|qupiya ?s[oö]z\w{0,6}"
        r"|пин[- ]?код\w{0,2}|pin[\-_ ]?code|pass(?:word|wd|phrase|code)?[0-9]?|pwd|pin"
    )
    TRIGGERS = (_CALLED,)
    UNFINISHED = lazily(r"[^\s]{1,130}")
    LONGEST = 128
    VALUE = lazily(r"""[^\s"'`<>«»“”,;\\]{4,129}""")

    def weigh(
        self, text: str, word: re.Match[str], value: re.Match[str], link: Link
    ) -> Verdict | None:
        """Accept what looks the more like a password the less surely it is set as one."""
        before = text[max(0, word.start() - 17) : word.start() + 1]
        if _SHORT.fullmatch(word[0]) and before[:-1][-1:].isalpha():
            return None
        if word[0] == "PASS" and before[-2:-1] != "_":  # what test runners print
            return None
        tagged = text[value.start() - 1] == ">"
        if tagged:
            link = Link.SIGN if _TAG.search(before[:-1]) else Link.SPACE
        plain = self._plain(value[0], before)
        if len(plain) < 4 or len(value[0]) > self.LONGEST or "://" in plain:
            return None
        if not self._fits(plain, word[0], link):
            return None
        score = (0.65, 0.75, 0.85)[link]
        end = value.start() + len(plain)
        return Verdict(start=value.start(), end=end, score=score, reason="pattern, context")

    def _plain(self, value: str, before: str) -> str:
        """Return the value without the sentence's punctuation and the next query parameter."""
        if _QUERY.search(before[:-1]) or before[-1:] in ("?", "&"):
            value = value.partition("&")[0]
        return value.rstrip(_TRAILING)

    def _fits(self, value: str, word: str, link: Link) -> bool:
        if _PIN.fullmatch(word):
            return _SECRET_DIGITS.fullmatch(value) is not None
        if link is Link.SPACE:
            if _SHORT.fullmatch(word):  # arguments are passed, and things are pinned
                return False
            long = len(value) >= 8 and value.isascii()
            return (long or value.isalpha()) and is_password(value, floor=2)
        digits = value.isdigit() and len(value) >= (4 if link is Link.SIGN else 6)
        return digits or is_password(value, floor=1 if link is Link.SIGN else 2)
