from __future__ import annotations

import pytest

from guardrail.detect.media.oddities import oddities
from guardrail.detect.media.sniff import sniff
from guardrail.testing import formats

FORMATS = ("jpeg", "png", "gif", "webp")


def _odd(data: bytes) -> tuple[str, ...]:
    return oddities(data, sniff(data))


@pytest.mark.parametrize("name", formats.samples())
def test_a_plain_file_isnt_odd(name: str) -> None:
    assert _odd(formats.samples()[name]) == ()


@pytest.mark.parametrize("name", FORMATS)
def test_bytes_behind_the_end_are_odd(name: str) -> None:
    assert _odd(formats.samples()[name] + b"more") == ("trailing_data",)


@pytest.mark.parametrize("name", FORMATS)
def test_padding_behind_the_end_isnt_odd(name: str) -> None:
    assert _odd(formats.samples()[name] + bytes(512)) == ()


@pytest.mark.parametrize(
    "other",
    [
        b"PK\x03\x04\x14\0\0\0\x08\0abc",
        b"%PDF-1.4",
        b"<ScRiPt>",
        b"<!doctype HTML>",
        b"<?php ",
        b"\x7fELF\x02\x01\x01",
    ],
)
def test_another_formats_mark_inside_is_odd(other: bytes) -> None:
    assert _odd(formats.jpeg(xmp=b"<x>" + other)) == ("polyglot",)


def test_documents_and_text_hold_what_they_like() -> None:
    assert _odd(b"%PDF-1.7 <script> PK\x03\x04\x14\0\0\0\x08\0") == ()
    assert _odd(b"<script>") == ()


@pytest.mark.parametrize("name", FORMATS)
def test_every_truncation_is_looked_at_without_an_error(name: str) -> None:
    data = formats.samples()[name]
    for end in range(len(data)):
        _odd(data[:end])
