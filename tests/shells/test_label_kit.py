"""Settings and files become what media are labelled with, or an error that names the file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs12

from guardrail import __version__
from guardrail.disclose.c2pa import Credential, Owner
from guardrail.disclose.c2pa.certificates import Development, development, newest
from guardrail.errors import ConfigError
from guardrail.settings import Labels, MediaLabels, Service, Settings
from guardrail.shells import label_kit
from guardrail.shells.label_kit import (
    MOST_FILE,
    Signing,
    is_installed,
    kit_for,
    label_writer,
    signing,
    watermark_key,
)
from guardrail.stores.state import State
from guardrail.testing import sounds

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
MADE = development(NOW, organisation="Мысал ЖШС")
NEXT = development(NOW + timedelta(days=30))
OTHER = development(NOW)
PASSWORD = "a password"

Make = Callable[..., Settings]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return a maker of settings by what `labels.media` says; bytes become files of their names."""

    def settings(**told: object) -> Settings:
        files = {name: tmp_path / f"{name}.file" for name in told if isinstance(told[name], bytes)}
        for name, path in files.items():
            path.write_bytes(bytes(told[name]))  # type: ignore[call-overload]
        media = MediaLabels.model_validate({**told, **files})
        service = Service(owner="Мысал ЖШС", bin="990140001234")
        return Settings(state=tmp_path / "state", service=service, labels=Labels(media=media))

    return settings


def chain(made: Development) -> bytes:
    return made.credential.chain


def locked(credential: Credential, password: str = PASSWORD) -> bytes:
    key = serialization.load_pem_private_key(credential.key, None)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password.encode()),
    )


def packed(made: Development, password: str = PASSWORD) -> bytes:
    key = serialization.load_pem_private_key(made.credential.key, None)
    leaf = x509.load_pem_x509_certificate(chain(made))
    how = serialization.BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(b"label", key, leaf, None, how)  # type: ignore[arg-type]


def public_bytes(key: PrivateKeyTypes) -> bytes:
    how = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.DER, how)


def fails(settings: Settings, now: datetime = NOW) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        kit_for(settings, signing(settings, now))
    told = f"{caught.value} {caught.value.fix}"
    assert "PRIVATE KEY" not in told
    for secret in (PASSWORD, *MADE.credential.key.decode().splitlines()[1:-1]):
        assert secret not in told
    return caught.value


# ------------------------------------------------------------------ for development


def test_a_certificate_for_development_is_made_once(make: Make) -> None:
    settings = make()
    who = signing(settings, NOW)
    assert who.for_development
    [credential] = who.credentials
    assert credential.subject == "Мысал ЖШС UNTRUSTED DEVELOPMENT"
    assert credential.key
    leaf, root = map(x509.load_pem_x509_certificate, (credential.chain, who.anchors))
    leaf.verify_directly_issued_by(root)
    assert signing(settings, NOW + timedelta(days=300)) == who
    path = State(settings.state).development_certificate
    assert path.stat().st_mode & 0o077 == 0


def test_roots_of_the_operators_are_trusted_beside_it(make: Make) -> None:
    who = signing(make(roots=OTHER.root), NOW)
    assert who.anchors.startswith(OTHER.root)
    assert who.anchors.count(b"BEGIN CERTIFICATE") == 2


# ------------------------------------------------------------------ the operator's own


@pytest.mark.parametrize(
    "files",
    [
        {"certificate": chain(MADE) + MADE.credential.key},
        {"certificate": MADE.credential.key + chain(MADE)},
        {"certificate": b"subject=a\nissuer=b\n" + chain(MADE) + MADE.credential.key},
        {"certificate": chain(MADE), "key": MADE.credential.key},
        {"certificate": chain(MADE), "key": locked(MADE.credential), "password": PASSWORD},
        {"certificate": packed(MADE), "password": PASSWORD},
    ],
    ids=["one file", "key first", "with words", "two files", "with a password", "PKCS #12"],
)
def test_a_certificate_and_its_key_are_read(make: Make, files: dict[str, object]) -> None:
    who = signing(make(**files, roots=MADE.root), NOW)
    assert [one.fingerprint for one in who.credentials] == [MADE.credential.fingerprint]
    key = serialization.load_pem_private_key(who.credentials[0].key, None)
    assert public_bytes(key) == public_bytes(
        serialization.load_pem_private_key(MADE.credential.key, None)
    )
    assert (who.anchors, who.for_development) == (MADE.root, False)


