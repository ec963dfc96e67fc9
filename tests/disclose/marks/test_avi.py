from __future__ import annotations

import struct

import pytest

from guardrail.disclose.marks import Claim, Layer, Unmarkable, avi, riff, xmp


def test_the_packet_is_the_last_chunk_and_the_file_says_how_long_it_is(
    samples: dict[str, bytes], said: Claim
) -> None:
    marked = avi.write(samples["avi"], said)
    read = riff.read(marked)
    assert [one.kind for one in read.chunks] == [b"LIST", b"LIST", b"idx1", b"_PMX"]
    assert read.body(read.chunks[-1]) == xmp.packet(said)
    assert read.end == len(marked)


def test_a_packet_of_another_program_is_merged_into(
    samples: dict[str, bytes], said: Claim, later: Claim
) -> None:
    first = avi.write(samples["avi"], said)
    after = avi.write(first, later)
    assert [one.technique for one in avi.read(after)] == ["iptc:DigitalSourceType", "tc260:AIGC"]
    assert len(riff.read(after).chunks) == 4
    assert avi.write(after, later) == after


def test_a_manifest_is_seen(samples: dict[str, bytes]) -> None:
    data = samples["avi"] + b"\0" + riff.chunk(b"C2PA", b"...")
    signed = data[:4] + struct.pack("<I", len(data) - 8) + data[8:]
    assert [one.layer for one in avi.read(signed)] == [Layer.SIGNED]


@pytest.mark.parametrize(
    "data", [b"RIFF\4\0\0\0AVI ", b"RIFF\xff\xff\xff\xffAVI LIST\xff\xff\xff\xff"]
)
def test_what_has_no_end_to_write_behind_is_broken(data: bytes, said: Claim) -> None:
    with pytest.raises(Unmarkable, match="broken_avi"):
        avi.write(data, said)
