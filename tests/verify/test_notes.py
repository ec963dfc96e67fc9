"""Keys and signed notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from guardrail.evidence import Checkpoint, sign_checkpoint, verifier
from guardrail.evidence.cosignature import cosign, cosigner
from guardrail.verify import (
    Report,
    Unreadable,
    notes,
    verify_log,
)

if TYPE_CHECKING:
    from tests.verify.conftest import Story


def said(report: Report) -> list[str]:
    return [f"{one.where}: {one.what}" for one in report.problems]


@pytest.mark.parametrize(
    "vkey",
    ["", "guardrail", "guardrail+00000000+AAAA", "a+b+c", "guardrail+01020304+AQ" + "A" * 42],
)
def test_what_is_no_key_cant_be_checked_with(finished: Story, vkey: str) -> None:
    with pytest.raises(Unreadable, match="--vkey"):
        verify_log(finished.objects, vkey)


def test_another_shards_key_statement_is_no_statement(finished: Story) -> None:
    held = finished.objects.held
    held["2027h1/key"] = held["2026h2/key"]
    assert said(verify_log(finished.objects, finished.vkey)) == [
        "2027h1/key: it states another shard's key"
    ]


@given(st.text("abc./-", min_size=1, max_size=20), st.binary(min_size=32, max_size=32), st.data())
def test_every_key_is_written_as_the_product_writes_it_and_no_other_text_is_one(
    name: str, seed: bytes, data: st.DataObject
) -> None:
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    for written in (str(verifier(name, public)), str(cosigner(name, public))):
        key = notes.read_vkey(written)
        assert (key.name, key.public, key.vkey) == (name, public.public_bytes_raw(), written)
        at = data.draw(st.integers(0, len(written) - 1))
        other = data.draw(st.sampled_from("+/=aZ0 "))
        false = written[:at] + other + written[at + 1 :]
        if false.strip() != written:
            with pytest.raises(ValueError, match=r"^(this|it)\b"):
                notes.read_vkey(false)


def test_a_note_that_a_key_signed_tells_when_and_one_it_didnt_sign_tells_nothing() -> None:
    signer = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
    checkpoint = Checkpoint(origin="log", size=7, root=bytes(32))
    note = sign_checkpoint(checkpoint, name="log", signer=signer)
    log = notes.read_vkey(str(verifier("log", signer.public_key())))
    witness = notes.read_vkey(str(cosigner("w", signer.public_key())))
    assert (notes.signed_at(note, log), notes.signed_at(note, witness)) == (0, None)
    for time in (9, 3):
        note += cosign(checkpoint, "w", signer, time).encode()
    assert notes.signed_at(note, witness) == 9
    assert notes.open_checkpoint(note, log) == ("log", 7, bytes(32))
    with pytest.raises(ValueError, match="the signature of log doesn't verify"):
        notes.signed_at(note.replace(b"\n7\n", b"\n8\n"), log)


def test_a_note_past_its_bound_isnt_read() -> None:
    with pytest.raises(ValueError, match="too large"):
        notes.note_parts(bytes(notes.NOTE_LIMIT + 1))