def test_a_signer_of_the_operators_needs_no_key_here(make: Make) -> None:
    settings = make(certificate=chain(MADE), signer="email.base64mime:encode")
    [credential] = signing(settings, NOW).credentials
    assert (credential.fingerprint, credential.key) == (MADE.credential.fingerprint, b"")
    assert kit_for(settings, signing(settings, NOW)).signer == "email.base64mime:encode"


def test_the_next_certificate_signs_too(make: Make) -> None:
    both = make(
        certificate=chain(MADE) + MADE.credential.key,
        next_certificate=chain(NEXT) + NEXT.credential.key,
    )
    who = signing(both, NOW + timedelta(days=31))
    assert who.until == NEXT.credential.not_after.timestamp()
    assert signing(both, NOW).until == who.until  # it takes over before the first one ends
    assert Signing().until == 0
    found = [one.fingerprint for one in who.credentials]
    assert found == [MADE.credential.fingerprint, NEXT.credential.fingerprint]


def test_one_that_has_ended_doesnt_keep_the_next_from_signing(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    both = make(
        certificate=chain(MADE) + MADE.credential.key,
        next_certificate=chain(NEXT) + NEXT.credential.key,
    )
    who = signing(both, NOW + timedelta(days=380))
    assert [one.fingerprint for one in who.credentials] == [NEXT.credential.fingerprint]
    assert "certificate.file" in caplog.text
    assert "expired" in caplog.text


def test_one_that_isnt_valid_yet_waits_for_its_day(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    both = make(
        certificate=chain(MADE) + MADE.credential.key,
        next_certificate=chain(NEXT) + NEXT.credential.key,
    )
    who = signing(both, NOW + timedelta(days=1))
    found = [one.fingerprint for one in who.credentials]
    assert found == [MADE.credential.fingerprint, NEXT.credential.fingerprint]
    assert "next_certificate.file" in caplog.text
    assert "valid only from" in caplog.text
    for days, signs in ((28, MADE), (30, NEXT)):
        chosen = newest(who.credentials, NOW + timedelta(days=days))
        assert chosen.fingerprint == signs.credential.fingerprint


def test_a_time_without_a_certificate_is_no_time_with_one(make: Make) -> None:
    late = development(NOW + timedelta(days=500))
    both = make(
        certificate=chain(MADE) + MADE.credential.key,
        next_certificate=chain(late) + late.credential.key,
    )
    who = signing(both, NOW)
    assert len(who.credentials) == 2
    assert who.until == MADE.credential.not_after.timestamp()


@pytest.mark.parametrize(
    ("first", "after", "passwords"),
    [
        (locked(MADE.credential), locked(NEXT.credential, "another"), (PASSWORD, "another")),
        (locked(MADE.credential), locked(NEXT.credential), (PASSWORD, "")),
        (locked(MADE.credential), NEXT.credential.key, (PASSWORD, "")),
        (MADE.credential.key, locked(NEXT.credential, "another"), ("", "another")),
    ],
    ids=["one each", "one for both", "none for the next", "one for the next alone"],
)
def test_each_key_has_a_password_of_its_own(
    make: Make, first: bytes, after: bytes, passwords: tuple[str, str]
) -> None:
    both = make(
        certificate=chain(MADE) + first,
        next_certificate=chain(NEXT) + after,
        password=passwords[0],
        next_password=passwords[1],
    )
    assert len(signing(both, NOW).credentials) == 2
    assert PASSWORD not in repr(both)
    assert "another" not in repr(both)


# ------------------------------------------------------------------ what can't be used


@pytest.mark.parametrize(
    ("files", "named", "words"),
    [
        ({"certificate": Path("/nowhere/a.pem")}, "/nowhere/a.pem", "can't read"),
        ({"certificate": chain(MADE), "key": Path("/nowhere/k")}, "/nowhere/k", "can't read"),
        ({"certificate": chain(MADE)}, "certificate.file", "no private key"),
        ({"certificate": chain(MADE), "key": chain(MADE)}, "key.file", "no private key"),
        (
            {"certificate": chain(MADE), "key": OTHER.credential.key},
            "certificate.file",
            "isn't this certificate's",
        ),
        (
            {
                "certificate": chain(MADE),
                "key": MADE.credential.key[:90] + b"-----END PRIVATE KEY-----",
            },
            "certificate.file",
            "private key can't be read",
        ),
        ({"certificate": chain(MADE), "key": locked(MADE.credential)}, "certificate.file", "read"),
        ({"certificate": packed(MADE), "password": "another"}, "certificate.file", "PKCS#12"),
        ({"certificate": b"no certificate"}, "certificate.file", "PKCS#12"),
        ({"certificate": MADE.credential.key}, "certificate.file", "No certificate"),
        ({"certificate": MADE.root + MADE.credential.key}, "certificate.file", "authority"),
        ({"certificate": bytes(MOST_FILE + 1)}, "certificate.file", "larger"),
        (
            {"certificate": chain(MADE) + MADE.credential.key, "next_certificate": chain(NEXT)},
            "next_certificate.file",
            "no private key",
        ),
        ({"roots": b"no roots"}, "roots.file", "No certificate"),
        ({"roots": Path("/nowhere/roots")}, "/nowhere/roots", "can't read"),
        ({"spoken": Path("/nowhere/words.wav")}, "/nowhere/words.wav", "can't read"),
        ({"spoken": b"no sound"}, "spoken.file", "can't be read"),
        ({"spoken": sounds.encoded(sounds.tone(31))}, "spoken.file", "too long"),
        ({"signer": "ours.keys:sign"}, "labels.media.signer", "no certificate"),
        ({"signer": "ours.keys:sign", "certificate": chain(MADE)}, "signer", "no such module"),
        ({"signer": "ours.keys", "certificate": chain(MADE)}, "labels.media.signer", "function"),
        ({"signer": "ours:a b", "certificate": chain(MADE)}, "labels.media.signer", "function"),
        ({"timestamps": "file:///etc/passwd"}, "time-stamp authority", "http"),
    ],
)
def test_what_cant_be_used_is_named_and_no_secret_with_it(
    make: Make, files: dict[str, object], named: str, words: str
) -> None:
    problem = fails(make(**files))
    assert named in str(problem)
    assert words in str(problem)


@pytest.mark.parametrize(("days", "words"), [(-2, "valid only from"), (366, "expired")])
def test_where_none_is_valid_it_says_since_when(make: Make, days: int, words: str) -> None:
    one = make(certificate=chain(MADE) + MADE.credential.key)
    problem = fails(one, NOW + timedelta(days=days))
    assert words in str(problem)
    assert "certificate.file" in str(problem)
    assert problem.code == "no_valid_certificate"


def test_every_error_but_a_missing_file_says_what_mends_it(make: Make) -> None:
    for files in ({"certificate": chain(MADE)}, {"signer": "a"}, {"timestamps": "ftp://a"}):
        assert fails(make(**files)).fix


# ------------------------------------------------------------------ the kit


def test_a_kit_has_what_the_settings_say(make: Make) -> None:
    spoken = sounds.encoded(sounds.tone(0.5))
    settings = make(
        visible=False,
        place="top-right",
        spoken=spoken,
        timestamps="https://timestamps.example.kz/",
        timestamp_seconds=3,
    )
    who = signing(settings, NOW)
    kit = kit_for(settings, who)
    assert (kit.visible, kit.place, kit.spoken) == (False, "top-right", spoken)
    assert (kit.credentials, kit.anchors) == (who.credentials, who.anchors)
    assert (kit.authority, kit.authority_seconds) == ("https://timestamps.example.kz/", 3)
    assert kit.owner == Owner(name="Мысал ЖШС", number="990140001234")
    assert kit.version == __version__
    assert kit.watermark_key == watermark_key(settings)
    assert len(kit.watermark_key) == 32
    for secret in (kit.watermark_key, who.credentials[0].key):
        assert repr(secret)[2:20] not in repr(kit)


def test_without_a_watermark_there_is_no_key_of_one(make: Make) -> None:
    settings = make(watermark=False)
    assert kit_for(settings, Signing()).watermark_key == b""
    assert not State(settings.state).watermark_key.exists()


def test_the_secret_of_watermarks_stays(make: Make) -> None:
    settings = make()
    assert watermark_key(settings) == watermark_key(settings)


def test_without_the_extra_nothing_is_signed_unless_the_operator_wants_it(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_installed()
    monkeypatch.setattr(label_kit.importlib.util, "find_spec", lambda _: None)  # type: ignore[attr-defined]
    assert not is_installed()
    settings = make(roots=OTHER.root)
    assert signing(settings, NOW) == Signing(anchors=OTHER.root)
    assert kit_for(settings, Signing()).watermark_key == b""
    assert not State(settings.state).development_certificate.exists()
    problem = fails(make(certificate=chain(MADE) + MADE.credential.key))
    assert problem.fix == "pip install 'guardrail-gateway[labels]'"


def test_a_writer_starts_nothing_by_itself(make: Make) -> None:
    settings = make()
    writer = label_writer(settings, signing(settings, NOW))
    assert writer.size == settings.media_workers
    assert list(writer._workers._free.queue) == [None] * writer.size
    writer.close()
