"""Media that a few bytes at a fixed place tell for sure."""

from __future__ import annotations

from guardrail.detect.media.medium import Kind, Medium

_IMAGE, _SOUND, _VIDEO = Kind.IMAGE, Kind.SOUND, Kind.VIDEO
_DOCUMENT, _ARCHIVE, _DATA = Kind.DOCUMENT, Kind.ARCHIVE, Kind.DATA

MAGICS: tuple[tuple[int, bytes, Medium], ...] = (
    (0, b"\xff\xd8\xff", Medium(_IMAGE, "image/jpeg")),
    (0, b"GIF87a", Medium(_IMAGE, "image/gif")),
    (0, b"GIF89a", Medium(_IMAGE, "image/gif")),
    (0, b"II*\0", Medium(_IMAGE, "image/tiff")),
    (0, b"MM\0*", Medium(_IMAGE, "image/tiff")),
    (0, b"II+\0", Medium(_IMAGE, "image/tiff")),
    (0, b"MM\0+", Medium(_IMAGE, "image/tiff")),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", Medium(_IMAGE, "image/jp2")),
    (0, b"\xff\x4f\xff\x51", Medium(_IMAGE, "image/x-jp2-codestream")),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", Medium(_IMAGE, "image/jxl")),
    (0, b"\xff\x0a", Medium(_IMAGE, "image/jxl")),
    (0, b"8BPS\0", Medium(_IMAGE, "image/vnd.adobe.photoshop")),
    (0, b"\xff\xa0\xff", Medium(Kind.TEMPLATE, "image/x-wsq")),
    (0, b"fLaC", Medium(_SOUND, "audio/flac")),
    (0, b".snd", Medium(_SOUND, "audio/basic")),
    (0, b"#!AMR-WB\n", Medium(_SOUND, "audio/amr-wb")),
    (0, b"#!AMR", Medium(_SOUND, "audio/amr")),
    (0, b"caff\0", Medium(_SOUND, "audio/x-caf")),
    (0, b"MThd\0\0\0\x06", Medium(_SOUND, "audio/midi")),
    (0, b"\0\0\x01\xba", Medium(_VIDEO, "video/mpeg")),
    (0, b"\0\0\x01\xb3", Medium(_VIDEO, "video/mpeg")),
    (0, b"FLV\x01", Medium(_VIDEO, "video/x-flv")),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Medium(_DOCUMENT, "application/x-ole-storage")),
    (0, b"{\\rtf", Medium(_DOCUMENT, "application/rtf")),
    (0, b"%!PS", Medium(_DOCUMENT, "application/postscript")),
    (0, b"\x1f\x8b\x08", Medium(_ARCHIVE, "application/gzip")),
    (0, b"BZh", Medium(_ARCHIVE, "application/x-bzip2")),
    (0, b"\xfd7zXZ\0", Medium(_ARCHIVE, "application/x-xz")),
    (0, b"\x28\xb5\x2f\xfd", Medium(_ARCHIVE, "application/zstd")),
    (0, b"7z\xbc\xaf\x27\x1c", Medium(_ARCHIVE, "application/x-7z-compressed")),
    (0, b"Rar!\x1a\x07", Medium(_ARCHIVE, "application/vnd.rar")),
    (0, b"MSCF\0\0\0\0", Medium(_ARCHIVE, "application/vnd.ms-cab-compressed")),
    (257, b"ustar", Medium(_ARCHIVE, "application/x-tar")),
    (0, b"\x93NUMPY", Medium(_DATA, "application/x-npy")),
    (0, b"MATLAB 5.0 MAT-file", Medium(_DATA, "application/x-matlab-data")),
    (0, b"\x89HDF\r\n\x1a\n", Medium(_DATA, "application/x-hdf5")),
)
"""Offset, bytes, medium."""
