from __future__ import annotations

import bz2
import io
import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.detect.media.containers.conftest import Look


@pytest.mark.parametrize(
    "mime", ["application/x-7z-compressed", "application/vnd.rar", "application/zstd", "text/plain"]
)
def test_what_no_reader_reads_is_a_verdict(mime: str, look: Look) -> None:
    assert look.reason(b"x", mime) == "format_not_readable"


@pytest.mark.parametrize(
    "mime",
    [
        "application/vnd.oasis.opendocument.text",
        "application/epub+zip",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ],
)
def test_documents_that_are_archives_are_read_as_such(
    mime: str, look: Look, picture: bytes
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("Thumbnails/thumbnail.png", picture)
    assert look.names(out.getvalue(), mime) == ["Thumbnails/thumbnail.png"]


def test_a_container_larger_than_the_budget_is_a_verdict(look: Look) -> None:
    data = bz2.compress(b"x") + bytes(21 << 20)
    for mime in ("application/x-bzip2", "application/zip", "application/rtf", "message/rfc822"):
        assert look.reason(data, mime) == "too_many_bytes"
