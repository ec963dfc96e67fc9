import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence import NOTE_LIMIT, open_note, parse_vkey, sign_note, verifier

# The example of golang.org/x/mod/sumdb/note.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = (
    f"{GO_TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgK"
    "vqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OURS = verifier("guard.example/log", KEY.public_key())
NOTE = sign_note("one\n\ntwo\n", name=OURS.name, signer=KEY)


def go_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(GO_SKEY.split("+", 4)[4])[1:])


def test_a_note_of_go_opens() -> None:
    assert open_note(GO_NOTE, parse_vkey(GO_VKEY)) == GO_TEXT


def test_our_note_is_the_one_that_go_makes() -> None:
    assert sign_note(GO_TEXT, name="PeterNeumann", signer=go_key()) == GO_NOTE
    assert str(verifier("PeterNeumann", go_key().public_key())) == GO_VKEY


def test_a_text_with_empty_lines_opens() -> None:
    assert open_note(NOTE, parse_vkey(str(OURS))) == "one\n\ntwo\n"


@pytest.mark.parametrize("at", range(len(NOTE)))
def test_a_note_with_any_flipped_byte_is_refused(at: int) -> None:
    for bit in range(8):
        flipped = NOTE[:at] + bytes([NOTE[at] ^ 1 << bit]) + NOTE[at + 1 :]
        with pytest.raises(EvidenceError):
            open_note(flipped, OURS)


def test_a_note_cut_anywhere_is_refused() -> None:
    for end in range(len(NOTE)):
        with pytest.raises(EvidenceError):
            open_note(NOTE[:end], OURS)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_by_our_error_alone(data: bytes) -> None:
    with pytest.raises(EvidenceError):
        open_note(data, OURS)


def test_signatures_of_others_are_passed_over() -> None:
    witness = sign_note("one\n\ntwo\n", name="witness", signer=go_key()).rsplit(b"\n\n", 1)[1]
    assert open_note(NOTE + witness, OURS) == "one\n\ntwo\n"


@pytest.mark.parametrize(
    ("note", "why"),
    [
        (NOTE + b"x" * NOTE_LIMIT, "too large"),
        (NOTE + NOTE.rsplit(b"\n\n", 1)[1], "not signed by"),
        (GO_NOTE, "not signed by"),
        (NOTE + b"not a signature\n", "malformed"),
        (NOTE + "— someone AAAA\n".encode(), "malformed"),
        (NOTE + "— someone A=AA\n".encode(), "malformed"),
        (b"no signatures\n", "no text"),
        (b"\xff", "UTF-8"),
    ],
)
def test_what_is_wrong_with_a_note_is_said(note: bytes, why: str) -> None:
    with pytest.raises(EvidenceError, match=why):
        open_note(note, OURS)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+00000000+AAAA",
        GO_VKEY.replace("Peter", "Petra"),
        GO_VKEY.replace("c74f", "c74e"),
        GO_VKEY.replace("+AR", "+BR"),
        GO_VKEY + "!",
        "+" + GO_VKEY,
    ],
)
def test_a_wrong_vkey_is_refused(vkey: str) -> None:
    with pytest.raises(EvidenceError, match="vkey"):
        parse_vkey(vkey)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "x" * 257])
def test_an_unfit_key_name_is_refused(name: str) -> None:
    with pytest.raises(EvidenceError, match="name"):
        sign_note("text\n", name=name, signer=KEY)


@pytest.mark.parametrize("text", ["no newline", "a tab\t\n"])
def test_an_unfit_text_is_refused(text: str) -> None:
    with pytest.raises(EvidenceError, match="newline"):
        sign_note(text, name="name", signer=KEY)
