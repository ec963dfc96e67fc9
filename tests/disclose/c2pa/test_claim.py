"""Who holds the key signs claims of ours alone, about the label that it knows of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.c2pa.certificates import Development, development, from_chain
from guardrail.disclose.c2pa.claim import MOST_BYTES, NotAClaimError, checked
from guardrail.disclose.c2pa.library import Unsigned
from guardrail.disclose.c2pa.manifest import Generator
from guardrail.disclose.c2pa.signer import Signer, sign
from guardrail.facts import Label

KINDS: dict[str, Callable[[], ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey]] = {
    "es256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "es384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "es512": lambda: ec.generate_private_key(ec.SECP521R1()),
    "ps256": lambda: rsa.generate_private_key(65537, 2048),
}


class Collector:
    """Is asked to sign, and doesn't."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []

    def __call__(self, message: bytes) -> bytes:
        self.asked.append(message)
        raise TimeoutError


def to_sign(
    data: bytes, mime: str, said: Label, signer: Signer, now: datetime, *, embed: bool = True
) -> bytes:
    """Return what the library would have signed, and that it is asked for it once."""
    collector = Collector()
    public = tuple(from_chain(one.chain, None) for one in signer.credentials)
    with pytest.raises(Unsigned, match="signer_failed"):
        sign(
            data,
            mime,
            said,
            replace(signer, credentials=public, remote=collector),
            now,
            embed=embed,
        )
    [message] = collector.asked
    return message


def why_not(message: bytes, signer: Signer, label_id: str) -> str:
    with pytest.raises(NotAClaimError) as caught:
        checked(message, signer.credentials, signer.generator, label_id)
    assert str(caught.value) == caught.value.reason
    return caught.value.reason


@pytest.fixture
def message(picture: Callable[[str], bytes], signer: Signer, said: Label, now: datetime) -> bytes:
    return to_sign(picture("PNG"), "image/png", said, signer, now)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "PDF", "beside"])
def test_what_the_library_wants_signed_of_a_label_is_a_claim_of_it(
    form: str, picture: Callable[[str], bytes], signer: Signer, said: Label, now: datetime
) -> None:
    kinds = {"PDF": "application/pdf", "beside": "audio/ogg"}
    mime = kinds.get(form, f"image/{form.lower()}")
    data = b"OggS" if form == "beside" else picture(form)
    message = to_sign(data, mime, said, signer, now, embed=form != "beside")
    found = checked(message, signer.credentials, signer.generator, said.id)
    assert found.credential == signer.credentials[0]
    assert found.protected in message
    assert why_not(message, signer, "urn:uuid:00000000-0000-4000-8000-000000000000") == (
        "another_label"
    )


def test_where_there_was_a_manifest_the_new_one_has_a_name_that_isnt_known_before(
    picture: Callable[[str], bytes], signer: Signer, said: Label, now: datetime
) -> None:
    first = sign(picture("PNG"), "image/png", said, signer, now).data
    message = to_sign(first, "image/png", said, signer, now)
    assert said.id.removeprefix("urn:uuid:").encode() not in message
    found = checked(message, signer.credentials, signer.generator, said.id)
    assert found.credential == signer.credentials[0]


@pytest.mark.parametrize("kind", [*KINDS, "ed25519"])
@pytest.mark.parametrize("chained", [False, True])
def test_every_kind_of_key_and_chain_is_known_by_its_header(
    kind: str,
    chained: bool,  # noqa: FBT001 - a parameter of the test
    picture: Callable[[str], bytes],
    signer: Signer,
    said: Label,
    now: datetime,
) -> None:
    key = ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else KINDS[kind]()
    made = development(now, key=key)
    chain = made.credential.chain + (made.root if chained else b"")
    ours = replace(signer, credentials=(from_chain(chain, now),), anchors=made.root)
    message = to_sign(picture("JPEG"), "image/jpeg", said, ours, now)
    others = (*signer.credentials, *ours.credentials)
    assert checked(message, others, ours.generator, said.id).credential.algorithm == kind
    assert why_not(message, signer, said.id) == "another_certificate"


def test_of_two_certificates_the_one_is_found_that_the_header_names(
    message: bytes, made: Development, signer: Signer, said: Label, now: datetime
) -> None:
    next_one = development(now + timedelta(days=30)).credential
    both = (next_one, made.credential)
    assert checked(message, both, signer.generator, said.id).credential == made.credential


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (b"jSignature1", b"pCounterSignature", "not_a_claim"),
        (b"c2pa.actions.v2", b"c2pa.actions.v9", "not_disclosed"),
        (b"c2pa.ai-disclosure", b"c2pa.ai-disclosurf", "not_disclosed"),
        (b"guardrail.label", b"guardrail.lobel", "not_disclosed"),
        (b"c2pa.hash.data", b"c2pa.bash.data", "not_disclosed"),
        (b"self#jumbf=c2pa.assertions/", b"http#jumbf=c2pa.assertions/", "not_a_claim"),
        (b"dnameiguardrail", b"dnameisomebody1", "another_generator"),
        (b"gversion", b"gversiom", "another_generator"),
        (b"isignature", b"isignaturf", "another_label"),
        (b"/c2pa.signature", b"/c2pa.signaturf", "another_label"),
        (b"urn:c2pa:", b"urn:c2pb:", "another_label"),
        (b"UNTRUSTED", b"TRUSTED!!", "another_certificate"),
        (b"\x84j", b"\x83j", "not_a_claim"),
        (b"Y\x02", b"Y\x03", "not_a_claim"),
    ],
)
def test_what_isnt_a_claim_of_ours_isnt_signed(
    message: bytes, before: bytes, after: bytes, reason: str, signer: Signer, said: Label
) -> None:
    assert before in message
    assert why_not(message.replace(before, after), signer, said.id) == reason


def test_a_header_with_something_more_isnt_ours(
    message: bytes, signer: Signer, said: Label
) -> None:
    # Algorithm and chain stand behind each other: A2 01 26 18 21 59 ….
    at = message.index(b"\xa2\x01\x26\x18\x21")
    size = int.from_bytes(message[at - 2 : at], "big")
    more = b"\xa3\x03\x60" + message[at + 1 : at + size]
    changed = message[: at - 2] + (size + 2).to_bytes(2, "big") + more + message[at + size :]
    assert why_not(changed, signer, said.id) == "another_certificate"


@pytest.mark.parametrize(
    "raw",
    [b"", b"words", b"\xf6", b"\x84jSignature1@@@", b"\x84jSignature1A\xf6@A\xf6", b"\x84@@@@"],
)
def test_what_is_no_structure_at_all_isnt_signed(raw: bytes, signer: Signer, said: Label) -> None:
    assert why_not(raw, signer, said.id) == "not_a_claim"


def test_what_is_too_large_isnt_even_read(signer: Signer, said: Label) -> None:
    assert why_not(bytes(MOST_BYTES), signer, said.id) == "not_a_claim"
    assert why_not(bytes(MOST_BYTES + 1), signer, said.id) == "too_large"


@given(data=st.binary(max_size=300))
def test_nothing_that_is_made_up_is_signed(data: bytes) -> None:
    with pytest.raises(NotAClaimError):
        checked(data, (), Generator(), "urn:uuid:00000000-0000-4000-8000-000000000000")
