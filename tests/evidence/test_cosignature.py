import base64
import struct

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from guardrail.errors import EvidenceError
from guardrail.evidence import Checkpoint, leaf_hash, open_checkpoint, sign_checkpoint, verifier
from guardrail.evidence.cosignature import (
    Algorithm,
    cosign,
    cosign_ml_dsa,
    cosigned,
    cosigner,
    ml_dsa_key,
    parse_cosigner,
    second_signature,
)

LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LOG = verifier("guard.example/2026h2", LOG_KEY.public_key())
WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
WITNESS = cosigner("witness.example/w1", WITNESS_KEY.public_key())
QUANTUM_KEY = MLDSA44PrivateKey.from_seed_bytes(bytes(range(32)))
QUANTUM = cosigner("witness.example/w2", QUANTUM_KEY.public_key())
CHECKPOINT = Checkpoint(origin=LOG.name, size=20_852_163, root=leaf_hash(b"root"))
NOTE = sign_checkpoint(CHECKPOINT, name=LOG.name, signer=LOG_KEY)
WHEN = 1_679_315_147
ED25519_LINE = cosign(CHECKPOINT, WITNESS.name, WITNESS_KEY, WHEN)
QUANTUM_LINE = cosign_ml_dsa(CHECKPOINT, QUANTUM.name, QUANTUM_KEY, WHEN)
BOTH = NOTE + ED25519_LINE.encode() + QUANTUM_LINE.encode()


def signed_data(line: str) -> bytes:
    return base64.b64decode(line.split(" ")[2])


def test_both_kinds_of_cosignature_are_read_back_with_their_time() -> None:
    assert cosigned(BOTH, [WITNESS, QUANTUM]) == {WITNESS: WHEN, QUANTUM: WHEN}


def test_the_logs_own_signature_verifies_among_cosignatures() -> None:
    assert open_checkpoint(BOTH, LOG) == CHECKPOINT


def test_ed25519_signs_the_header_the_time_and_the_checkpoint() -> None:
    data = signed_data(ED25519_LINE)
    assert struct.unpack(">Q", data[4:12]) == (WHEN,)
    root = base64.b64encode(CHECKPOINT.root).decode()
    text = f"cosignature/v1\ntime 1679315147\nguard.example/2026h2\n20852163\n{root}\n"
    WITNESS_KEY.public_key().verify(data[12:], text.encode())


def test_ml_dsa_signs_the_structure_of_the_specification() -> None:
    data = signed_data(QUANTUM_LINE)
    assert len(data) == 4 + 8 + 2_420
    struct_signed = (
        b"subtree/v1\x0a\x00"
        b"\x12witness.example/w2"
        + struct.pack(">Q", WHEN)
        + b"\x14guard.example/2026h2"
        + struct.pack(">Q", 0)
        + struct.pack(">Q", 20_852_163)
        + CHECKPOINT.root
    )
    MLDSA44PublicKey.from_public_bytes(QUANTUM.key).verify(data[12:], struct_signed)


def test_the_same_key_has_another_id_in_each_role() -> None:
    as_log = verifier("name", WITNESS_KEY.public_key())
    as_witness = cosigner("name", WITNESS_KEY.public_key())
    assert as_log.key_id != as_witness.key_id


@pytest.mark.parametrize("one", [WITNESS, QUANTUM])
def test_a_vkey_comes_back_as_it_was(one: object) -> None:
    assert parse_cosigner(f"{one}\n") == one


def test_a_vkey_of_a_witness_in_the_world_is_read() -> None:
    known = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
    assert parse_cosigner(known).algorithm is Algorithm.ED25519
    assert str(parse_cosigner(known)) == known


