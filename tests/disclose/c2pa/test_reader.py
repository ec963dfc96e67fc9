from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from guardrail.disclose.c2pa.certificates import development
from guardrail.disclose.c2pa.library import context, library
from guardrail.disclose.c2pa.reader import Found, verify
from guardrail.disclose.c2pa.signer import Signer, sign
from guardrail.facts import Label

UNSURE = {"mark_invalid", "no_mark", "mark_elsewhere", "unsupported_format"}
KINDS = ("image/png", "image/jpeg", "image/webp", "audio/wav", "application/pdf", "video/mp4")


@pytest.fixture(scope="module")
def signed(
    picture: Callable[[str], bytes], signer: Signer, said: Label, now: datetime
) -> Callable[[str], bytes]:
    return lambda name: sign(picture(name), f"image/{name.lower()}", said, signer, now).data


def test_what_was_said_is_read(signed: Callable[[str], bytes], signer: Signer) -> None:
    assert verify(signed("PNG"), "image/png", anchors=signer.anchors).found == (
        Found(
            valid=True,
            trusted=True,
            level="ai-generated",
            producer="ТОО Пример",
            model="demo-model",
            signer="guardrail UNTRUSTED DEVELOPMENT",
            id="urn:c2pa:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10",
            label_id="urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10",
            kind="synthetic",
            owner="000000000000",
        ),
    )


def test_nobody_trusts_an_unknown_signer(signed: Callable[[str], bytes], now: datetime) -> None:
    data = signed("PNG")
    other = development(now).root
    for anchors in (b"", other):
        told = verify(data, "image/png", anchors=anchors)
        assert told.conclusion == "declares_ai"
        assert told.found[0].valid
        assert not told.found[0].trusted
    assert verify(data, "image/png", anchors=other).found[0].codes == (
        "signingCredential.untrusted",
    )


def test_a_file_without_a_mark_says_nothing(picture: Callable[[str], bytes]) -> None:
    assert verify(picture("PNG"), "image/png").conclusion == "no_mark"


def test_a_mark_of_something_else_is_no_mark_of_ai(
    picture: Callable[[str], bytes], signer: Signer
) -> None:
    source = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
    action = {"action": "c2pa.created", "digitalSourceType": source, "softwareAgent": "Camera 1"}
    manifest = {
        "claim_generator_info": [{"name": "Camera"}],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}],
    }
    data = _signed_by_library(manifest, picture("PNG"), signer)
    told = verify(data, "image/png", anchors=signer.anchors)
    assert told.conclusion == "declares_other"
    assert (told.found[0].level, told.found[0].producer) == ("none", "Camera")


def test_a_mark_without_origin_declares_nothing_of_ai(
    picture: Callable[[str], bytes], signer: Signer
) -> None:
    manifest = {
        "claim_generator_info": [{"name": "x" * 9_000}],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [{"action": "c2pa.edited"}]}},
            {"label": "guardrail.label", "data": {"level": ["no"], "class": "x", "id": 5}},
        ],
    }
    data = _signed_by_library(manifest, picture("PNG"), signer, edit=True)
    told = verify(data, "image/png", anchors=signer.anchors)
    assert told.conclusion == "declares_other"
    assert told.found[0].producer == "x" * 128


def test_a_manifest_elsewhere_is_not_fetched(
    picture: Callable[[str], bytes], signer: Signer, said: Label, now: datetime
) -> None:
    lib = library()
    builder = lib.Builder({"assertions": []}, context=context(b""))
    builder.set_intent(lib.C2paBuilderIntent.CREATE, lib.C2paDigitalSourceType.DIGITAL_CAPTURE)
    builder.set_no_embed()
    builder.set_remote_url("http://127.0.0.1:9/manifest.c2pa")
    key = signer.credentials[0]
    info = lib.C2paSignerInfo(b"es256", key.chain, key.key, None)
    target = io.BytesIO()
    builder.sign(lib.Signer.from_info(info), "image/jpeg", io.BytesIO(picture("JPEG")), target)
    assert verify(target.getvalue(), "image/jpeg").conclusion == "mark_elsewhere"
    done = sign(target.getvalue(), "image/jpeg", said, signer, now)
    assert done.marked_before


def test_pixels_that_were_changed_are_told(signed: Callable[[str], bytes]) -> None:
    data = bytearray(signed("JPEG"))
    data[-30] ^= 1
    told = verify(bytes(data), "image/jpeg")
    assert told.conclusion == "mark_invalid"
    assert told.found[0].codes == ("assertion.dataHash.mismatch",)


def test_pixels_encoded_anew_have_lost_their_mark(signed: Callable[[str], bytes]) -> None:
    target = io.BytesIO()
    Image.open(io.BytesIO(signed("PNG"))).save(target, "PNG")
    assert verify(target.getvalue(), "image/png").conclusion == "no_mark"


def test_a_type_that_cannot_be_read_is_told(signed: Callable[[str], bytes]) -> None:
    assert verify(b"words", "text/plain").conclusion == "unsupported_format"
    assert verify(b"words", "").conclusion == "unsupported_format"
    assert verify(b"words", "text/plain", sidecar=b"nonsense").conclusion == "mark_invalid"
    # Content goes before what was declared.
    assert verify(signed("PNG"), "image/jpeg").conclusion == "declares_ai"


@pytest.mark.no_cover
@pytest.mark.parametrize("name", ["PNG", "JPEG"])
def test_no_changed_byte_makes_another_statement(
    name: str, signed: Callable[[str], bytes], signer: Signer
) -> None:
    data, mime = signed(name), f"image/{name.lower()}"
    right = verify(data, mime, anchors=signer.anchors)
    for at in range(0, len(data), 37):
        changed = data[:at] + bytes((data[at] ^ 0x20,)) + data[at + 1 :]
        told = verify(changed, mime, anchors=signer.anchors)
        # Padding and lengths of containers aren't signed; what they say is.
        assert told == right or told.conclusion in UNSURE


@pytest.mark.no_cover
def test_every_piece_of_a_file_is_read_without_harm(signed: Callable[[str], bytes]) -> None:
    data = signed("WEBP")
    for end in range(0, len(data), 29):
        assert verify(data[:end], "image/webp").conclusion in UNSURE


@given(st.binary(max_size=300), st.sampled_from(KINDS), st.binary(max_size=100))
def test_every_nonsense_is_read_without_harm(data: bytes, mime: str, sidecar: bytes) -> None:
    assert not verify(data, mime, sidecar=sidecar).found


def _signed_by_library(
    manifest: dict[str, object], data: bytes, signer: Signer, *, edit: bool = False
) -> bytes:
    lib = library()
    builder = lib.Builder(manifest, context=context(signer.anchors))
    if edit:
        builder.set_intent(lib.C2paBuilderIntent.EDIT)
    key = signer.credentials[0]
    info = lib.C2paSignerInfo(b"es256", key.chain, key.key, None)
    target = io.BytesIO()
    builder.sign(lib.Signer.from_info(info), "image/png", io.BytesIO(data), target)
    return target.getvalue()
