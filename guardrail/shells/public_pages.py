"""What a guard tells anybody who asks: of the system, its labels, its keys and its evidence.

Below ``/.well-known/``, for the proxy's data port and for an application's middleware alike.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

import orjson

from guardrail.facts import Headers
from guardrail.rights.information import PATH as INFORMATION
from guardrail.shells.asgi_types import Receive, Scope, Send
from guardrail.shells.assembly import Assembly, public_document
from guardrail.shells.evidence_page import PATH as EVIDENCE
from guardrail.shells.evidence_page import EvidencePage, Told
from guardrail.shells.html_page import SAFE, VARY, HtmlPage, TranslatedPage, wants_html
from guardrail.shells.label_kit import is_installed, late_stamps, watermark_key
from guardrail.shells.label_page import PATH as LABEL
from guardrail.shells.label_page import LabelPage
from guardrail.shells.manifest_link import MANIFESTS
from guardrail.shells.text_manifests import TextManifests
from guardrail.stores.evidence_index import EvidenceIndex
from guardrail.stores.manifests import Manifests
from guardrail.stores.state import State

LABEL_KEYS = "/.well-known/guardrail/label-keys"
"""Where the keys that labels of texts are signed with are served, as a JSON Web Key Set."""
DAY_SECONDS = 86_400
_READS = frozenset({"GET", "HEAD"})
_JSON: Headers = ((b"content-type", b"application/json; charset=utf-8"), *SAFE)
_KEPT = b"cache-control", b"max-age=300"


class Page(Protocol):
    """A plain ASGI application that holds something."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        ...

    def close(self) -> None:
        """Let go of it. Blocks."""
        ...


class LabelPages(Page, Protocol):
    """Tells what a file carries."""

    def trust(self, anchors: bytes) -> None:
        """Trust signatures by other roots from now on."""
        ...


class PublicPages:
    """Serves every page; a plain ASGI application."""

    def __init__(
        self,
        information: bytes,
        *,
        label_keys: object,
        label: LabelPages,
        evidence: Page,
        manifests: Manifests,
    ) -> None:
        """Take what is told.

        Args:
            information: the document on the system for people, JSON; browsers get a page of it.
            label_keys: the public keys that labels are signed with, at `LABEL_KEYS`.
            label: tells what a file carries, at `LABEL`.
            evidence: tells where entries stand, and proves it, below `EVIDENCE`.
            manifests: those of what has no place for one, below `MANIFESTS`.
        """
        self._label = label
        self._evidence = evidence
        self._manifests = manifests
        self._label_keys = _json(label_keys)
        self.inform(information)

    def inform(self, information: bytes) -> None:
        """Take another document on the system for people, from now on."""
        self._information = _Information(information)

    def trust(self, anchors: bytes) -> None:
        """Trust signatures of files by other roots from now on; ConfigError for none."""
        self._label.trust(anchors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request that `is_public` speaks of."""
        path: str = scope["path"]
        if path == INFORMATION:
            said = self._information.asked(dict(scope["headers"]))
            await _answer(send, 200, (*said.headers, _KEPT, (b"vary", VARY)), said.body)
        elif path == LABEL_KEYS:
            await _answer(send, 200, (*_JSON, _KEPT), self._label_keys)
        elif path == LABEL:
            with suppress(asyncio.CancelledError):
                await self._label(scope, receive, send)
        elif path.startswith(EVIDENCE):
            await self._evidence(scope, receive, send)
        else:
            await self._tell_manifest(send, path.removeprefix(MANIFESTS))

    def close(self) -> None:
        """Let go of what pages hold. Blocks."""
        self._label.close()
        self._evidence.close()

    async def _tell_manifest(self, send: Send, name: str) -> None:
        read = self._manifests.read
        store = await asyncio.to_thread(read, name.removesuffix(".c2pa"))
        if store is None:
            await _send(send, 404, (b"text/plain", b"no-store"), b"No such manifest, or no more.\n")
        else:
            # One without a time-stamp may have one later.
            await _send(send, 200, (b"application/c2pa", b"max-age=3600"), store)


class _Information:
    """What is publicly known of the system: JSON for programs, a page for people."""

    def __init__(self, document: bytes) -> None:
        self._document = HtmlPage(body=document, headers=_JSON)
        self._page = TranslatedPage("information", told=orjson.loads(document))

    def asked(self, headers: Mapping[bytes, bytes]) -> HtmlPage:
        """Return what a request's headers ask for."""
        return self._page.asked(headers) if wants_html(headers.get(b"accept")) else self._document


class _IndexedEvidence(EvidencePage):
    """Closes its index, too."""

    def __init__(self, assembly: Assembly) -> None:
        self._index = EvidenceIndex(State(assembly.settings.state).evidence_index)
        origin = assembly.settings.evidence.origin
        super().__init__(Told(assembly.objects, self._index, log=origin))

    def close(self) -> None:
        super().close()
        self._index.close()


def is_public(method: str, path: str) -> bool:
    """Tell whether a request is for one of the pages."""
    if path == LABEL or path.startswith(EVIDENCE):
        return True
    return method in _READS and (path in {INFORMATION, LABEL_KEYS} or path.startswith(MANIFESTS))


def publish(assembly: Assembly, prefix: str = "") -> Manifests:
    """Have manifests kept for who asks for them, and time-stamps asked for again.

    Args:
        assembly: its guard's replies lead there from now on.
        prefix: stands before the address, where pages aren't served at the root.
    """
    settings, ports = assembly.settings, assembly.ports
    state = State(settings.state)
    texts = Manifests(state.text_manifests)
    manifests = ports.manifests = Manifests(state.manifests, texts)
    ports.texts = TextManifests(assembly.labels, texts, most=settings.labels.manifests_kept)
    ports.published_at = prefix
    ports.stamps = late_stamps(settings, manifests, assembly.metrics.stamped)
    return manifests


async def prune(manifests: Manifests, days: int) -> None:
    """Delete manifests that are older than so many days, once a day, for ever."""
    while True:
        await asyncio.to_thread(manifests.prune, time.time() - days * DAY_SECONDS)
        await asyncio.sleep(DAY_SECONDS)


def open_pages(assembly: Assembly, manifests: Manifests) -> PublicPages:
    """Return the pages of a guard. Blocks.

    Args:
        assembly: the guard.
        manifests: as `publish` gave them.

    Raises:
        ConfigError: something that the settings name can't be used.
        EvidenceError: the index of the evidence can't be opened.
    """
    settings = assembly.settings
    return PublicPages(
        public_document(assembly.guard, assembly.guard.judge),
        label_keys=assembly.guard.labels.keys,
        label=LabelPage(
            settings.limits,
            anchors=assembly.roots,
            watermark_key=watermark_key(settings) if is_installed() else b"",
            manifests=manifests,
        ),
        evidence=_IndexedEvidence(assembly),
        manifests=manifests,
    )


def _json(document: object) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


async def _send(send: Send, status: int, said: tuple[bytes, bytes], body: bytes) -> None:
    headers = ((b"content-type", said[0]), (b"cache-control", said[1]), *SAFE)
    await _answer(send, status, headers, body)


async def _answer(send: Send, status: int, headers: Headers, body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
