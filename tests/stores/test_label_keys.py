"""Old public keys stay, with their end, and nothing private is ever among them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.disclose import LabelSigner
from guardrail.errors import ConfigError
from guardrail.stores.label_keys import GRACE_SECONDS, MOST_KEYS, retired_keys

ONE, OTHER, THIRD = (
    LabelSigner(Ed25519PrivateKey.from_private_bytes(seed * 32), f"kid-{number}").public
    for number, seed in enumerate((b"1", b"2", b"3"))
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "label-keys.json"


def test_the_first_key_has_none_before_it(path: Path) -> None:
    assert retired_keys(path, ONE, 100) == ()
    assert json.loads(path.read_bytes()) == {"keys": [ONE]}


def test_a_key_that_was_replaced_is_kept_with_its_end_which_stays(path: Path) -> None:
    retired_keys(path, ONE, 100)
    ended = {**ONE, "exp": 200 + GRACE_SECONDS}
    assert retired_keys(path, OTHER, 200) == (ended,)
    assert retired_keys(path, OTHER, 300) == (ended,)
    assert retired_keys(path, THIRD, 400) == ({**OTHER, "exp": 400 + GRACE_SECONDS}, ended)


def test_a_key_that_signs_again_has_no_end(path: Path) -> None:
    for key, now in ((ONE, 100), (OTHER, 200)):
        retired_keys(path, key, now)
    assert retired_keys(path, ONE, 300) == ({**OTHER, "exp": 300 + GRACE_SECONDS},)
    assert json.loads(path.read_bytes())["keys"][0] == ONE


def test_only_so_many_are_kept_and_the_oldest_go(path: Path) -> None:
    keys = [{**ONE, "kid": f"kid-{number}"} for number in range(MOST_KEYS + 2)]
    for now, key in enumerate(keys):
        retired_keys(path, key, now)
    retired = retired_keys(path, keys[-1], len(keys))
    assert len(retired) == MOST_KEYS - 1
    assert retired[0]["kid"] == keys[-2]["kid"]
    assert "kid-0" not in {one["kid"] for one in retired}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'{"keys": 5}',
        b'{"keys": [5]}',
        json.dumps({"keys": [{**ONE, "d": "A" * 43}]}).encode(),
        json.dumps({"keys": [{**ONE, "x": "A"}]}).encode(),
        json.dumps({"keys": [{**ONE, "kid": ""}]}).encode(),
        json.dumps({"keys": [{**ONE, "kty": "oct"}]}).encode(),
        json.dumps({"keys": [{**ONE, "exp": "soon"}]}).encode(),
        json.dumps({"keys": [ONE]}).encode() + b" " * (1 << 20),
    ],
    ids=["nothing", "a list", "a number", "numbers", "a private half", "half a key", "no name",
         "another sort", "no time", "too much"],
)  # fmt: skip
def test_what_holds_something_else_is_named_and_left_as_it_is(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=r"label-keys\.json") as caught:
        retired_keys(path, OTHER, 100)
    assert caught.value.fix
    assert path.read_bytes() == data


def test_a_file_that_cant_be_read_is_named(path: Path) -> None:
    path.mkdir()
    with pytest.raises(ConfigError, match="can't read"):
        retired_keys(path, ONE, 100)
