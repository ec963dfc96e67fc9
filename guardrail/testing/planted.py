"""Messages with made-up values in every part, whole and broken, for `guardrail.testing.leaks`."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from guardrail.testing.leaks import NAME, Planted
from guardrail.testing.upstream import (
    Step,
    Then,
    answer,
    gzipped,
    head,
    nonsense,
    reset,
    silent,
    stream,
    wrong_length,
)

JSON = (b"content-type", b"application/json")
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
"""A caller's trace: an id that is told is no value."""
DEEP = 3_000
"""Lists in lists: more than any reader takes."""


def fields(planted: Planted) -> dict[str, str]:
    """Return header fields of a request, with a word in each that a caller may fill."""
    word = planted.word()
    return {
        "authorization": f"Bearer {word}",
        "cookie": f"session={word}",
        "x-api-key": word,
        "x-request-id": word,
        "x-forwarded-for": f"10.0.0.1, {word}",
        "user-agent": word,
        "referer": f"https://example.kz/{word}",
        "guardrail-subject": f"{word}@mail.example.kz",
        "guardrail-lang": word,
        "accept-language": f"kk, {word}",
        "traceparent": PARENT,
        "tracestate": f"v={word}",
        "baggage": f"who={word}",
    }


def asked(planted: Planted, text: str = "", *, streams: bool = False) -> dict[str, object]:
    """Return a request of chat completions.

    Args:
        planted: gives the values.
        text: what the user says; only words that no detector knows where it is empty.
        streams: whether a stream is asked for.
    """
    user = planted.word()
    arguments = orjson.dumps({user: user}).decode()
    function = {"name": "f", "arguments": arguments}
    messages = [
        {"role": "system", "content": f"You are {planted.word()}"},
        {"role": "user", "name": user, "content": text or f"Tell me of {planted.word()}"},
        {
            "role": "assistant",
            "tool_calls": [{"id": "c1", "type": "function", "function": function}],
        },
        {"role": "tool", "tool_call_id": "c1", "content": planted.word()},
    ]
    return {
        "model": user,
        "stream": streams,
        "messages": messages,
        "user": user,
        "metadata": {user: user},
    }


def form(planted: Planted) -> tuple[bytes, str]:
    """Return a form with a file whose name and content say something, and its media type."""
    word, text = planted.word(), planted.text()
    parts = [
        ('name="purpose"', "assistants"),
        ('name="model"', word),
        (f'name="{word}"', word),
        (f'name="file"; filename="{word} {NAME}.txt"\r\nContent-Type: text/plain', text),
    ]
    body = "".join(
        f"--{word}\r\nContent-Disposition: form-data; {said}\r\n\r\n{value}\r\n"
        for said, value in parts
    )
    return f"{body}--{word}--\r\n".encode(), f"multipart/form-data; boundary={word}"


def unreadable(planted: Planted) -> Sequence[bytes]:
    """Return bodies that can't be read: cut off, not UTF-8, too deep, too large, no JSON."""
    said = planted.text().encode()
    return (
        b'{"messages": [{"role": "user", "content": "%s' % said,
        b'{"messages": [{"role": "user", "content": "%s \xff"}]}' % said,
        b'{"a":' + b"[" * DEEP + b'"%s"' % said + b"]" * DEEP + b"}",
        b'{"a": "%s"}' % (said * 2_000),
        said,
    )


def replied(planted: Planted) -> bytes:
    """Return an answer of chat completions."""
    word = planted.word()
    message = {"role": "assistant", "content": f"{word}: {planted.text()}"}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return orjson.dumps({"id": word, "object": "chat.completion", "choices": [choice]})


def events(planted: Planted) -> list[bytes]:
    """Return the events of a streamed answer of chat completions; a value is cut in two."""
    text = planted.text()
    chunks = [
        orjson.dumps(
            {
                "id": planted.word(),
                "object": "chat.completion.chunk",
                "choices": [{"index": 0, "delta": {"content": piece}}],
            }
        )
        for piece in (text[:60], text[60:], planted.word())
    ]
    return [b"data: %b\n\n" % chunk for chunk in chunks] + [b"data: [DONE]\n\n"]


def bad_replies(planted: Planted) -> Sequence[Step]:
    """Return what an upstream does wrong, with values in status lines, fields and bodies."""
    word, told = planted.word().encode(), replied(planted)
    told_in = (JSON, (b"x-request-id", word))
    begun = head(200, (*told_in, (b"content-length", b"9999")))
    return (
        answer(200, told, (*told_in, (b"set-cookie", b"a=" + word), (b"location", b"/" + word))),
        answer(500, b'{"error": {"message": "%b"}}' % told.replace(b'"', b"'"), told_in),
        answer(429, told, told_in),
        Step((b"HTTP/1.1 500 %b\r\ncontent-length: 2\r\n\r\n{}" % word,)),
        answer(200, told[:40], told_in),
        answer(200, told + b"\xff", told_in),
        answer(200, told, ((b"content-type", b"text/" + word),)),
        answer(200, told, (*told_in, (b"content-encoding", word))),
        answer(200, told, (*told_in, (b"content-encoding", b"gzip"))),
        answer(200, b"[" * DEEP + b'"%b"' % word + b"]" * DEEP, told_in),
        answer(200, b'"%b"' % (told.replace(b'"', b"") * 2_000), told_in),
        gzipped(told, told_in),
        wrong_length(told, told=9_999),
        reset(begun + told),
        nonsense(word + told),
        nonsense(b"HTTP/1.1 200 OK\r\n%b\r\n\r\n" % word),
        silent(),
    )


def bad_streams(planted: Planted) -> Sequence[Step]:
    """Return streams that are whole, broken inside, cut off, and left hanging."""
    pieces, word = events(planted), planted.word().encode()
    return (
        stream(pieces),
        stream([*pieces[:2], b"data: {%b\n\n" % word, *pieces[2:]]),
        stream([b"data: \xff%b\n\n" % word]),
        stream(pieces[:2], then=Then.RESET),
        stream(pieces[:2], then=Then.HANG),
    )