def test_the_vkey_of_a_note_key_names_the_cosigner_with_that_key() -> None:
    as_note = str(verifier(WITNESS.name, WITNESS_KEY.public_key()))
    assert parse_cosigner(as_note) == WITNESS


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+00000000+",
        "name+00000000+!",
        str(WITNESS).replace("witness", "other"),
        str(WITNESS).replace("+B", "+A", 1),
        str(WITNESS) + "AA",
        str(QUANTUM)[:-8],
        "+" + str(WITNESS),
        "a b+00000000+BAAA",
    ],
)
def test_a_wrong_vkey_is_refused(vkey: str) -> None:
    with pytest.raises(EvidenceError, match="vkey"):
        parse_cosigner(vkey)


def test_cosignatures_of_strangers_are_passed_over() -> None:
    assert cosigned(BOTH, []) == {}
    assert cosigned(NOTE, [WITNESS]) == {}


@pytest.mark.parametrize("line", [ED25519_LINE, QUANTUM_LINE])
@pytest.mark.parametrize("at", [5, 11, 12, 60])
def test_a_changed_time_or_signature_is_refused(line: str, at: int) -> None:
    dash, name, _ = line.split(" ")
    data = bytearray(signed_data(line))
    data[at] ^= 1
    changed = f"{dash} {name} {base64.b64encode(data).decode()}\n"
    with pytest.raises(EvidenceError, match="cosignature"):
        cosigned(NOTE + changed.encode(), [WITNESS, QUANTUM])


def test_a_cosignature_of_another_tree_is_refused() -> None:
    other = Checkpoint(origin=LOG.name, size=CHECKPOINT.size, root=leaf_hash(b"another"))
    line = cosign(other, WITNESS.name, WITNESS_KEY, WHEN)
    with pytest.raises(EvidenceError, match="doesn't verify"):
        cosigned(NOTE + line.encode(), [WITNESS])


@pytest.mark.parametrize("cut", [4, 70])
def test_a_cosignature_of_another_length_is_refused(cut: int) -> None:
    data = signed_data(ED25519_LINE)[: 4 + cut]
    line = f"— {WITNESS.name} {base64.b64encode(data).decode()}\n"
    with pytest.raises(EvidenceError, match="malformed"):
        cosigned(NOTE + line.encode(), [WITNESS])


def test_a_cosignature_without_a_time_is_refused() -> None:
    line = cosign(CHECKPOINT, WITNESS.name, WITNESS_KEY, 0)
    with pytest.raises(EvidenceError, match="malformed"):
        cosigned(NOTE + line.encode(), [WITNESS])


@pytest.mark.parametrize("name", ["", "a b", "a+b", "ә" * 128])
def test_an_unfit_name_is_refused(name: str) -> None:
    with pytest.raises(EvidenceError, match="name"):
        cosign(CHECKPOINT, name, WITNESS_KEY, WHEN)


def test_an_origin_that_ml_dsa_has_no_room_for_is_refused() -> None:
    long = Checkpoint(origin="x" * 256, size=1, root=CHECKPOINT.root)
    with pytest.raises(EvidenceError, match="255 bytes"):
        cosign_ml_dsa(long, QUANTUM.name, QUANTUM_KEY, WHEN)


def test_a_log_signs_a_second_time_under_its_own_name_with_its_shards_key() -> None:
    asked: list[str] = []

    def key_of(shard: str) -> Ed25519PrivateKey:
        asked.append(shard)
        return LOG_KEY

    line = second_signature(key_of)(CHECKPOINT, WHEN)
    own = cosigner(LOG.name, ml_dsa_key(LOG_KEY).public_key())
    assert cosigned(NOTE + line, [own]) == {own: WHEN}
    assert asked == ["2026h2"]


def test_a_log_key_always_has_the_same_ml_dsa_key_and_another_has_another() -> None:
    once, again = (ml_dsa_key(LOG_KEY).public_key().public_bytes_raw() for _ in range(2))
    assert once == again
    assert once != ml_dsa_key(WITNESS_KEY).public_key().public_bytes_raw()
    line = cosign_ml_dsa(CHECKPOINT, LOG.name, ml_dsa_key(LOG_KEY), WHEN)
    own = cosigner(LOG.name, ml_dsa_key(LOG_KEY).public_key())
    assert cosigned(NOTE + line.encode(), [own]) == {own: WHEN}
