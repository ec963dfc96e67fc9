"""What looks for leaks finds every spelling of a planted value, and nothing where there is none."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect import TextDetector
from guardrail.detect.text.recognizers import RECOGNIZERS
from guardrail.testing.leaks import NAME, Planted, iin


def zipped(text: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner", gzip.compress(text.encode()))
    return made.getvalue()


SPELT: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "lower case": lambda text: text.lower().encode(),
    "upper case": lambda text: text.upper().encode(),
    "as JSON": lambda text: json.dumps(text).encode(),
    "all escaped": lambda text: "".join(f"\\u{ord(one):04X}" for one in text).encode(),
    "for a URL": lambda text: quote(text).encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16 the other way": lambda text: text.encode("utf-16-be"),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64, second place": lambda text: base64.urlsafe_b64encode(b"x" + text.encode()),
    "base64, third place": lambda text: base64.b64encode(b"xy" + text.encode()),
    "hex": lambda text: text.encode().hex().encode(),
    "gzip": lambda text: gzip.compress(text.encode()),
    "zip": zipped,
    "PDF": lambda text: b"%PDF-1.7 stream\n" + zlib.compress(text.encode()) + b"\nendstream",
}


@pytest.mark.parametrize("spell", SPELT.values(), ids=SPELT)
@pytest.mark.parametrize("part", ["word", "name"])
def test_a_planted_value_is_found_however_it_is_spelt(
    spell: Callable[[str], bytes], part: str
) -> None:
    planted = Planted()
    value = planted.word() if part == "word" else NAME
    assert planted.leaks(spell(f'{{"a": "{value}"}}'))


@pytest.mark.parametrize("shape", ["{}", "{:.4}-{}", "n={};", "+{}"])
def test_a_number_that_was_planted_is_found(shape: str) -> None:
    planted = Planted()
    planted.text()
    number = iin(1)
    assert planted.leaks(shape.format(number, number).encode())
    assert planted.leaks(b'{"x":"' + b" ".join(number[at : at + 3].encode() for at in (0, 3, 6, 9)))
    assert not planted.leaks(iin(2).encode())


@given(st.binary(max_size=30), st.binary(max_size=30))
def test_a_word_in_base64_is_found_between_any_bytes(before: bytes, after: bytes) -> None:
    planted = Planted()
    held = base64.b64encode(before + planted.word().encode() + after)
    assert planted.leaks(held)


@given(st.binary(max_size=200))
def test_nothing_is_found_where_nothing_was_planted(data: bytes) -> None:
    assert not Planted().leaks(data)


def test_each_text_has_values_that_detectors_know_and_none_has_anothers() -> None:
    planted = Planted()
    one, other = planted.text(), planted.text()
    detector = TextDetector([kind() for kind in RECOGNIZERS], memo_key=b"")
    found = {finding.entity for finding in detector.find(one)}
    assert {"KZ_IIN", "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD"} <= found
    assert one.split()[0] != other.split()[0]
    assert iin(1) in one
    assert iin(1) not in other
