"""The load: raw keep-alive connections that ask again as soon as they have their answer."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import httptools

from benchmarks.upstream import EVENTS

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
SENT_AT = re.compile(rb'"system_fingerprint": ?"fp_(\d+)"')
FILLER = "Please tell me, in plain words, what there is to say about the weather of today. "


@dataclass(slots=True)
class Sample:
    """What one run of load measured. Times in seconds."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    """From a request's first byte to its answer's last; for streams, to the first event."""
    delays: list[float] = field(default_factory=list)
    """How long each streamed event was under way."""
    broken: int = 0
    """Answers that weren't whole, or weren't 200."""
    answers: int = 0

    @property
    def rate(self) -> float:
        return self.answers / self.seconds if self.seconds else 0.0


def quantile(values: list[float], share: float) -> float:
    """Return the value that `share` of `values` don't exceed; NaN for none."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


LETTERS = 860
"""Of a prompt, for a request of 1 KB."""


def _letters(number: int) -> str:
    word = ""
    for _ in range(6):
        number, rest = divmod(number, 26)
        word += ALPHABET[rest]
    return word


class Requests:
    """Chat requests, no two alike: nothing is remembered from one to the next."""

    def __init__(self, *, stream: bool, letters: int = LETTERS) -> None:
        messages = [
            {"role": "system", "content": "You answer briefly."},
            {"role": "user", "content": (FILLER * 12)[:letters] + " ######"},
        ]
        payload = {"model": "benchmark", "messages": messages, "stream": stream}
        body = json.dumps(payload).encode()
        head = (
            "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: */*\r\n"
            "authorization: Bearer benchmark\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        self._before, self._after = (head.encode() + body).split(b"######")
        self._number = 0

    def next(self) -> bytes:
        self._number += 1
        return self._before + _letters(self._number * 7_919).encode() + self._after


class Asking(asyncio.Protocol):
    """One connection of the load."""

    def __init__(self, requests: Requests, sample: Sample, going: Callable[[], bool]) -> None:
        self._requests = requests
        self._sample = sample
        self._going = going
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._begun = 0.0
        self._size = 0
        self._events = 0
        self._newest = 0
        self._tail = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.done.done():
            self._sample.broken += 1
            self.done.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._size += len(body)
        if b'"fp_' in body or self._events:
            self._read_events(body)

    def on_message_complete(self) -> None:
        sample = self._sample
        sample.answers += 1
        whole = self._parser.get_status_code() == 200 and self._size > 500
        if self._events:
            whole = self._events == EVENTS + 1 and self._tail.endswith(b"data: [DONE]\n\n")
        else:
            sample.latencies.append(time.perf_counter() - self._begun)
        sample.broken += not whole
        if self._going():
            self._ask()
        else:
            self.done.set_result(None)
            if self._transport is not None:
                self._transport.close()

    def _ask(self) -> None:
        self._size = self._events = 0
        self._tail = b""
        self._begun = time.perf_counter()
        if self._transport is not None:
            self._transport.write(self._requests.next())

    def _read_events(self, body: bytes) -> None:
        if not self._events:
            self._sample.latencies.append(time.perf_counter() - self._begun)
        now = time.monotonic_ns()
        for sent in map(int, SENT_AT.findall(body)):
            # What the guard adds is made in the likeness of an event and repeats its time.
            if sent > self._newest:
                self._newest = sent
                self._events += 1
                self._sample.delays.append((now - sent) / 1e9)
        self._tail = (self._tail + body)[-32:]


async def load(
    port: int,
    *,
    connections: int,
    seconds: float,
    stream: bool = False,
    letters: int = LETTERS,
) -> Sample:
    """Load a server on 127.0.0.1 for `seconds` and return what was measured."""
    loop = asyncio.get_running_loop()
    sample = Sample()
    requests = Requests(stream=stream, letters=letters)
    begun = time.perf_counter()
    end = begun + seconds
    protocols = []
    for _ in range(connections):
        _, protocol = await loop.create_connection(
            lambda: Asking(requests, sample, lambda: time.perf_counter() < end), "127.0.0.1", port
        )
        protocols.append(protocol)
    async with asyncio.timeout(seconds + 60):
        await asyncio.gather(*(protocol.done for protocol in protocols))
    sample.seconds = time.perf_counter() - begun
    return sample
