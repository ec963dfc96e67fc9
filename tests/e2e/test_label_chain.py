"""What upstreams' media are marked with already stays, and is seen by programs of others.

Its marks are made with c2pa-python alone, as that one's users do, and read back with it and with
a verifier that is neither ours nor its.
"""

from __future__ import annotations

import base64
import io
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import c2pa
import encypher_c2pa
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image, PngImagePlugin

from guardrail.testing import pictures
from guardrail.testing.upstream import answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Guard, Scripted

Json = Any
AIGC = {
    "Label": "1", "ContentProducer": "001191440300theirs", "ProduceID": "theirs-1",
    "ReservedCode1": "", "ContentPropagator": "001191440300theirs", "PropagateID": "theirs-1",
    "ReservedCode2": "",
}  # fmt: skip
PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax'
    '-ns#"><rdf:Description rdf:about="" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/" '
    'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    'Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/'
    'compositeWithTrainedAlgorithmicMedia" Iptc4xmpExt:AISystemUsed="their-model" '
    f'TC260:AIGC="{json.dumps(AIGC).replace(chr(34), "&quot;")}"/></rdf:RDF></x:xmpmeta>'
)
MANIFEST = {
    "claim_generator_info": [{"name": "another tool", "version": "9"}],
    "title": "theirs",
    "assertions": [{
        "label": "c2pa.actions.v2",
        "data": {"actions": [{
            "action": "c2pa.created",
            "digitalSourceType":
                "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
        }]},
    }],
}  # fmt: skip


@pytest.fixture(autouse=True)
def quiet_oracle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCYPHER_C2PA_TELEMETRY", "off")


def painted() -> bytes:
    """Return a picture with tags of another tool."""
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", PACKET)
    texts.add_text("AIGC", json.dumps(AIGC))
    texts.add_text("Software", "another tool")
    target = io.BytesIO()
    with Image.open(io.BytesIO(pictures.encoded(pictures.scene(480, 400)))) as picture:
        picture.save(target, "PNG", pnginfo=texts)
    return target.getvalue()


def certificate() -> tuple[bytes, bytes]:
    """Return a chain and its key, such as C2PA's library takes from anybody: for e-mail."""
    now = datetime.now(UTC)  # noqa: TID251 - as the library
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [
        x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)])
        for name in ("Another root", "Another")
    ]
    made = []
    for at, usage in enumerate((None, ExtendedKeyUsageOID.EMAIL_PROTECTION)):
        one = (
            x509.CertificateBuilder(names[0], names[at], keys[at].public_key(), 7 + at)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=9))
            .add_extension(x509.BasicConstraints(ca=usage is None, path_length=None), critical=True)
            .add_extension(key_usage(signs=usage is not None), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(keys[0].public_key()),
                critical=False,
            )
        )
        if usage is not None:
            one = one.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        made.append(one.sign(keys[0], hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    key = keys[1].private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return made[1] + made[0], key


def key_usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def signed_by_another(data: bytes) -> bytes:
    chain, key = certificate()
    info = c2pa.C2paSignerInfo(b"es256", chain, key, None)
    target = io.BytesIO()
    with c2pa.Builder(MANIFEST) as builder:
        builder.sign(c2pa.Signer.from_info(info), "image/png", io.BytesIO(data), target)
    return target.getvalue()


def drawn(guard: Guard, script: Scripted, data: bytes) -> bytes:
    body = {"created": 1763700000, "data": [{"b64_json": base64.b64encode(data).decode()}]}
    script.play(answer(200, json.dumps(body).encode()))
    reply = guard.post({"prompt": "A meadow", "model": "m"}, "/v1/images/generations")
    assert reply.status_code == 200, reply.text
    return base64.b64decode(reply.json()["data"][0]["b64_json"])


def test_anothers_manifest_is_the_parent_of_ours_and_their_tags_stay(
    start: Callable[..., Guard], script: Scripted
) -> None:
    guard = start(script.url)
    theirs = signed_by_another(painted())
    ours = drawn(guard, script, theirs)
    with c2pa.Reader("image/png", io.BytesIO(ours)) as reader:
        told: Json = json.loads(reader.json())
        assert reader.get_validation_state() == "Valid"
    active = told["manifests"][told["active_manifest"]]
    [parent] = active["ingredients"]
    assert active["claim_generator_info"][0]["name"] == "guardrail"
    assert parent["relationship"] == "parentOf"
    before = told["manifests"][parent["active_manifest"]]
    assert before["claim_generator_info"][0]["name"] == "another tool"
    assert not parent.get("validation_status"), "what it was made from holds, too"
    verified: Json = encypher_c2pa.verify(
        ours, "image/png", no_default_trust=True, telemetry=False, online=False
    )
    assert (verified["validation_state"], verified["hard_binding"]) == ("Valid", "match")
    with Image.open(io.BytesIO(ours)) as picture:
        picture.load()
        assert isinstance(picture, PngImagePlugin.PngImageFile)
        texts = picture.text
    assert json.loads(texts["AIGC"]) == AIGC
    assert texts["Software"] == "another tool"
    packet = texts["XML:com.adobe.xmp"]
    assert "compositeWithTrainedAlgorithmicMedia" in packet
    assert "their-model" in packet
    assert "001191440300theirs" in packet
    guard.stop()
