"""Lines come out whole and exact, however the bytes were cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.testing.chunkings import chunkings
from guardrail.wire.ndjson import JsonLines, LineSplitter

LINES = JsonLines()
STREAMS = st.lists(
    st.sampled_from([b"{}", b"\r", b"\n", b"\r\n", b" ", b"\xd2\x9b", b"\xef\xbb\xbf"]), max_size=12
).map(b"".join)


def _events(chunks: tuple[bytes, ...]) -> list[bytes]:
    splitter = LineSplitter()
    events = [event for chunk in chunks for event in splitter.feed(chunk)]
    rest = splitter.close()
    assert splitter.waiting == 0
    return [*events, rest] if rest else events


@given(STREAMS, st.data())
def test_every_chunking_gives_the_same_lines_and_all_bytes(
    stream: bytes, data: st.DataObject
) -> None:
    whole = _events((stream,))
    assert b"".join(whole) == stream
    assert _events(data.draw(chunkings(stream))) == whole
    assert _events(tuple(stream[at : at + 1] for at in range(len(stream)))) == whole


def test_a_line_is_handed_out_with_its_line_feed_and_not_before() -> None:
    splitter = LineSplitter()
    assert splitter.feed(b"{}\r") == []
    assert splitter.waiting == 3
    assert splitter.feed(b"\n[1]") == [b"{}\r\n"]
    assert splitter.close() == b"[1]"


@pytest.mark.parametrize(
    ("raw", "data", "changed"),
    [
        (b"{}\n", b"{}", b"NEW\n"),
        (b" {} \r\n", b"{}", b" NEW \r\n"),
        (b"\xef\xbb\xbf{}\n", b"{}", b"\xef\xbb\xbfNEW\n"),
        (b"{}", b"{}", b"NEW"),
    ],
)
def test_new_data_leaves_all_other_bytes(raw: bytes, data: bytes, changed: bytes) -> None:
    assert LINES.data_of(raw) == data
    assert LINES.with_data(raw, b"NEW") == changed


@pytest.mark.parametrize("raw", [b"\n", b" \r\n", b"\xef\xbb\xbf\n"])
def test_an_empty_line_has_no_data(raw: bytes) -> None:
    assert LINES.data_of(raw) == b""


def test_a_line_has_no_name_and_nothing_around_it() -> None:
    assert LINES.is_plain(b"{}\n")
    assert LINES.name_of(b"{}\n") == ""
    assert LINES.event(b"{}", "name") == b"{}\n"


@pytest.mark.parametrize(("rest", "gap"), [(b"", b""), (b"{}", b"\n"), (b"{}\n", b""), (b" ", b"")])
def test_what_a_cut_off_line_lacks_is_its_line_feed(rest: bytes, gap: bytes) -> None:
    assert LINES.gap(rest) == gap
