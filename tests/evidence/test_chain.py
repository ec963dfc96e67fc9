import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence import (
    LINE_LIMIT,
    RECORD_LIMIT,
    Chain,
    Entry,
    EntryKind,
    Receipt,
    Value,
    leaf_hash,
    parse_line,
)


def line_of(body: bytes) -> bytes:
    return leaf_hash(body).hex().encode() + b" " + body + b"\n"


def test_a_line_can_be_checked_with_nothing_but_sha_256_and_json() -> None:
    chain = Chain("w1")
    first = chain.append(Entry(kind=EntryKind.WRITER_START), 5)
    second = chain.append(Entry(kind=EntryKind.REQUEST, req="r1", fields={"status": 200}), 6)
    stated, body = second[:-1].split(b" ", 1)
    assert hashlib.sha256(b"\x00" + body).hexdigest().encode() == stated
    assert json.loads(body) == {
        "v": 1, "t": "request", "ts": 6, "w": "w1", "n": 1, "prev": first[:64].decode(),
        "req": "r1", "status": 200,
    }  # fmt: skip


def test_each_entry_has_the_next_number_and_names_the_one_before() -> None:
    chain = Chain("w1")
    lines = [parse_line(chain.append(Entry(kind=EntryKind.CONSENT), ts)) for ts in range(9)]
    assert [line.n for line in lines] == list(range(9))
    assert [line.prev for line in lines] == ["", *(line.leaf.hex() for line in lines[:-1])]
    assert [line.ts for line in lines] == list(range(9))
    assert {line.writer for line in lines} == {"w1"}


def test_a_receipt_is_for_the_last_entry() -> None:
    chain = Chain("w1")
    chain.append(Entry(kind=EntryKind.WRITER_START), 5)
    line = parse_line(chain.append(Entry(kind=EntryKind.CONSENT), 6))
    assert chain.receipt == Receipt(writer="w1", n=1, leaf=line.leaf.hex())


def test_each_entry_of_a_group_gets_the_receipt_of_its_own_line() -> None:
    chain, text, receipts = Chain("w1"), list[bytes](), list[Receipt]()
    chain.append(Entry(kind=EntryKind.WRITER_START), 5)
    lines = chain.extend([Entry(kind=EntryKind.CONSENT)] * 3, 6, text, receipts)
    assert receipts == [Receipt(writer="w1", n=one.n, leaf=one.leaf.hex()) for one in lines]
    assert [one.n for one in receipts] == [1, 2, 3]
    assert b"".join(text) == b"".join(one.text for one in lines)


@pytest.mark.parametrize("ts", [-1, 2**53])
def test_a_time_out_of_range_is_refused_and_leaves_the_chain_as_it_was(ts: int) -> None:
    chain = Chain("w1")
    with pytest.raises(EvidenceError, match="clock"):
        chain.append(Entry(kind=EntryKind.CONSENT), ts)
    assert (chain.size, chain.prev) == (0, "")


def test_the_largest_entry_fits_a_line_under_the_longest_ids() -> None:
    fields: dict[str, Value] = {"notices": ["n" * 126] * 117, "x_rest": "n" * 120}
    chain = Chain("w" * 80)
    chain.prev = "f" * 64
    entry = Entry(kind=EntryKind.STREAM_FINDING, req="r" * 160, fields=fields)
    assert RECORD_LIMIT - 800 < len(chain.append(entry, 2**53 - 1)) <= LINE_LIMIT


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not a line"),
        (b"0" * 64 + b"\n", "not a line"),
        (b"0" * 63 + b" {}\n", "not a line"),
        (b"0" * 64 + b" {}\n", "hash"),
        (line_of(b"{}").upper(), "hash"),
        (line_of(b"x"), "isn't JSON"),
        (line_of(b"[" * 5000), "isn't JSON"),
        (line_of(b"[]"), "canonical"),
        (line_of(b'{"b":1,"a":1}'), "canonical"),
        (line_of(b'{"a":1,"a":1}'), "canonical"),
        (line_of(b'{"a": 1}'), "canonical"),
        (line_of(b"{}"), "version 1"),
        (line_of(b'{"n":0,"prev":"","t":"consent","ts":1,"v":0,"w":"w1"}'), "version 1"),
        (line_of(b'{"n":0,"prev":"","t":"consent","ts":1,"v":2,"w":"w1"}'), "has version 2"),
        (line_of(b'"' + b"x" * RECORD_LIMIT + b'"'), "not a line"),
    ],
)
def test_what_is_no_line_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(EvidenceError, match=why):
        parse_line(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_by_our_error_alone(data: bytes) -> None:
    for candidate in (data, line_of(data)):
        with pytest.raises(EvidenceError):
            parse_line(candidate)
