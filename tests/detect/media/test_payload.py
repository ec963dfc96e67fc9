"""Every spelling of the same bytes is the same medium, and another can be put in its place."""

from __future__ import annotations

import textwrap
from base64 import b64encode
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.payload import Payload, from_base64, is_mixed, payload, respelt

BUDGET = Budget()
BYTES = st.binary(min_size=3, max_size=400)
PARAMETERS = st.sampled_from(
    ["", ";charset=utf-8", ";name=a.png", ";a=b;c=d", '; title="x"', ";CODECS=opus"]
)


def spelt(data: bytes, url_safe: bool, padded: bool, width: int, percent: bool) -> str:  # noqa: FBT001 - drawn
    text = b64encode(data).decode()
    if url_safe:
        text = text.replace("+", "-").replace("/", "_")
    if not padded:
        text = text.rstrip("=")
    if width:
        text = "\r\n".join(textwrap.wrap(text, width)) if width % 2 else text
        text = "\n".join(textwrap.wrap(text, width)) if not width % 2 else text
    return quote(text, safe="") if percent else text


SPELT = st.tuples(st.booleans(), st.booleans(), st.sampled_from([0, 61, 64, 76]), st.booleans())


@given(BYTES, SPELT)
def test_every_spelling_of_base64_is_the_same_bytes(
    data: bytes, how: tuple[bool, bool, int, bool]
) -> None:
    assert payload(spelt(data, *how), BUDGET) == Payload(data=data)


@given(BYTES, SPELT, PARAMETERS, st.sampled_from(["base64", "BASE64", " base64 ", "base64;x=y"]))
def test_a_data_url_tells_bytes_and_their_declared_type(
    data: bytes, how: tuple[bool, bool, int, bool], parameters: str, mark: str
) -> None:
    url = f"DATA:Image/PNG{parameters};{mark},{spelt(data, *how)}"
    assert payload(url, BUDGET) == Payload(data=data, declared="image/png")
    again = respelt(url, data[::-1] + b"\xfb\xff")
    assert again.startswith(url[: url.index(",") + 1])
    assert payload(again, BUDGET) == Payload(data=data[::-1] + b"\xfb\xff", declared="image/png")


@given(BYTES, st.booleans())
def test_a_data_url_without_base64_is_percent_encoded(data: bytes, whole: bool) -> None:  # noqa: FBT001 - drawn
    body = "".join(f"%{byte:02x}" for byte in data) if whole else quote(data, safe="")
    url = f"data:image/svg+xml;utf8,{body}"
    assert payload(url, BUDGET) == Payload(data=data, declared="image/svg+xml")
    assert payload(respelt(url, data * 2), BUDGET).data == data * 2


def test_a_data_url_that_declares_nothing_says_nothing() -> None:
    assert payload(" data:,A%20brief%20note", BUDGET) == Payload(data=b"A brief note")


@given(BYTES, BYTES, SPELT)
def test_what_is_put_in_its_place_is_spelt_in_the_same_manner(
    data: bytes, new: bytes, how: tuple[bool, bool, int, bool]
) -> None:
    held = spelt(data, *how)
    again = respelt(held, new)
    assert payload(again, BUDGET).data == new
    _, padded, width, percent = how
    if "-" in held or "_" in held:
        assert not {"+", "/"} & set(again)
    if len(data) % 3 and not padded:
        assert "=" not in again
        assert "%3D" not in again
    if percent:
        assert set("+/=\n").isdisjoint(again) or "%" not in held
    lines = held.splitlines()
    if len(lines) > 1:
        assert all(len(line) == width for line in again.splitlines()[:-1])


@given(BYTES)
def test_the_same_bytes_are_spelt_as_they_were(data: bytes) -> None:
    for url_safe, padded, width in [(False, True, 0), (True, True, 76), (True, False, 0)]:
        held = spelt(data, url_safe, padded, width, percent=False)
        if len(data) % 3 or padded:
            expected = held.replace("-", "+").replace("_", "/")
            assert respelt(held, data).replace("-", "+").replace("_", "/") == expected


def test_a_line_break_at_the_end_stays() -> None:
    assert respelt("AAAA\r\nAAAA\r\n", b"\0" * 8) == "AAAA\r\nAAAA\r\nAAA=\r\n"


@given(BYTES)
def test_bytes_stay_bytes(data: bytes) -> None:
    assert payload(data, BUDGET) == Payload(data=data)
    assert respelt(b"x", data).encode("latin-1") == data


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!!!",
        "{'not': 'it'} ... (,,,)",
        "data:image/png;base64,",
        "AA==/9j/4AAQ",
        "AAA=\nAAAA",
        "AA-A/AAA",
        "AA_A+AAA",
        "%FF%FE%",
    ],
)
def test_what_no_reader_or_each_reads_otherwise_is_no_base64(text: str) -> None:
    with pytest.raises(Uninspectable) as caught:
        payload(text, BUDGET)
    assert caught.value.reason == "not_base64"


ANY = st.text(st.characters(exclude_categories=()), max_size=300)


@given(ANY | ANY.map("data:,%41".__add__) | st.text("AZaz09+/-_=%\r\n ,;:dat", max_size=300))
def test_every_text_is_bytes_or_none(text: str) -> None:
    try:
        said = payload(text, BUDGET)
    except Uninspectable as verdict:
        said = Payload(data=verdict.reason.encode())
    assert isinstance(said.data, bytes)


def test_a_last_character_alone_holds_no_byte() -> None:
    assert from_base64("AAAAA") == b"\0\0\0"
    with pytest.raises(Uninspectable):
        from_base64("=")


def test_no_encoder_mixes_alphabets() -> None:
    assert is_mixed("a+b_c")
    assert is_mixed("a/b-c")
    assert not is_mixed("a+b/c")
    assert not is_mixed("a-b_c")


@pytest.mark.parametrize(
    "held",
    [
        b"x" * 11,
        b64encode(b"x" * 11).decode(),
        "data:a/b," + "x" * 11,
        "A" * 5_000,
        "data:a/b," + "%41" * 5_000,
    ],
)
def test_what_is_over_the_bound_is_told_before_and_after_decoding(held: bytes | str) -> None:
    with pytest.raises(Uninspectable) as caught:
        payload(held, Budget(encoded_bytes=10))
    assert caught.value.reason == "too_large"
    assert payload(b"x" * 10, Budget(encoded_bytes=10)).data == b"x" * 10
    escaped = quote(b64encode(b"\xff" * 10).decode(), safe="")
    assert len(payload(escaped, Budget(encoded_bytes=10)).data) == 10
