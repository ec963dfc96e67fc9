from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import encypher_c2pa
import numpy as np
import pytest
import soundfile
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from PIL import Image

from guardrail.disclose.c2pa.certificates import Development, development, from_chain
from guardrail.disclose.c2pa.library import Unsigned
from guardrail.disclose.c2pa.reader import verify
from guardrail.disclose.c2pa.signer import Parent, Signer, embeds, plain, raw, sign
from guardrail.errors import ConfigError
from guardrail.facts import Label

PICTURES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "TIFF": "image/tiff",
    "AVIF": "image/avif",
    "PDF": "application/pdf",
}
MANIFESTS = {"PNG", "JPEG", "WEBP", "PDF"}


@dataclass(frozen=True)
class KeyElsewhere:
    """Signs as key stores do: ECDSA as DER."""

    key: bytes

    def __call__(self, message: bytes) -> bytes:
        key = serialization.load_pem_private_key(self.key, None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key.sign(message, ec.ECDSA(hashes.SHA256()))


def broken(message: bytes) -> bytes:
    raise TimeoutError(f"{len(message)} bytes: a secret address")


def independent(data: bytes, mime: str, roots: bytes) -> tuple[object, object]:
    told = encypher_c2pa.verify(
        data, mime, trust_pem=roots.decode(), no_default_trust=True, telemetry=False, online=False
    )
    return told["validation_state"], told["hard_binding"]


@pytest.fixture(autouse=True)
def quiet_oracle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCYPHER_C2PA_TELEMETRY", "off")


@pytest.mark.parametrize("format_name", PICTURES)
def test_a_signed_picture_is_trusted_by_two_readers_and_looks_the_same(
    format_name: str,
    picture: Callable[[str], bytes],
    signer: Signer,
    said: Label,
    now: datetime,
) -> None:
    mime, before = PICTURES[format_name], picture(format_name)
    done = sign(before, mime, said, signer, now)
    assert done.embedded
    assert not done.marked_before
    assert done.why_not == "no_authority"
    assert done.days_left == 364
    assert len(done.data) - len(before) < 4_000
    told = verify(done.data, mime, anchors=signer.anchors)
    assert told.conclusion == "declares_ai"
    assert told.found[0].trusted
    assert independent(done.data, mime, signer.anchors) == ("Trusted", "match")
    if format_name != "PDF":
        old, new = (Image.open(io.BytesIO(one)).convert("RGB") for one in (before, done.data))
        assert old.tobytes() == new.tobytes()


@pytest.mark.parametrize(
    ("container", "mime"), [("WAV", "audio/wav"), ("FLAC", "audio/flac"), ("MP3", "audio/mpeg")]
)
def test_signed_sound_is_trusted(
    container: str, mime: str, signer: Signer, said: Label, now: datetime
) -> None:
    target = io.BytesIO()
    soundfile.write(target, np.sin(np.arange(8_000) / 5), 8_000, format=container)
    done = sign(target.getvalue(), mime, said, signer, now)
    assert verify(done.data, mime, anchors=signer.anchors).found[0].trusted


@pytest.mark.parametrize("format_name", ["PNG", "JPEG", "PDF"])
def test_a_mark_of_others_is_kept_as_the_parent(
    format_name: str,
    picture: Callable[[str], bytes],
    signer: Signer,
    said: Label,
    now: datetime,
) -> None:
    mime = PICTURES[format_name]
    upstream = development(now, organisation="upstream")
    theirs = replace(signer, credentials=(upstream.credential,), anchors=upstream.root)
    first = sign(picture(format_name), mime, replace(said, provider="Theirs"), theirs, now)
    second = sign(first.data, mime, said, signer, now)
    assert second.marked_before
    told = verify(second.data, mime, anchors=signer.anchors)
    assert [one.active for one in told.found] == [True, False]
    assert [one.producer for one in told.found] == ["ТОО Пример", "Theirs"]
    assert told.found[0].trusted
    assert told.found[1].valid
    assert independent(second.data, mime, signer.anchors)[0] == "Trusted"


def test_the_mark_of_a_file_that_was_encoded_anew_is_taken_from_the_old_one(
    picture: Callable[[str], bytes], signer: Signer, said: Label, now: datetime
) -> None:
    first = sign(picture("PNG"), "image/png", replace(said, provider="Theirs"), signer, now)
    parent = Parent(data=first.data, mime="image/png")
    second = sign(picture("JPEG"), "image/jpeg", said, signer, now, parent=parent)
    assert second.marked_before
    told = verify(second.data, "image/jpeg", anchors=signer.anchors)
    assert [(one.producer, one.valid) for one in told.found] == [
        ("ТОО Пример", True),
        ("Theirs", True),
    ]
    unmarked = Parent(data=picture("PNG"), mime="image/png")
    third = sign(picture("JPEG"), "image/jpeg", said, signer, now, parent=unmarked)
    assert not third.marked_before


def test_a_broken_mark_is_kept_and_told_of(
    picture: Callable[[str], bytes], signer: Signer, said: Label, now: datetime
) -> None:
    first = bytearray(sign(picture("JPEG"), "image/jpeg", said, signer, now).data)
    first[-10] ^= 1
    second = sign(bytes(first), "image/jpeg", said, signer, now)
    told = verify(second.data, "image/jpeg", anchors=signer.anchors)
    assert [one.valid for one in told.found] == [True, False]


@pytest.mark.parametrize("mime", ["audio/ogg", "text/plain", "", "application/x-anything"])
def test_what_has_no_place_for_a_mark_gets_one_beside_it(
    mime: str, signer: Signer, said: Label, now: datetime
) -> None:
    assert not embeds(mime)
    with pytest.raises(Unsigned, match="unsupported_format"):
        sign(b"words", mime, said, signer, now)
    done = sign(b"words", mime, said, signer, now, embed=False)
    assert done.data == b"words"
    assert verify(b"words", mime, anchors=signer.anchors, sidecar=done.store).found[0].trusted
    other = verify(b"other", mime, anchors=signer.anchors, sidecar=done.store)
    assert other.conclusion == "mark_invalid"


@pytest.mark.parametrize(
    ("data", "mime", "reason"),
    [
        (b"", "image/png", "empty"),
        (b"no picture", "image/png", "unreadable"),
        (b"\x89PNG\r\n\x1a\n", "image/jpeg", "unreadable"),
        (b"%PDF-1.4", "application/pdf", "unreadable"),
        (b"PK\3\4c2pa", "application/epub+zip", "unreadable"),
    ],
)
def test_what_cannot_be_read_is_not_signed(
    data: bytes, mime: str, reason: str, signer: Signer, said: Label, now: datetime
) -> None:
    with pytest.raises(Unsigned) as caught:
        sign(data, mime, said, signer, now)
    assert caught.value.reason == reason


def test_a_key_may_be_elsewhere(
    picture: Callable[[str], bytes], made: Development, signer: Signer, said: Label, now: datetime
) -> None:
    public = from_chain(made.credential.chain, now)
    remote = replace(signer, credentials=(public,), remote=KeyElsewhere(made.credential.key))
    done = sign(picture("PNG"), "image/png", said, remote, now)
    assert verify(done.data, "image/png", anchors=signer.anchors).found[0].trusted


def test_a_signer_that_fails_is_told_apart_and_its_words_are_kept_in(
    picture: Callable[[str], bytes],
    made: Development,
    signer: Signer,
    said: Label,
    now: datetime,
    caplog: pytest.LogCaptureFixture,
) -> None:
    public = from_chain(made.credential.chain, now)
    remote = replace(signer, credentials=(public,), remote=broken)
    with pytest.raises(Unsigned) as caught:
        sign(picture("PNG"), "image/png", said, remote, now)
    assert caught.value.reason == "signer_failed"
    assert "secret" not in caplog.text
    with pytest.raises(ConfigError, match="no private key"):
        sign(picture("PNG"), "image/png", said, replace(remote, remote=None), now)


def test_a_foreign_key_does_not_pass(
    picture: Callable[[str], bytes], made: Development, signer: Signer, said: Label, now: datetime
) -> None:
    public = from_chain(made.credential.chain, now)
    other = KeyElsewhere(development(now).credential.key)
    with pytest.raises(Unsigned, match="signer_failed"):
        sign(
            picture("PNG"),
            "image/png",
            said,
            replace(signer, credentials=(public,), remote=other),
            now,
        )


def test_certificates_are_changed_without_a_gap(
    picture: Callable[[str], bytes], made: Development, signer: Signer, said: Label, now: datetime
) -> None:
    new = development(now + timedelta(hours=1), organisation="renewed")
    both = replace(
        signer, credentials=(made.credential, new.credential), anchors=made.root + new.root
    )
    done = sign(picture("PNG"), "image/png", said, both, now)
    assert done.fingerprint == new.credential.fingerprint
    with pytest.raises(ConfigError, match="No certificate"):
        sign(picture("PNG"), "image/png", said, signer, now + timedelta(days=500))


def test_a_time_stamp_is_taken_and_trusted(
    picture: Callable[[str], bytes],
    signer: Signer,
    said: Label,
    now: datetime,
    authority: Callable[[bytes], bytes],
) -> None:
    stamping = replace(signer, authority=authority)
    for format_name in sorted(MANIFESTS):
        mime = PICTURES[format_name]
        done = sign(picture(format_name), mime, said, stamping, now)
        assert (done.timestamped, done.why_not) == (True, "")
        roots = signer.anchors + authority.root  # type: ignore[attr-defined]
        assert verify(done.data, mime, anchors=roots).found[0].signed_at == int(now.timestamp())
        assert verify(done.data, mime, anchors=signer.anchors).found[0].signed_at == 0


def wordless(message: bytes) -> bytes:
    return message[:0]


@pytest.mark.parametrize(
    ("authority", "why"), [(broken, "authority_failed"), (wordless, "malformed")]
)
def test_a_dead_authority_leaves_a_mark_without_a_time_stamp(
    authority: Callable[[bytes], bytes],
    why: str,
    picture: Callable[[str], bytes],
    signer: Signer,
    said: Label,
    now: datetime,
) -> None:
    done = sign(picture("PNG"), "image/png", said, replace(signer, authority=authority), now)
    assert (done.timestamped, done.why_not) == (False, why)
    assert verify(done.data, "image/png", anchors=signer.anchors).found[0].trusted


def test_everything_that_signs_goes_to_other_processes(made: Development, signer: Signer) -> None:
    remote = replace(signer, remote=KeyElsewhere(made.credential.key))
    assert pickle.loads(pickle.dumps(remote)) == remote  # noqa: S301


@pytest.mark.parametrize("kind", ["ed25519", "ps256"])
def test_other_kinds_of_keys_sign(
    kind: str,
    picture: Callable[[str], bytes],
    signer: Signer,
    said: Label,
    now: datetime,
) -> None:
    own: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey = ed25519.Ed25519PrivateKey.generate()
    if kind == "ps256":
        own = rsa.generate_private_key(65537, 2048)
    made = development(now, key=own)
    assert made.credential.algorithm == kind
    theirs = replace(signer, credentials=(made.credential,), anchors=made.root)
    done = sign(picture("PNG"), "image/png", said, theirs, now)
    assert verify(done.data, "image/png", anchors=made.root).found[0].trusted


def test_signatures_are_brought_into_their_form() -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    assert len(raw(key.sign(b"x", ec.ECDSA(hashes.SHA384())), "es384")) == 96
    assert raw(b"x" * 64, "es256") == b"x" * 64
    assert raw(b"x" * 256, "ps256") == b"x" * 256
    with pytest.raises(ValueError, match=r"."):
        raw(b"x" * 65, "es256")


def test_types_are_known_by_their_usual_names() -> None:
    assert plain("Image/JPG; charset=x") == "image/jpeg"
    assert embeds("image/jpg")
    assert not embeds("application/c2pa")
