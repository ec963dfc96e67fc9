from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.detect.media.containers.conftest import Look

GZIP, TAR = "application/gzip", "application/x-tar"
PACKERS = (
    ("application/gzip", gzip.compress),
    ("application/x-bzip2", bz2.compress),
    ("application/x-xz", lzma.compress),
)


def tarred(*entries: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in entries:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


@pytest.mark.parametrize(("mime", "pack"), PACKERS, ids=["gzip", "bzip2", "xz"])
def test_a_compressed_file_is_unpacked(
    mime: str, pack: Callable[[bytes], bytes], look: Look, picture: bytes
) -> None:
    (part,) = look.parts(pack(picture), mime)
    assert (part.name, part.data) == ("entry 1", picture)


@pytest.mark.parametrize(("mime", "pack"), PACKERS, ids=["gzip", "bzip2", "xz"])
def test_streams_behind_each_other_are_one(
    mime: str, pack: Callable[[bytes], bytes], look: Look, picture: bytes
) -> None:
    (part,) = look.parts(pack(picture[:20]) + pack(picture[20:]), mime)
    assert part.data == picture
    assert look.reason(pack(b"x") * 65, mime) == "too_many_parts"


@pytest.mark.parametrize(("mime", "pack"), PACKERS, ids=["gzip", "bzip2", "xz"])
def test_what_grows_too_much_isnt_unpacked(
    mime: str, pack: Callable[[bytes], bytes], look: Look
) -> None:
    assert look.reason(pack(bytes(8 << 20)), mime) == "compressed_too_much"
    small = replace(look.budget, unpacked_bytes=1000)
    assert look.reason(pack(bytes(1001)), mime, small) == "too_many_unpacked_bytes"


@pytest.mark.parametrize(("mime", "pack"), PACKERS, ids=["gzip", "bzip2", "xz"])
def test_every_broken_file_is_a_verdict_or_has_parts(
    mime: str,
    pack: Callable[[bytes], bytes],
    survives: Callable[..., None],
    look: Look,
    picture: bytes,
) -> None:
    survives(pack(picture), mime)
    assert look.reason(pack(picture)[:-1], mime) == "broken"
    assert look.reason(pack(picture) + b"trailing", mime) == "broken"


def test_files_of_a_tape_archive_are_numbered(look: Look, picture: bytes) -> None:
    data = tarred(("readme", b"hello"), ("Айгүл.png", picture))
    (part,) = look.parts(data, TAR)
    assert (part.name, part.data) == ("entry 2", picture)


def test_links_are_followed_nowhere(look: Look) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE):
            info = tarfile.TarInfo("x")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    assert look.parts(out.getvalue(), TAR) == []


def test_a_sparse_file_doesnt_grow(look: Look) -> None:
    info = tarfile.TarInfo("x")
    info.pax_headers = {
        "GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(1 << 40),
        "GNU.sparse.name": "x",
    }  # fmt: skip
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info.size = 512
        archive.addfile(info, io.BytesIO(b"0\n" + bytes(510)))
    assert look.reason(out.getvalue(), TAR) == "too_many_unpacked_bytes"


def test_more_files_than_allowed_are_a_verdict(look: Look) -> None:
    data = tarred(*((str(number), b"") for number in range(4097)))
    assert look.reason(data, TAR) == "too_many_parts"


def test_every_broken_archive_is_a_verdict_or_has_files(
    survives: Callable[..., None], picture: bytes
) -> None:
    survives(tarred(("a.png", picture))[:1024], TAR)
