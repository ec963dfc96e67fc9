import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from guardrail.errors import ConfigError
from guardrail.evidence import open_note, verifier
from guardrail.shells.audit_archive import Archive, public_pem

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LOG = "guard.example"


def made(path: Path, order: tuple[str, ...] = ("a", "b")) -> None:
    (path.parent / "source").write_bytes(b"large")
    with Archive(path) as archive:
        for name in order:
            archive.add(name, name.encode())
        archive.add_file("c/d", path.parent / "source")
        archive.seal({"x": 1}, log=LOG, signer=KEY)


def test_the_signature_covers_the_manifest_and_the_manifest_everything(tmp_path: Path) -> None:
    made(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    text = open_note(held["manifest.sig"], verifier(LOG, KEY.public_key()))
    digest = hashlib.sha256(held["manifest.json"]).hexdigest()
    assert text == f"guardrail audit pack v1\n{LOG}\n{digest}  manifest.json\n"
    named = {
        one["name"]: one["digest"]["sha256"] for one in json.loads(held["manifest.json"])["subject"]
    }
    rest = held.keys() - {"manifest.json", "manifest.sig"}
    assert named == {name: hashlib.sha256(held[name]).hexdigest() for name in rest}
    assert held["c/d"] == b"large"


def test_the_same_contents_are_the_same_bytes(tmp_path: Path) -> None:
    made(tmp_path / "a.zip")
    made(tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_a_file_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"mine")
    with pytest.raises(ConfigError, match="there already"):
        Archive(tmp_path / "a.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_one_that_came_meanwhile_is_not_replaced_either(tmp_path: Path) -> None:
    def raced() -> None:
        with Archive(tmp_path / "a.zip") as archive:
            archive.add("x", b"")
            (tmp_path / "a.zip").write_bytes(b"theirs")

    with pytest.raises(ConfigError, match="there already"):
        raced()
    assert (tmp_path / "a.zip").read_bytes() == b"theirs"
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    def failed() -> None:
        with Archive(tmp_path / "a.zip"):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failed()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_isnt_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        Archive(tmp_path / "no" / "a.zip")


def test_openssl_s_form_of_a_key_is_the_same_key() -> None:
    raw = KEY.public_key().public_bytes_raw()
    assert load_pem_public_key(public_pem(raw)) == KEY.public_key()
