from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey

from guardrail.errors import ConfigError
from guardrail.stores.keys import (
    load_or_create_secret,
    load_or_create_signing_key,
    load_public_key,
)


def test_a_secret_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "subject.key"
    secret = load_or_create_secret(path)
    assert len(secret) == 32
    assert load_or_create_secret(path) == secret
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["subject.key"]


def test_all_who_start_at_once_get_one_secret(tmp_path: Path) -> None:
    got: list[bytes] = []
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        got.append(load_or_create_secret(tmp_path / "k"))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert len(set(got)) == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_a_secret_of_another_length_is_refused(tmp_path: Path) -> None:
    load_or_create_secret(tmp_path / "k", 16)
    with pytest.raises(ConfigError, match="16 bytes"):
        load_or_create_secret(tmp_path / "k")


def test_a_secret_open_to_everybody_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "k"
    load_or_create_secret(path)
    path.chmod(0o604)
    with pytest.raises(ConfigError) as caught:
        load_or_create_secret(path)
    assert caught.value.fix == f"chmod 600 {path}"


def test_a_file_too_large_for_a_key_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "k"
    path.write_bytes(b"x" * 16385)
    with pytest.raises(ConfigError, match="larger"):
        load_or_create_secret(path)


def test_a_path_that_cannot_be_is_a_start_up_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't make"):
        load_or_create_secret(tmp_path / "missing" / "k")
    with pytest.raises(ConfigError, match="can't read"):
        load_or_create_secret(tmp_path)


def test_a_signing_key_is_made_once_with_its_thumbprint_as_id(tmp_path: Path) -> None:
    path = tmp_path / "token.jwk"
    key = load_or_create_signing_key(path)
    again = load_or_create_signing_key(path)
    assert key.is_private
    assert key.curve_name == "Ed25519"
    assert key.kid == again.kid == key.thumbprint()
    assert key.as_dict(private=True) == again.as_dict(private=True)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("private", [True, False])
@pytest.mark.parametrize("pem", [True, False])
def test_keys_are_read_as_pem_and_as_jwk(
    tmp_path: Path,
    private: bool,  # noqa: FBT001 - a parameter of the test
    pem: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    key = OKPKey.generate_key("Ed25519")
    path = tmp_path / "k"
    jwk = json.dumps(key.as_dict(private=private)).encode()
    path.write_bytes(key.as_pem(private=private) if pem else jwk)
    path.chmod(0o600)
    load = load_or_create_signing_key if private else load_public_key
    assert load(path).kid == key.thumbprint()


def test_a_public_key_signs_nothing_and_a_private_one_is_nobodys_to_share(tmp_path: Path) -> None:
    key = OKPKey.generate_key("Ed25519")
    path = tmp_path / "k"
    path.touch(mode=0o600)
    path.write_bytes(key.as_pem(private=False))
    with pytest.raises(ConfigError, match="public key"):
        load_or_create_signing_key(path)
    path.write_bytes(key.as_pem(private=True))
    with pytest.raises(ConfigError, match="private key"):
        load_public_key(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        b"-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----\n",
        b'{"kty": "OKP", "crv": "Ed25519"}',
        b'{"kty": "OKP", "crv": "Ed25519", "x": "short"}',
        b"[" * 9000,
        json.dumps(OKPKey.generate_key("X25519").as_dict(private=True)).encode(),
        OKPKey.generate_key("Ed448").as_pem(private=False),
        ECKey.generate_key("P-256").as_pem(private=True),
        json.dumps(OctKey.generate_key(256).as_dict(private=True)).encode(),
    ],
    ids=range(13),  # the keys are new each time, and so would be the names of the cases
)
def test_what_is_no_ed25519_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "k"
    path.touch(mode=0o600)
    path.write_bytes(content)
    for load in (load_or_create_signing_key, load_public_key):
        with pytest.raises(ConfigError) as caught:
            load(path)
        assert caught.value.__cause__ is None
