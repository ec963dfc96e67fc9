"""Evidence in a bucket of S3 or of what speaks like it: one request a call, two a swap.

Nothing but the store's conditional writes keeps two writers apart (``If-None-Match: *`` and
``If-Match``, RFC 9110 section 13.1), and there are stores that pass over these headers in silence.
So they are tried out before a store is taken. Not for sharing over a fork: open a store after it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import S3Store

from guardrail.errors import ConfigError, EvidenceError
from guardrail.evidence.objects import OBJECT_LIMIT
from guardrail.stores.object_names import checked_data, checked_name, checked_prefix, too_large

if TYPE_CHECKING:
    from obstore import PutMode
    from obstore.store import ClientConfig, S3Config

PATIENCE = 10.0
"""Seconds that one request may take, and all repetitions of one together."""

REPETITIONS = 3
"""Of a request that can be repeated: all but swaps."""

ATTEMPTS = 20
"""How often a write begins anew because somebody else's came between, or took the object away."""

PAGE = 1_000
"""Names that are deleted, or asked for, with one request: as many as S3 allows."""

_STATUS = re.compile(r"status code: (\d{3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Where a bucket is. Who asks is in the usual variables, as ``AWS_ACCESS_KEY_ID``."""

    name: str
    prefix: str = ""
    """What all names begin with, without slashes around it."""
    endpoint: str = ""
    """The address of a store that isn't Amazon's, as ``https://s3.example.kz``."""
    region: str = ""
    ca: Path | None = None
    """Certificates (PEM) to trust for the endpoint, beside the usual ones."""


class ObjectS3:
    """`Objects` in a bucket, which must be there."""

    def __init__(self, bucket: Bucket) -> None:
        """Take the bucket, and try out whether its conditional writes do what they should.

        Raises:
            ConfigError: it can't be used; the message says why, without who asks.
        """
        try:
            self._patient = _opened(bucket, repetitions=REPETITIONS)
            self._once = _opened(bucket, repetitions=0)
            self._try_out()
        except EvidenceError as error:
            raise ConfigError(str(error), fix=error.fix) from None

    def read(self, name: str, start: int = 0) -> bytes | None:
        """Return an object's bytes from `start` on; None where there is no such object."""
        checked_name(name)
        with _telling():
            if start <= 0:
                held = self._held(name)
                return None if held is None else held[0]
            return self._rest(name, start)

    def create(self, name: str, data: bytes) -> bool:
        """Make an object; see `Objects.create`."""
        checked_name(name)
        checked_data(data)
        with _telling():
            for _ in range(ATTEMPTS):
                if _put(self._patient, name, data, "create"):
                    return True
                held = self._held(name)
                if held is not None:
                    return held[0] == data
        raise _never_left_alone()

    def swap(self, name: str, data: bytes, *, expected: bytes | None) -> bool:
        """Put one thing in place of another; see `Objects.swap`."""
        checked_name(name)
        checked_data(data)
        with _telling():
            for _ in range(ATTEMPTS):
                held = self._held(name)
                if (None if held is None else held[0]) != expected:
                    return False
                mode: PutMode = "create" if held is None else {"e_tag": held[1]}
                # Never repeated: of an answer that was lost, nobody would know whose write it was.
                if _put(self._once, name, data, mode):
                    return True
        raise _never_left_alone()

    def delete(self, names: Iterable[str]) -> None:
        """Take objects away, some at a time."""
        left = map(checked_name, names)
        while page := list(islice(left, PAGE)):
            with _telling(), suppress(FileNotFoundError):
                obstore.delete(self._patient, page)

    def names(self, prefix: str) -> Iterator[str]:
        """Return the names that begin with `prefix`, sorted: not every store lists them so."""
        checked_prefix(prefix)
        folder = prefix.rpartition("/")[0]
        with _telling():
            pages = obstore.list(self._patient, folder or None, chunk_size=PAGE)
            return iter(
                sorted(
                    one["path"] for page in pages for one in page if one["path"].startswith(prefix)
                )
            )

    def close(self) -> None:
        """Hold nothing: connections end by themselves when they are idle."""

    def _held(self, name: str) -> tuple[bytes, str] | None:
        """Return an object's bytes and the tag of just these."""
        try:
            got = obstore.get(self._patient, name)
        except FileNotFoundError as error:
            _check_bucket(error)
            return None
        if got.meta["size"] > OBJECT_LIMIT:
            raise too_large(got.meta["size"])
        return bytes(got.bytes()), got.meta["e_tag"] or ""

    def _rest(self, name: str, start: int) -> bytes | None:
        try:
            # From a byte before: a range that begins at the end is an error, and asked for often.
            got = obstore.get(self._patient, name, options={"range": {"offset": start - 1}})
            if got.meta["size"] > OBJECT_LIMIT:
                raise too_large(got.meta["size"])
            return bytes(got.bytes())[1:]
        except FileNotFoundError as error:
            _check_bucket(error)
            return None
        except BaseError as error:
            if _status(error) != "416":
                raise
            return b""

    def _try_out(self) -> None:
        name = f"probe/{secrets.token_hex(8)}"
        try:
            with _telling():
                if not self._holds_conditions(name):
                    raise ConfigError(
                        "this S3 store passes over the conditions of writes (If-None-Match, "
                        "If-Match): two guards would overwrite each other's evidence",
                        fix="take a store that obeys them, or PostgreSQL: docs/evidence-stores.md",
                    )
        finally:
            with suppress(EvidenceError):
                self.delete([name])

    def _holds_conditions(self, name: str) -> bool:
        """Tell if of two creates, and of two swaps of one tag, the first alone takes effect."""

        def put(data: bytes, mode: PutMode) -> bool:
            return _put(self._once, name, data, mode)

        if not put(b"1", "create") or put(b"2", "create"):
            return False
        first = self._held(name)
        if first is None or not first[1]:
            return False
        swap: PutMode = {"e_tag": first[1]}
        if not put(b"3", swap) or put(b"4", swap):
            return False
        last = self._held(name)
        return (first[0], last and last[0]) == (b"1", b"3")


def _opened(bucket: Bucket, *, repetitions: int) -> S3Store:
    # The sum is what a bucket with Object Lock asks for; any store finds a torn upload by it.
    config: S3Config = {"checksum_algorithm": "SHA256"}
    if bucket.endpoint:
        config["endpoint"] = bucket.endpoint
    if bucket.region:
        config["region"] = bucket.region
    client: ClientConfig = {
        "timeout": timedelta(seconds=PATIENCE),
        "connect_timeout": timedelta(seconds=5),
        "pool_idle_timeout": timedelta(seconds=4),  # before servers end what is idle
        "allow_http": bucket.endpoint.startswith("http://"),
    }
    try:
        if bucket.ca is not None:
            client["root_certificate"] = bucket.ca.read_bytes()
        return S3Store(
            bucket.name,
            prefix=bucket.prefix or None,
            config=config,
            client_options=client,
            retry_config={
                "max_retries": repetitions,
                "retry_timeout": timedelta(seconds=PATIENCE),
            },
        )
    except (BaseError, OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it isn't one"
        raise EvidenceError(f"the address of the evidence's bucket can't be used: {why}") from None


def _put(store: S3Store, name: str, data: bytes, mode: PutMode) -> bool:
    """Write an object whole; False if the condition doesn't hold."""
    try:
        obstore.put(store, name, data, mode=mode, use_multipart=False)
    except (AlreadyExistsError, PreconditionError, FileExistsError):
        return False
    except FileNotFoundError as error:  # what was to be swapped has gone
        _check_bucket(error)
        return False
    return True


def _check_bucket(error: FileNotFoundError) -> None:
    """Raise the error again where it is the bucket that isn't there: that is no empty log."""
    if "NoSuchBucket" in str(error):
        raise error


@contextmanager
def _telling() -> Generator[None]:
    """Tell what is wrong with the store, and nothing of who asks: its answers may hold keys."""
    try:
        yield
    except FileNotFoundError:
        raise EvidenceError(
            "the evidence's bucket isn't there", fix="make it: guardrail never does"
        ) from None
    except (BaseError, OSError) as error:
        raise EvidenceError(f"the evidence's bucket {_said(error)}") from None


def _said(error: Exception) -> str:
    status = _status(error)
    if status in {"401", "403"}:
        return f"refuses these credentials ({status})"
    return f"answers {status}" if status else "can't be reached"


def _status(error: Exception) -> str:
    found = _STATUS.search(str(error))
    return found[1] if found else ""


def _never_left_alone() -> EvidenceError:
    return EvidenceError("evidence can't be written: others write the same without end")
