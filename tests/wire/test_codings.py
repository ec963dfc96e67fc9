import gzip
import struct
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.testing.packing import PACKERS, greedy_zstd
from guardrail.wire.codings import CODINGS, MAX_MEMBERS, PIECE, BrokenCodingError, Coding

JOINED = ["gzip", "zstd"]
SINGLE = sorted({*PACKERS} - {*JOINED})
MOST = 2 * PIECE
"""Bytes that one step may make."""
SKIPPED = struct.pack("<II", 0x184D2A50, 3) + b"abc"
"""A frame of zstd that says nothing (RFC 8878 section 3.1.2)."""


def undone(coding: Coding, *pieces: bytes) -> bytes:
    return b"".join(made for piece in pieces for made in coding.undo(piece))


def sizes(coding: Coding, data: bytes) -> Iterator[int]:
    return map(len, coding.undo(data))


@pytest.mark.parametrize("name", PACKERS)
@given(body=st.binary(max_size=3_000), cuts=st.lists(st.integers(0, 3_000), max_size=8))
def test_every_chunking_is_undone_alike(name: str, body: bytes, cuts: list[int]) -> None:
    packed = PACKERS[name](body)
    edges = sorted({0, len(packed), *(cut for cut in cuts if cut < len(packed))})
    coding = CODINGS[name]()
    assert undone(coding, *(packed[a:b] for a, b in pairwise(edges))) == body
    assert coding.finished


@pytest.mark.parametrize("name", PACKERS)
@pytest.mark.parametrize("size", [PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7])
def test_a_body_of_many_steps_is_undone_whole(name: str, size: int) -> None:
    body = bytes(range(251)) * (size // 251 + 1)
    coding = CODINGS[name]()
    assert undone(coding, PACKERS[name](body[:size])) == body[:size]
    assert coding.finished


@pytest.mark.parametrize("name", PACKERS)
def test_no_step_of_a_bomb_is_large(name: str) -> None:
    bomb = PACKERS[name](bytes(30_000_000))
    assert len(bomb) < 40_000
    assert max(sizes(CODINGS[name](), bomb)) <= MOST


@pytest.mark.parametrize("name", PACKERS)
def test_a_body_that_is_cut_off_anywhere_isnt_at_an_end(name: str) -> None:
    packed = PACKERS[name]("Сәлем, әлем!".encode())
    for size in range(len(packed)):
        coding = CODINGS[name]()
        undone(coding, packed[:size])
        assert not coding.finished


@pytest.mark.parametrize("name", PACKERS)
def test_what_is_no_such_coding_is_refused(name: str) -> None:
    with pytest.raises(BrokenCodingError, match="isn't what"):
        undone(CODINGS[name](), b"\xff\xfe no such thing " * 9)


@pytest.mark.parametrize("name", PACKERS)
def test_what_follows_the_end_is_refused(name: str) -> None:
    packed, more = PACKERS[name](b"abc"), b"\xff\xfe and more"
    for pieces in ((packed + more,), (packed, more)):
        with pytest.raises(BrokenCodingError):
            undone(CODINGS[name](), *pieces)


@pytest.mark.parametrize("name", SINGLE)
def test_bodies_of_one_member_have_no_second(name: str) -> None:
    with pytest.raises(BrokenCodingError):
        undone(CODINGS[name](), PACKERS[name](b"abc") * 2)


@pytest.mark.parametrize("name", JOINED)
@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_joined_members_are_all_read(name: str, step: int) -> None:
    packed = PACKERS[name](b"abc") + PACKERS[name](b"") + PACKERS[name](b"def")
    coding = CODINGS[name]()
    assert undone(coding, *(packed[at : at + step] for at in range(0, len(packed), step))) == (
        b"abcdef"
    )
    assert coding.finished


@pytest.mark.parametrize("name", JOINED)
def test_members_without_end_are_refused(name: str) -> None:
    empty = PACKERS[name](b"")
    assert undone(CODINGS[name](), empty * MAX_MEMBERS) == b""
    with pytest.raises(BrokenCodingError, match="too many members"):
        undone(CODINGS[name](), empty * (MAX_MEMBERS + 1))


def test_a_frame_of_zstd_that_says_nothing_is_passed_over() -> None:
    coding = CODINGS["zstd"]()
    assert undone(coding, SKIPPED + PACKERS["zstd"](b"abc") + SKIPPED) == b"abc"
    assert coding.finished


def test_a_frame_of_zstd_that_asks_for_much_memory_is_refused() -> None:
    """RFC 9659 section 3: 8 MiB, and no more."""
    with pytest.raises(BrokenCodingError):
        undone(CODINGS["zstd"](), greedy_zstd(bytes(9 << 20)))


def test_the_old_name_of_gzip_is_known() -> None:
    assert undone(CODINGS["x-gzip"](), gzip.compress(b"abc")) == b"abc"
