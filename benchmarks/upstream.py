"""An upstream that costs as little as can be: fixed chat answers from a bare protocol.

    python -m benchmarks.upstream PORT [FILE]

A stream says the words of the file, or else some of its own: a word each event.

Each streamed event carries the time it was sent at (``CLOCK_MONOTONIC``, one clock for all
processes of a machine), outside the text, so that a reader knows how long it was under way.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import httptools
import uvloop

EVENTS = 100
PAUSE = 0.01
TEXT = "an answer of plain words that nobody needs to hide but everybody has to look at"


def _whole() -> bytes:
    text = " ".join([TEXT] * 12)[:740]
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    reply = {
        "id": "chatcmpl-benchmark",
        "object": "chat.completion",
        "created": 1_735_689_600,
        "model": "benchmark",
        "choices": [choice],
        "usage": usage,
    }
    body = json.dumps(reply).encode()
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    return head % len(body) + body


WHOLE = _whole()
STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
)


def event(number: int, words: Sequence[str]) -> bytes:
    """Write one event as a chunk: one of the words, the end, or ``[DONE]``."""
    if number > EVENTS:
        data = b"[DONE]"
    else:
        delta = {} if number == EVENTS else {"content": words[number % len(words)] + " "}
        finish = "stop" if number == EVENTS else None
        payload = {
            "id": "chatcmpl-benchmark",
            "object": "chat.completion.chunk",
            "created": 1_735_689_600,
            "model": "benchmark",
            "system_fingerprint": f"fp_{time.monotonic_ns()}",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }
        data = json.dumps(payload).encode()
    body = b"data: " + data + b"\n\n"
    return b"%x\r\n%b\r\n" % (len(body), body)


class Answering(asyncio.Protocol):
    """One connection: answers each request when its last byte is there."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._streamed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._streamed = False

    def on_body(self, body: bytes) -> None:
        if b'"stream":' in body.replace(b" ", b"") and b"true" in body:
            self._streamed = True

    def on_message_complete(self) -> None:
        assert self._transport is not None
        if self._streamed:
            self._transport.write(STREAM_HEAD + event(0, self._words))
            asyncio.get_running_loop().call_later(PAUSE, self._go_on, 1)
        else:
            self._transport.write(WHOLE)

    def _go_on(self, number: int) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if number > EVENTS:
            self._transport.write(event(number, self._words) + b"0\r\n\r\n")
            return
        self._transport.write(event(number, self._words))
        asyncio.get_running_loop().call_later(PAUSE, self._go_on, number + 1)


async def serve(port: int, words: Sequence[str]) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answering(words), "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    said = Path(sys.argv[2]).read_text("utf-8") if len(sys.argv) > 2 else TEXT
    uvloop.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0, said.split()))
