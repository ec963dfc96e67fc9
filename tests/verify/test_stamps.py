"""Time-stamps over anchors, by an authority that OpenSSL plays."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrail.evidence.checkpoint import parse_checkpoint
from guardrail.evidence.cosignature import cosign
from guardrail.evidence.note import note_parts
from guardrail.evidence.time_stamp import query
from guardrail.testing.time_authority import TimeAuthority
from guardrail.verify import (
    Asked,
    Report,
    verify_log,
)

if TYPE_CHECKING:
    from tests.verify.conftest import Story

SHARD = "2026h2"
WITNESS = Ed25519PrivateKey.from_private_bytes(b"w" * 32)


needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs OpenSSL")


def said(report: Report) -> list[str]:
    return [f"{one.where}: {one.what}" for one in report.problems]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TimeAuthority:
    return TimeAuthority(tmp_path_factory.mktemp("tsa"))


@needs_openssl
def test_a_time_stamp_over_an_anchor_is_told_even_after_a_witness_signed(
    anchored: Story, anchor: str, authority: TimeAuthority
) -> None:
    held = anchored.objects.held
    held[anchor.replace("note", "tsr")] = authority.answer(query(held[anchor], 7))
    checkpoint = parse_checkpoint(note_parts(held[anchor])[0])
    for _ in range(2):
        report = verify_log(anchored.objects, anchored.vkey)
        assert report.problems == ()
        assert report.copies == 2
        (note,) = report.notes
        assert note.what.startswith("time-stamps: 1, the last of 20")
        assert note.what.endswith("not checked (see --tsa-ca)")
        held[anchor] += cosign(checkpoint, "witness.example", WITNESS, 9).encode()


@needs_openssl
def test_a_time_stamps_signature_is_checked_by_openssl(
    anchored: Story, anchor: str, authority: TimeAuthority, tmp_path: Path
) -> None:
    held = anchored.objects.held
    stamp = anchor.replace("note", "tsr")
    held[stamp] = authority.answer(query(held[anchor], 7))
    right = Asked(tsa_ca=authority.root)
    assert verify_log(anchored.objects, anchored.vkey, right).ok
    other = TimeAuthority(tmp_path)
    wrong = f"{stamp}: its signature doesn't verify under these certificates"
    assert said(verify_log(anchored.objects, anchored.vkey, Asked(tsa_ca=other.root))) == [wrong]
    held[stamp] = held[stamp][:-1] + bytes([held[stamp][-1] ^ 1])
    assert said(verify_log(anchored.objects, anchored.vkey, right)) == [wrong]


@needs_openssl
def test_a_time_stamp_over_something_else_is_found(
    anchored: Story, anchor: str, authority: TimeAuthority
) -> None:
    stamp = anchor.replace("note", "tsr")
    anchored.objects.held[stamp] = authority.answer(query(b"a letter", 7))
    what = f"{stamp}: it stamps something else than its checkpoint"
    assert said(verify_log(anchored.objects, anchored.vkey)) == [what]
    del anchored.objects.held[anchor]
    assert said(verify_log(anchored.objects, anchored.vkey)) == [what]


@needs_openssl
def test_a_time_stamp_that_is_cut_anywhere_is_found(
    anchored: Story, anchor: str, authority: TimeAuthority
) -> None:
    stamp = anchor.replace("note", "tsr")
    whole = authority.answer(query(anchored.objects.held[anchor], 7))
    for end in range(0, len(whole), 7):
        anchored.objects.held[stamp] = whole[:end]
        assert said(verify_log(anchored.objects, anchored.vkey)) == [
            f"{stamp}: it isn't an RFC 3161 time-stamp"
        ]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_whatever_stands_for_a_time_stamp_nothing_breaks(
    anchored: Story, anchor: str, junk: bytes
) -> None:
    stamp = anchor.replace("note", "tsr")
    anchored.objects.held[stamp] = junk
    report = verify_log(anchored.objects, anchored.vkey)
    assert [one.where for one in report.problems] == [stamp]


def test_a_refused_time_stamp_is_none(anchored: Story, anchor: str) -> None:
    stamp = anchor.replace("note", "tsr")
    anchored.objects.held[stamp] = bytes.fromhex("30053003020102")
    assert [one.where for one in verify_log(anchored.objects, anchored.vkey).problems] == [stamp]
