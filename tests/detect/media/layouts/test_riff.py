from __future__ import annotations

import pytest

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.layouts.riff import chunk, chunks, end_of
from guardrail.testing import formats


def test_the_chunks_join_to_the_whole() -> None:
    data = formats.webp(exif=formats.exif() + b"!")
    assert data[:12] + b"".join(data[one.start : one.end] for one in chunks(data)) == data
    assert end_of(data + b"more") == len(data)


def test_a_chunk_is_padded_to_an_even_size() -> None:
    assert chunk(b"abcd", b"x") == b"abcd\x01\0\0\0x\0"


def test_a_stream_of_unknown_size_goes_to_the_end() -> None:
    data = b"RIFF\xff\xff\xff\xffWAVE" + b"data\xff\xff\xff\xff" + bytes(9)
    assert [one.stop for one in chunks(data)] == [len(data)]


def test_a_chunk_that_is_cut_is_uninspectable() -> None:
    with pytest.raises(Uninspectable, match="truncated"):
        list(chunks(formats.webp()[:-9]))


@pytest.mark.no_cover
def test_chunks_beyond_measure_are_uninspectable() -> None:
    with pytest.raises(Uninspectable, match="too_many_parts"):
        list(chunks(b"RIFF\0\0\0\0WEBP" + chunk(b"abcd", b"") * 100_001))
