from __future__ import annotations

from collections.abc import Callable

import pypdfium2
import pytest

from guardrail.disclose.marks import Claim, Layer, Unmarkable, pdf, xmp
from guardrail.disclose.marks import pdf_syntax as syntax


def _information(data: bytes, key: str) -> str:
    return str(pypdfium2.PdfDocument(data).get_metadata_value(key))


@pytest.mark.parametrize("name", ["pdf", "pdf packed"])
def test_what_is_there_stays_and_readers_find_both_places(
    samples: dict[str, bytes], said: Claim, name: str
) -> None:
    marked = pdf.write(samples[name], said)
    assert marked.startswith(samples[name])
    assert _information(marked, "AIGC") == said.aigc
    assert [one.valid for one in pdf.read(marked)] == [True] * 3
    assert xmp.packet(said) in marked


def test_the_title_stays(samples: dict[str, bytes], said: Claim) -> None:
    assert _information(pdf.write(samples["pdf packed"], said), "Title") == "A (small) one"


def test_another_producers_value_is_passed_on(
    packed_pdf: Callable[..., bytes], said: Claim, later: Claim
) -> None:
    data = packed_pdf(b"/AIGC" + syntax.string(said.aigc))
    marked = pdf.write(data, later)
    assert said.label.id in _information(marked, "AIGC")
    assert later.label.id in _information(marked, "AIGC")
    assert pdf.write(marked, later) == marked


def test_without_document_information_there_is_some_then(
    samples: dict[str, bytes], said: Claim
) -> None:
    data = samples["pdf packed"].replace(b"/Info 4 0 R", b"           ")
    marked = pdf.write(data, said)
    assert _information(marked, "AIGC") == said.aigc
    assert pdf.write(marked, said) == marked


def test_a_signature_isnt_broken(samples: dict[str, bytes], said: Claim) -> None:
    data = samples["pdf"].replace(b"startxref", b"%/ByteRange\nstartxref")
    with pytest.raises(Unmarkable, match="document_signed"):
        pdf.write(data, said)


def test_a_manifest_is_reported(samples: dict[str, bytes]) -> None:
    data = samples["pdf"].replace(b"startxref", b"%C2PA_Manifest\nstartxref")
    assert [one.layer for one in pdf.read(data)] == [Layer.SIGNED]


@pytest.mark.parametrize("root", [b"null   ", b"9 0 R  ", b"5 0 R  "])
def test_a_document_without_a_catalog_isnt_marked(
    samples: dict[str, bytes], said: Claim, root: bytes
) -> None:
    with pytest.raises(Unmarkable, match="broken_pdf"):
        pdf.write(samples["pdf packed"].replace(b"/Root 1 0 R", b"/Root " + root), said)


def test_a_manifest_among_packed_objects_is_reported(packed_pdf: Callable[..., bytes]) -> None:
    data = packed_pdf(b"/AFRelationship/C2PA_Manifest", b"/AF[4 0 R]")
    assert b"C2PA_Manifest" not in data
    assert [one.layer for one in pdf.read(data)] == [Layer.SIGNED]
