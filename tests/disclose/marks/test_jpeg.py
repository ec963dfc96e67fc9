from __future__ import annotations

import struct

import pytest

from guardrail.disclose.marks import Claim, Unmarkable, aigc, jpeg, xmp

NAME = b"http://ns.adobe.com/xap/1.0/\0"


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def _with(data: bytes, *segments: bytes) -> bytes:
    return data[:2] + b"".join(segments) + data[2:]


def test_the_segment_stands_behind_jfifs_and_exifs(samples: dict[str, bytes], said: Claim) -> None:
    data = samples["jpeg"]
    jfif = data[2:20]
    exif = _segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0")
    marked = jpeg.write(data[:20] + exif + data[20:], said)
    assert marked.startswith(data[:2] + jfif + exif + b"\xff\xe1")
    assert marked.endswith(data[20:])


def test_a_packet_that_is_there_is_merged_into(samples: dict[str, bytes], said: Claim) -> None:
    packet = b'<a xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:RDF/><b/></a>'
    marked = jpeg.write(_with(samples["jpeg"], _segment(0xE1, NAME + packet)), said)
    assert marked.count(NAME) == 1
    assert b"<b/></a>" in marked
    assert len(list(jpeg.read(marked))) == 2


def test_padding_makes_room_in_a_full_segment(samples: dict[str, bytes], said: Claim) -> None:
    graph = b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
    full = graph + b" " * 65_000 + b'<?xpacket end="w"?>'
    assert list(jpeg.read(jpeg.write(_with(samples["jpeg"], _segment(0xE1, NAME + full)), said)))
    full = graph + b"<!--" + b"-." * 32_500 + b"-->"
    with pytest.raises(Unmarkable, match="xmp_too_large"):
        jpeg.write(_with(samples["jpeg"], _segment(0xE1, NAME + full)), said)


@pytest.mark.parametrize("order", [">", "<"])
@pytest.mark.parametrize("charset", [b"ASCII\0\0\0", b"UNICODE\0", bytes(8)])
def test_a_comment_in_exif_is_read(
    samples: dict[str, bytes], said: Claim, order: str, charset: bytes
) -> None:
    wide = "utf-16-be" if order == ">" else "utf-16-le"
    text = f'{{"AIGC":{said.aigc}}}'.encode(wide if charset == b"UNICODE\0" else "ascii")
    comment = charset + text
    tiff = (b"MM" if order == ">" else b"II") + struct.pack(
        f"{order}HIH HHII I H HHII I",
        *(42, 8, 1, 0x8769, 4, 1, 26, 0, 1, 0x9286, 7, len(comment), 44, 0),
    )
    data = _with(samples["jpeg"], _segment(0xE1, b"Exif\0\0" + tiff + comment))
    (found,) = jpeg.read(data)
    assert (found.technique, found.id) == (aigc.TECHNIQUE, said.label.id)


def test_fill_bytes_and_bare_markers_are_passed(samples: dict[str, bytes], said: Claim) -> None:
    data = _with(samples["jpeg"], b"\xff\xff\xff\x01")
    assert len(list(jpeg.read(jpeg.write(data, said)))) == 2


@pytest.mark.parametrize("rest", [b"\xff\xd9", b"\xff\0\0\2", b"ab\0\2", b"", b"\xff\xe1\xff\xff"])
def test_a_broken_picture_isnt_marked(said: Claim, rest: bytes) -> None:
    with pytest.raises(Unmarkable, match=r"broken_jpeg|truncated"):
        jpeg.write(b"\xff\xd8" + rest, said)


def test_a_picture_of_segments_without_end_isnt_read(said: Claim) -> None:
    with pytest.raises(Unmarkable, match="too_many_parts"):
        jpeg.write(b"\xff\xd8" + b"\xff\x01" * 30_000, said)


def test_other_boxes_than_c2pas_are_no_manifest(samples: dict[str, bytes]) -> None:
    other = _segment(0xEB, b"JP\0\1\0\0\0\1\0\0\0\x24jumb\0\0\0\x1cjumdxxxx" + bytes(20))
    assert list(jpeg.read(_with(samples["jpeg"], other))) == []


def test_the_whole_packet_is_in_ascii(said: Claim) -> None:
    assert xmp.graph(said).isascii()
