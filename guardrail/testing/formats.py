"""Small files of every format with the metadata you ask for, from the standard library alone.

    from guardrail.testing import formats

    formats.jpeg(exif=formats.exif(place=True), xmp=formats.xmp(face="Some One"))

Sizes are in the headers; the coded pixels of all but PNG, BMP and TIFF are there in name only.
"""

from __future__ import annotations

import struct
import zlib

WIDTH, HEIGHT = 40, 24


def exif(*, place: bool = False, orientation: int = 1, thumbnail: bool = False) -> bytes:
    """Return a TIFF block as EXIF holds it, with the fields asked for."""
    fields = [(0x0112, 3, 1, struct.pack(">HH", orientation, 0))]
    gps_at = 8 + 2 + 12 * (1 + place) + 4
    if place:
        fields.append((0x8825, 4, 1, struct.pack(">I", gps_at)))
    gps = _gps(gps_at) if place else b""
    following = gps_at + len(gps) if thumbnail else 0
    small = _directory([(0x0201, 4, 1, struct.pack(">I", 8))], 0) if thumbnail else b""
    return b"MM\0*\0\0\0\x08" + _directory(fields, following) + gps + small


def _directory(fields: list[tuple[int, int, int, bytes]], following: int) -> bytes:
    entries = b"".join(struct.pack(">HHI", *field[:3]) + field[3] for field in fields)
    return struct.pack(">H", len(fields)) + entries + struct.pack(">I", following)


def _gps(at: int) -> bytes:
    degrees = struct.pack(">6I", 43, 1, 15, 1, 0, 1)
    values = at + 2 + 12 * 4 + 4
    fields = [
        (1, 2, 2, b"N\0\0\0"),
        (2, 5, 3, struct.pack(">I", values)),
        (3, 2, 2, b"E\0\0\0"),
        (4, 5, 3, struct.pack(">I", values + len(degrees))),
    ]
    return _directory(fields, 0) + degrees * 2


