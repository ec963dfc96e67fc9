from __future__ import annotations

import pytest

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.layouts.png import SIGNATURE, chunk, chunks, end_of
from guardrail.testing import formats


def test_the_chunks_join_to_the_whole() -> None:
    data = formats.png(exif=formats.exif())
    assert SIGNATURE + b"".join(data[one.start : one.end] for one in chunks(data)) == data
    assert end_of(data + b"more") == len(data)


def test_chunks_of_a_kind_are_left_out_and_all_others_stay() -> None:
    data = formats.png(exif=formats.exif())
    asked = [one for one in chunks(data) if one.kind != b"IDAT"]
    assert list(chunks(data, leaving_out=b"IDAT")) == asked
    assert len(asked) < len(list(chunks(data)))


def test_a_chunk_that_is_left_out_is_cut_all_the_same() -> None:
    data = formats.png()
    with pytest.raises(Uninspectable, match="truncated"):
        list(chunks(data[: data.index(b"IDAT") + 5], leaving_out=b"IDAT"))


def test_a_chunk_is_written_with_its_checksum() -> None:
    assert chunk(b"IEND", b"") == b"\0\0\0\0IEND\xae\x42\x60\x82"


def test_a_picture_without_an_end_has_none() -> None:
    assert end_of(formats.png()[:-12]) is None


def test_a_chunk_that_is_cut_is_uninspectable() -> None:
    with pytest.raises(Uninspectable, match="truncated"):
        end_of(formats.png()[:-1])


@pytest.mark.no_cover
def test_chunks_beyond_measure_are_uninspectable() -> None:
    with pytest.raises(Uninspectable, match="too_many_parts"):
        end_of(SIGNATURE + chunk(b"abCd", b"") * 100_001)
