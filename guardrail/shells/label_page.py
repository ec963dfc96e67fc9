"""What does this file carry? An endpoint for machines and, at the same address, a page for people.

``POST`` a file: the answer is JSON. ``GET`` gives the page. Nothing of a file is logged or kept. A
plain ASGI application: the proxy's data port has it, and any other application may mount it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import orjson

from guardrail.errors import BadInput, GuardrailError
from guardrail.facts import Headers
from guardrail.settings import Limits
from guardrail.shells.asgi_types import Receive, Scope, Send
from guardrail.shells.html_page import SAFE, TranslatedPage
from guardrail.shells.label_reader import LabelReader, UnreadError
from guardrail.shells.manifest_link import named_in
from guardrail.stores.manifests import Manifests
from guardrail.wire.encodings import inflate

PATH = "/.well-known/guardrail/label"
"""Where it is served on the data port."""

AT_ONCE = 16
"""Files that are taken at once in each worker: anybody may send them, and guarded requests need
the memory more."""
_UNDECLARED = frozenset({"application/x-www-form-urlencoded", "application/octet-stream"})
"""What curl says of any file, and what browsers say of unknown ones."""
_ALLOW = b"GET, HEAD, POST"
_KEPT: Headers = ((b"cache-control", b"max-age=300"), (b"vary", b"accept-language"))


class _GoneError(Exception):
    """The caller left before all of the file was here."""


class LabelPage:
    """Serves `PATH`."""

    def __init__(
        self,
        limits: Limits,
        *,
        anchors: bytes = b"",
        watermark_key: bytes = b"",
        manifests: Manifests | None = None,
    ) -> None:
        """Start no process yet: the first file does.

        Args:
            limits: `body_bytes`, `body_seconds`, `inflate_ratio` of a file, `media_seconds` to read
                it, `concurrent_requests`.
            anchors: PEM of roots that signatures are trusted by.
            watermark_key: of the operator's watermark, 16 bytes or more; empty for none.
            manifests: of pages that the guard has labelled: where a page names one of them, it is
                read beside it. Others aren't fetched.

        Raises:
            ConfigError: the roots can't be read.
        """
        self._limits = limits
        self._manifests = manifests
        self._reader = LabelReader(
            seconds=limits.media_seconds,
            most_bytes=limits.body_bytes,
            anchors=anchors,
            watermark_key=watermark_key,
        )
        self._work = ThreadPoolExecutor(1, "guardrail-label")
        self._at_once = min(AT_ONCE, limits.concurrent_requests)
        self._under_way = 0
        most = limits.body_bytes
        self._page = TranslatedPage("label", most=most, megabytes=f"{most / 2**20:g}", path=PATH)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        method = scope["method"]
        if method in {"GET", "HEAD"}:
            page = self._page.asked(dict(scope["headers"]))
            headers = (*page.headers, *_KEPT)
            await _send(send, 200, headers, page.body, bare=method == "HEAD")
        elif method != "POST":
            await _send(send, 405, (*SAFE, (b"allow", _ALLOW)), b"")
        elif self._under_way >= self._at_once:
            error = GuardrailError(
                "too many files at once", code="overloaded", status=503, fix="try again later"
            )
            await _refuse(scope, send, error)
        else:
            self._under_way += 1
            try:
                await self._serve(scope, receive, send)
            finally:
                self._under_way -= 1

    def trust(self, anchors: bytes) -> None:
        """Trust signatures by other roots from the next file on; ConfigError for none."""
        self._reader.trust(anchors)

    def close(self) -> None:
        """End the process that reads. Blocks until the file in work is done."""
        self._work.shutdown(cancel_futures=True)
        self._reader.close()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {bytes(name): bytes(value) for name, value in scope["headers"]}
        try:
            body = await self._body(headers, receive)
            loop = asyncio.get_running_loop()
            told = await loop.run_in_executor(self._work, self._read, headers, body)
        except _GoneError:
            return
        except GuardrailError as error:
            await _refuse(scope, send, error)
            return
        fields = (*SAFE, (b"content-type", b"application/json"), (b"cache-control", b"no-store"))
        await _send(send, 200, fields, orjson.dumps(told))

    async def _body(self, headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
        most = self._limits.body_bytes
        length = headers.get(b"content-length", b"")
        if length.isdigit() and int(length[:20]) > most:
            raise _too_large(most)
        pieces: list[bytes] = []
        size, more = 0, True
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise _GoneError
                    pieces.append(message.get("body", b""))
                    size += len(pieces[-1])
                    if size > most:
                        raise _too_large(most)
                    more = message.get("more_body", False)
        except TimeoutError:
            raise BadInput("the file didn't arrive", code="body_too_slow", status=408) from None
        return b"".join(pieces)

    def _read(self, headers: Mapping[bytes, bytes], body: bytes) -> dict[str, object]:
        """Return what a file carries. In a thread: it may have to be unpacked, and is waited for.

        Raises:
            BadInput: there is none, or it can't be read.
        """
        if encoding := headers.get(b"content-encoding", b"").decode("latin-1"):
            limits = self._limits
            body = inflate(body, encoding, limit=limits.body_bytes, ratio=limits.inflate_ratio)
        if not body:
            raise BadInput("there is no file in the body", fix="send its bytes as they are")
        declared = headers.get(b"content-type", b"").decode("latin-1")
        if declared.partition(";")[0].strip().lower() in _UNDECLARED:
            declared = ""
        try:
            return self._reader.read(body, declared, self._beside(body))
        except UnreadError:
            raise BadInput("the file can't be read, or takes too long") from None

    def _beside(self, body: bytes) -> bytes:
        """Return the manifest of ours that a page names; nothing where there is none."""
        if self._manifests is None or not (name := named_in(body)):
            return b""
        return self._manifests.read(name) or b""


def _too_large(most: int) -> BadInput:
    return BadInput(f"the file is larger than {most} bytes", code="body_too_large", status=413)


async def _refuse(scope: Scope, send: Send, error: GuardrailError) -> None:
    told = {"error": {"code": error.code, "message": str(error), "fix": error.fix}}
    fields: Headers = (*SAFE, (b"content-type", b"application/json"))
    if error.status == 503:
        fields += ((b"retry-after", b"5"),)
    if any(name == b"expect" for name, _ in scope["headers"]):
        fields += ((b"connection", b"close"),)  # its body may never come
    await _send(send, error.status, fields, orjson.dumps(told))


async def _send(
    send: Send, status: int, headers: Headers, body: bytes, *, bare: bool = False
) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": b"" if bare else body})
