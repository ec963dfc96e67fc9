from __future__ import annotations

import io
import zlib

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.containers.pdf_anew import rewritten
from guardrail.testing import documents, formats, pictures

WIDTH, HEIGHT = 120, 90
SCENE = pictures.scene(WIDTH, HEIGHT)
JPEG = pictures.encoded(SCENE, ".jpg")
RGB = SCENE[:, :, ::-1].tobytes()
BLUE = pictures.encoded(np.full_like(SCENE, (200, 0, 0)), ".jpg")
BLUE_PNG = pictures.encoded(np.full_like(SCENE, (200, 0, 0)), ".png")


def anew(data: bytes, new: bytes | None = BLUE) -> bytes:
    return rewritten(data, lambda _: new, Budget())


def drawn(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return the first page as PDFium draws it: red, green, blue."""
    pixels = pypdfium2.PdfDocument(data)[0].render(scale=1, rev_byteorder=True).to_numpy()
    return np.asarray(pixels[:, :, :3])


def noted(seen: list[bytes], part: bytes) -> None:
    seen.append(part)


def saved(mode: str, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.fromarray(SCENE[:, :, ::-1]).convert(mode).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("picture", "new"),
    [
        (documents.jpeg_object(JPEG, WIDTH, HEIGHT), BLUE),
        (documents.pixels_object(RGB, WIDTH, HEIGHT), BLUE_PNG),
        (
            documents.jpeg_object(saved("CMYK"), WIDTH, HEIGHT, "/ColorSpace /DeviceCMYK"),
            BLUE,
        ),
    ],
)
def test_a_picture_is_replaced_in_its_place(picture: bytes, new: bytes) -> None:
    before = documents.pdf(picture)
    after = drawn(anew(before, new))
    assert after.shape == drawn(before).shape
    assert np.abs(after.reshape(-1, 3).astype(int) - (0, 0, 200)).max() < 12


def test_a_grey_picture_stays_grey_since_it_may_be_a_mask() -> None:
    grey = documents.jpeg_object(saved("L"), WIDTH, HEIGHT, "/ColorSpace /DeviceGray")
    flat = documents.pixels_object(SCENE[:, :, 0].tobytes(), WIDTH, HEIGHT)
    for picture, new in ((grey, BLUE), (flat, BLUE_PNG)):
        page = drawn(anew(documents.pdf(picture), new))
        assert np.abs(page - page[0, 0].astype(int)).max() < 4
        assert page[0, 0, 0] == page[0, 0, 2]


def test_nothing_of_what_was_replaced_or_left_behind_is_in_the_file() -> None:
    data = documents.pdf(
        documents.jpeg_object(JPEG, WIDTH, HEIGHT),
        extra=(documents.jpeg_object(JPEG, WIDTH, HEIGHT), b"(a secret nobody reaches)"),
    )
    newer = data + b"5 0 obj\n" + documents.jpeg_object(JPEG, WIDTH, HEIGHT) + b"\nendobj\n"
    for one in (data, newer):
        written = anew(one)
        assert JPEG[-200:-160] not in written
        assert b"secret" not in written


def test_thumbnails_metadata_and_what_programs_keep_are_left_out() -> None:
    data = documents.pdf(
        documents.jpeg_object(JPEG, WIDTH, HEIGHT),
        extra=(
            documents.pixels_object(RGB, WIDTH, HEIGHT),
            documents.stream("/Type /Metadata /Subtype /XML", b"<x>Name of a person</x>"),
            b"<< /Private 9 0 R >>",
            documents.stream("", b"an older copy"),
        ),
        catalogue="/Metadata 7 0 R",
        page="/Thumb 6 0 R /PieceInfo << /App 8 0 R >>",
    )
    written = anew(data, None)
    assert b"Name of a person" not in written
    assert b"an older copy" not in written
    assert zlib.compress(RGB)[:40] not in written
    assert list(pypdfium2.PdfDocument(written)[0].get_objects())


def test_a_picture_that_no_page_draws_is_replaced_as_well() -> None:
    data = documents.pdf(
        documents.jpeg_object(JPEG, WIDTH, HEIGHT),
        extra=(documents.jpeg_object(JPEG, WIDTH, HEIGHT),),
        catalogue="/Hidden 6 0 R",
    )
    seen: list[bytes] = []
    rewritten(data, lambda part: noted(seen, part), Budget())
    assert seen == [JPEG, JPEG]
    assert JPEG[-200:-160] not in anew(data)


def test_attached_files_are_replaced() -> None:
    data = documents.pdf(
        extra=(
            b"<< /Names [(a) 6 0 R] >>",
            b"<< /Type /Filespec /F (a) /EF << /F 7 0 R >> >>",
            documents.stream("/Type /EmbeddedFile /Params << /Size 3 >>", b"old"),
        ),
        catalogue="/Names << /EmbeddedFiles 5 0 R >>",
    )
    written = anew(data, b"something new")
    attached = pypdfium2.PdfDocument(written).get_attachment(0)
    assert bytes(attached.get_data()) == b"something new"
    assert anew(data, None).count(b"old") == 1


def test_a_jpegs_own_metadata_go_and_it_isnt_turned_by_them() -> None:
    turned = JPEG[:2] + formats.segment(0xE1, b"Exif\0\0" + formats.exif(orientation=6)) + JPEG[2:]
    seen: list[bytes] = []
    data = documents.pdf(documents.jpeg_object(turned, WIDTH, HEIGHT))
    written = rewritten(data, lambda part: noted(seen, part), Budget())
    assert seen == [JPEG]
    assert b"Exif" not in written
    assert (drawn(written) == drawn(data)).all()


@pytest.mark.parametrize(
    "picture",
    [
        documents.stream(
            "/Subtype /Image /Width 90 /Height 90 /ImageMask true /BitsPerComponent 1", bytes(1080)
        ),
        documents.stream(
            "/Subtype /Image /Width 90 /Height 90 /BitsPerComponent 1 /ColorSpace /DeviceGray "
            "/Filter /JBIG2Decode",
            b"no such thing",
        ),
        documents.stream("/Subtype /Image /Width 90 /Height 0", b""),
        documents.stream("/Subtype /Image /Width 90", b""),
        documents.jpeg_object(b"\xff\xd8\xff\xe0 no JPEG", 90, 90),
    ],
)
def test_pictures_that_cant_be_read_or_replaced_are_refused(picture: bytes) -> None:
    with pytest.raises(Uninspectable):
        anew(documents.pdf(picture), BLUE_PNG)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.4",
        documents.numbered(b"<< /Type /Catalog /Pages 1 0 R /Kids [1 0 R] >>"),
        documents.numbered(b"<< /Type /Catalog >>"),
        documents.numbered(b"<< /Type /Catalog /Pages 9 0 R >>"),
        documents.numbered(b"[ " * 5_000),
    ],
)
def test_documents_that_arent_ones_are_refused(data: bytes) -> None:
    with pytest.raises(Uninspectable):
        anew(data)


def test_too_large_and_too_many_are_refused() -> None:
    huge = documents.stream("/Subtype /Image /Width 9000 /Height 9000", b"")
    with pytest.raises(Uninspectable, match="too_many_pixels"):
        anew(documents.pdf(huge))
    many = "[" + "[] " * 60_000 + "]"
    with pytest.raises(Uninspectable, match="too_many_objects"):
        anew(documents.pdf(catalogue=f"/Many {many}"))


def test_a_locked_document_is_refused() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(documents.pdf())))
    writer.encrypt("", "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(Uninspectable, match="cannot_redact"):
        anew(out.getvalue())


def test_every_truncation_and_every_flipped_byte_gives_a_document_or_a_verdict() -> None:
    data = documents.pdf(documents.jpeg_object(JPEG, WIDTH, HEIGHT))
    for at in range(0, len(data), 61):
        flipped = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
        for version in (data[:at], flipped):
            try:
                assert anew(version).startswith(b"%PDF")
            except Uninspectable as verdict:
                assert verdict.reason  # noqa: PT017 - either will do
