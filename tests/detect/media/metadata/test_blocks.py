from __future__ import annotations

import zlib
from binascii import hexlify

import pytest

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.metadata import find
from guardrail.detect.media.sniff import sniff
from guardrail.testing import formats

PLACE = formats.exif(place=True)
NAMED = formats.xmp(face="Some One")


def _reasons(data: bytes) -> list[str]:
    return [one.reason for one in find(data, sniff(data))]


def _into_png(chunk: bytes) -> bytes:
    data = formats.png()
    return data[:33] + chunk + data[33:]


def _into_jpeg(*segments: bytes) -> bytes:
    data = formats.jpeg()
    return data[:2] + b"".join(segments) + data[2:]


def test_xmp_in_portions_is_put_together() -> None:
    name = b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32
    half = NAMED.index(b"Face") + 2
    portions = [
        formats.segment(0xE1, name + len(NAMED).to_bytes(4, "big") + at.to_bytes(4, "big") + part)
        for at, part in ((half, NAMED[half:]), (0, NAMED[:half]))
    ]
    assert "xmp mwg-rs face name" in _reasons(_into_jpeg(*portions))


def test_exif_among_photoshops_resources_is_read() -> None:
    resource = b"8BIM\x04\x22\0\0" + len(PLACE).to_bytes(4, "big") + PLACE
    other = b"8BIM\x04\x04\x03abc\0\0\0\x01x\0"
    body = b"Photoshop 3.0\0" + other + resource
    assert _reasons(_into_jpeg(formats.segment(0xED, body))) == ["exif gps"]


def test_the_second_picture_of_a_phone_is_read() -> None:
    data = formats.jpeg() + formats.jpeg(exif=PLACE)
    assert _reasons(data) == ["exif gps"]


@pytest.mark.parametrize("kind", ["exif", "APP1"])
def test_raw_profiles_of_imagemagick_are_read(kind: str) -> None:
    digits = hexlify(b"Exif\0\0" + PLACE)
    text = b"\n" + kind.encode() + b"\n%8d\n" % len(PLACE) + digits + b"\n"
    named = b"Raw profile type " + kind.encode() + b"\0"
    packed = formats.chunk(b"zTXt", named + b"\0" + zlib.compress(text))
    plain = formats.chunk(b"tEXt", named + text)
    assert _reasons(_into_png(packed)) == _reasons(_into_png(plain)) == ["exif gps"]


def test_a_bomb_of_text_is_refused() -> None:
    bomb = zlib.compress(bytes(20 << 20))
    with pytest.raises(Uninspectable, match="too_much_unpacked"):
        _reasons(_into_png(formats.chunk(b"zTXt", b"XML:com.adobe.xmp\0\0" + bomb)))


def test_text_that_doesnt_unpack_is_refused() -> None:
    with pytest.raises(Uninspectable, match="broken_text"):
        _reasons(_into_png(formats.chunk(b"zTXt", b"a\0\0no zlib")))


def test_xmp_is_found_where_no_format_places_it() -> None:
    gif = formats.gif()
    assert "xmp mwg-rs face name" in _reasons(
        gif[:-1] + b"\x21\xff\x0bXMP DataXMP" + NAMED + b"\0;"
    )
    assert "xmp mwg-rs face name" in _reasons(b"%PDF-1.7\n" + NAMED)
    assert "xmp mwg-rs face name" in _reasons(formats.jpeg() + NAMED)


def test_xmp_in_utf_16_is_found() -> None:
    packet = "<?xpacket begin=''?>" + NAMED.decode()
    assert "xmp mwg-rs face name" in _reasons(b"%PDF-1.7\n" + packet.encode("utf-16-le"))


def test_apples_place_of_a_movie_is_found() -> None:
    keys = formats.box(b"keys", bytes(8) + b"mdtacom.apple.quicktime.location.ISO6709")
    assert _reasons(formats.movie() + formats.box(b"moov", keys)) == ["movie location"]


def test_a_flood_of_packets_is_refused() -> None:
    with pytest.raises(Uninspectable, match="too_many_parts"):
        _reasons(b"%PDF-1.7\n" + b"<x:xmpmeta></x:xmpmeta>" * 1_001)
