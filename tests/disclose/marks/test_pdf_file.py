from __future__ import annotations

import re
import zlib
from collections.abc import Callable

import pytest

from guardrail.disclose.marks import Unmarkable
from guardrail.disclose.marks.pdf_file import File

PREDICTED = b"/Filter/FlateDecode/DecodeParms<</Predictor %b>>"


def _file(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """Return a document with a plain table."""
    data, places = b"%PDF-1.4\n", []
    for which, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (which, body)
    lines = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    size = b"/Size %d" % (len(objects) + 1)
    end = b"trailer\n<<%b%b>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, len(data))
    return data + head + lines + end


def _stream(body: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d%b>>\nstream\r\n%b\nendstream" % (len(body), more, body)


def test_objects_are_found_by_either_kind_of_table(
    samples: dict[str, bytes], packed_pdf: Callable[..., bytes]
) -> None:
    for data in (_file(b"<</Type/Catalog>>"), packed_pdf()):
        file = File(data)
        values, _ = file.find(1).dictionary()
        assert b"Type" in values
    assert File(packed_pdf()).newest.widths == (1, 4, 2)
    assert File(samples["pdf"]).newest.widths is None


def test_an_update_counts_before_what_it_updates() -> None:
    old = _file(b"<</A 1>>", b"<</B 1>>")
    start = old.rindex(b"xref\n0")
    update = b"1 0 obj\n<</A 2>>\nendobj\n"
    table = b"xref\n1 1\n%010d 00000 n \ntrailer\n<</Size 3/Root 1 0 R/Prev %d>>\n" % (
        len(old),
        start,
    )
    data = old + update + table + b"startxref\n%d\n%%%%EOF\n" % (len(old) + len(update))
    file = File(data)
    one = file.find(1)
    assert data[one.start :].startswith(b"<</A 2>>")
    assert b"B" in file.find(2).dictionary()[0]


def test_streams_are_unpacked_whatever_states_their_length() -> None:
    packed = zlib.compress(b"text")
    data = _file(
        b"<</Type/Catalog>>",
        _stream(b"text"),
        _stream(packed, b"/Filter[/FlateDecode]"),
        b"<</Length 5 0 R>>\nstream\ntext\nendstream",
        b"4",
        _stream(
            zlib.compress(b"\0te\0xt"),
            b"/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 2>>",
        ),
        _stream(packed, b"/Filter/FlateDecode/DecodeParms<</Predictor 1>>"),
        _stream(packed, b"/Filter/FlateDecode/DecodeParms null"),
    )
    file = File(data)
    assert {file.content(file.find(which)) for which in (2, 3, 4, 6, 7, 8)} == {b"text"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<</Length 4>>\nnothing", "broken_pdf"),
        (b"<</Length 3>>\nstream\ntext\nendstream", "broken_pdf"),
        (b"<</Length 9 0 R>>\nstream\ntext\nendstream", "broken_pdf"),
        (b"<</Length 99999>>\nstream\ntext", "truncated"),
        (_stream(b"text", b"/Filter/LZWDecode"), "filter_not_readable"),
        (_stream(b"text", b"/Filter/FlateDecode"), "broken_pdf"),
        (_stream(zlib.compress(b"\1ab"), PREDICTED % b"11/Columns 2"),
         "filter_not_readable"),
        (_stream(zlib.compress(b"ab"), b"/Filter/FlateDecode/DecodeParms<</Predictor 2>>"),
         "filter_not_readable"),
        (_stream(zlib.compress(b"ab"), PREDICTED % b"12/Colors 3"),
         "filter_not_readable"),
    ],
)  # fmt: skip
def test_a_broken_stream_isnt_unpacked(body: bytes, reason: str) -> None:
    file = File(_file(body))
    with pytest.raises(Unmarkable, match=reason):
        file.content(file.find(1))


def test_what_is_unpacked_is_bounded_in_all() -> None:
    packed = _stream(zlib.compress(bytes(40 << 20)), b"/Filter/FlateDecode")
    file = File(_file(packed))
    file.content(file.find(1))
    with pytest.raises(Unmarkable, match="too_much_unpacked"):
        file.content(file.find(1))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((rb"%PDF", b"%PDX"), "broken_pdf"),
        ((rb"startxref\n\d+", b"startxref\n7"), "broken_pdf"),
        ((rb"startxref", b"startx"), "broken_pdf"),
        ((rb"trailer", b"trail"), "broken_pdf"),
        ((rb"/Root", b"/Encrypt 1 0 R/Root"), "encrypted"),
        ((rb"/Root", b"/Prev 9999/Root"), "broken_pdf"),
        ((rb"0 2\n", b"0 9999\n"), "broken_pdf"),
        ((rb"0 2\n", b"1 1\n"), "broken_pdf"),
        ((rb" 00000 n ", b" 0000x n "), "broken_pdf"),
        ((rb"1 0 obj", b"2 0 obj"), "broken_pdf"),
    ],
)
def test_a_broken_file_isnt_read(change: tuple[bytes, bytes], reason: str) -> None:
    data = re.sub(change[0], change[1], _file(b"<</Type/Catalog>>"))
    with pytest.raises(Unmarkable, match=reason):
        File(data).find(1)


def test_an_object_that_no_table_names_or_that_is_free_isnt_there() -> None:
    file = File(_file(b"<<>>"))
    for which in (0, 9):
        with pytest.raises(Unmarkable, match="broken_pdf"):
            file.find(which)


def test_sections_that_go_round_are_read_once() -> None:
    plain = _file(b"<<>>")
    start = plain.index(b"xref\n0")
    data = plain.replace(b"/Root", b"/Prev %d/Root" % start)
    assert len(File(data).sections) == 1


def test_sections_that_lie_in_each_other_are_few() -> None:
    nested = b"".join(b"xref trailer<</Prev %08d/A(" % (9 + 28 * (at + 1)) for at in range(600))
    data = b"%PDF-1.4\n" + nested + b")" + b">>" * 9 + b"\nstartxref\n9\n%%EOF"
    with pytest.raises(Unmarkable, match=r"broken_pdf|too_many_parts"):
        File(data)
