"""The certificate for development: made in the state directory, and made anew before it ends."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from guardrail.disclose.c2pa import Credential, development
from guardrail.disclose.c2pa.certificates import WARN_DAYS, days_left, from_pem
from guardrail.errors import ConfigError
from guardrail.stores.keys import load_or_create_file
from guardrail.stores.state import State
from guardrail.stores.vault import replace_file

MOST_ROOTS = 10
"""Roots that are kept: each lasts ten years, and there is a new one every year."""
_BEGIN = b"-----BEGIN CERTIFICATE-----\n"
_END = b"-----END CERTIFICATE-----\n"


def for_development(state: State, owner: str, now: datetime) -> tuple[bytes, Credential]:
    """Return roots (PEM) and the credential that are kept in the state directory.

    A new one is made 30 days before the old one ends, and where the file holds none. What was
    signed with the old one stays trusted. Every process gets the same, whichever comes first: a
    new one's file has its name by what the old one holds, and is made once.

    Args:
        state: where it is kept.
        owner: who signs; ``guardrail`` where it is empty.
        now: when.

    Raises:
        ConfigError: it can't be read or made.
    """
    state.make()
    path = state.development_certificate
    kept = load_or_create_file(path, b"" if path.exists() else _fresh(owner, now, b""))
    successor = path
    while (found := _apart(kept, now)) is None:
        successor = path.with_name(f"{path.stem}-{hashlib.sha256(kept).hexdigest()[:16]}.pem")
        kept = load_or_create_file(successor, _fresh(owner, now, _roots(kept)))
    if successor != path:
        _take_over(path, successor, kept)
    return found


def _take_over(path: Path, successor: Path, kept: bytes) -> None:
    """Put the new one in the old one's place; older successors have done their work."""
    replace_file(path, kept, mode=0o600)
    for old in path.parent.glob(f"{path.stem}-*.pem"):
        # The last one stays: a process that has just read the old file comes for it.
        if old != successor:
            with suppress(OSError):
                old.unlink()


def _fresh(owner: str, now: datetime, old_roots: bytes) -> bytes:
    made = development(now, organisation=owner or "guardrail")
    return b"".join((made.credential.chain, made.root, old_roots, made.credential.key))


def _roots(kept: bytes) -> bytes:
    """Return the roots in a file, the newest first; nothing where it holds something else."""
    certificates = [one + _END for one in kept.split(_END)[:-1]]
    whole = all(one.startswith(_BEGIN) for one in certificates)
    return b"".join(certificates[1:MOST_ROOTS]) if whole else b""


def _apart(kept: bytes, now: datetime) -> tuple[bytes, Credential] | None:
    """Return the roots and the credential; None where it is none or ends soon."""
    leaf, _, rest = kept.partition(_END)
    roots, _, key = rest.rpartition(_END)
    try:
        credential = from_pem(leaf + _END, key, now)
    except ConfigError:
        return None  # for development it is nobody's loss
    return (roots + _END, credential) if days_left(credential, now) >= WARN_DAYS else None
