from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any
from unicodedata import normalize

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from guardrail.disclose import LabelSigner, Signed, Texts, hash_of, headers, label, read_signed
from guardrail.disclose.signature import (
    MOST_TEXTS,
    TextHash,
    hash_of_octets,
    message,
    verify,
)
from guardrail.facts import Label

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
SIGNER = LabelSigner(KEY, "kid-1")
LABEL = label(id="urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10", created=1763787600)
ANYTHING = st.text(st.characters())
MARKS = "a\u0301e\u0302\u0308 \u1100\u1161\u11a8\u0439\u0438\u0306\u0344 zкә\u4e2d\uac00\u11a8"
SPELT = st.text(st.sampled_from(MARKS), max_size=30)
"""Letters that come in two spellings, and the marks that they are spelt with."""


def signed(*texts: str) -> Signed:
    return SIGNER.sign(LABEL, hash_of(texts))


def holds(one: Signed, *texts: str) -> bool:
    return verify(one, texts, KEY.public_key())


@given(st.lists(ANYTHING, max_size=4))
def test_every_text_is_found_as_it_was_signed(texts: list[str]) -> None:
    assert holds(signed(*texts), *texts)


@given(ANYTHING, st.data())
def test_every_changed_character_is_found(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    other = data.draw(st.characters())
    changed = text[:at] + other + text[at + 1 :]
    same = normalize("NFC", changed) == normalize("NFC", text)
    assert holds(signed(text), changed) == same


@given(st.text() | SPELT, st.text() | SPELT)
def test_every_text_is_hashed_alike_as_letters_and_as_octets(before: str, end: str) -> None:
    whole = (before + end).encode()
    assert hash_of_octets(whole) == hash_of([before + end])
    assert hash_of_octets(whole, ends=(end, end.encode())) == hash_of([before + end])


def test_a_letter_isnt_cut_from_its_mark_where_a_texts_end_is_known() -> None:
    end = "\u0301 said"
    assert hash_of_octets(f"e{end}".encode(), ends=(end, end.encode())) == hash_of(["\u00e9 said"])


def test_what_isnt_utf_8_has_no_hash_of_octets() -> None:
    with pytest.raises(UnicodeDecodeError):
        hash_of_octets(b"\xff")


@given(ANYTHING, st.data())
def test_no_text_flows_into_the_next_one(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    assert not holds(signed(text[:at], text[at:]), text)
    assert holds(signed(text[:at], text[at:]), text[at:], text[:at]) == (
        normalize("NFC", text[:at]) == normalize("NFC", text[at:])
    )


@pytest.mark.parametrize(
    "change", [{"id": "urn:x"}, {"level": "none"}, {"kind": "synthetic"}, {"created": 1763787601}]
)
def test_a_changed_label_is_found(change: dict[str, Any]) -> None:
    one = signed("Сәлем")
    assert not holds(one._replace(label=replace(LABEL, **change)), "Сәлем")


def test_another_key_and_a_broken_signature_are_found() -> None:
    one = signed("a")
    assert not verify(one, ["a"], Ed25519PrivateKey.generate().public_key())
    assert not holds(one._replace(signature=b""), "a")
    assert not holds(one._replace(signature=bytes(64)), "a")


def test_two_spellings_of_a_letter_are_one() -> None:
    assert holds(signed("Й"), "Й")
    assert holds(signed("Й"), "Й")


def test_what_is_signed_reads_as_documented() -> None:
    inner = hashlib.sha256("Сәлем".encode()).digest()
    assert message(LABEL, hash_of(["Сәлем"])) == (
        b"guardrail-label-1\n"
        b"urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10\n"
        b"ai-generated\n"
        b"result\n"
        b"1763787600\n" + hashlib.sha256(inner).hexdigest().encode() + b"\n"
    )


@pytest.mark.parametrize("bad", ["", "two words", "a\nb", "ә", "x" * 257])
def test_an_id_that_could_end_its_line_isnt_signed(bad: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        SIGNER.sign(Label(id=bad, level="ai-generated", kind="result"), "00")


@given(SPELT | ANYTHING, st.data())
def test_every_way_to_cut_a_text_gives_the_same_hash(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    told, whole = TextHash(), hashlib.sha256()
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        told.feed(text[start:end])
    whole.update(normalize("NFC", text).encode("utf-8", "surrogatepass"))
    assert told.digest() == whole.digest()


def test_what_is_asked_between_pieces_changes_nothing() -> None:
    told = TextHash()
    told.feed("e")
    told.digest()
    told.feed("\u0301")
    assert told.digest() == hashlib.sha256("é".encode()).digest()


@given(st.lists(st.tuples(st.sampled_from("abc"), SPELT), max_size=12))
def test_every_mixture_of_channels_hashes_as_their_texts(pieces: list[tuple[str, str]]) -> None:
    told = Texts()
    whole: dict[str, str] = {}
    for channel, piece in pieces:
        told.feed(channel, piece)
        whole[channel] = whole.get(channel, "") + piece
    assert told.sha256 == (hash_of(whole.values()) if whole else "")


def test_too_many_texts_have_no_hash() -> None:
    told = Texts()
    for number in range(MOST_TEXTS):
        told.feed(str(number), "a")
    assert told.sha256
    told.feed("one more", "a")
    assert not told.sha256


def test_the_public_half_is_a_web_key() -> None:
    assert OKPKey.import_key(dict(SIGNER.public)).public_key == KEY.public_key()
    assert "d" not in SIGNER.public
    assert SIGNER.public["kid"] == "kid-1"


@given(st.uuids(), st.sampled_from(["result", "synthetic"]), st.integers(0, 10**15 - 1), ANYTHING)
def test_every_signed_label_is_read_from_its_headers(
    uuid: object, kind: str, created: int, text: str
) -> None:
    made = label(id=f"urn:uuid:{uuid}", kind=kind, created=created)
    one = SIGNER.sign(made, hash_of([text]))
    read = read_signed(headers(made, signed=one))
    assert read is not None
    assert read.kid == "kid-1"
    assert verify(read, [text], KEY.public_key())


@pytest.mark.parametrize(
    "field",
    [
        b'id="urn:x", level=ai-generated, class=result',
        b'id="urn:x", level=ai-generated, class=result, created=5, sig=:?:',
        b'id="urn:x", level=ai-generated, class=result, created=5, sig=AAAA',
        b'id="urn:x", level=ai-generated, class=result, created=x, sig=:AAAA:',
        b'id="urn:x", level=human, class=result, created=5, sig=:AAAA:',
    ],
)
def test_a_label_without_a_signature_that_can_be_read_is_unsigned(field: bytes) -> None:
    assert read_signed(((b"guardrail-label", field),)) is None
