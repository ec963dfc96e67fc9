from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.containers.zipped_anew import rewritten
from guardrail.testing import documents, pictures

OLD = pictures.encoded(pictures.scene(200, 150, 1), ".jpg")
OTHER = pictures.encoded(pictures.scene(200, 150, 2), ".jpg")
NEW = pictures.encoded(pictures.scene(200, 150, 3), ".jpg")


def instead(part: bytes) -> bytes | None:
    return NEW if part == OLD else None


def anew(data: bytes) -> bytes:
    return rewritten(data, instead, Budget())


def entries(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}


def test_one_part_is_replaced_and_all_others_stay_as_they_were() -> None:
    data = documents.office({"word/media/image1.jpeg": OLD, "word/media/image2.jpeg": OTHER})
    before, after = entries(data), entries(anew(data))
    assert after.pop("word/media/image1.jpeg") == NEW
    del before["word/media/image1.jpeg"]
    for lists in ("[Content_Types].xml", "_rels/.rels"):
        del before[lists], after[lists]
    assert after == before


def test_nothing_of_what_was_replaced_is_left_anywhere() -> None:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as archive:
            archive.comment = OLD[-500:]
            info = zipfile.ZipInfo("a.jpeg")
            info.extra = b"\xfe\xca\x40\x00" + OLD[-64:]
            info.compress_type = method
            archive.writestr(info, OLD)
        written = anew(out.getvalue())
        assert entries(written) == {"a.jpeg": NEW}
        assert OLD[-64:] not in written
        assert OLD[-500:-400] not in written


def test_a_thumbnail_goes_and_no_list_names_it_any_more() -> None:
    after = entries(anew(documents.office({"docProps/thumbnail.jpeg": OTHER})))
    assert "docProps/thumbnail.jpeg" not in after
    assert not any(b"thumbnail" in content for content in after.values())
    assert b'Target="word/document.xml"' in after["_rels/.rels"]
    assert b'Extension="jpeg"' in after["[Content_Types].xml"]


def test_opendocument_keeps_its_type_first_and_loses_its_thumbnail() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        kind = "application/vnd.oasis.opendocument.text"
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr("Thumbnails/thumbnail.png", OTHER)
        archive.writestr("Pictures/1.jpg", OLD)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest><manifest:file-entry manifest:full-path="Pictures/1.jpg"/>'
            '<manifest:file-entry manifest:full-path="Thumbnails/thumbnail.png"/>'
            "</manifest:manifest>",
        )
    written = anew(out.getvalue())
    assert written[30:38] == b"mimetype"
    assert written[38 : 38 + len(kind)] == kind.encode()
    after = entries(written)
    assert list(after) == ["mimetype", "Pictures/1.jpg", "META-INF/manifest.xml"]
    assert after["Pictures/1.jpg"] == NEW
    assert b"Thumbnails" not in after["META-INF/manifest.xml"]
    assert b"Pictures/1.jpg" in after["META-INF/manifest.xml"]


def test_entries_written_to_a_pipe_are_read_too() -> None:
    class Pipe(io.RawIOBase):
        """Can't go back: sizes then stand behind the data."""

        def __init__(self) -> None:
            self.all = b""

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.all += bytes(data)  # type: ignore[call-overload]
            return len(data)  # type: ignore[arg-type]

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("сурет.jpeg", OLD)
        archive.writestr("text.txt", "text")
    assert entries(anew(pipe.all)) == {"сурет.jpeg": NEW, "text.txt": b"text"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        documents.office({})[:-30],
        documents.office({}) + documents.office({}),
    ],
)
def test_archives_that_readers_may_read_otherwise_are_refused(data: bytes) -> None:
    with pytest.raises(Uninspectable):
        anew(data)


def test_more_than_is_allowed_isnt_unpacked() -> None:
    with pytest.raises(Uninspectable, match="compressed_too_much"):
        anew(documents.office({"a.bin": bytes(5_000_000)}))


@given(
    st.dictionaries(
        st.text("abcdeжқ/. ", min_size=1, max_size=12).filter(lambda name: name[-1] != "/"),
        st.binary(max_size=300),
        max_size=6,
    ).filter(lambda parts: len({name.lower() for name in parts}) == len(parts))
)
def test_every_archive_keeps_every_entry_when_nothing_changes(parts: dict[str, bytes]) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert entries(rewritten(out.getvalue(), lambda _: None, Budget())) == entries(out.getvalue())
