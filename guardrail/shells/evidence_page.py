"""Where a caller asks what became of a receipt: is the entry in the log, and what proves it?

``GET /.well-known/guardrail/evidence/…`` on the data port:

- ``<request id>``: the entries of a request;
- ``<writer>-<n>``: where that entry stands;
- ``<writer>-<n>.tlog-proof``: the proof that it is in the log (C2SP tlog-proof);
- ``<writer>-<n>.tsr``: the time-stamp of the checkpoint in that proof (RFC 3161), if there is one;
- ``<writer>-<n>.json?req=<request id>``: the entry's own bytes;
- ``<half-year>.key``: which key signs that half-year's checkpoints, as the log's root key says.

What is said of a request or an entry browsers get as a page, and all others as JSON.

An entry's bytes are for who knows its request's id, which nobody can guess. Its leaf hash isn't
enough: a proof tells the leaf hash of the entry beside.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qs

import orjson

from guardrail.errors import EvidenceError, GuardrailError
from guardrail.evidence import Checkpoint, Objects, origin_of
from guardrail.evidence.checkpoint import parse_checkpoint
from guardrail.evidence.note import note_parts
from guardrail.evidence.proof import MEDIA_TYPE, prove
from guardrail.evidence.receipt import parse_id
from guardrail.facts import Headers
from guardrail.shells.asgi_types import Receive, Scope, Send
from guardrail.shells.html_page import SAFE, VARY, html_page, languages, wants_html
from guardrail.stores.evidence_index import Named, Position
from guardrail.stores.evidence_reader import read_entry

PATH = "/.well-known/guardrail/evidence/"
"""Where it is served on the data port."""
AT_ONCE = 16
"""Questions that are in work in each worker; anybody may ask them."""
A_SECOND, BURST = 50.0, 100.0
"""Questions that are answered in each worker, for long and at once."""
MOST_ENTRIES = 100
"""Of one request that are told."""
ANCHORS_SECONDS = 30.0
"""How long it is taken for known which checkpoints were anchored."""
_REQUEST = re.compile(r"req_[0-9a-f]{32}")
_SHARD = re.compile(r"[0-9]{4}h[12]")
_JSON = "application/json"
_JSON_HEADERS: Headers = ((b"content-type", _JSON.encode()), *SAFE)

Document = Mapping[str, object]


class Index(Protocol):
    """Finds entries."""

    def find(self, request_id: str) -> Sequence[Named]:
        """Return a request's entries in the log's order."""
        ...

    def position(self, writer: str, n: int) -> Position | None:
        """Return where a writer's entry stands; None where it isn't in the tree (yet)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    status: int
    headers: Headers
    body: bytes


