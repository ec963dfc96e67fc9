from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.wire import Html
from guardrail.wire.charsets import CHARSETS, page_codec
from guardrail.wire.media_types import MediaType, media_type

HTML = media_type("text/html")
WORDS = "<p>Ясно</p>".encode("cp1251")


def page(head: str) -> bytes:
    return f"<html><head>{head}</head>".encode() + WORDS


@pytest.mark.parametrize("codec", sorted(set(CHARSETS.values())))
def test_every_charset_has_ascii_in_its_place_and_one_byte_for_a_character(codec: str) -> None:
    for octet in range(256):
        letter = bytes([octet]).decode(codec, "replace")
        assert len(letter) == 1
        assert letter == "\ufffd" or letter.encode(codec) == bytes([octet])
        assert (letter == chr(octet)) or octet > 0x7F


@pytest.mark.parametrize(
    ("stated", "data", "codec"),
    [
        ("text/html; charset=windows-1251", WORDS, "cp1251"),
        ("text/html; charset=Windows-1251", WORDS, "cp1251"),
        ("text/html; charset=koi8-r", page('<meta charset="windows-1251">'), "koi8-r"),
        ("text/html", page('<meta charset="windows-1251">'), "cp1251"),
        ("text/html", page("<META CHARSET = CP1251>"), "cp1251"),
        (
            "text/html",
            page('<meta http-equiv="Content-Type" content="text/html; charset=kz-1048">'),
            "kz1048",
        ),
        ("text/html; charset=utf-8", page('<meta charset="windows-1251">'), ""),
        ("text/html", page(""), ""),
        ("text/html", page("<!--" + "-" * 1_024 + '--><meta charset="windows-1251">'), ""),
        ("text/html", page('<meta charset="utf-16">'), ""),
        ("text/html; charset=utf-16", WORDS, ""),
        ("text/html; charset=windows-1251", b"\x98", ""),
        ("text/html; charset=windows-1251", b"\xef\xbb\xbfa", ""),
        ("text/html", '<meta charset="windows-1251"><p>Ясно'.encode(), ""),
        ("text/html", b'<meta charset="windows-1251"><p>', "cp1251"),
    ],
)
def test_a_page_is_read_in_the_charset_that_browsers_read_it_in_or_not_at_all(
    stated: str, data: bytes, codec: str
) -> None:
    assert page_codec(media_type(stated), data) == codec


@given(st.binary(max_size=200), st.sampled_from(sorted(CHARSETS)))
def test_every_page_that_is_read_can_be_written_as_it_came(data: bytes, charset: str) -> None:
    media = MediaType(essence="text/html", parameters={"charset": charset})
    codec = page_codec(media, data)
    if codec:
        assert data.decode(codec).encode(codec) == data
        assert Html(codec=codec).patch(data, (), ()) == data
