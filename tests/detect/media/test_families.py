from __future__ import annotations

import io
import zipfile

import pytest

from guardrail.detect.media.sniff import sniff
from guardrail.testing import formats


def _zip(*names: str, mimetype: str = "") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


TYPES = "[Content_Types].xml"
OFFICE = "application/vnd.openxmlformats-officedocument"


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (_zip("a.txt"), "application/zip"),
        (_zip(), "application/zip"),
        (_zip(TYPES, "word/document.xml"), f"{OFFICE}.wordprocessingml.document"),
        (_zip("xl/workbook.xml", TYPES), f"{OFFICE}.spreadsheetml.sheet"),
        (_zip(TYPES, "ppt/presentation.xml"), f"{OFFICE}.presentationml.presentation"),
        (_zip(TYPES), OFFICE),
        (_zip("a.npy", "b.npy"), "application/x-npz"),
        (_zip("x", mimetype="application/epub+zip"), "application/epub+zip"),
        (
            _zip("x", mimetype="application/vnd.oasis.opendocument.text"),
            "application/vnd.oasis.opendocument.text",
        ),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\xef\xbb\xbf" + b"\n" * 1000 + b"%PDF-2.0\n", "application/pdf"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
        (b"RF64\xff\xff\xff\xffWAVEds64", "audio/wav"),
        (b"RIFF\x24\0\0\0AVI LIST", "video/x-msvideo"),
        (b"FORM\0\0\0\x24AIFFCOMM", "audio/aiff"),
        (b"OggS\0\x02" + bytes(22) + b"\x01\x13OpusHead", "audio/ogg"),
        (b"OggS\0\x02" + bytes(22) + b"\x01\x2a\x80theora", "video/ogg"),
        (b"\x1aE\xdf\xa3\x9fB\x82\x84webm" + b"\x86\x85V_VP8", "video/webm"),
        (b"\x1aE\xdf\xa3\x9fB\x82\x84webm" + b"\x86\x86A_OPUS", "audio/webm"),
        (b"\x1aE\xdf\xa3\x9fB\x82\x88matroska", "video/matroska"),
        (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(40), "audio/x-ms-wma"),
        (
            bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c" + "c0ef19bc4d5bcf11a8fd00805f5c442b"),
            "video/x-ms-wmv",
        ),
        (b"\0\0\0\x14ftypM4A \0\0\0\0M4A ", "audio/mp4"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "video/quicktime"),
        (b"\0\0\0\x14ftyp3gp5\0\0\0\0isom", "video/3gpp"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0heicmif1", "image/heic"),
        (b"\0\0\0\x08wide", "video/quicktime"),
        (b"\0\0\1\0\1\0" + bytes(8) + b"\x10\0\0\0\x16\0\0\0", "image/vnd.microsoft.icon"),
    ],
)
def test_what_stands_inside_tells_which_it_is(data: bytes, mime: str) -> None:
    assert sniff(data).mime == mime


def test_what_stands_behind_tags_tells_which_it_is() -> None:
    tags = b"ID3\x04\0\0\0\0\0\x05" + bytes(5)
    adts = b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(9)
    assert sniff(tags + adts * 2).mime == "audio/aac"
    assert sniff(tags * 2 + adts * 2).mime == "audio/aac"
    assert sniff(tags + b"\xff\xfb\x90\x00" + bytes(413)).mime == "audio/mpeg"
    assert sniff(tags).mime == "audio/mpeg"


def test_a_movie_of_sound_alone_is_sound() -> None:
    data = formats.movie().replace(b"vide", b"soun")
    assert sniff(data).mime == "audio/mp4"


def test_an_animated_png_is_told_by_a_chunk_before_its_pixels() -> None:
    still = formats.png()
    control = formats.chunk(b"acTL", b"\0\0\0\x02\0\0\0\0")
    at = still.index(b"IDAT") - 4
    assert sniff(still[:at] + control + still[at:]).mime == "image/apng"
    assert sniff(still + control).mime == "image/png"
