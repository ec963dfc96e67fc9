"""Private keys (RFC 7468, RFC 4716, RFC 9580) and JSON Web Tokens (RFC 7519)."""

from __future__ import annotations

import base64
import json
import re

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import TextRecognizer, Verdict

_BODY = r"[A-Za-z0-9+/=\s\\:,.\-()@]"
_INSIDE = lazily(rf"{_BODY}*")
_FOOT = lazily(r"-----END [A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?-----")
_LINES = lazily(
    r"(?:(?:\\[nr]|[ \n\r\t]){1,4}[A-Za-z0-9+/=]{16,3440}){1,60}"
    r"(?:(?:\\n|\r?\n)[A-Za-z0-9+/=]{1,15})?"
)
_NOTHING_MORE = lazily(r"(?:\\[nr]|\s){0,8}\Z")
_RUN = lazily("[A-Za-z0-9+/]{16}")


class PrivateKeyRecognizer(TextRecognizer):
    """Private key in text armour: the whole block, or what there is of it."""

    ENTITY = "PRIVATE_KEY"
    PATTERN = r"-----BEGIN (?:[A-Z0-9]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----"
    TRIGGERS = (r"-----BEGIN [A-Z0-9 ]{0,22}PRIVATE KEY",)
    BACKWARD = (  # no bound of its own: RE2 has none as high, and the sweep bounds its text
        rf"(?:{_BODY}*-----(?:KCOLB )?YEK ETAVIRP)?-{{0,5}}[A-Z0-9 ]{{0,40}}NIGEB-----"
    )
    LONGEST = 3500

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept a block that holds something, or a head with something behind it."""
        start, end = match.span()
        limit = start + self.LONGEST
        foot = text.find("-----END ", end, limit)
        block = _FOOT.match(text, foot, limit) if foot >= 0 else None
        if block and _INSIDE.fullmatch(text, end, foot) and "-----BEGIN" not in text[end:foot]:
            if _RUN.search(text, end, foot) is None:
                return None
            return Verdict(start=start, end=block.end(), score=0.99, reason="structure")
        if lines := _LINES.match(text, end, limit):
            return Verdict(start=start, end=lines.end(), score=0.95, reason="structure, pattern")
        if _NOTHING_MORE.match(text, end) is None:
            return None
        return Verdict(start=start, end=end, score=0.6, reason="pattern")


_B64URL = r"[A-Za-z0-9_\-]"
_REST = lazily(rf"{_B64URL}{{4,3000}}\.{_B64URL}{{0,1400}}(?:\.{_B64URL}{{10,1400}}){{0,2}}")
_HEADER_LONGEST = 400


class JwtRecognizer(TextRecognizer):
    """JSON Web Token: three parts signed, five encrypted."""

    ENTITY = "JWT"
    PATTERN = rf"eyJ{_B64URL}{{8,{_HEADER_LONGEST}}}\."
    TRIGGERS = (rf"eyJ{_B64URL}{{8}}",)
    BACKWARD = ""
    LONGEST = 3500

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept where the first part is a JOSE header and the rest has its form."""
        start = match.start()
        if text[max(0, start - 1) : start].isalnum() or not _is_header(match[0][:-1]):
            return None
        rest = _REST.match(text, match.end(), start + self.LONGEST)
        if rest is None:
            return None
        return Verdict(start=start, end=rest.end(), score=0.98, reason="structure")

    def resume(self, text: str, match: re.Match[str]) -> int:  # noqa: ARG002 - the base's signature
        """Look on from the next character: a token may start inside a rejected match."""
        return match.start() + 1


def _is_header(part: str) -> bool:
    """Tell whether base64url text is a JOSE header (RFC 7515 section 4)."""
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return False
    return isinstance(header, dict) and isinstance(header.get("alg"), str)
