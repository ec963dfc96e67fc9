"""What is taken out of pictures and recordings that stand in documents, by the whole inspector."""

from __future__ import annotations

import gzip
import io
import zipfile

import cv2
import numpy as np
import pytest

from guardrail.detect.media.actions import Redaction
from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.inspector import Inspector
from guardrail.facts import HOLDS_MEDIA, Inspected, Verdict
from guardrail.testing import biometrics, documents, formats, pictures, sounds

INSPECTOR = Inspector()
FACE = Redaction(entities=frozenset({"FACE"}))
SCENE = pictures.scene(480, 320)
SHOWN = pictures.with_portrait(SCENE, 160, 60, 220)
PORTRAIT = pictures.encoded(SHOWN, ".jpg")
EMPTY = pictures.encoded(SCENE, ".jpg")


def entities(data: bytes) -> list[str]:
    inspected = INSPECTOR.inspect(data)
    assert inspected.verdict is Verdict.INSPECTED
    return [one.entity for one in inspected.seen]


def freed(data: bytes, redaction: Redaction = FACE) -> bytes:
    """Return a document without its faces, once it is seen that it had some."""
    assert set(entities(data)) & redaction.entities
    written = INSPECTOR.redact(data, redaction)
    again = INSPECTOR.inspect(written)
    assert (again.verdict, again.medium) == (Verdict.INSPECTED, INSPECTOR.inspect(data).medium)
    assert not {one.entity for one in again.seen} & redaction.entities
    return written


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def decoded(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    return np.asarray(pixels, np.uint8)


def test_a_face_in_a_document_of_word_is_filled_and_all_else_stays() -> None:
    word = documents.office(
        {
            "word/media/image1.jpeg": PORTRAIT,
            "word/media/image2.jpeg": EMPTY,
            "docProps/thumbnail.jpeg": PORTRAIT,
        }
    )
    written = freed(word)
    assert part(written, "word/media/image2.jpeg") == EMPTY
    assert part(written, "word/document.xml") == part(word, "word/document.xml")
    assert "docProps/thumbnail.jpeg" not in zipfile.ZipFile(io.BytesIO(written)).namelist()
    shown = decoded(part(written, "word/media/image1.jpeg"))
    assert shown.shape == SHOWN.shape
    assert shown[170, 270].max() < 20
    assert np.abs(shown[:40, :100].astype(int) - SHOWN[:40, :100]).mean() < 8


@pytest.mark.parametrize("ending", [".png", ".bmp", ".tiff", ".webp"])
def test_a_picture_in_a_document_keeps_its_format(ending: str) -> None:
    name = f"word/media/image1{ending}"
    before = pictures.encoded(SHOWN, ending)
    written = part(freed(documents.office({name: before})), name)
    assert INSPECTOR.inspect(written).medium == INSPECTOR.inspect(before).medium


def test_a_face_in_a_pdf_is_filled_and_none_of_its_bytes_are_left() -> None:
    height, width = SHOWN.shape[:2]
    pdf = documents.pdf(
        documents.jpeg_object(PORTRAIT, width, height),
        documents.pixels_object(SHOWN[:, :, ::-1].tobytes(), width, height),
        documents.jpeg_object(EMPTY, width, height),
    )
    written = freed(pdf)
    assert PORTRAIT[-3_000:-2_960] in pdf
    assert PORTRAIT[-3_000:-2_960] not in written
    assert EMPTY[-3_000:-2_960] in written


def test_documents_in_documents_are_opened_as_deep_as_they_are_inspected() -> None:
    inner = documents.office({"word/media/image1.jpeg": PORTRAIT})
    attached = documents.pdf(
        extra=(
            b"<< /Names [(a) 6 0 R] >>",
            b"<< /Type /Filespec /F (a) /EF << /F 7 0 R >> >>",
            documents.stream("/Type /EmbeddedFile", inner),
        ),
        catalogue="/Names << /EmbeddedFiles 5 0 R >>",
    )
    freed(attached)


def test_a_recording_in_a_slide_is_silenced() -> None:
    slides = documents.office({"ppt/media/audio1.wav": sounds.encoded(sounds.voice(2.0))})
    freed(slides, Redaction(entities=frozenset({"VOICE"})))


def test_a_place_in_a_pictures_metadata_goes_without_touching_a_pixel() -> None:
    place = formats.segment(0xE1, b"Exif\0\0" + formats.exif(place=True))
    word = documents.office({"word/media/image1.jpeg": EMPTY[:2] + place + EMPTY[2:]})
    written = freed(word, Redaction(entities=frozenset({"GEO_LOCATION"})))
    assert part(written, "word/media/image1.jpeg") == EMPTY


def animated() -> bytes:
    return pictures.animation([SHOWN, SCENE], "GIF")


def test_an_animation_in_a_document_is_filled_in_every_frame() -> None:
    written = freed(documents.office({"word/media/image1.gif": animated()}))
    assert INSPECTOR.inspect(part(written, "word/media/image1.gif")) == Inspected(
        verdict=Verdict.INSPECTED, medium="image/gif"
    )


def inline() -> bytes:
    """Return a PDF whose picture stands among the commands that draw its page."""
    small = cv2.resize(SHOWN, (240, 160))[:, :, ::-1].tobytes()
    commands = b"q 300 0 0 200 0 0 cm BI /W 240 /H 160 /CS /RGB /BPC 8 ID " + small + b" EI Q"
    return documents.numbered(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R >>",
        documents.stream("", commands),
    )


def test_a_picture_among_the_commands_of_a_page_is_seen() -> None:
    assert entities(inline()) == ["FACE"]


@pytest.mark.parametrize(
    "data",
    [
        inline(),
        gzip.compress(PORTRAIT),
        documents.office({"word/a.jpeg": PORTRAIT, "word/a.gz": gzip.compress(PORTRAIT)}),
        documents.office({"word/a.jpeg": PORTRAIT})[:-9],
    ],
)
def test_what_shows_a_face_that_cant_be_taken_out_isnt_given_back(data: bytes) -> None:
    with pytest.raises(Uninspectable):
        INSPECTOR.redact(data, FACE)


def test_a_template_in_a_document_isnt_given_back() -> None:
    word = documents.office({"word/embeddings/oleObject1.bin": biometrics.finger_minutiae()})
    with pytest.raises(Uninspectable):
        INSPECTOR.redact(word, Redaction(entities=frozenset({"BIOMETRIC_TEMPLATE"})))


@pytest.mark.parametrize(
    ("document", "holds"),
    [
        (documents.office({"word/media/image1.jpeg": EMPTY}), True),
        (documents.office({"docProps/thumbnail.jpeg": EMPTY}), False),
        (documents.office({}), False),
        (documents.pdf(documents.jpeg_object(EMPTY, 480, 320)), True),
        (documents.pdf(), False),
        (gzip.compress(documents.pdf(documents.jpeg_object(EMPTY, 480, 320))), True),
    ],
)
def test_a_document_with_a_picture_of_its_own_is_told_from_one_without(
    document: bytes, *, holds: bool
) -> None:
    assert (HOLDS_MEDIA in INSPECTOR.inspect(document).flags) is holds
