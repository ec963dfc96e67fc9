"""Pages for people: every language on each, the person's own first; nothing is fetched for them.

The policy that a page comes with lets it use its own style and script alone, and ask its own server
only where it has a script.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from jinja2 import Environment, FunctionLoader, StrictUndefined

from guardrail.disclose import accept_language, order_languages
from guardrail.facts import Headers

LANGUAGES = ("kk", "ru", "en")
"""Kazakh and Russian first (Law 274-IV arts. 24, 25)."""
SAFE: Headers = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
VARY = b"accept, accept-language"
"""What decides which page an address gives, where it has one for people and one for programs."""

_FOLDER = files("guardrail.shells").joinpath("pages")
_MAX_ACCEPT = 1_000
"""Octets of Accept that are read: browsers send under 200."""
_REFUSED = re.compile(r";\s*q=0(\.0*)?\s*(;|$)", re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlPage:
    """A page, ready to be sent."""

    body: bytes
    headers: Headers
    """All but its length, and how long it may be kept."""


class TranslatedPage:
    """A page that says the same to everybody, made once for each order of languages."""

    def __init__(self, name: str, **told: object) -> None:
        """Take what `html_page` takes; make nothing yet."""
        self._name, self._told = name, told
        self._made: dict[tuple[str, ...], HtmlPage] = {}

    def asked(self, headers: Mapping[bytes, bytes]) -> HtmlPage:
        """Return the page for who sent a request's headers (names in lower case)."""
        order = languages(headers.get(b"accept-language"))
        made = self._made.get(order)
        if made is None:
            made = self._made[order] = html_page(self._name, order, **self._told)
        return made


def languages(accepted: bytes | None) -> tuple[str, ...]:
    """Return all `LANGUAGES` in a person's order: their own first, then Kazakh, Russian, English.

    Args:
        accepted: the field Accept-Language (RFC 9110 section 12.5.4).
    """
    wished = order_languages(LANGUAGES[:2], accept_language(accepted), available=LANGUAGES)
    return tuple(dict.fromkeys((*wished, *LANGUAGES)))


def wants_html(accepted: bytes | None) -> bool:
    """Tell whether a browser asks: programs that name no type, or JSON, get no page.

    Args:
        accepted: the field Accept (RFC 9110 section 12.5.1).
    """
    ranges = (accepted or b"")[:_MAX_ACCEPT].decode("latin-1").lower().split(",")
    named = {one.partition(";")[0].strip() for one in ranges if not _REFUSED.search(one)}
    return "text/html" in named and "application/json" not in named


def html_page(name: str, order: tuple[str, ...], **told: object) -> HtmlPage:
    """Return a page in all languages.

    Args:
        name: of its template and its words, as ``label``.
        order: as `languages` gave it.
        told: what the template shows.
    """
    words = _words()[name]
    page = _templates().get_template(f"{name}.html.j2").render(languages=order, words=words, **told)
    fields = (
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-language", ", ".join(order).encode()),
        (b"content-security-policy", _policy(page).encode()),
    )
    return HtmlPage(body=page.encode(), headers=(*SAFE, *fields))


def _policy(page: str) -> str:
    style, script = (_hashes(page, tag) for tag in ("style", "script"))
    rules = ["default-src 'none'", f"style-src {style}"]
    if script:
        rules += [f"script-src {script}", "connect-src 'self'"]
    rules += ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]
    return "; ".join([*rules, "require-trusted-types-for 'script'"])


def _hashes(page: str, tag: str) -> str:
    """Return what is inside such elements, as a policy names it; what is told can't make any."""
    inside = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    digests = (hashlib.sha256(one.encode()).digest() for one in inside)
    return " ".join(f"'sha256-{base64.b64encode(one).decode()}'" for one in digests)


def _moment(micros: int) -> str:
    """Return Unix microseconds as ``2026-11-01 09:30:00 UTC``."""
    return f"{_EPOCH + timedelta(microseconds=micros):%Y-%m-%d %H:%M:%S} UTC"


@cache
def _words() -> Mapping[str, Any]:
    read: Mapping[str, Any] = yaml.safe_load(_FOLDER.joinpath("words.yaml").read_text("utf-8"))
    return read


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FunctionLoader(lambda name: _FOLDER.joinpath(name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    environment.filters["moment"] = _moment
    return environment
