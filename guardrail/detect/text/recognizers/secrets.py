"""Keys and tokens: by the form their provider gives them, or by the word before and by chance."""

from __future__ import annotations

import re

from guardrail.detect.text.identifiers.secret import entropy, is_random, is_stand_in
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import TextRecognizer, Verdict
from guardrail.detect.text.recognizers.keyed import KeyedRecognizer, Link
from guardrail.detect.text.recognizers.secret_patterns import LONGEST_TOKEN, SHAPES, STARTS, TOKEN

_UNFINISHED = r"[A-Za-z0-9_\-./+=:~]{0,259}[A-Za-z0-9_]"
_JOINED = lazily("[A-Za-z0-9_]")


class SecretKeyRecognizer(TextRecognizer):
    """Key or token whose provider tells it by its form."""

    ENTITY = "SECRET_KEY"
    PATTERN = TOKEN
    TRIGGERS = (STARTS,)
    BACKWARD = _UNFINISHED
    LONGEST = LONGEST_TOKEN

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept a whole token that no one would have made up."""
        start, end = match.span()
        group = match.lastindex
        if group is None or _JOINED.match(text, end) or is_stand_in(match[0]):
            return None
        if entropy(match[group]) < SHAPES[group - 1].floor:
            return None
        return Verdict(start=start, end=end, score=0.95, reason="pattern, structure")

    def resume(self, text: str, match: re.Match[str]) -> int:  # noqa: ARG002 - the base's signature
        """Look on from the next character: a token may start inside a rejected match."""
        return match.start() + 1


_OTHERWISE = lazily(
    r"(?i)(?:page|csrf|xsrf|cursor|public|pub|idempotency|next|prev|continuation|cancel\w{0,6}"
    r"|syntax|eos|bos|pad|design|primary|foreign|object|partition|sort|file|s3|cache)[_\- ]?\Z"
)
"""Tokens and keys that open nothing."""

_CALLED = (
    r"(?i)secret|token|(?:api|access|auth|client|private|app|account|storage|signing|master|service"
    r"|encryption|webhook|session|shared|refresh|consumer|bot)[_\- ]?key|bearer|токен|секрет|ключ"
    r"|кілт"
)
_LONG = r"[A-Za-z0-9_\-+/=.~]{20}"
_OPENS = lazily(r"(?i)bearer")


class SecretValueRecognizer(KeyedRecognizer):
    """Value drawn by chance that is called a key, a token or a secret."""

    ENTITY = "SECRET_KEY"
    PATTERN = (
        r"(?i)(?:api|access|auth|private|client|app|bot|signing|encryption|master|service|webhook"
        r"|session|refresh|consumer|account|storage|shared|secret)[_\- ]?(?:access[_\- ]?)?"
        r"(?:key|token|secret)|secret|token|apikey|bearer|токен\w{0,3}|секрет\w{0,6}|ключ\w{0,3}"
        r"|кілт\w{0,3}"
    )
    TRIGGERS = (_CALLED, _LONG)
    UNFINISHED = lazily(r"[A-Za-z0-9_\-./+=:~]{1,260}")
    LONGEST = LONGEST_TOKEN
    VALUE = lazily(r"[A-Za-z0-9_\-+/=.~]{20,200}")

    def weigh(
        self, text: str, word: re.Match[str], value: re.Match[str], link: Link
    ) -> Verdict | None:
        """Accept a value of much chance, set by a sign or behind ``Bearer``."""
        start, end = value.span()
        before = text[max(0, word.start() - 14) : word.start()]
        named = link is Link.SIGN or (_OPENS.fullmatch(word[0]) and link is Link.SPACE)
        if not named or _OTHERWISE.search(before) or self.VALUE.match(text, end - 19):
            return None
        return self._drawn(value[0].rstrip("."), start)

    def _drawn(self, value: str, start: int) -> Verdict | None:
        hexadecimal = _HEX.fullmatch(value) is not None
        if not is_random(value, floor=2.8 if hexadecimal else 3.5):
            return None
        return Verdict(start=start, end=start + len(value), score=0.75, reason="pattern, context")


_HEX = lazily("[0-9a-fA-F]+")
