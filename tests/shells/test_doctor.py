from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from guardrail.disclose.c2pa import development
from guardrail.errors import ConfigError
from guardrail.policy import Case
from guardrail.settings import (
    ConsentSettings,
    EvidenceSettings,
    Labels,
    MediaLabels,
    Settings,
)
from guardrail.shells import doctor
from guardrail.shells.doctor import Check, examine
from guardrail.shells.evidence_log import settle
from guardrail.stores.object_folder import ObjectFolder
from guardrail.stores.state import State
from guardrail.testing import FakeUpstream, time_authority
from guardrail.testing.upstream import answer

NAMES = [
    "policy packs",
    "wire formats",
    "detector",
    "prohibited uses",
    "media",
    "labels of media",
    "confinement of media",
    "state directory",
    "evidence store",
    "consent issuers",
    "certificate",
    "upstream",
]


def checks(settings: Settings) -> dict[str, Check]:
    return {check.name: check for check in examine(settings)}


Certificate = Callable[[int], tuple[Path, Path]]


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """Return a maker of certificates that are valid for so many days, and their keys."""

    def make(days: int) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        now = datetime.now(UTC)  # noqa: TID251 - the doctor looks at the clock
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=30))
            .not_valid_after(now + timedelta(days=days, hours=1))
            .sign(key, hashes.SHA256())
        )
        chain, secret = tmp_path / f"{days}.crt", tmp_path / f"{days}.key"
        chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return chain, secret

    return make


async def test_a_sound_setup_is_all_ok(tmp_path: Path, certificate: Certificate) -> None:
    chain, key = certificate(90)
    async with FakeUpstream([answer(200, b"{}")]) as upstream:
        settings = Settings(
            state=tmp_path / "state", upstream=upstream.url, tls_certificate=chain, tls_key=key
        )
        found = await asyncio.to_thread(checks, settings)
    assert list(found) == NAMES
    assert all(check.ok for check in found.values())
    assert "cases hold" in found["policy packs"].said
    assert "openai-chat@1" in found["wire formats"].said
    assert "MiB free" in found["state directory"].said
    assert found["certificate"].said == "valid for 90 days"
    assert "with 200" in found["upstream"].said
    left = [path for path in (tmp_path / "state" / "evidence").rglob("*") if path.is_file()]
    assert [path.name for path in left] == [".lock"]


def test_one_fault_hides_none_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings(
        state=tmp_path / "file",
        policy=("kz-230-vii",),
        tls_certificate=tmp_path / "none.crt",
        tls_key=tmp_path / "none.key",
        consent=ConsentSettings(issuers={"https://id.example.kz": tmp_path / "none.jwk"}),
    )
    found = checks(settings)
    assert list(found) == NAMES
    assert [name for name, check in found.items() if check.ok] == [
        "wire formats",
        "detector",
        "prohibited uses",
        "media",
        "confinement of media",
    ]
    assert "did you mean 'kz-230-viii'" in found["policy packs"].said
    assert "→" in found["state directory"].said
    assert "none.jwk" in found["consent issuers"].said
    assert "none.crt" in found["certificate"].said
    assert found["upstream"].said == "none → name the AI endpoint with --upstream URL"


