"""Public keys that labels of texts were signed with: kept, so that old labels can be checked.

A file of public keys, as a JSON Web Key Set (RFC 7517). One that signs no more has `exp`, Unix
seconds, as historical keys have it in OpenID Federation 1.0 (8.7.2): labels that say they were made
later weren't signed here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import orjson

from guardrail.errors import ConfigError
from guardrail.stores.vault import replace_file

Key = dict[str, str | int]
"""A public key: a JWK of RFC 8037 with `kid`, and `exp` where it signs no more."""

GRACE_SECONDS = 86_400
"""For processes that still sign with the key that another has found replaced."""
MOST_KEYS = 256
"""Kept; the oldest go first. A key a month makes twenty years."""
_LARGEST = 1 << 20
_POINT = re.compile(r"[A-Za-z0-9_-]{43}")
_KID = re.compile(r"[!-~]{1,256}")


def retired_keys(path: Path, current: Mapping[str, str], now: int) -> tuple[Key, ...]:
    """Return the keys that signed before the current one, the last first, and keep this one.

    Args:
        path: the file, which is made at the first key.
        current: the public half of the key that signs, with its `kid`.
        now: Unix seconds: where another key signed until now, it has its end a day from then.

    Raises:
        ConfigError: the file can't be read or written, or holds something else.
    """
    kept = _read(path)
    others = [one for one in kept if one["kid"] != current["kid"]]
    retired = [one if "exp" in one else {**one, "exp": now + GRACE_SECONDS} for one in others]
    known: list[Key] = [{**current}, *retired]
    if known[:MOST_KEYS] != kept:
        data = orjson.dumps({"keys": known[:MOST_KEYS]}, option=orjson.OPT_INDENT_2)
        replace_file(path, data + b"\n", mode=0o644)
    return tuple(known[1:MOST_KEYS])


def _read(path: Path) -> list[Key]:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigError(f"can't read {path}: {error.strerror}") from None
    try:
        keys = orjson.loads(data)["keys"]
        if len(data) <= _LARGEST and isinstance(keys, list) and all(map(_is_key, keys)):
            return keys
    except (ValueError, TypeError, KeyError):
        pass
    raise ConfigError(
        f"{path} holds no public keys of labels",
        fix="put it back from a copy; without it old labels can't be checked by what is published",
    )


def _is_key(one: object) -> bool:
    if not isinstance(one, dict) or one.keys() - {"kty", "crv", "x", "kid", "use", "exp"}:
        return False  # above all no private half
    return (
        (one.get("kty"), one.get("crv")) == ("OKP", "Ed25519")
        and isinstance(one.get("x"), str)
        and _POINT.fullmatch(one["x"]) is not None
        and isinstance(one.get("kid"), str)
        and _KID.fullmatch(one["kid"]) is not None
        and type(one.get("exp", 0)) is int
    )
