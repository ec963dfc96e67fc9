from __future__ import annotations

import io
import zipfile

import pypdfium2

from guardrail.detect.media.sniff import sniff
from guardrail.testing import documents, pictures


def test_a_document_of_pictures_is_what_others_read() -> None:
    jpeg = pictures.encoded(pictures.scene(64, 48), ".jpg")
    made = documents.pdf(
        documents.jpeg_object(jpeg, 64, 48),
        documents.pixels_object(bytes(64 * 48), 64, 48),
        documents.pixels_object(bytes(3 * 64 * 48), 64, 48),
    )
    found = list(pypdfium2.PdfDocument(made)[0].get_objects())
    assert [one.get_px_size() for one in found] == [(64, 48)] * 3
    assert bytes(found[0].get_data()) == jpeg


def test_a_document_of_word_is_taken_for_one() -> None:
    made = documents.office({"word/media/image1.jpeg": b"picture"})
    assert sniff(made).mime.endswith("wordprocessingml.document")
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.read("word/media/image1.jpeg") == b"picture"
