"""Copies that left the house: anchors, receipts, and who cosigned."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrail.evidence import (
    verifier,
)
from guardrail.evidence.checkpoint import parse_checkpoint
from guardrail.evidence.cosignature import cosign, cosign_ml_dsa, cosigner, ml_dsa_key
from guardrail.evidence.note import note_parts
from guardrail.verify import (
    Asked,
    Report,
    Unreadable,
    verify_log,
)

if TYPE_CHECKING:
    from tests.verify.conftest import Story

SHARD = "2026h2"


WITNESS = Ed25519PrivateKey.from_private_bytes(b"w" * 32)


def said(report: Report) -> list[str]:
    return [f"{one.where}: {one.what}" for one in report.problems]


def test_an_anchor_of_a_log_that_went_on_is_fine(anchored: Story) -> None:
    report = verify_log(anchored.objects, anchored.vkey)
    assert (report.problems, report.copies) == ((), 1)


def test_an_anchor_under_another_size_is_found(anchored: Story, anchor: str) -> None:
    held = anchored.objects.held
    held[f"{SHARD}/anchors/4.note"] = held.pop(anchor)
    assert said(verify_log(anchored.objects, anchored.vkey)) == [
        f"{SHARD}/anchors/4.note: it isn't of the size that its name tells"
    ]


def test_an_anchor_that_somebody_else_signed_is_found(
    anchored: Story, anchor: str, new_story: type[Story]
) -> None:
    other = new_story("other")
    other.writer("w")
    other.tick()
    report = verify_log(
        anchored.objects, anchored.vkey, Asked(anchors=[("mine", other.note(SHARD))])
    )
    assert said(report) == [f"mine: it isn't signed by guardrail/{SHARD}"]


@pytest.mark.parametrize("copy", [b"", b"\xff", b"guardrail/2031h1\n1\nAAAA\n"])
def test_a_copy_of_no_shard_here_is_told(anchored: Story, copy: bytes) -> None:
    report = verify_log(anchored.objects, anchored.vkey, Asked(anchors=[("mine", copy)]))
    assert said(report) == ["mine: it is of no shard that is here"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_flipped_bit_in_an_anchor_is_found(
    anchored: Story, anchor: str, data: st.DataObject
) -> None:
    held = anchored.objects.held
    whole = held[anchor]
    at, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
    held[anchor] = whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :]
    try:
        assert [one.where for one in verify_log(anchored.objects, anchored.vkey).problems] == [
            anchor
        ]
    finally:
        held[anchor] = whole


@pytest.mark.parametrize("kind", ["Ed25519", "a note's key", "ML-DSA-44"])
def test_a_witness_that_cosigned_is_told_with_its_time(
    anchored: Story, anchor: str, kind: str
) -> None:
    held = anchored.objects.held
    checkpoint = parse_checkpoint(note_parts(held[anchor])[0])
    public = WITNESS.public_key()
    if kind == "ML-DSA-44":
        key = ml_dsa_key(WITNESS)
        vkey = str(cosigner("witness.example", key.public_key()))
        line = cosign_ml_dsa(checkpoint, "witness.example", key, 1_798_761_500)
    else:
        vkey = str((cosigner if kind == "Ed25519" else verifier)("witness.example", public))
        line = cosign(checkpoint, "witness.example", WITNESS, 1_798_761_500)
    asked = Asked(witnesses=[vkey])
    assert said(verify_log(anchored.objects, anchored.vkey, asked)) == [
        "log: nothing here is cosigned by witness.example"
    ]
    held[anchor] += line.encode()
    report = verify_log(anchored.objects, anchored.vkey, asked)
    assert report.problems == ()
    assert [(one.where, one.what) for one in report.notes] == [
        (
            f"{anchor} at {checkpoint.size} entries",
            "cosigned by witness.example at 1798761500 (Unix seconds)",
        )
    ]


def test_a_cosignature_over_another_tree_doesnt_verify(anchored: Story, anchor: str) -> None:
    held = anchored.objects.held
    checkpoint = parse_checkpoint(note_parts(anchored.note(SHARD))[0])
    held[anchor] += cosign(checkpoint, "witness.example", WITNESS, 1_798_761_500).encode()
    vkey = str(cosigner("witness.example", WITNESS.public_key()))
    assert said(verify_log(anchored.objects, anchored.vkey, Asked(witnesses=[vkey]))) == [
        f"{anchor}: the signature of witness.example doesn't verify",
        "log: nothing here is cosigned by witness.example",
    ]


def test_what_is_no_witnesss_key_cant_be_asked_for(anchored: Story) -> None:
    with pytest.raises(Unreadable, match="--witness"):
        verify_log(anchored.objects, anchored.vkey, Asked(witnesses=["me"]))


def test_a_receipt_holds_for_what_is_in_the_tree_and_for_what_waits(story: Story) -> None:
    writer = story.writer("w")
    receipts = [writer.answer("r-0")]
    story.tick()
    receipts.append(writer.answer("r-1"))
    writer.flush()
    report = verify_log(story.objects, story.vkey, Asked(receipts=receipts))
    assert (report.problems, report.waiting) == ((), 2)


@pytest.mark.parametrize("name", [": guardrail-receipt ", "Guardrail-Receipt: "])
def test_a_receipt_may_come_with_its_name(story: Story, name: str) -> None:
    receipt = name + story.writer("w").answer("r")
    story.tick()
    assert verify_log(story.objects, story.vkey, Asked(receipts=[receipt])).ok


def test_a_receipt_names_its_log_as_a_guards_header_does(story: Story) -> None:
    receipt = story.writer("w").answer("r").replace("guardrail/2026h2", "guardrail")
    story.tick()
    report = verify_log(story.objects, story.vkey, Asked(receipts=[receipt]))
    assert (report.problems, report.copies) == ((), 1)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (("h=", "h=00"), "it isn't the entry that a receipt was given for"),
        (("n=1", "n=7"), "its entry isn't in the log"),
        (("w=w", "w=v"), "its entry isn't in the log"),
        (("guardrail/", "another/"), "it is of another log, another/2026h2"),
    ],
)
def test_a_receipt_for_something_else_is_told(
    story: Story, change: tuple[str, str], what: str
) -> None:
    receipt = story.writer("w").answer("r").replace(*change)
    receipt = receipt[: len(receipt) - 2] if change[0] == "h=" else receipt
    story.tick()
    report = verify_log(story.objects, story.vkey, Asked(receipts=[receipt]))
    assert [one.what for one in report.problems] == [what]


@pytest.mark.parametrize(
    "text", ["", "guardrail/2026h2", "o;w=w;n=1;h=zz", "a b;w=w;n=1;h=" + "0" * 64]
)
def test_what_is_no_receipt_cant_be_checked(finished: Story, text: str) -> None:
    with pytest.raises(Unreadable, match="receipt"):
        verify_log(finished.objects, finished.vkey, Asked(receipts=[text]))


def test_an_anchor_in_the_logs_folder_finds_the_same(finished: Story) -> None:
    finished.keep_anchor("2026h2")
    assert verify_log(finished.objects, finished.vkey).copies == 1
    bodies = [one for one in finished.bodies("2026h2") if json.loads(one)["w"] != "w-two"]
    finished.forge("2026h2", bodies + bodies)
    report = verify_log(finished.objects, finished.vkey)
    assert any(one.where == "2026h2/anchors/339.note" for one in report.problems)