def xmp(*, face: str = "", region: bool = False, person: str = "", place: bool = False) -> bytes:
    """Return a packet of XMP: a marked face, perhaps with a name; a person shown; a place."""
    marked = f' mwg-rs:Name="{face}"' if face else ""
    regions = (
        '<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag><rdf:li>'
        f'<rdf:Description mwg-rs:Type="Face"{marked}/></rdf:li></rdf:Bag></mwg-rs:RegionList>'
        "</mwg-rs:Regions>"
    )
    shown = (
        f"<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>{person}</rdf:li></rdf:Bag>"
        "</Iptc4xmpExt:PersonInImage>"
    )
    latitude = ' exif:GPSLatitude="43,15.0N" exif:GPSLongitude="76,57.0E"' if place else ""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description'
        ' xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"'
        ' xmlns:exif="http://ns.adobe.com/exif/1.0/"'
        ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        f"{latitude}>{regions if face or region else ''}{shown if person else ''}"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def segment(marker: int, body: bytes) -> bytes:
    """Return a segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(*, exif: bytes = b"", xmp: bytes = b"", size: tuple[int, int] = (WIDTH, HEIGHT)) -> bytes:
    """Return a baseline JPEG with EXIF and XMP where they are given."""
    parts = [segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")]
    if exif:
        parts.append(segment(0xE1, b"Exif\0\0" + exif))
    if xmp:
        parts.append(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp))
    frame = b"\x08" + struct.pack(">HH", size[1], size[0]) + b"\x01\x01\x11\0"
    scan = segment(0xDA, b"\x01\x01\0\0\x3f\0") + b"\x12\xff\0\x34\xff\xd0\x56"
    return b"\xff\xd8" + b"".join(parts) + segment(0xC0, frame) + scan + b"\xff\xd9"


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(
    *, exif: bytes = b"", xmp: bytes = b"", packed: bool = False, size: tuple[int, int] = (8, 8)
) -> bytes:
    """Return a grey PNG; its XMP is compressed where `packed`."""
    header = struct.pack(">IIBBBBB", *size, 8, 0, 0, 0, 0)
    text = b"XML:com.adobe.xmp\0" + bytes([packed, 0]) + b"\0\0"
    rows = (b"\0" + bytes(size[0])) * size[1]
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + (chunk(b"eXIf", exif) if exif else b"")
        + (chunk(b"iTXt", text + (zlib.compress(xmp) if packed else xmp)) if xmp else b"")
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def _padded(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) & 1)


def webp(*, exif: bytes = b"", xmp: bytes = b"", size: tuple[int, int] = (WIDTH, HEIGHT)) -> bytes:
    """Return a WebP with an extended header."""
    flags = 0x08 * bool(exif) | 0x04 * bool(xmp)
    sides = b"".join(struct.pack("<I", side - 1)[:3] for side in size)
    frame = b"\x30\x01\0\x9d\x01\x2a" + struct.pack("<HH", *size) + bytes(8)
    body = b"WEBP" + _padded(b"VP8X", bytes([flags, 0, 0, 0]) + sides) + _padded(b"VP8 ", frame)
    body += _padded(b"EXIF", exif) if exif else b""
    body += _padded(b"XMP ", xmp) if xmp else b""
    return b"RIFF" + struct.pack("<I", len(body)) + body


def gif(frames: int = 2) -> bytes:
    """Return a GIF of black frames."""
    screen = struct.pack("<HHBBB", WIDTH, HEIGHT, 0x80, 0, 0) + bytes(6)
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, WIDTH, HEIGHT, 0) + b"\x02\x02\x44\x01\0"
    return b"GIF89a" + screen + (b"\x21\xf9\x04\0\x0a\0\0\0" + frame) * frames + b"\x3b"


def bmp() -> bytes:
    """Return a BMP whose rows stand from the top."""
    pixels = bytes(WIDTH * HEIGHT * 3)
    header = struct.pack("<IiiHHIIiiII", 40, WIDTH, -HEIGHT, 1, 24, 0, len(pixels), 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(pixels), 0, 0, 54) + header + pixels


def tiff(*, place: bool = False) -> bytes:
    """Return a grey TIFF, perhaps with the place where it was taken."""
    count = 8 + place
    gps_at = 8 + 2 + 12 * count + 4
    gps = _gps(gps_at) if place else b""
    stated = {0x0100: WIDTH, 0x0101: HEIGHT, 0x0102: 8, 0x0103: 1, 0x0106: 1,
              0x0111: gps_at + len(gps), 0x0116: HEIGHT, 0x0117: WIDTH * HEIGHT}  # fmt: skip
    stated |= {0x8825: gps_at} if place else {}
    fields = [(tag, 4, 1, struct.pack(">I", value)) for tag, value in stated.items()]
    return b"MM\0*\0\0\0\x08" + _directory(fields, 0) + gps + bytes(WIDTH * HEIGHT)


def box(kind: bytes, body: bytes) -> bytes:
    """Return a box of an ISO base media file."""
    return struct.pack(">I", len(body) + 8) + kind + body


def jp2(size: tuple[int, int] = (WIDTH, HEIGHT)) -> bytes:
    """Return a JPEG 2000 file around a code stream's header."""
    header = box(b"ihdr", struct.pack(">IIHBBBB", size[1], size[0], 1, 7, 7, 0, 0))
    siz = b"\xff\x4f\xff\x51\0\x29\0\0" + struct.pack(">8I", *size, 0, 0, *size, 0, 0)
    return (
        box(b"jP  ", b"\r\n\x87\n")
        + box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
        + box(b"jp2h", header)
        + box(b"jp2c", siz + b"\0\x01\x07\x01\x01\xff\xd9")
    )


def heif(brand: bytes = b"avif", *, exif: bytes = b"") -> bytes:
    """Return the boxes of an AVIF or HEIC picture, EXIF among its data."""
    extents = box(b"ispe", bytes(4) + struct.pack(">II", WIDTH, HEIGHT))
    meta = box(b"meta", bytes(4) + box(b"iprp", box(b"ipco", extents)))
    held = struct.pack(">I", 6) + b"Exif\0\0" + exif if exif else b""
    return box(b"ftyp", brand + bytes(4) + brand + b"mif1") + meta + box(b"mdat", held + bytes(20))


def movie(*, place: bool = False) -> bytes:
    """Return the boxes of an MP4, perhaps with the place where it was taken."""
    handler = box(b"hdlr", bytes(8) + b"vide" + bytes(12))
    track = box(b"trak", box(b"mdia", handler))
    where = box(b"udta", box(b"\xa9xyz", b"\0\x12\x15\xc7+43.2500+076.9500/")) if place else b""
    movie_box = box(b"moov", track + where)
    return box(b"ftyp", b"isom\0\0\x02\0isomiso2mp41") + movie_box + box(b"mdat", bytes(32))


def samples() -> dict[str, bytes]:
    """Return one file of each format, with metadata where the format has a place for it."""
    block = exif(place=True, orientation=6, thumbnail=True)
    packet = xmp(face="Some One", person="Some One", place=True)
    return {
        "jpeg": jpeg(exif=block, xmp=packet),
        "png": png(exif=block, xmp=packet),
        "png packed": png(exif=block, xmp=packet, packed=True),
        "webp": webp(exif=block, xmp=packet),
        "gif": gif(),
        "bmp": bmp(),
        "tiff": tiff(place=True),
        "jp2": jp2(),
        "avif": heif(exif=block),
        "heic": heif(b"heic", exif=block),
        "movie": movie(place=True),
    }
