from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.templates.xml_root import root_of, text_of


@pytest.mark.parametrize(
    ("document", "root"),
    [
        (b"<a/>", "a"),
        (b'<?xml version="1.0"?>\n<!-- <b> --><p:a x="1">', "a"),
        (b"\xef\xbb\xbf<!DOCTYPE a [<!ENTITY e '&x;'>]><a>", "a"),
        ("<a>".encode("utf-16"), "a"),
        ("<a>".encode("utf-16-be"), "a"),
        (b"text <a>", ""),
        (b"<", ""),
        (b"", ""),
        (b"<!-- never closed <a>", ""),
    ],
)
def test_the_root_is_the_first_element(document: bytes, root: str) -> None:
    assert root_of(document) == root


@given(st.binary(max_size=300))
def test_any_bytes_have_a_root_or_none(data: bytes) -> None:
    assert root_of(b"<" + data).isprintable()
    text_of(data)


def test_a_prolog_without_end_takes_no_time() -> None:
    assert root_of(b"<!--" + b"-" * 1_000_000) == ""
    assert root_of(b"<!DOCTYPE " * 100_000) == ""
