"""Amazon's event streams: binary messages with headers and checksums. Sans-IO and exact.

A message (AWS, "Amazon Transcribe: event stream encoding"; Smithy, "Amazon Event Stream
Specification") is the length of all, the length of the headers, a CRC-32 of these two, the headers,
the payload, and a CRC-32 of all before it; numbers are big-endian. A header is the length of its
name in one byte, its name, a byte for its type, and a value.
"""

from __future__ import annotations

import re
from binascii import crc32
from collections.abc import Mapping
from dataclasses import dataclass
from struct import Struct

_PRELUDE = Struct(">III")
_NUMBER = Struct(">I")
_LENGTH = Struct(">H")
_FRAME = _PRELUDE.size + _NUMBER.size
"""A message without headers and payload."""

_FLAGS, _STRING = (b"\0", b"\1"), b"\7"
"""The types of headers that are read. The others (numbers, bytes, times) have room for what
identifies a person, and no service that streams JSON sends them."""

_NAME = re.compile(rb"[A-Za-z:_-][A-Za-z0-9:._-]{0,63}")
_PLAIN = re.compile(rb"[A-Za-z0-9._:/;=+-]{0,128}(?:; ?[A-Za-z0-9._=-]{1,64})?")
_NUMBERISH = re.compile(rb"[0-9](?:[-./: ]?[0-9]){6}")

_KIND, _EVENT, _FAULT = b":message-type", b":event-type", b":exception-type"
_FAULTS = frozenset({b"exception", b"error"})
_EXCEPTION = "Exception"
"""What the names of exceptions end with, in every service's model."""


class MessageSplitter:
    """Cuts a byte stream into messages. One object a stream.

    Where no message can begin, the bytes of a prelude stand for themselves: they are no message.
    """

    def __init__(self) -> None:
        """Start at the beginning of a stream."""
        self._rest = bytearray()

    @property
    def waiting(self) -> int:
        """How many bytes of an unfinished message are held."""
        return len(self._rest)

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the messages that are whole now."""
        self._rest += chunk
        messages = []
        done = 0
        while len(self._rest) - done >= _PRELUDE.size:
            end = done + (_told_length(self._rest[done : done + _PRELUDE.size]) or _PRELUDE.size)
            if end > len(self._rest):
                break
            messages.append(bytes(self._rest[done:end]))
            done = end
        del self._rest[:done]
        return messages

    def close(self) -> bytes:
        """Return what came after the last whole message."""
        rest = bytes(self._rest)
        self._rest.clear()
        return rest


@dataclass(frozen=True, slots=True)
class _Message:
    """Where the parts of a message lie, and its headers."""

    payload: int
    end: int
    headers: Mapping[bytes, bytes]


class AwsEventStream:
    """The framing ``application/vnd.amazon.eventstream``."""

    def splitter(self) -> MessageSplitter:
        """Return what cuts a stream."""
        return MessageSplitter()

    def is_plain(self, raw: bytes) -> bool:
        """Tell whether it is a whole message, and its headers have no room for free text."""
        message = _read(raw)
        return message is not None and all(
            _NAME.fullmatch(name) and _PLAIN.fullmatch(value) and not _NUMBERISH.search(value)
            for name, value in message.headers.items()
        )

    def name_of(self, raw: bytes) -> str:
        """Return the ``:event-type``; of an exception, its type."""
        message = _read(raw)
        if message is None:
            return ""
        is_fault = message.headers.get(_KIND) in _FAULTS
        return message.headers.get(_FAULT if is_fault else _EVENT, b"").decode("ascii", "replace")

    def data_of(self, raw: bytes) -> bytes:
        """Return the payload; nothing where `raw` is no message."""
        message = _read(raw)
        return b"" if message is None else raw[message.payload : message.end]

    def span_of(self, raw: bytes) -> None:  # noqa: ARG002 - a framing's method
        """Return nothing: what stands around the payload hangs on it."""
        return

    def with_data(self, raw: bytes, data: bytes) -> bytes:
        """Return the message with another payload: its headers stay, lengths and sums are new."""
        message = _read(raw)
        if message is None:
            raise ValueError("only a message can have other data")
        return _message(raw[_PRELUDE.size : message.payload], data)

    def event(self, data: bytes, name: str = "") -> bytes:
        """Return a new message; an exception's where the name says so."""
        is_fault = name.endswith(_EXCEPTION)
        fields = (
            (_FAULT if is_fault else _EVENT, name.encode()),
            (b":content-type", b"application/json"),
            (_KIND, b"exception" if is_fault else b"event"),
        )
        return _message(b"".join(_header(*field) for field in fields), data)

    def gap(self, rest: bytes) -> bytes:  # noqa: ARG002 - a framing's method
        """Return nothing: a message that is cut off is none."""
        return b""

    def ends(self, raw: bytes) -> bool:  # noqa: ARG002 - a framing's method
        """Tell that no event without data ends a stream."""
        return False

    def comment(self, text: bytes) -> bytes:  # noqa: ARG002 - a framing's method
        """Return nothing: whatever stands here is read."""
        return b""

    def is_label(self, raw: bytes) -> bool:  # noqa: ARG002 - a framing's method
        """Tell that there are no comments."""
        return False

    def last(self, events: bytes, *, begun: bool) -> bytes:  # noqa: ARG002 - a framing's method
        """Return events as the last of a stream."""
        return events


def _told_length(prelude: bytes | bytearray) -> int:
    """Return how long a message says it is; 0 where that can't be."""
    total, headers, check = _PRELUDE.unpack(prelude)
    fits = total >= _FRAME + headers and crc32(prelude[: -_NUMBER.size]) == check
    return total if fits else 0


def _read(raw: bytes) -> _Message | None:
    """Return a message's parts; None where a checksum or a length is wrong."""
    if len(raw) < _FRAME or _told_length(raw[: _PRELUDE.size]) != len(raw):
        return None
    end = len(raw) - _NUMBER.size
    (check,) = _NUMBER.unpack_from(raw, end)
    payload = _PRELUDE.size + _PRELUDE.unpack_from(raw)[1]
    headers = _headers(raw[_PRELUDE.size : payload])
    if headers is None or crc32(raw[:end]) != check:
        return None
    return _Message(payload=payload, end=end, headers=headers)


def _headers(block: bytes) -> dict[bytes, bytes] | None:
    """Return headers by name; None where they can't be read, or one is of a type unlooked for."""
    headers: dict[bytes, bytes] = {}
    at = 0
    while at < len(block):
        begin = at + 1
        at = begin + block[at]
        name, kind = block[begin:at], block[at : at + 1]
        at += 1
        value = b""
        if kind == _STRING and at + _LENGTH.size <= len(block):
            start = at + _LENGTH.size
            at = start + _LENGTH.unpack_from(block, at)[0]
            value = block[start:at]
        elif kind not in _FLAGS:
            return None
        if at > len(block) or name in headers:
            return None
        headers[name] = value
    return headers


def _header(name: bytes, value: bytes) -> bytes:
    return bytes([len(name)]) + name + _STRING + _LENGTH.pack(len(value)) + value


def _message(headers: bytes, payload: bytes) -> bytes:
    lengths = _NUMBER.pack(_FRAME + len(headers) + len(payload)) + _NUMBER.pack(len(headers))
    front = b"".join((lengths, _NUMBER.pack(crc32(lengths)), headers, payload))
    return front + _NUMBER.pack(crc32(front))
