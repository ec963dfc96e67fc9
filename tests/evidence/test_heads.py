import hashlib

import orjson
import pytest

from guardrail.evidence import (
    TAIL_BYTES,
    Chain,
    Entry,
    EntryKind,
    Head,
    head_of,
    leaf_hash,
    listed_heads,
    parse_line,
    start_entries,
)


def segment(writer: str, heads: tuple[Head, ...] = (), more: int = 0) -> list[bytes]:
    chain = Chain(writer)
    entries = start_entries("log", heads) + (Entry(kind=EntryKind.CONSENT),) * more
    return [chain.append(entry, 1) for entry in entries]


def test_a_head_is_read_from_the_tail() -> None:
    lines = segment("w1", more=300)
    whole = b"".join(lines)
    last = parse_line(lines[-1])
    assert last.n == 300
    for tail in (whole, whole[-TAIL_BYTES:]):
        assert head_of("w1", tail) == Head(writer="w1", n=301, leaf=last.leaf.hex())


def test_a_torn_line_is_told_from_the_head() -> None:
    lines = segment("w1", more=1)
    for end in range(1, len(lines[1])):
        head = head_of("w1", lines[0] + lines[1][:end])
        digest = hashlib.sha256(lines[1][:end]).hexdigest()
        assert head == Head(writer="w1", n=1, leaf=parse_line(lines[0]).leaf.hex(), torn=digest)


@pytest.mark.parametrize("tail", [b"", b"garbage\n", b"\n", b"a\nb\n"])
def test_an_unreadable_segment_still_has_a_head(tail: bytes) -> None:
    assert head_of("w1", tail) == Head(writer="w1", n=0, leaf="")


@pytest.mark.parametrize("count", [0, 1, 50, 51, 230])
def test_listed_heads_come_back_however_many(count: int) -> None:
    heads = tuple(
        Head(writer=f"w{n:063}", n=2**40 + n, leaf="ab" * 32, torn="cd" * 32 * (n % 2))
        for n in range(count)
    )
    lines = segment("w", heads, more=1)
    assert listed_heads(lines) == heads
    assert len(lines) == max(1, -(-count // 50)) + 1


def test_heads_are_read_from_the_start_only_and_broken_ones_passed_over() -> None:
    assert listed_heads([b"garbage\n"]) == ()
    heads = [1, {"w": 1}, {"w": "w1", "n": 1, "leaf": "", "torn": 5}]
    record = {"heads": heads, "n": 0, "prev": "", "t": "writer.start", "ts": 1, "v": 1, "w": "w2"}
    for listed, read in ((heads, (Head(writer="w1", n=1, leaf=""),)), ("none", ())):
        body = orjson.dumps(record | {"heads": listed}, option=orjson.OPT_SORT_KEYS)
        line = leaf_hash(body).hex().encode() + b" " + body + b"\n"
        assert listed_heads([line]) == read
