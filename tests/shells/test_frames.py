"""A JSON object and bytes go through a socket whole, or not at all."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.shells.frames import MAX_HEAD, BrokenFrameError, receive, send


class Wire:
    """Takes bytes, and gives them back in pieces of a size."""

    def __init__(self, data: bytes = b"", step: int = 1 << 20) -> None:
        self.data = data
        self.step = step

    def sendall(self, data: bytes, /) -> None:
        self.data += data

    def recv_into(self, buffer: memoryview, /) -> int:
        piece, self.data = self.data[: self.step], self.data[self.step :]
        piece, rest = piece[: len(buffer)], piece[len(buffer) :]
        self.data = rest + self.data
        buffer[: len(piece)] = piece
        return len(piece)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 53), 1 << 53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=9), values, max_size=4), st.binary(max_size=300), st.data())
def test_every_message_arrives_however_it_is_cut(
    head: dict[str, object], data: bytes, draw: st.DataObject
) -> None:
    wire = Wire(step=draw.draw(st.integers(1, 50)))
    send(wire, head, data)
    send(wire, {"next": True})
    assert receive(wire, 300) == (head, data)
    assert receive(wire, 0) == ({"next": True}, b"")


@given(st.binary(max_size=60))
def test_every_row_of_bytes_is_a_message_or_broken(data: bytes) -> None:
    try:
        head, rest = receive(Wire(data), 100)
    except BrokenFrameError:
        return
    assert isinstance(head, dict)
    assert isinstance(rest, bytes)


def test_every_truncated_message_is_broken() -> None:
    wire = Wire()
    send(wire, {"a": 1}, b"data")
    for size in range(len(wire.data)):
        with pytest.raises(BrokenFrameError):
            receive(Wire(wire.data[:size]), 100)


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">IQ", MAX_HEAD + 1, 0),
        struct.pack(">IQ", 2, 101) + b"{}",
        struct.pack(">IQ", 2, 1 << 63) + b"{}",
        struct.pack(">IQ", 2, 0) + b"[]",
        struct.pack(">IQ", 4, 0) + b"null",
        struct.pack(">IQ", 3, 0) + b'{"a',
        struct.pack(">IQ", 2, 0) + b"\xff\xff",
        struct.pack(">IQ", 4_000, 0) + b"[" * 4_000,
        struct.pack(">IQ", 0, 0),
        b"\x80\x05N.",
    ],
)
def test_what_is_over_the_limits_or_no_object_is_broken(data: bytes) -> None:
    with pytest.raises(BrokenFrameError):
        receive(Wire(data), 100)


def test_large_data_goes_through_a_socket(pair: tuple[socket.socket, socket.socket]) -> None:
    data = bytes(range(256)) * 12_000
    thread = threading.Thread(target=send, args=(pair[0], {"do": "x"}, data))
    thread.start()
    assert receive(pair[1], len(data)) == ({"do": "x"}, data)
    thread.join()


def test_the_other_sides_end_is_the_end(pair: tuple[socket.socket, socket.socket]) -> None:
    pair[0].close()
    with pytest.raises(BrokenFrameError):
        receive(pair[1], 10)
