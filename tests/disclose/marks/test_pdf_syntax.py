from __future__ import annotations

import pytest

from guardrail.disclose.marks import Unmarkable
from guardrail.disclose.marks import pdf_syntax as syntax


@pytest.mark.parametrize(
    "written",
    [
        b"12", b"-1.5", b"true", b"12 0 R", b"/Na#6de", b"(a (b) \\( c)", b"<4 1>", b"[1 [2] (])]",
        b"<</A 1/B<</C(>>)>>>>", b"null", b"[ % ]\n ]",
    ],
)  # fmt: skip
def test_every_kind_of_object_ends_where_it_ends(written: bytes) -> None:
    assert syntax.end_of(written + b" /next", 0) == len(written)


def test_a_dictionarys_values_are_found_by_name() -> None:
    data = b"<< /A 1 0 R % comment /X 9\n /#42 [1 2 3]/C<</A 2>>>>"
    values, end = syntax.dictionary(data, 0)
    assert {name: data[slice(*span)] for name, span in values.items()} == {
        b"A": b"1 0 R",
        b"B": b"[1 2 3]",
        b"C": b"<</A 2>>",
    }
    assert end == len(data)
    assert syntax.reference(data, values[b"A"][0]) == 1
    assert syntax.reference(data, values[b"B"][0]) is None
    assert syntax.integers(data, values[b"B"]) == [1, 2, 3]
    assert list(syntax.references(data, (0, end))) == [1]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (b"(a\\(\\101\\n\\\nb\\\\)", "a(A\nb\\"),
        (b"<FEFF 0431>", "б"),
        (b"<4>", "@"),
        (b"(\xef\xbb\xbf\xd0\xb1)", "б"),
    ],
)
def test_strings_are_read_in_every_spelling(written: bytes, text: str) -> None:
    assert syntax.text(written, (0, len(written))) == text


def test_strings_are_written_so_that_they_are_read_back() -> None:
    written = syntax.string('{"a":"(\\)"}')
    assert syntax.text(written, (0, syntax.end_of(written, 0))) == '{"a":"(\\)"}'


@pytest.mark.parametrize(
    "data",
    [b"", b"<<", b"<</A>>", b"<</A 1", b"<<1 2>>", b"[1", b"(a", b"(\\", b"<xy>", b">>", b"{"],
)
def test_broken_objects_have_no_end(data: bytes) -> None:
    with pytest.raises(Unmarkable, match="broken_pdf"):
        syntax.end_of(data, 0)


def test_depth_and_length_are_bounded() -> None:
    with pytest.raises(Unmarkable, match="too_many_parts"):
        syntax.end_of(b"[" * 100 + b"]" * 100, 0)
    with pytest.raises(Unmarkable, match="too_many_parts"):
        syntax.integers(b"[" + b"1 " * (1 << 20) + b"]", (0, 2 << 20))


@pytest.mark.parametrize("data", [b"-1", b"1.5", b"", b"9" * 20])
def test_only_whole_numbers_are_numbers_of_places(data: bytes) -> None:
    with pytest.raises(Unmarkable, match="broken_pdf"):
        syntax.integer(data, (0, len(data)))
    with pytest.raises(Unmarkable, match="broken_pdf"):
        syntax.integers(b"[" + data.replace(b"1.5", b"a") + b" x]", (0, len(data) + 4))
