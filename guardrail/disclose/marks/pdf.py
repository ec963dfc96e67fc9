"""PDF documents: XMP and the ``/AIGC`` of the document information, in an incremental update.

What is there stays byte for byte; changed objects are written behind it (ISO 32000-1, 7.5.6).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from guardrail.disclose.marks import aigc, xmp
from guardrail.disclose.marks import pdf_syntax as syntax
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Layer, Unmarkable
from guardrail.disclose.marks.octets import sized
from guardrail.disclose.marks.pdf_file import File, Object

_AIGC = b"AIGC"
_MANIFEST = b"C2PA_Manifest"
_MOST_ATTACHED = 16
_OWN_OF_SECTIONS = frozenset(
    {b"Size", b"Prev", b"XRefStm", b"Type", b"W", b"Index", b"Length", b"Filter", b"DecodeParms",
     b"Info"}
)  # fmt: skip


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks of a document.

    Raises:
        Unmarkable: as `File` and `xmp.read`.
    """
    file = File(data)
    catalog = _catalog(file)
    values, _ = catalog.dictionary()
    if _is_signed_by_c2pa(file, catalog, values):
        yield Found(layer=Layer.SIGNED, technique="c2pa")
    held = _stream_of(file, catalog, values)
    if held is not None:
        yield from xmp.read(file.content(held[1]))
    info = _information(file)
    if info is not None:
        told, _ = info[1].dictionary()
        if _AIGC in told:
            yield aigc.read(_text(info[1].source, told[_AIGC]))


def write(data: bytes, claim: Claim) -> bytes:
    """Return the document with the label in both places.

    Raises:
        Unmarkable: as `read`; ``document_signed``: someone's signature covers it.
    """
    file = File(data)
    if b"/ByteRange" in data:
        raise Unmarkable("document_signed")
    catalog = _catalog(file)
    new = _Update(file)
    _write_metadata(new, catalog, claim)
    _write_information(new, claim)
    return new.written()


class _Update:
    """Objects that are to be written behind a file."""

    def __init__(self, file: File) -> None:
        self.file = file
        newest = file.newest
        sizes = (
            syntax.integer(section.source, section.trailer.get(b"Size", (0, 0)))
            for section in file.sections
        )
        self.size = max(sizes)
        self.objects: dict[int, tuple[int, bytes]] = {}
        self.information = _reference(newest.source, newest.trailer.get(b"Info"))

    def add(self, body: bytes) -> int:
        """Write a new object, and return its number."""
        self.size += 1
        self.objects[self.size - 1] = (0, body)
        return self.size - 1

    def written(self) -> bytes:
        """Return the file and the update; the file alone where nothing changes."""
        data = self.file.data
        if not self.objects:
            return data
        pieces = [data, b"" if data.endswith((b"\n", b"\r")) else b"\n"]
        at = sum(map(len, pieces))
        places: dict[int, tuple[int, int]] = {}
        for which, (generation, body) in sorted(self.objects.items()):
            piece = b"%d %d obj\n%b\nendobj\n" % (which, generation, body)
            places[which] = (at, generation)
            pieces.append(piece)
            at += len(piece)
        is_table = self.file.newest.widths is None
        pieces.append(self._table(places) if is_table else self._stream(places, at))
        return b"".join([*pieces, b"startxref\n%d\n%%%%EOF\n" % at])

    def _table(self, places: Mapping[int, tuple[int, int]]) -> bytes:
        lines = [
            b"%d 1\n%010d %05d n \n" % (which, *place) for which, place in sorted(places.items())
        ]
        return b"xref\n" + b"".join(lines) + b"trailer\n<<" + self._trailer() + b">>\n"

    def _stream(self, places: Mapping[int, tuple[int, int]], at: int) -> bytes:
        own = self.size
        self.size += 1
        every = sorted({**places, own: (at, 0)}.items())
        entries = b"".join(
            b"\1" + sized(place, 8) + sized(generation, 2) for _, (place, generation) in every
        )
        index = b" ".join(b"%d 1" % which for which, _ in every)
        head = b"/Type/XRef/W[1 8 2]/Index[%b]/Length %d" % (index, len(entries))
        whole = (own, head + self._trailer(), entries)
        return b"%d 0 obj\n<<%b>>\nstream\n%b\nendstream\nendobj\n" % whole

    def _trailer(self) -> bytes:
        newest = self.file.newest
        kept = b"".join(
            b"/" + name + b" " + newest.source[slice(*span)]
            for name, span in newest.trailer.items()
            if name not in _OWN_OF_SECTIONS and name.isalnum()
        )
        info = b"/Info %d 0 R" % self.information if self.information is not None else b""
        held = self.objects.get(self.information or -1)
        if held is not None and held[0]:
            info = b"/Info %d %d R" % (self.information or 0, held[0])
        return kept + info + b"/Size %d/Prev %d" % (self.size, newest.start)