class Told:
    """What there is to say, without the HTTP. One thread at a time may use it."""

    def __init__(
        self,
        objects: Objects,
        index: Index,
        *,
        log: str,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the log.

        Args:
            objects: where it is kept.
            index: what finds entries in it.
            log: its name.
            seconds: a clock that only measures.
        """
        self._objects = objects
        self._index = index
        self._log = log
        self._seconds = seconds
        self._anchored: dict[str, _Anchored] = {}

    def request(self, request_id: str) -> dict[str, object]:
        """Return where a request's entries stand; `GuardrailError` (404) where there are none."""
        found = self._index.find(request_id)
        if not found:
            raise _unknown("no entry of this request is in the log yet")
        entries = [
            self._place(one, entry=f"{PATH}{one.writer}-{one.n}.json?req={request_id}")
            | {"kind": one.kind, "ts": one.ts}
            for one in found[:MOST_ENTRIES]
        ]
        return {"request": request_id, "entries": entries, "more": len(found) > MOST_ENTRIES}

    def entry(self, name: str) -> dict[str, object]:
        """Return where an entry stands; `GuardrailError` (404) where nobody knows of it."""
        writer, n = parse_id(name)
        position = self._index.position(writer, n)
        if position is not None:
            return self._place(position)
        if next(iter(self._objects.names(f"wal/{writer}/")), None) is None:
            raise _unknown("no such entry is in the log")
        return {"id": name, "state": "waiting", "log": self._log}

    def position(self, name: str) -> Position:
        """Return where an entry stands; `GuardrailError` (404) where it isn't in the log yet."""
        writer, n = parse_id(name)
        position = self._index.position(writer, n)
        if position is None:
            raise _unknown("no such entry is in the log yet")
        return position

    def proof(self, name: str) -> bytes:
        """Return the proof that an entry is in the log.

        Under the first checkpoint after it that left the house, where one did; else under the
        newest.

        Raises:
            GuardrailError: 404 where it isn't in the log yet.
            EvidenceError: the log is damaged, or can't be read.
        """
        at = self.position(name)
        read = _reader(self._objects, at.shard)
        newest = self._objects.read(f"{at.shard}/checkpoint") or b""
        stored = _checkpoint(newest).size
        size = self._anchor_of(at)
        note = self._objects.read(f"{at.shard}/anchors/{size}.note") if size else None
        note = note or newest
        return bytes(prove(read, at.index, note, _checkpoint(note), stored))

    def time_stamp(self, name: str) -> bytes:
        """Return the time-stamp of the checkpoint that `proof` goes by; 404 where there is none."""
        at = self.position(name)
        stamp = self._objects.read(f"{at.shard}/anchors/{self._anchor_of(at)}.tsr")
        if stamp is None:
            raise _unknown("no checkpoint over this entry has a time-stamp yet")
        return stamp

    def key(self, shard: str) -> bytes:
        """Return the root key's statement of a shard's key; 404 where there is none."""
        statement = self._objects.read(f"{shard}/key") if _SHARD.fullmatch(shard) else None
        if statement is None:
            raise _unknown("no such half-year is in the log")
        return statement

    def body(self, name: str, request_id: str) -> bytes:
        """Return an entry's bytes to who knows its request; 404 to anybody else."""
        at = self.position(name)
        body = read_entry(self._objects, at.shard, at.index)
        if body is None:
            raise _unknown("this entry is kept no more")
        if not request_id or orjson.loads(body).get("req") != request_id:
            raise _unknown("no such entry of this request is in the log")
        return body

    def _place(self, at: Position, **links: str) -> dict[str, object]:
        name = f"{at.writer}-{at.n}"
        links |= {
            "proof": f"{PATH}{name}.tlog-proof",
            "time_stamp": f"{PATH}{name}.tsr",
            "key": f"{PATH}{at.shard}.key",
        }
        return {
            "id": name,
            "state": "sealed",
            "log": self._log,
            "origin": origin_of(self._log, at.shard),
            "index": at.index,
            "anchored": bool(self._anchor_of(at)),
            "links": links,
        }

    def _anchor_of(self, at: Position) -> int:
        """Return the size of the first checkpoint over an entry that left the house; 0 for none."""
        known, now = self._anchored.get(at.shard), self._seconds()
        if known is None or now - known.read > ANCHORS_SECONDS:
            known = self._anchored[at.shard] = _Anchored(now, _anchors(self._objects, at.shard))
        return min((size for size in known.sizes if size > at.index), default=0)


@dataclass(frozen=True, slots=True)
class _Anchored:
    read: float
    sizes: Sequence[int]


@dataclass(slots=True)
class _Pace:
    """Lets so many through a second, and a burst."""

    seconds: Callable[[], float]
    left: float = BURST
    since: float = field(default=0.0)

    def lets(self) -> bool:
        """Tell whether one more may pass, which then did."""
        now = self.seconds()
        self.left = min(BURST, self.left + (now - self.since) * A_SECOND)
        self.since = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class EvidencePage:
    """Serves what is below `PATH`: a plain ASGI application."""

    def __init__(self, told: Told, *, seconds: Callable[[], float] = time.monotonic) -> None:
        """Take what there is to say."""
        self._told = told
        self._work = ThreadPoolExecutor(1, "guardrail-proofs")
        self._under_way = 0
        self._pace = _Pace(seconds, since=seconds())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """Serve one request."""
        if scope["type"] != "http":
            return
        said = await self._said(scope)
        length = (b"content-length", str(len(said.body)).encode())
        headers = [*said.headers, length, (b"cache-control", b"no-store"), (b"vary", VARY)]
        body = b"" if scope["method"] == "HEAD" else said.body
        await send({"type": "http.response.start", "status": said.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def close(self) -> None:
        """End the thread."""
        self._work.shutdown(cancel_futures=True)

    async def _said(self, scope: Scope) -> _Said:
        if scope["method"] not in {"GET", "HEAD"}:
            error = GuardrailError("ask with GET", code="bad_method", status=405)
            return _refused(error, (b"allow", b"GET, HEAD"))
        if self._under_way >= AT_ONCE or not self._pace.lets():
            error = GuardrailError("too many questions at once", code="overloaded", status=503)
            return _refused(error, (b"retry-after", b"1"))
        name = scope["path"].removeprefix(PATH)
        try:
            asked = parse_qs(scope.get("query_string", b"").decode("latin-1"), max_num_fields=8)
        except ValueError:
            return _refused(GuardrailError("too many parameters", code="bad_target", status=400))
        headers = dict(scope["headers"])
        self._under_way += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._work, self._answered, name, asked, headers)
        finally:
            self._under_way -= 1

    def _answered(
        self, name: str, asked: Mapping[str, Sequence[str]], headers: Mapping[bytes, bytes]
    ) -> _Said:
        try:
            found = self._found(name, asked)
            return found if isinstance(found, _Said) else _shown(200, found, headers)
        except EvidenceError as error:
            if error.code == "evidence_receipt_invalid":
                return _shown(404, _document(_unknown(str(error))), headers)
            return _shown(error.status, _document(error), headers)
        except GuardrailError as error:
            return _shown(error.status, _document(error), headers)

    def _found(self, name: str, asked: Mapping[str, Sequence[str]]) -> _Said | Document:
        told = self._told
        if _REQUEST.fullmatch(name):
            return told.request(name)
        stem, _, suffix = name.rpartition(".")
        if suffix == "tlog-proof":
            return _file(MEDIA_TYPE, told.proof(stem))
        if suffix == "tsr":
            return _file("application/timestamp-reply", told.time_stamp(stem))
        if suffix == "key":
            return _file(MEDIA_TYPE, told.key(stem))
        if suffix == "json":
            return _file(_JSON, told.body(stem, next(iter(asked.get("req", ())), "")))
        return told.entry(name)


def _file(kind: str, body: bytes) -> _Said:
    return _Said(status=200, headers=((b"content-type", kind.encode()), *SAFE), body=body)


def _shown(status: int, told: Document, headers: Mapping[bytes, bytes]) -> _Said:
    """Return a page for people whose browser asks, JSON for all others."""
    if wants_html(headers.get(b"accept")):
        page = html_page("evidence", languages(headers.get(b"accept-language")), told=told)
        return _Said(status=status, headers=page.headers, body=page.body)
    return _Said(status=status, headers=_JSON_HEADERS, body=orjson.dumps(told))


def _reader(objects: Objects, shard: str) -> Callable[[str], bytes | None]:
    return lambda name: objects.read(f"{shard}/{name}")


def _anchors(objects: Objects, shard: str) -> list[int]:
    prefix = f"{shard}/anchors/"
    names = (name.removeprefix(prefix) for name in objects.names(prefix))
    stems = (name.removesuffix(".note") for name in names if name.endswith(".note"))
    return sorted(int(stem) for stem in stems if stem.isdigit())


def _checkpoint(note: bytes) -> Checkpoint:
    return parse_checkpoint(note_parts(note)[0])


def _unknown(message: str) -> GuardrailError:
    return GuardrailError(message, code="evidence_unknown", status=404)


def _document(error: GuardrailError) -> Document:
    return {"error": {"code": error.code, "message": str(error)}}


def _refused(error: GuardrailError, *extra: tuple[bytes, bytes]) -> _Said:
    """Return a refusal that costs nothing: no page is made for who asks too much."""
    body = orjson.dumps(_document(error))
    return _Said(status=error.status, headers=(*_JSON_HEADERS, *extra), body=body)
