import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.errors import EvidenceError
from guardrail.evidence import (
    Checkpoint,
    leaf_hash,
    open_checkpoint,
    sign_checkpoint,
    sign_note,
    verifier,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
BY = verifier("guard.example", KEY.public_key())
CHECKPOINT = Checkpoint(origin="guard.example/w1", size=7, root=leaf_hash(b"root"))
ROOT = "A" * 43 + "="


def test_a_checkpoint_comes_back_as_it_was_signed() -> None:
    note = sign_checkpoint(CHECKPOINT, name=BY.name, signer=KEY)
    assert open_checkpoint(note, BY) == CHECKPOINT
    assert note.startswith(str(CHECKPOINT).encode() + "\n— guard.example ".encode())
    assert note.count(b"\n") == 5


@pytest.mark.parametrize(
    "text",
    [
        "origin\n1\n",
        f"origin\n01\n{ROOT}\n",
        f"origin\n-1\n{ROOT}\n",
        f"\n1\n{ROOT}\n",
        f"origin\n1\n{ROOT}\nextension\n",
        "origin\n1\n" + "A" * 42 + "B=\n",
    ],
)
def test_a_signed_note_that_isnt_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(EvidenceError, match="isn't"):
        open_checkpoint(sign_note(text, name=BY.name, signer=KEY), BY)
