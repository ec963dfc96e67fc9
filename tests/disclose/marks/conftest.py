"""One small file of every medium, made by code, and how each is looked at or listened to."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import soundfile
from PIL import Image, ImageSequence

from guardrail.disclose.marks import Claim, Details, claim, ebml
from guardrail.facts import Label

ID = "urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10"
OTHER = "urn:uuid:00000000-0000-4000-8000-000000000002"

Content = Callable[[bytes], object]


def _picture(kind: str, **how: object) -> bytes:
    file = io.BytesIO()
    picture = Image.effect_mandelbrot((48, 32), (-2, -1, 1, 1), 20).convert("RGB")
    picture.save(file, kind, **how)
    return file.getvalue()


def _sound(kind: str, subtype: str, frames: int = 2_000) -> bytes:
    file = io.BytesIO()
    wave = np.sin(np.arange(frames) / 9).astype(np.float32) / 3
    soundfile.write(file, wave, 16_000, format=kind, subtype=subtype)
    return file.getvalue()


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def _movie(*, moov_first: bool, user: bytes = b"", wide: bool = False) -> bytes:
    """Return a movie of three pieces of sound, with the places where they stand."""
    pieces = [b"first piece", b"second", b"third one"]
    head = _box(b"ftyp", b"isom", bytes(4), b"isommp42")
    samples = b"".join(pieces)

    def moov(at: int) -> bytes:
        places = [at + sum(map(len, pieces[:count])) for count in range(3)]
        layout = ">II" + ("Q" if wide else "I") * 3
        table = _box(b"co64" if wide else b"stco", struct.pack(layout, 0, 3, *places))
        minf = _box(b"minf", _box(b"stbl", table))
        return _box(b"moov", _box(b"mvhd", bytes(100)), _box(b"trak", _box(b"mdia", minf)), user)

    if moov_first:
        before = len(head) + len(moov(0)) + 8
        return head + moov(before) + _box(b"mdat", samples)
    return head + _box(b"mdat", samples) + moov(len(head) + 8)


def _pieces(data: bytes) -> list[bytes]:
    """Return the pieces of sound of a movie, from where it says that they stand."""
    at = data.index(b"co64") if b"co64" in data else data.index(b"stco")
    layout = ">3Q" if b"co64" in data else ">3I"
    places = struct.unpack_from(layout, data, at + 12)
    sizes = (len(b"first piece"), len(b"second"), len(b"third one"))
    return [data[place : place + size] for place, size in zip(places, sizes, strict=True)]


def _packed_pdf(info: bytes = b"", catalog: bytes = b"") -> bytes:
    """Return a document whose objects are packed, with a stream of cross-references."""
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R" + catalog + b">>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 40 30]/Contents 5 0 R>>",
        4: b"<</Title(A \\(small\\) one)" + info + b">>",
    }
    heads, bodies = [], b""
    for which, body in objects.items():
        heads.append(b"%d %d" % (which, len(bodies)))
        bodies += body + b" "
    first = b" ".join(heads) + b" "
    packed = zlib.compress(first + bodies)
    drawn = b"1 0 0 rg 5 5 20 10 re f"
    data = b"%PDF-1.7\n"
    places = {5: len(data)}
    data += b"5 0 obj\n<</Length %d>>\nstream\n%b\nendstream\nendobj\n" % (len(drawn), drawn)
    places[6] = len(data)
    data += (
        b"6 0 obj\n<</Type/ObjStm/N 4/First %d/Filter/FlateDecode/Length %d>>\nstream\n%b\n"
        b"endstream\nendobj\n" % (len(first), len(packed), packed)
    )
    places[7] = len(data)
    rows = [bytes(7)]
    rows += [struct.pack(">BIH", 2, 6, index) for index in range(4)]
    rows += [struct.pack(">BIH", 1, places[which], 0) for which in (5, 6, 7)]
    table = np.frombuffer(b"".join(rows), np.uint8).reshape(-1, 7)
    up = np.diff(table, axis=0, prepend=np.zeros((1, 7), np.uint8))
    predicted = zlib.compress(np.insert(up, 0, 2, axis=1).astype(np.uint8).tobytes())
    data += (
        b"7 0 obj\n<</Type/XRef/Size 8/W[1 4 2]/Root 1 0 R/Info 4 0 R/Filter/FlateDecode"
        b"/DecodeParms<</Predictor 12/Columns 7>>/Length %d>>\nstream\n%b\nendstream\nendobj\n"
        % (len(predicted), predicted)
    )
    return data + b"startxref\n%d\n%%%%EOF\n" % places[7]


_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
_ODF_META = (
    '<?xml version="1.0"?><o:document-meta xmlns:o="urn:oasis:names:tc:opendocument:xmlns:'
    'office:1.0"><o:meta><x/></o:meta></o:document-meta>'
)


def _zip(entries: dict[str, str], stored: str = "") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            method = zipfile.ZIP_STORED if name == stored else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


def _entries(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        touched = {"[Content_Types].xml", "_rels/.rels", "docProps/custom.xml", "meta.xml"}
        return {name: archive.read(name) for name in archive.namelist() if name not in touched}


PAGE = (
    b'<!doctype html><html lang="kk"><head><meta charset="utf-8"><title>a <b></title></head>'
    b'<body class="x"><!-- <body> --><p>\xd2\x9b\xd0\xb0\xd0\xb7\xd0\xb0\xd2\x9b</p></body></html>'
)


def _film_of_riff() -> bytes:
    """Return an AVI film of two frames that nothing plays: the last one without its padding."""
    listed = b"movi" + b"00dc" + struct.pack("<I", 5) + b"first\0" + b"00dc\2\0\0\0ab"
    head = b"AVI LIST" + struct.pack("<I", 4) + b"hdrl"
    body = head + b"LIST" + struct.pack("<I", len(listed)) + listed + b"idx1\3\0\0\0abc"
    return b"RIFF" + struct.pack("<I", len(body)) + body


_FOLDER = Path(__file__).parent.parent / "visible"


def _blocks(data: bytes) -> bytes:
    whole = ebml.segment(data)
    found = (data[one.body : one.end] for one in ebml.within(data, whole, ebml.CLUSTER, 0xA3))
    return b"".join(found)


SAMPLES: dict[str, bytes] = {
    "jpeg": _picture("JPEG"),
    "png": _picture("PNG"),
    "webp": _picture("WEBP"),
    "webp lossless": _picture("WEBP", lossless=True),
    "gif": _picture("GIF"),
    "avif": _picture("AVIF"),
    "avif moving": _picture(
        "AVIF", save_all=True, append_images=[Image.new("RGB", (48, 32), "red")], duration=90
    ),
    "tiff": _picture("TIFF"),
    "bigtiff": _picture("TIFF", big_tiff=True),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9"/></svg>',
    "wav": _sound("WAV", "PCM_16"),
    "wav odd": _sound("WAV", "PCM_U8", 1_999),
    "rf64": _sound("RF64", "PCM_16"),
    "mp3": _sound("MP3", "MPEG_LAYER_III"),
    "flac": _sound("FLAC", "PCM_16"),
    "aac": _FOLDER.joinpath("aac", "tone.aac").read_bytes(),
    "m4a": _FOLDER.joinpath("aac", "tone.m4a").read_bytes(),
    "avi": _film_of_riff(),
    "webm": _FOLDER.joinpath("film", "clip.webm").read_bytes(),
    "vorbis": _sound("OGG", "VORBIS"),
    "opus": _sound("OGG", "OPUS"),
    "movie": _movie(moov_first=False),
    "movie moov first": _movie(moov_first=True),
    "movie co64": _movie(moov_first=True, wide=True),
    "pdf": _picture("PDF"),
    "pdf packed": _packed_pdf(),
    "docx": _zip(
        {"[Content_Types].xml": _TYPES, "_rels/.rels": _RELATIONS, "word/document.xml": "<w/>"}
    ),
    "odt": _zip(
        {"mimetype": "application/vnd.oasis.opendocument.text", "meta.xml": _ODF_META,
         "content.xml": "<x/>"}, "mimetype",
    ),
    "html": PAGE,
    "markdown": "# Тақырып\n\nМәтін.\n".encode(),
    "text": "Мәтін.\r\nЕкінші жол.\r\n".encode(),
    "json": '{"choices": [{"text": "қазақ"}],\n "n": 1.50}'.encode(),
}  # fmt: skip

DECLARED = {"html": "text/html", "markdown": "text/markdown", "text": "text/plain"}


_KEPT: dict[str, Content] = {
    "avi": lambda data: data[8 : data.index(b"idx1") + 11],  # behind the size of the whole
    "webm": _blocks,
    "aac": lambda data: data[-len(SAMPLES["aac"]) :],
    "m4a": lambda data: data[(at := data.index(b"mdat")) : at + 1_800],
    **dict.fromkeys(["movie", "movie moov first", "movie co64"], _pieces),
}
"""Of what nothing here plays: the bytes that stay."""


def _frames(data: bytes) -> list[bytes]:
    with Image.open(io.BytesIO(data)) as film:
        return [one.convert("RGB").tobytes() for one in ImageSequence.Iterator(film)]


def _shown(name: str) -> Content:
    """Return what is seen or heard of a sample: it must stay as it is."""
    if name in {"jpeg", "png", "webp", "webp lossless", "gif", "avif", "tiff", "bigtiff"}:
        return lambda data: Image.open(io.BytesIO(data)).convert("RGBA").tobytes()
    if name == "avif moving":
        return _frames
    if name in {"wav", "wav odd", "rf64", "mp3", "flac", "vorbis", "opus"}:
        return lambda data: soundfile.read(io.BytesIO(data))[0].tobytes()
    if name in _KEPT:
        return _KEPT[name]
    if name.startswith("pdf"):
        return lambda data: pypdfium2.PdfDocument(data)[0].render().to_numpy().tobytes()
    return _entries if name in {"docx", "odt"} else lambda data: b""


@pytest.fixture(scope="session")
def samples() -> dict[str, bytes]:
    """Return a file of every medium."""
    return SAMPLES


@pytest.fixture(scope="session")
def declared() -> dict[str, str]:
    """Return what texts are said to be."""
    return DECLARED


@pytest.fixture(scope="session", params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> tuple[str, bytes, str, Content]:
    """Return a name, a file, what it is said to be, and how it is looked at."""
    name = str(request.param)
    return name, SAMPLES[name], DECLARED.get(name, ""), _shown(name)


@pytest.fixture(scope="session")
def label() -> Label:
    """Return a label."""
    return Label(
        id=ID,
        level="ai-generated",
        kind="synthetic",
        model='demo <1> & "қ"',
        provider="Example LLP",
        created=1_763_787_600,
    )


@pytest.fixture(scope="session")
def other() -> Label:
    """Return someone else's label."""
    return Label(id=OTHER, level="ai-assisted", kind="result", model="m2", provider="Second")


@pytest.fixture(scope="session")
def said(label: Label) -> Claim:
    """Return a claim."""
    return claim(label, Details(version="1"))


@pytest.fixture(scope="session")
def later(other: Label) -> Claim:
    """Return someone else's claim."""
    return claim(other)


@pytest.fixture(scope="session")
def movie() -> Callable[..., bytes]:
    """Return how movies are made."""
    return _movie


@pytest.fixture(scope="session")
def pieces() -> Callable[[bytes], list[bytes]]:
    """Return how a movie's pieces are found."""
    return _pieces


@pytest.fixture(scope="session")
def packed_pdf() -> Callable[..., bytes]:
    """Return how packed documents are made."""
    return _packed_pdf


@pytest.fixture(scope="session")
def archive() -> Callable[..., bytes]:
    """Return how archives are made."""
    return _zip
