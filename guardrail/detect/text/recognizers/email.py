"""E-mail addresses, without a look at any list of suffixes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import TextRecognizer, Verdict

_LOCAL = 64
"""Octets of a local part at most (RFC 5321 section 4.5.3.1.1); code points here."""

_LABEL = r"[^\W_](?:[\w\-]{0,61}[^\W_])?"
_DOMAIN = lazily(rf"(?:{_LABEL}\.){{1,8}}(?:[xX][nN]--[a-zA-Z0-9\-]{{2,59}}|[^\W\d_]{{2,24}})")
_NO_SUFFIX = frozenset(
    {"png", "jpg", "jpeg", "gif", "svg", "webp", "js", "css", "json", "avif", "ico", "scss", "html",
     "yml", "yaml", "toml", "txt", "tsx", "jsx", "vue", "exe", "dll", "jar", "whl", "tgz",
     "service", "socket", "timer", "mount", "target", "slice", "scope", "rc", "beta", "alpha"}
)  # fmt: skip
"""``icon@2x.png`` is a file, ``getty@tty1.service`` a unit of systemd, ``x@1.0.rc`` a version."""

_NOBODY = frozenset(
    {"noreply", "no-reply", "no_reply", "no.reply", "donotreply", "do-not-reply", "do_not_reply",
     "mailer-daemon"}
)  # fmt: skip
_SPECIMEN = lazily(r"(?:[\w\-]+\.)?example\.(?:com|org|net)")
"""Set aside for documentation (RFC 2606 section 3)."""

_VERSION = lazily(r"v?[0-9]{1,5}\.(?:[0-9x]{1,5}\.|[0-9])")
_REPOSITORIES = frozenset({"git", "hg", "svn", "gitea", "gitlab", "aur"})
"""Accounts of code hosts in ``git@host:path``; nobody's mailbox."""

_CALLABLE = lazily(r"[A-Za-z_]{3,24}\(")


class EmailRecognizer(TextRecognizer):
    """Address with a dotted domain, internationalised or not (RFC 6531), of any suffix."""

    ENTITY = "EMAIL_ADDRESS"
    VERSION = "2"
    PATTERN = r"@"
    TRIGGERS = (r"[^\s@]@[^\s@]",)
    BACKWARD = r":[\w.\-]{1,190}@[\w.%+\-']{1,64}"
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
        if _is_handle(text, start) or not _is_mailbox(text[start:at].lower(), domain):
            return None
        if _is_remote(text, start, domain.end()):
            return None
        return Verdict(start=start, end=domain.end(), score=0.95, reason="pattern")


def _is_local(character: str) -> bool:
    return character.isalnum() or character in "._%+-'"


def _is_mailbox(local: str, domain: re.Match[str]) -> bool:
    """Tell whether somebody may read what is sent there."""
    name, text, end = domain[0].lower(), domain.string, domain.end()
    behind = text[end : end + 1]
    if behind == "@" or behind.isalnum() or name.rpartition(".")[2] in _NO_SUFFIX:
        return False
    if _VERSION.match(name) or local in _NOBODY or _SPECIMEN.fullmatch(name):
        return False
    # ``x@weights.reshape(3)`` multiplies matrices.
    return not (behind == "(" and _CALLABLE.match(text, text.rfind(".", 0, end) + 1))


def _is_handle(text: str, start: int) -> bool:
    """Tell whether ``@user@host`` (fediverse) or ``//user@host`` (a URL's user) is meant."""
    before = text[max(0, start - 9) : start]
    if before.endswith("//"):
        return not before.endswith("mailto://")
    return before.endswith("@") and not _is_local(before[-2:-1] or " ")


def _is_remote(text: str, start: int, end: int) -> bool:
    """Tell whether ``user@host:path`` of scp or git is meant."""
    if text[end : end + 1] != ":":
        return False
    local = text[start : text.index("@", start)]
    return local in _REPOSITORIES or text[end + 1 : end + 2] in ("/", "~")
