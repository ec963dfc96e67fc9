from __future__ import annotations

import multiprocessing
import os
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import ConfigError
from guardrail.stores.vault import Vault, pseudonym_key, replace_file, vault_key

KEY = bytes(range(32))
OTHER = bytes(32)


_TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


@given(values=st.dictionaries(_TEXT, _TEXT, max_size=5))
def test_what_is_written_is_read_again(
    values: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("vault") / "v"
    assert Vault(path, KEY).read() == {}
    Vault(path, KEY).write(values)
    assert Vault(path, KEY).read() == values


def test_the_file_is_its_owners_and_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "v"
    Vault(path, KEY).write({"<KZ_IIN_1>": "900101300017"})
    assert path.stat().st_mode & 0o777 == 0o600
    first = path.read_bytes()
    assert b"900101300017" not in first
    assert b"KZ_IIN" not in first
    path.chmod(0o644)
    Vault(path, KEY).write({"<KZ_IIN_1>": "900101300017"})
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes() != first
    assert [one.name for one in tmp_path.iterdir()] == ["v"]


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    Vault(tmp_path / "v", KEY).write({"a": "b"})
    with pytest.raises(ConfigError, match="made with another key, or changed"):
        Vault(tmp_path / "v", OTHER).read()


def test_a_flipped_bit_anywhere_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "v"
    Vault(path, KEY).write({"a": "b"})
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(ConfigError):
            Vault(path, KEY).read()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ConfigError):
            Vault(path, KEY).read()


def test_what_isnt_a_vault_or_cant_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "v").write_text("hello")
    with pytest.raises(ConfigError, match="isn't a vault"):
        Vault(tmp_path / "v", KEY).read()
    with pytest.raises(ConfigError, match="Is a directory"):
        Vault(tmp_path, KEY).read()
    with pytest.raises(ConfigError, match="No such file"):
        Vault(tmp_path / "none" / "v", KEY).write({})
    with (
        pytest.raises(ConfigError, match="No such file"),
        Vault(tmp_path / "a" / "v", KEY).locked(),
    ):
        raise AssertionError


@pytest.mark.parametrize(
    "text", [b64encode(KEY).decode(), KEY.hex(), KEY.hex().upper(), f" {b64encode(KEY).decode()}\n"]
)
def test_a_key_is_32_bytes_in_base_64_or_hexadecimal_digits(text: str) -> None:
    assert vault_key(text, "it") == KEY


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is 0 bytes, not 32"),
        ("c2VjcmV0", "it is 6 bytes, not 32"),
        ("pass word!", "it is neither"),
        ("z" * 64, "it is neither"),
        ("ключ", "it is neither"),
    ],
)
def test_what_is_no_key_is_refused_and_not_quoted(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        vault_key(text, "it")
    assert said in str(caught.value)
    assert "openssl rand" in caught.value.fix
    assert not text or text not in str(caught.value)


def test_pseudonyms_have_a_key_of_their_own() -> None:
    assert pseudonym_key(KEY) == pseudonym_key(KEY)
    assert len({KEY, pseudonym_key(KEY), pseudonym_key(OTHER)}) == 3


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a"
    replace_file(path, b"one", mode=0o640)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"one", 0o640 & ~_umask())
    with pytest.raises(ConfigError):
        replace_file(tmp_path, b"two", mode=0o600)
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def _umask() -> int:
    known = os.umask(0)
    os.umask(known)
    return known


def _add(path: Path, name: str) -> None:
    vault = Vault(path, KEY)
    for number in range(20):
        with vault.locked():
            vault.write({**vault.read(), f"{name}{number}": name})


def test_processes_that_add_at_once_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_add, args=(tmp_path / "v", name)) for name in "ab"]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert len(Vault(tmp_path / "v", KEY).read()) == 40
