"""The port to details: what a record of evidence can't hold, kept encrypted beside the log.

A record commits to its details by SHA-256(salt || ciphertext). Whoever destroys key, salt and
ciphertext leaves a commitment to nothing that anybody could ever tell; the log verifies as before.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Protocol

SALT_BYTES = 32
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What is known of details without opening them."""

    id: str
    """32 hex digits."""
    commit: str
    """What the record says of them, 64 hex digits: see `commitment`."""
    request: str
    """The request's id."""
    made: int
    """When they were put there, microseconds since 1970, UTC."""
    owner: bytes = field(default=b"", repr=False)
    """Keyed digest of whose they are: of the person, or else of the request."""

    @property
    def blob(self) -> dict[str, str]:
        """What the record says, its field ``blob``."""
        return {"id": self.id, "commit": self.commit}


class Details(Protocol):
    """Keeps details, each encrypted with a key of the person that they are about.

    What a method has done is durable when it returns. All may be called from any thread, and every
    failure is an `EvidenceError`; what failed may be done again.
    """

    def put(self, data: bytes, *, subject: str, request: str, made: int) -> Detail:
        """Keep details.

        Args:
            data: in clear.
            subject: whose they are, by the stable pseudonym; empty for nobody known: then their key
                is the request's.
            request: the request's id.
            made: the time, microseconds since 1970, UTC.
        """
        ...

    def of_request(self, request: str) -> tuple[Detail, ...]:
        """Return the details of a request, in their order."""
        ...

    def of_subject(self, subject: str) -> tuple[Detail, ...]:
        """Return the details of a person, by the stable pseudonym, in their order."""
        ...

    def before(self, made: int) -> tuple[Detail, ...]:
        """Return the details that were put there before a time, in their order."""
        ...

    def open(self, name: str) -> bytes | None:
        """Return details in clear by their id; None where there are none (any more).

        Raises:
            EvidenceError: they were changed, or the key isn't theirs.
        """
        ...

    def destroy(self, names: Collection[str]) -> int:
        """Destroy details by their ids, and the keys that open nothing else.

        When it returns, no file of the store holds a byte of them, nor of those keys.

        Returns:
            how many there were.
        """
        ...

    def close(self) -> None:
        """Give the store back."""
        ...


def commitment(salt: bytes, ciphertext: bytes) -> str:
    """Return SHA-256(salt || ciphertext) in hex: without the 32 bytes of salt it tells nothing."""
    return hashlib.sha256(salt + ciphertext).hexdigest()


def is_detail(name: str) -> bool:
    """Tell whether a text has the form of an id of details."""
    return _ID.fullmatch(name) is not None
