from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.disclose.marks import MEDIA, sniff
from guardrail.disclose.marks.boxes import box

KINDS = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "webp lossless": "image/webp",
    "gif": "image/gif",
    "tiff": "image/tiff",
    "bigtiff": "image/tiff",
    "svg": "image/svg+xml",
    "wav": "audio/wav",
    "wav odd": "audio/wav",
    "rf64": "audio/wav",
    "mp3": "audio/mpeg",
    "aac": "audio/aac",
    "m4a": "audio/mp4",
    "webm": "video/webm",
    "flac": "audio/flac",
    "vorbis": "audio/ogg",
    "opus": "audio/ogg",
    "movie": "video/mp4",
    "movie moov first": "video/mp4",
    "movie co64": "video/mp4",
    "pdf": "application/pdf",
    "pdf packed": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument",
    "odt": "application/vnd.oasis.opendocument",
    "html": "text/html",
    "json": "application/json",
}


def test_the_content_tells_whatever_is_declared(samples: dict[str, bytes]) -> None:
    for declared in ("", "application/octet-stream"):
        assert {name: sniff(samples[name], declared) for name in KINDS} == KINDS
    binary = {name: kind for name, kind in KINDS.items() if name not in {"svg", "html", "json"}}
    assert {name: sniff(samples[name], "text/plain") for name in binary} == binary


@pytest.mark.parametrize(
    ("declared", "kind"),
    [
        ("text/plain; charset=utf-8", "text/plain"),
        ("TEXT/MARKDOWN", "text/markdown"),
        ("application/xhtml+xml", "text/html"),
        ("application/problem+json", "application/json"),
        ("text/csv", ""),
        ("", ""),
    ],
)
def test_what_is_declared_tells_texts_apart(declared: str, kind: str) -> None:
    assert sniff(b"a,b", declared) == kind


@pytest.mark.parametrize(
    ("brands", "kind"),
    [
        (b"avif\0\0\0\0mif1", "image/avif"),
        (b"mif1\0\0\0\0mif1heic", "image/heic"),
        (b"mif1\0\0\0\0", "image/heif"),
        (b"M4A \0\0\0\0isom", "audio/mp4"),
        (b"qt  \0\0\0\0", "video/quicktime"),
        (b"isom\0\0\0\0avif", "video/mp4"),
    ],
)
def test_brands_tell_pictures_from_movies(brands: bytes, kind: str) -> None:
    assert sniff(box(b"ftyp", brands)) == kind


def test_an_old_movie_has_no_brands() -> None:
    assert sniff(box(b"moov")) == "video/quicktime"
    assert sniff(b"\0\0\0\x01ftyp") == ""


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xff\xfb\x90\0", "audio/mpeg"),
        (b"\xff\xf1\x50\x80", ""),
        (b"\xff\xfb\xf0\0", ""),
        (bytes.fromhex("fff1584000fffc"), "audio/aac"),
        (b"ID3\3\0\0\0\0\0\0" + bytes.fromhex("fff1584000fffc"), "audio/aac"),
        (b"\x1a\x45\xdf\xa3\x84\x42\x82\x81x", ""),
        (b"ID3\3\0\0\0\0\0\0fLaC", "audio/flac"),
        (b"ID3\x09\0\0\0\0\0\0", "audio/mpeg"),
        (b"RIFF....AVI ", "video/x-msvideo"),
        (b"RIFF....WORD", ""),
        (b"BW64....WAVE", "audio/wav"),
        (b"GIF87a", "image/gif"),
        (b"MM\0+", "image/tiff"),
        (b"II, a text", ""),
        (b"\0\0\n\0free" + bytes(2_552), "video/quicktime"),
        (b"\0\0\0\x08skip", "video/quicktime"),
        (b"all skip it", ""),
        (b"  <!-- a --> <HTML>", "text/html"),
        (b'<?xml version="1.0"?><x:svg a="">', "image/svg+xml"),
        (b"<a/>", ""),
        (b"{a}", ""),
        (b"[1]", ""),
    ],
)
def test_near_misses_are_told_apart(data: bytes, kind: str) -> None:
    assert sniff(data) == kind


def test_other_archives_are_no_documents(archive: Callable[..., bytes]) -> None:
    assert sniff(archive({"a": "b"})) == ""
    assert sniff(archive({"mimetype": "application/epub+zip", "a": "b"}, "mimetype")) == ""


def test_every_kind_has_a_row_or_none_is_claimed() -> None:
    assert set(KINDS.values()) <= set(MEDIA)
