"""Addresses of services with a password inside: URLs, JDBC, ADO, Azure's connection strings."""

from __future__ import annotations

import re

from guardrail.detect.text.identifiers.secret import is_placeholder
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import TextRecognizer, Verdict

_SCHEME = r"[A-Za-z][A-Za-z0-9+.\-]{1,20}"
_URL = (
    rf"{_SCHEME}://[^\s:/@\"'<>`]{{0,32}}:[^\s/?\"'<>`]{{1,64}}@"
    r"[A-Za-z0-9_\[\]\-.:,{}$]{1,64}(?:/[^\s\"'<>`]{0,64})?"
)
_JDBC = (
    r"jdbc:[a-z0-9:]{2,24}:(?://|@)?[^\s\"'<>`]{1,200}[?&;:](?i:password|pwd)=[^\s\"'<>`&;]{1,64}"
)
_ADO = (
    r"(?:Server|Data Source|Host|DSN)=[^;\"'\n]{1,64};[^\"'\n]{0,100}?(?i:password|pwd) ?="
    r" ?[^;\"'\s]{1,64}"
)
_AZURE = r"(?:AccountKey|SharedAccessKey|SharedSecretValue)=[A-Za-z0-9+/]{40,88}={0,2}"
_LIKE = (
    r"://[^\s/]*:[^\s/]*@|jdbc:|(?:Server|Data Source|Host|DSN)=[^;]"
    r"|(?:AccountKey|SharedAccessKey|SharedSecretValue)="
)
_PASSWORD = lazily(
    r"(?i)://[^\s:/@]*:(?P<url>[^\s/]*)@|(?:password|pwd) ?= ?(?P<parameter>[^;&\s]*)"
    r"|(?:Key|SecretValue)=(?P<key>.*)"
)
_JOINED = lazily(r"[\w+.\-]")
_STAND_INS = frozenset(
    {"pass", "password", "passwd", "pwd", "secret", "pw", "пароль", "mypassword", "p", "token",
     "yourpassword", "user_password", "db_password", "postgres", "root", "guest", "admin", "test"}
)  # fmt: skip
"""What manuals write for a password, and what images start with and everybody knows."""


class ConnectionStringRecognizer(TextRecognizer):
    """Connection string or URL with a password in it (RFC 3986 section 3.2.1)."""

    ENTITY = "CONNECTION_STRING"
    PATTERN = f"{_JDBC}|{_URL}|{_ADO}|{_AZURE}"
    TRIGGERS = (_LIKE,)
    BACKWARD = (
        r"[^\"'\n]{0,190}=(?:revreS|ecruoS ataD|tsoH|NSD)"
        r"(?:[^\s\"'<>`]{0,220}//:[A-Za-z0-9+.:\-]{2,32})?|[Source]{0,6} ataD"
        r"|[^\s\"'<>`]{0,250}//:[A-Za-z0-9+.:\-]{2,32}|[^\s\"'<>`]{0,300}:cbdj"
        r"|[A-Za-z0-9+/=]{0,92}=(?:yeKtnuoccA|yeKsseccAderahS|eulaVterceSderahS)"
        r"|/?:[A-Za-z0-9+.\-]{2,21}"
    )
    LONGEST = 310

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept where the password is one, not what manuals write for it."""
        start = match.start()
        value = match[0].rstrip(".,;:!?)]}")
        if _JOINED.match(text[max(0, start - 1) : start]):
            return None
        password = _PASSWORD.search(value)
        secret = next(filter(None, password.groups()), "") if password else ""
        if secret.lower() in _STAND_INS or is_placeholder(secret):
            return None
        end = start + len(value)
        return Verdict(start=start, end=end, score=0.97, reason="pattern, structure")

    def resume(self, text: str, match: re.Match[str]) -> int:  # noqa: ARG002 - the base's signature
        """Look on from the next character."""
        return match.start() + 1
