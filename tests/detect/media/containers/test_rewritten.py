from __future__ import annotations

import gzip

import pytest

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.containers.rewritten import rewritten
from guardrail.detect.media.sniff import sniff
from guardrail.testing import documents, pictures

PICTURE = pictures.encoded(pictures.scene(64, 48), ".jpg")


@pytest.mark.parametrize(
    "data",
    [
        documents.office({"word/media/image1.jpeg": PICTURE}),
        documents.pdf(documents.jpeg_object(PICTURE, 64, 48)),
    ],
)
def test_documents_are_written_in_their_own_format(data: bytes) -> None:
    mime = sniff(data).mime
    assert sniff(rewritten(data, mime, lambda part: part, Budget())).mime == mime


@pytest.mark.parametrize(
    ("mime", "data"),
    [
        ("application/gzip", gzip.compress(PICTURE)),
        ("application/x-ole-storage", b""),
        ("application/rtf", b"{\\rtf1}"),
        ("text/html", b"<p>"),
    ],
)
def test_what_isnt_written_here_is_refused(mime: str, data: bytes) -> None:
    with pytest.raises(Uninspectable, match="cannot_redact"):
        rewritten(data, mime, lambda part: part, Budget())
