import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from guardrail.errors import ConfigError
from guardrail.evidence import parse_vkey
from guardrail.stores.signing_key import LogKeys, _created, load_or_create_key

MAKES = """
import sys
from pathlib import Path
from guardrail.stores.signing_key import load_or_create_key
print(load_or_create_key(Path(sys.argv[1]), origin="log").public_key().public_bytes_raw().hex())
"""


def test_a_key_is_made_once_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "state" / "evidence.pem"
    made = load_or_create_key(path, origin="guard.example/log")
    read = load_or_create_key(path, origin="guard.example/log")
    assert made.private_bytes_raw() == read.private_bytes_raw()
    assert path.stat().st_mode & 0o777 == 0o600
    vkey = parse_vkey((path.parent / "evidence.pem.vkey").read_text())
    assert (vkey.name, vkey.key) == ("guard.example/log", made.public_key().public_bytes_raw())
    assert {found.name for found in path.parent.iterdir()} == {"evidence.pem", "evidence.pem.vkey"}


def test_processes_that_race_get_one_key(tmp_path: Path) -> None:
    path = tmp_path / "evidence.pem"
    command = [sys.executable, "-c", MAKES, str(path)]
    racers = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]
    assert len({racer.communicate()[0] for racer in racers}) == 1
    assert [racer.returncode for racer in racers] == [0] * 4
    assert len(list(tmp_path.iterdir())) == 2


def test_who_loses_the_race_takes_the_winners_key(tmp_path: Path) -> None:
    won = load_or_create_key(tmp_path / "key", origin="log")
    lost = _created(tmp_path / "key")
    assert lost.private_bytes_raw() == won.private_bytes_raw()


@pytest.mark.parametrize(
    ("pem", "why"),
    [
        (b"nonsense", "isn't an unencrypted private key"),
        (
            Ed25519PrivateKey.generate().private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
            ),
            "isn't an unencrypted private key",
        ),
        (
            X25519PrivateKey.generate().private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            ),
            "isn't an Ed25519 key",
        ),
    ],
)
def test_a_file_that_isnt_such_a_key_is_refused(tmp_path: Path, pem: bytes, why: str) -> None:
    (tmp_path / "key").write_bytes(pem)
    with pytest.raises(ConfigError, match=why):
        load_or_create_key(tmp_path / "key", origin="log")


def test_a_key_that_everybody_can_read_is_refused(tmp_path: Path) -> None:
    load_or_create_key(tmp_path / "key", origin="log")
    (tmp_path / "key").chmod(0o640)
    load_or_create_key(tmp_path / "key", origin="log")
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(ConfigError, match="open to every user") as caught:
        load_or_create_key(tmp_path / "key", origin="log")
    assert "chmod 600" in caught.value.fix


def test_a_place_that_cant_hold_a_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="can't be used"):
        load_or_create_key(tmp_path / "file" / "key", origin="log")


def test_another_name_for_a_key_in_use_is_refused(tmp_path: Path) -> None:
    load_or_create_key(tmp_path / "key", origin="one")
    with pytest.raises(ConfigError, match="another name or key"):
        load_or_create_key(tmp_path / "key", origin="two")


def test_an_unfit_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="name is unfit"):
        load_or_create_key(tmp_path / "key", origin="a b")


def test_a_log_has_a_root_key_and_one_for_each_shard_that_follows_from_it(tmp_path: Path) -> None:
    keys, again = LogKeys(tmp_path, log="guard"), LogKeys(tmp_path, log="guard")
    made = [keys.root, keys.shard("2026h2"), keys.shard("2027h1")]
    assert len({key.private_bytes_raw() for key in made}) == 3
    assert keys.shard("2026h2") is keys.shard("2026h2")
    assert again.shard("2026h2").private_bytes_raw() == keys.shard("2026h2").private_bytes_raw()
    assert {path.name for path in tmp_path.iterdir()} == {"evidence.pem", "evidence.pem.vkey"}


def test_guards_with_one_root_key_have_the_same_keys_of_shards(tmp_path: Path) -> None:
    root = tmp_path / "safe" / "root.pem"
    one, two = (LogKeys(tmp_path / name, log="guard", root=root) for name in ("one", "two"))
    assert one.shard("2026h2").private_bytes_raw() == two.shard("2026h2").private_bytes_raw()
    other = LogKeys(tmp_path / "two", log="guard")
    with pytest.raises(ConfigError, match="another name or key"):
        other.shard("2026h2")


def test_the_root_key_may_stand_where_nothing_can_be_written(tmp_path: Path) -> None:
    """As in a secret of Kubernetes: its public half stands in the guard's own directory."""
    root = tmp_path / "safe" / "root.pem"
    LogKeys(tmp_path / "first", log="guard", root=root).shard("2026h2")
    keys = LogKeys(tmp_path / "keys", log="guard", root=root)
    public = keys.root.public_key().public_bytes_raw()
    assert {path.name for path in root.parent.iterdir()} == {"root.pem"}
    assert {path.name for path in (tmp_path / "keys").iterdir()} == {"evidence.pem.vkey"}
    vkey = parse_vkey((tmp_path / "keys" / "evidence.pem.vkey").read_text())
    assert (vkey.name, vkey.key) == ("guard", public)