def _write_metadata(new: _Update, one: Object, claim: Claim) -> None:
    values, end = one.dictionary()
    held = _stream_of(new.file, one, values)
    if held is not None:
        which, stream = held
        before = new.file.content(stream)
        packet = xmp.merged(before, claim)
        if packet != before:
            new.objects[which] = (stream.generation, _metadata(packet))
        return
    if b"Metadata" in values:
        raise Unmarkable("broken_pdf")
    which = new.add(_metadata(xmp.packet(claim)))
    body = one.source[one.start : end - 2] + b"/Metadata %d 0 R>>" % which
    new.objects[_root(new.file)] = (one.generation, body)


def _write_information(new: _Update, claim: Claim) -> None:
    info = _information(new.file)
    if info is None:
        new.information = new.add(b"<</AIGC %b>>" % syntax.string(claim.aigc))
        return
    which, one = info
    values, end = one.dictionary()
    before = _text(one.source, values[_AIGC]) if _AIGC in values else None
    after = aigc.merged(before, claim.aigc)
    if after == before:
        return
    place, stop = values.get(_AIGC, (end - 2, end - 2))
    key = b"" if before is not None else b"/AIGC "
    body = one.source[one.start : place] + key + syntax.string(after) + one.source[stop:end]
    new.objects[which] = (one.generation, body)


def _metadata(packet: bytes) -> bytes:
    head = b"<</Type/Metadata/Subtype/XML/Length %d>>" % len(packet)
    return head + b"\nstream\n" + packet + b"\nendstream"


def _root(file: File) -> int:
    newest = file.newest
    which = _reference(newest.source, newest.trailer.get(b"Root"))
    if which is None:
        raise Unmarkable("broken_pdf")
    return which


def _catalog(file: File) -> Object:
    catalog = file.find(_root(file))
    if b"Pages" not in catalog.dictionary()[0]:
        raise Unmarkable("broken_pdf")
    return catalog


def _information(file: File) -> tuple[int, Object] | None:
    newest = file.newest
    which = _reference(newest.source, newest.trailer.get(b"Info"))
    return None if which is None else (which, file.find(which))


def _stream_of(
    file: File, catalog: Object, values: Mapping[bytes, syntax.Span]
) -> tuple[int, Object] | None:
    which = _reference(catalog.source, values.get(b"Metadata"))
    return None if which is None else (which, file.find(which))


def _reference(source: bytes, span: syntax.Span | None) -> int | None:
    return None if span is None else syntax.reference(source, span[0])


def _text(source: bytes, span: syntax.Span) -> str:
    return syntax.text(source, span) if source[span[0] : span[0] + 1] in {b"(", b"<"} else ""


def _is_signed_by_c2pa(file: File, catalog: Object, values: Mapping[bytes, syntax.Span]) -> bool:
    """Tell whether a file associated with the document is a manifest (C2PA 2.4, A.4)."""
    if _MANIFEST in file.data:
        return True
    span = values.get(b"AF")
    attached = syntax.references(catalog.source, span) if span else iter(())
    for which in islice(attached, _MOST_ATTACHED):
        one = file.find(which)
        if _MANIFEST in one.source[one.start : syntax.end_of(one.source, one.start)]:
            return True
    return False
