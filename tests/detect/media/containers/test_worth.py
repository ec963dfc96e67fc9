from __future__ import annotations

import base64

import pytest

from guardrail.detect.media.containers.worth import is_worth_a_look

_BASE64 = base64.b64encode(bytes(400))


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.4",
        b"a\0b",
        b"\xff\xfe\xff",
        b"\xff\xff\xff",
        _BASE64,
        _BASE64.decode().encode("utf-16"),
        base64.encodebytes(bytes(400)),
        b"<svg>data:image/png,x</svg>",
    ],
    ids=["png", "pdf", "control", "utf16", "utf8", "base64", "wide", "lines", "address"],
)
def test_what_may_be_a_medium_or_hold_one_is_worth_a_look(data: bytes) -> None:
    assert is_worth_a_look(data)


@pytest.mark.parametrize(
    "data",
    [b"", b"a,b\n1,2\n", "Сәлем".encode(), "Сәлем".encode("utf-16"), b"<?xml version='1.0'?><a/>"],
    ids=["empty", "table", "kazakh", "wide", "xml"],
)
def test_plain_text_isnt(data: bytes) -> None:
    assert not is_worth_a_look(data)
