from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.layouts.id3 import end_of


def tag(size: int, flags: int = 0) -> bytes:
    places = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x04\0" + bytes((flags,)) + places + bytes(size + (10 if flags else 0))


def test_tags_end_where_they_say_with_their_feet() -> None:
    assert end_of(tag(300) + b"rest") == 310
    assert end_of(tag(300, 0x10) + tag(5) + b"rest") == 320 + 15
    assert end_of(b"no tag") == end_of(b"ID3") == 0


@given(st.binary(max_size=100))
def test_every_tag_ends_within_the_file(data: bytes) -> None:
    assert 0 <= end_of(b"ID3" + data) <= 3 + len(data)
