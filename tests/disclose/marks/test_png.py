from __future__ import annotations

import struct
import zlib

import pytest

from guardrail.disclose.marks import Claim, Layer, Unmarkable, png, xmp

NAME = b"XML:com.adobe.xmp\0"


def _chunk(kind: bytes, body: bytes) -> bytes:
    crc = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + crc


def _with(data: bytes, *chunks: bytes) -> bytes:
    return data[:33] + b"".join(chunks) + data[33:]


def test_the_chunk_stands_right_behind_the_header(samples: dict[str, bytes], said: Claim) -> None:
    data = samples["png"]
    body = NAME + b"\0\0\0\0" + xmp.packet(said)
    assert png.write(data, said) == _with(data, _chunk(b"iTXt", body))


@pytest.mark.parametrize("packed", [False, True])
def test_a_packet_that_is_there_is_merged_into(
    samples: dict[str, bytes], said: Claim, later: Claim, *, packed: bool
) -> None:
    held = xmp.packet(later)
    body = NAME + (b"\1\0\0\0" + zlib.compress(held) if packed else b"\0\0\0\0" + held)
    data = _with(samples["png"], _chunk(b"tIME", bytes(7)), _chunk(b"iTXt", body))
    marked = png.write(data, said)
    assert marked.count(NAME) == 1
    assert [one.level for one in png.read(marked)] == ["ai-assisted", "ai-generated"]


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt"])
def test_a_text_named_aigc_is_read(samples: dict[str, bytes], said: Claim, kind: bytes) -> None:
    text = said.aigc.encode()
    bodies = {b"tEXt": text, b"zTXt": b"\0" + zlib.compress(text), b"iTXt": b"\0\0\0\0" + text}
    (found,) = png.read(_with(samples["png"], _chunk(kind, b"AIGC\0" + bodies[kind])))
    assert (found.valid, found.id) == (True, said.label.id)


def test_a_manifest_is_reported(samples: dict[str, bytes]) -> None:
    (found,) = png.read(_with(samples["png"], _chunk(b"caBX", b"")))
    assert found.layer is Layer.SIGNED


def test_exif_is_looked_into_and_may_be_broken(samples: dict[str, bytes]) -> None:
    assert list(png.read(_with(samples["png"], _chunk(b"eXIf", b"II*\0\xff\xff\xff\xff")))) == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\0" + zlib.compress(bytes(5 << 20)), "too_much_unpacked"),
        (b"\0" + zlib.compress(bytes(99))[:-3], "too_much_unpacked"),
        (b"\0no zlib", "broken_png"),
    ],
)
def test_a_text_that_cant_be_unpacked_isnt_read(
    samples: dict[str, bytes], body: bytes, reason: str
) -> None:
    with pytest.raises(Unmarkable, match=reason):
        list(png.read(_with(samples["png"], _chunk(b"zTXt", b"AIGC\0" + body))))


def test_a_file_of_nothing_but_texts_isnt_read(samples: dict[str, bytes]) -> None:
    with pytest.raises(Unmarkable, match="too_many_parts"):
        list(png.read(_with(samples["png"], _chunk(b"tEXt", b"a\0") * 300)))


def test_chunks_without_end_and_other_first_ones_arent_read(samples: dict[str, bytes]) -> None:
    with pytest.raises(Unmarkable, match="too_many_parts"):
        list(png.read(_with(samples["png"], _chunk(b"abcd", b"") * 100_001)))
    with pytest.raises(Unmarkable, match="broken_png"):
        list(png.read(samples["png"][:8] + samples["png"][33:]))
