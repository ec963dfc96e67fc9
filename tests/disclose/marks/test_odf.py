from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.disclose.marks import Claim, Layer, Unmarkable, odf

Make = Callable[..., bytes]
KIND = "application/vnd.oasis.opendocument.text"


def _make(archive: Make, **entries: str) -> bytes:
    return archive({"mimetype": KIND, **entries}, "mimetype")


def test_the_media_type_stays_first_and_stored(samples: dict[str, bytes], said: Claim) -> None:
    marked = odf.write(samples["odt"], said)
    assert marked[: 38 + len(KIND)] == samples["odt"][: 38 + len(KIND)]
    assert [one.valid for one in odf.read(marked)] == [True]


def test_an_empty_value_is_filled(archive: Make, said: Claim) -> None:
    meta = (
        '<o:document-meta xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:m="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"><o:meta>'
        '<m:user-defined m:name="AIGC"/></o:meta></o:document-meta>'
    )
    marked = odf.write(_make(archive, **{"meta.xml": meta}), said)
    assert [one.valid for one in odf.read(marked)] == [True]


def test_without_metadata_a_document_isnt_marked(archive: Make, said: Claim) -> None:
    for entries in ({}, {"meta.xml": "<a/>"}):
        data = _make(archive, **entries)
        assert list(odf.read(data)) == []
        with pytest.raises(Unmarkable, match="no_metadata"):
            odf.write(data, said)


def test_manifests_are_reported_and_signatures_arent_broken(archive: Make, said: Claim) -> None:
    data = _make(archive, **{"META-INF/content_credential.c2pa": "x"})
    assert [one.layer for one in odf.read(data)] == [Layer.SIGNED]
    with pytest.raises(Unmarkable, match="document_signed"):
        odf.write(_make(archive, **{"META-INF/documentsignatures.xml": "x"}), said)
