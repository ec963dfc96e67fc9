"""The keys of pseudonyms in evidence: a file for each half-year, ``keys/epochs/2026h2.key``.

Each is made once, by whichever process comes first. A person is forgotten by writing a key's file
anew, and everybody by taking it away; a running process notices either within a second.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from guardrail.errors import ConfigError, EvidenceError
from guardrail.evidence.pseudonyms import KEY_BYTES, EpochKey, decoded, fresh_key, is_epoch
from guardrail.evidence.shard import SECOND, shard_of
from guardrail.stores.vault import replace_file

LOOK_AGAIN_SECONDS = 1.0
"""How long a process may go on with a key that another one has changed or taken away."""
LARGEST = 256 << 20
"""Bytes of a key's file: 3 kB for each person forgotten, and 200."""
AHEAD_DAYS = 30
"""How long before a half-year its key is made: where that fails, there is time to see to it."""

_SUFFIX = ".key"
_Stamp = tuple[int, int, int]


class EpochKeys:
    """The keys in a directory, which all replicas share. Safe to use from many threads."""

    def __init__(self, directory: Path, seconds: Callable[[], float] = time.monotonic) -> None:
        """Take the directory, which is made with the first key, and a clock that only measures."""
        self._directory = directory
        self._seconds = seconds
        self._lock = threading.Lock()
        self._held: dict[str, tuple[EpochKey, _Stamp | None, float]] = {}

    def at(self, ts: int) -> EpochKey:
        """Return the key of the half-year that a time falls in, made where there is none.

        Looks at the disk once a `LOOK_AGAIN_SECONDS`, so an event loop asks `ready` first, and a
        thread where that has none.

        Args:
            ts: microseconds since 1970, UTC.

        Raises:
            ConfigError: it can't be read or made, or is open to everybody.
        """
        known = self.ready(ts)
        if known is not None:
            return known
        with self._lock:
            return self._looked(shard_of(ts))

    def ready(self, ts: int) -> EpochKey | None:
        """Return a time's key where it was looked at lately; None where the disk must be asked.

        Args:
            ts: microseconds since 1970, UTC.
        """
        held = self._held.get(shard_of(ts))
        return held[0] if held is not None and self._seconds() < held[2] else None

    def ahead(self, ts: int) -> None:
        """Make the key of the next half-year where it begins soon.

        Raises:
            ConfigError: it can't be made.
        """
        self.at(ts)
        self.at(ts + AHEAD_DAYS * 86_400 * SECOND)

    def epochs(self) -> tuple[str, ...]:
        """Return the half-years that there are keys of, the oldest first."""
        if not self._directory.exists():
            return ()
        stems = [path.stem for path in self._directory.iterdir() if path.suffix == _SUFFIX]
        return tuple(sorted(filter(is_epoch, stems)))

    def names_of(self, subject: str) -> dict[str, str]:
        """Return a person's pseudonym in each half-year whose key is there, by the half-year.

        Raises:
            ConfigError: a key can't be read.
        """
        return {epoch: self._read(epoch).of(subject) for epoch in self.epochs()}

    def unlink(self, subject: str) -> int:
        """Forget a person in every half-year: none of their pseudonyms can be told from now on.

        Returns:
            how many half-years that is.

        Raises:
            ConfigError: a key can't be read or written; do it again then.
        """
        with self._alone():
            epochs = self.epochs()
            for epoch in epochs:
                key = self._read(epoch).without(subject, secrets.token_bytes(KEY_BYTES))
                replace_file(self._path(epoch), key.encoded(), mode=0o600)
            self._held.clear()
        return len(epochs)

    def destroy(self, epoch: str) -> bool:
        """Take a half-year's key away: no pseudonym of it can be told from now on.

        Returns:
            False where there was none.

        Raises:
            ConfigError: it can't be taken away.
        """
        if epoch not in self.epochs():
            return False
        with self._alone() as directory:
            try:
                self._path(epoch).unlink(missing_ok=True)
                os.fsync(directory)
            except OSError as error:
                raise ConfigError(f"{self._path(epoch)}: {error.strerror}") from None
            self._held.clear()
        return True

    def _looked(self, epoch: str) -> EpochKey:
        """Return a key as it is on disk now. Called by one thread at a time."""
        held, stamp = self._held.get(epoch), self._stamp(epoch)
        if stamp is None:
            self._make(epoch)
            stamp = self._stamp(epoch)
        # Stamped before it is read: a change in between is seen at the next look.
        key = held[0] if held is not None and stamp == held[1] else self._read(epoch)
        self._held[epoch] = (key, stamp, self._seconds() + LOOK_AGAIN_SECONDS)
        return key

    def _make(self, epoch: str) -> None:
        with self._alone():
            if not self._path(epoch).exists():
                key = fresh_key(epoch, secrets.token_bytes(2 * KEY_BYTES))
                replace_file(self._path(epoch), key.encoded(), mode=0o600)

    def _read(self, epoch: str) -> EpochKey:
        path = self._path(epoch)
        try:
            with path.open("rb") as file:
                key = decoded(file.read(LARGEST))
        except OSError as error:
            raise ConfigError(f"can't read {path}: {error.strerror}") from None
        except EvidenceError as error:
            raise ConfigError(f"{path}: {error}") from None
        if key.epoch != epoch:
            raise ConfigError(f"{path} holds the key of another half-year, {key.epoch}")
        if path.stat().st_mode & 0o007:
            raise ConfigError(f"{path} is open to every user", fix=f"chmod 600 {path}")
        return key

    def _stamp(self, epoch: str) -> _Stamp | None:
        try:
            found = self._path(epoch).stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ConfigError(f"can't read {self._path(epoch)}: {error.strerror}") from None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _path(self, epoch: str) -> Path:
        return self._directory / f"{epoch}{_SUFFIX}"

    @contextmanager
    def _alone(self) -> Iterator[int]:
        """Let nobody else change a key while the block runs: else one could undo the other."""
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise ConfigError(f"{self._directory}: {error.strerror}") from None
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield folder
        finally:
            os.close(folder)
