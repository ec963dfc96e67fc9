"""Words on a file of Word, Excel or PowerPoint, or on an OpenDocument.

They are text of the file's own: it can be read aloud, found and copied. All parts but those that
hold it stay byte for byte. What is signed, encrypted or has macros isn't touched.
"""

from __future__ import annotations

from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.marks.zipped import Archive
from guardrail.disclose.visible.office import excel, opendocument, powerpoint, word
from guardrail.disclose.visible.office.lines import SEPARATOR, Line, lines_of
from guardrail.disclose.visible.office.package import Package
from guardrail.disclose.visible.office.parts import Parts
from guardrail.disclose.visible.unlabelled import Bounds, Labelled, Unlabelled

OOXML = "application/vnd.openxmlformats-officedocument"
OPENDOCUMENT = "application/vnd.oasis.opendocument"
_SIGNATURES = (
    "_xmlsignatures/",
    "META-INF/documentsignatures.xml",
    "META-INF/macrosignatures.xml",
)
_MACROS = ("Basic/", "Scripts/")
_MACRO_PARTS = ("vbaproject.bin", "vbadata.xml")


def say(
    data: bytes,
    medium: str,
    words: tuple[str, ...],
    *,
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
) -> Labelled:
    """Write words where who opens the file sees them. A file that says them already stays.

    Args:
        data: The whole file.
        medium: `OOXML` or `OPENDOCUMENT`.
        words: The longest first, a line for each language: those are what is written; where there
            is room for few, the first that fit. A new sheet is called by the last.
        bounds: Of size.

    Raises:
        Unlabelled: ``broken_xml``, ``broken_zip``, ``document_signed``, ``encrypted``,
            ``has_macros``, ``hidden_header``, ``no_letters``, ``no_pages``, ``too_large``,
            ``too_many_pages``, ``too_many_parts``, ``too_much_unpacked``, ``truncated``,
            ``unreadable``, ``unsupported_format``, ``xml_entities``, ``zip64``.
    """
    texts = tuple(lines_of(one) for one in words if one.strip()) or (lines_of(""),)
    if len(data) > bounds.encoded_bytes:
        raise Unlabelled("too_large")
    name = SEPARATOR.join(line.text for line in texts[-1])
    try:
        archive = Archive(data)
        _check(archive)
        if medium == OOXML:
            made = _office(archive, texts, name, bounds)
        else:
            made = _opendocument(archive, texts, name, bounds)
    except Unmarkable as verdict:
        raise Unlabelled(verdict.reason) from None
    return Labelled(data=made, mime=medium, words="\n".join(line.text for line in texts[0]))


def _check(archive: Archive) -> None:
    """Refuse what would break, and what could run."""
    if any(name.startswith(_SIGNATURES) for name in archive.names):
        raise Unlabelled("document_signed")
    for name in archive.names:
        if name.startswith(_MACROS) or name.lower().endswith(_MACRO_PARTS):
            raise Unlabelled("has_macros")


def _office(
    archive: Archive, texts: tuple[tuple[Line, ...], ...], name: str, bounds: Bounds
) -> bytes:
    package = Package(archive)
    if package.says_of_itself("macro"):
        raise Unlabelled("has_macros")
    kind = package.root()
    if kind == "document":
        word.say(package, texts[0])
    elif kind == "workbook":
        excel.say(package, texts, name, bounds)
    elif kind == "presentation":
        powerpoint.say(package, texts[0], bounds)
    else:
        raise Unlabelled("unsupported_format")
    return package.written()


def _opendocument(
    archive: Archive, texts: tuple[tuple[Line, ...], ...], name: str, bounds: Bounds
) -> bytes:
    parts = Parts(archive)
    # Parts that are encrypted look like broken ones but for this.
    if b"encryption-data" in (parts.get(opendocument.MANIFEST) or b""):
        raise Unlabelled("encrypted")
    opendocument.say(parts, texts, name, bounds)
    return parts.written()