async def test_an_upstream_that_is_down_or_cant_be_trusted_is_told(
    tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    down = Settings(state=tmp_path, upstream=f"http://127.0.0.1:{free_ports[0]}")
    assert not (await asyncio.to_thread(checks, down))["upstream"].ok
    lacking = Settings(state=tmp_path, upstream="https://a", upstream_ca=tmp_path / "none.pem")
    assert "upstream_ca" in (await asyncio.to_thread(checks, lacking))["upstream"].said


@pytest.mark.parametrize(("days", "said"), [(10, "expires in 10 days"), (-5, "has expired")])
def test_a_certificate_about_to_expire_is_told(
    certificate: Certificate, days: int, said: str
) -> None:
    chain, key = certificate(days)
    found = checks(Settings(tls_certificate=chain, tls_key=key))["certificate"]
    assert not found.ok
    assert found.said.endswith(said)


def test_a_certificate_without_its_key_is_told(certificate: Certificate) -> None:
    chain, _ = certificate(90)
    _, other = certificate(91)
    assert not checks(Settings(tls_certificate=chain, tls_key=other))["certificate"].ok


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    yield
    monkeypatch.undo()


@pytest.mark.usefixtures("full")
def test_a_full_disk_is_told_and_the_probe_taken_away(tmp_path: Path) -> None:
    found = checks(Settings(state=tmp_path))["state directory"]
    assert not found.ok
    assert "No space left on device" in found.said
    assert not list((tmp_path / "evidence").iterdir())


def test_a_case_that_doesnt_hold_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def wrong(pack: object, known: list[Case]) -> tuple[str, ...]:
        return ("kz.10: a case that doesn't hold",)

    monkeypatch.setattr(doctor, "failures", wrong)
    found = checks(Settings(state=tmp_path))["policy packs"]
    assert not found.ok
    assert "a case that doesn't hold" in found.said


def test_a_choice_without_effect_is_told(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path, policy=("eu-ai-act",))
    assert "personal_data has no effect" in checks(settings)["policy packs"].said


def test_even_an_unexpected_fault_is_only_one_of_the_checks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def lost(room: str) -> Path:
        raise FileNotFoundError(f"guardrail's {room} are missing")

    monkeypatch.setattr(doctor, "shipped", lost)
    found = checks(Settings(state=tmp_path))
    assert found["wire formats"].said == "FileNotFoundError: guardrail's adapters are missing"
    assert found["detector"].ok


def test_errors_of_ours_without_a_fix_stand_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(settings: Settings) -> str:
        raise ConfigError("so it is")

    assert doctor._checked("x", fail, Settings()) == Check(name="x", ok=False, said="so it is")


def test_an_evidence_store_is_written_swapped_and_left_as_it_was(tmp_path: Path) -> None:
    found = checks(Settings(state=tmp_path))["evidence store"]
    assert found.ok
    assert found.said.startswith("a directory in state: written, swapped and read back in ")
    assert list(ObjectFolder(tmp_path / "evidence").names("")) == []


def test_a_log_of_another_key_is_found_before_serving(tmp_path: Path) -> None:
    assert checks(Settings(state=tmp_path))["evidence store"].said.endswith("no log yet")
    settle(Settings(state=tmp_path))
    assert "is of this guard's key" in checks(Settings(state=tmp_path))["evidence store"].said
    other = EvidenceSettings(key=tmp_path / "other.pem")
    State(tmp_path).evidence_vkey.unlink()
    found = checks(Settings(state=tmp_path, evidence=other))["evidence store"]
    assert not found.ok
    assert "is signed with another key than this guard has → give every guard" in found.said


@pytest.mark.parametrize(
    "store",
    [
        "postgresql://guard:secret-word@/db?host=/tmp/no-such-place",
        "s3://bucket?endpoint=http://127.0.0.1:1&region=secret-word",
    ],
)
def test_an_evidence_store_that_isnt_there_is_told_without_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "secret-word")
    settings = Settings(state=tmp_path, evidence=EvidenceSettings(store=store))
    found = checks(settings)["evidence store"]
    assert not found.ok
    assert "can't be reached" in found.said
    assert "secret-word" not in found.said


@contextmanager
def served(answers: Callable[[bytes], bytes]) -> Iterator[str]:
    """Serve a time-stamp authority over HTTP."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = answers(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize("fits", [True, False])
def test_a_time_stamp_that_makes_marks_invalid_is_found(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fits: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    if not fits:
        # RFC 3161 lets authorities have such a certificate; C2PA doesn't.
        config = time_authority._CONFIG.replace("keyUsage = critical,digitalSignature\n", "")
        monkeypatch.setattr(time_authority, "_CONFIG", config)
    folder = tmp_path / "authority"
    folder.mkdir()
    authority = time_authority.TimeAuthority(folder)
    with served(authority.answer) as url:
        media = MediaLabels(timestamps=url, seconds=60)
        settings = Settings(state=tmp_path / "state", labels=Labels(media=media))
        check = checks(settings)["labels of media"]
    assert check.ok is fits, check
    assert fits or "labels.media.timestamps" in check.said


def test_a_certificate_for_development_is_called_that_though_the_operator_named_it(
    tmp_path: Path,
) -> None:
    made = development(datetime.now(UTC), organisation="example")  # noqa: TID251 - as the doctor
    bundle = tmp_path / "labels.pem"
    bundle.write_bytes(made.credential.chain + made.credential.key)
    media = MediaLabels(certificate=bundle)
    settings = Settings(state=tmp_path / "state", labels=Labels(media=media))
    assert doctor._labels(settings).endswith("for development: nobody else trusts it")


@pytest.mark.parametrize("knows", [True, False])
def test_a_certificate_whose_root_isnt_among_the_known_ones_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    knows: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    monkeypatch.setattr(doctor, "UNTRUSTED", "as if an authority had issued it")
    made = development(datetime.now(UTC))  # noqa: TID251 - as the doctor
    bundle, roots = tmp_path / "labels.pem", tmp_path / "roots.pem"
    bundle.write_bytes(made.credential.chain + made.credential.key)
    roots.write_bytes(made.root)
    media = MediaLabels(certificate=bundle, roots=roots if knows else None)
    settings = Settings(state=tmp_path / "state", labels=Labels(media=media))
    said = doctor._labels(settings)
    assert said.startswith("signed by guardrail")
    assert ("labels.media.roots" in said) is not knows


@pytest.mark.parametrize(
    ("version", "said"), [(0, "none: no Landlock here"), (3, "Landlock 3: "), (6, "Landlock 6: ")]
)
def test_what_holds_back_those_that_take_media_apart_is_told(
    version: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "level", lambda: version)
    told = doctor._confinement(Settings())
    assert told.startswith(said)
    assert ("signal" in told) is (version == 6)
