"""E-mail addresses, without a look at any list of suffixes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.recognizer import TextRecognizer, Verdict

_LOCAL = 64
"""Octets of a local part at most (RFC 5321 section 4.5.3.1.1); code points here."""

_LABEL = r"[^\W_](?:[\w\-]{0,61}[^\W_])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.){{1,8}}(?:xn--[a-zA-Z0-9\-]{{2,59}}|[^\W\d_]{{2,24}})")
_FILES = {"png", "jpg", "jpeg", "gif", "svg", "webp", "js", "css", "json"}
"""``icon@2x.png`` is a file."""


class EmailRecognizer(TextRecognizer):
    """Address with a dotted domain, internationalised or not (RFC 6531), of any suffix."""

    ENTITY = "EMAIL_ADDRESS"
    PATTERN = r"@"
    TRIGGERS = (r"[^\s@]@[^\s@]",)
    BACKWARD = ""
    LONGEST = 254

    def scan(self, text: str, start: int) -> Iterator[RecognizerResult]:
        """Yield addresses around each at-sign."""
        at = text.find("@", start)
        while at >= 0:
            verdict = self._around(text, at)
            if verdict is not None and verdict.start >= start:
                yield self.result(verdict)
            at = text.find("@", at + 1)

    def _around(self, text: str, at: int) -> Verdict | None:
        start = at
        while start > 0 and at - start <= _LOCAL and _is_local(text[start - 1]):
            start -= 1
        start += len(text[start:at]) - len(text[start:at].lstrip(".-'%+"))
        domain = _DOMAIN.match(text, at + 1, start + self.LONGEST)
        if domain is None or not 1 <= at - start <= _LOCAL or text[at - 1] == ".":
            return None
        end = domain.end()
        suffix = domain[0].rpartition(".")[2].casefold()
        if suffix in _FILES or _continues(text, end):
            return None
        if text[start:at] == "git" and text[end : end + 1] == ":":
            return None
        return Verdict(start=start, end=end, score=0.95, reason="pattern")


def _is_local(character: str) -> bool:
    return character.isalnum() or character in "._%+-'"


def _continues(text: str, end: int) -> bool:
    """Tell whether the domain goes on in a way that makes it none."""
    return text[end : end + 1] == "@" or text[end : end + 1].isalnum()
