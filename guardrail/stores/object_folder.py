"""Evidence in a directory: a file an object, each written whole and synced before anybody sees it.

A new file is linked into place, which never replaces one; a swap is a rename under a lock. Both are
there for other processes at once, and after a loss of power.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import stat
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from guardrail.errors import EvidenceError
from guardrail.evidence.objects import OBJECT_LIMIT
from guardrail.stores.object_names import (
    checked_data,
    checked_name,
    checked_prefix,
    is_part,
    too_large,
)

LOCK_PATIENCE = 10.0
"""Seconds. A swap holds the lock for as long as two syncs take."""

ATTEMPTS = 20
"""How often a write begins anew because somebody took the file or its directory away."""

LEFT_OVER_SECONDS = 3_600
"""After which a temporary file is taken to be what a crash left."""

TOGETHER = 64
"""Files that are written at once at most: each takes a descriptor."""

_NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC
_LOCK, _DRAFTS = ".lock", ".drafts"
_FILE, _FOLDER = 0o600, 0o700


class ObjectFolder:
    """`Objects` in the directory `root`, which is made when something is written.

    All processes on one machine may share it. File systems of a network are for those that keep
    flock(2), link(2) and fsync(2) what they are, as NFS 4 does.

    Attributes:
        root: the directory.
    """

    def __init__(self, root: Path, sync: Callable[[int], None] = os.fdatasync) -> None:
        """Take the directory, and what makes a file's bytes durable."""
        self.root = root
        self._sync = sync
        self._durable: set[Path] = set()  # directories whose own names are synced
        with suppress(OSError):
            self._forget_left_overs()

    def read(self, name: str, start: int = 0) -> bytes | None:
        """Return an object's bytes from `start` on; None where there is no such object."""
        path = self._path(name)
        with _failing("read"):
            return _read(path, start)

    def create(self, name: str, data: bytes) -> bool:
        """Make an object; see `Objects.create`."""
        return self.create_all({name: data})

    def create_all(self, named: Mapping[str, bytes]) -> bool:
        """Make several objects, each as `create` does; but their names become durable together.

        Returns:
            Whether every one was made or held the same bytes already.
        """
        paths = {self._path(name): data for name, data in named.items()}
        with _failing("written"):
            made = self._made({path: checked_data(data) for path, data in paths.items()})
            # Of those that were there, too: whoever made them may not have come to this yet.
            for folder in {path.parent for path in paths}:
                self._settle(folder)
        return made

    def _made(self, left: Mapping[Path, bytes]) -> bool:
        """Make files, or tell whether they are there as they are to be."""
        fine = True
        for _ in range(ATTEMPTS):
            held = {path: _read(path) for path in left}
            fine = fine and all(held[path] in {None, data} for path, data in left.items())
            left = self._link({path: data for path, data in left.items() if held[path] is None})
            if not left:
                return fine
        raise _never_left_alone()

    def swap(self, name: str, data: bytes, *, expected: bytes | None) -> bool:
        """Put one thing in place of another; see `Objects.swap`."""
        path = self._path(name)
        with _failing("written"), self._alone():
            if _read(path) != expected:
                return False
            if expected is None:
                return not self._link({path: checked_data(data)}) and self._settle(path.parent)
            return self._rename(path, checked_data(data))

    def delete(self, names: Iterable[str]) -> None:
        """Take objects away, and directories that are empty then."""
        paths = [self._path(name) for name in names]
        with _failing("taken away"), self._alone():
            for path in paths:
                with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
                    path.unlink()
            for folder in {path.parent for path in paths}:
                self._tidy(folder)

    def names(self, prefix: str) -> Iterator[str]:
        """Return the names that begin with `prefix`, sorted; read as they are asked for."""
        checked_prefix(prefix)
        return self._walk(prefix.rpartition("/")[0], prefix)

    def close(self) -> None:
        """Hold nothing: there is nothing to give back."""

    def _path(self, name: str) -> Path:
        return self.root / checked_name(name)

    def _link(self, made: Mapping[Path, bytes]) -> dict[Path, bytes]:
        """Make files, whose names aren't durable yet; return those that are there already."""
        there: dict[Path, bytes] = {}
        left = list(made.items())
        for at in range(0, len(left), TOGETHER):
            some = left[at : at + TOGETHER]
            with self._drafts([data for _, data in some]) as drafts:
                for draft, (path, data) in zip(drafts, some, strict=True):
                    if not self._named(draft, path):
                        there[path] = data
        return there

    def _named(self, draft: Path, path: Path) -> bool:
        """Give a file a name that isn't there; False if it is."""
        for _ in range(ATTEMPTS):
            try:
                self._make_folder(path.parent)
                os.link(draft, path)
            except FileExistsError:
                return False
            except FileNotFoundError:  # somebody took the directory away, as it was empty
                self._durable.clear()
            else:
                return True
        raise _never_left_alone()

    def _rename(self, path: Path, data: bytes) -> bool:
        with self._drafts([data]) as (draft,):
            draft.replace(path)
        return self._settle(path.parent)

    def _settle(self, folder: Path) -> bool:
        """Make the names of files durable, as their bytes are already."""
        try:
            self._make_folder(folder)
            _sync_folder(folder)
        except FileNotFoundError:  # somebody has deleted them since, and the directory with them
            self._durable.clear()
        return True

    @contextmanager
    def _drafts(self, contents: Sequence[bytes]) -> Generator[list[Path]]:
        """Write files that nobody else knows; they are gone in the end, or have other names."""
        folder = self._hidden(_DRAFTS)
        name = secrets.token_hex(8)
        drafts = [folder / f"{name}-{at}" for at in range(len(contents))]
        descriptors: list[int] = []
        try:
            for draft, data in zip(drafts, contents, strict=True):
                descriptors.append(os.open(draft, _NEW, _FILE))
                _write(descriptors[-1], data)
                if len(contents) > 1:  # it begins to be written, and the syncs share their work
                    os.posix_fadvise(descriptors[-1], 0, 0, os.POSIX_FADV_DONTNEED)
            for descriptor in descriptors:
                self._sync(descriptor)
            yield drafts
        except FileNotFoundError:
            self._durable.clear()
            raise
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
            for draft in drafts[: len(descriptors)]:
                draft.unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Generator[None]:
        """Hold the lock, which the system takes back from whoever dies with it."""
        lock = self._hidden("") / _LOCK
        descriptor = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, _FILE)
        try:
            _wait_for(descriptor)
            yield
        finally:
            os.close(descriptor)

    def _hidden(self, name: str) -> Path:
        """Return a directory that holds no objects, made where it isn't there."""
        path = self.root / name
        if path not in self._durable:
            self._make_folder(self.root)
            path.mkdir(mode=_FOLDER, exist_ok=True)
            self._durable.add(path)
        return path

    def _make_folder(self, folder: Path) -> None:
        """Make a directory and those above it, and their names durable, once in a process."""
        if folder in self._durable:
            return
        if folder == self.root:
            folder.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
            with suppress(PermissionError):  # somebody else's: who made the root has to answer
                _sync_folder(folder.parent)
        else:
            self._make_folder(folder.parent)
            folder.mkdir(mode=_FOLDER, exist_ok=True)
            _sync_folder(folder.parent)
        self._durable.add(folder)

    def _tidy(self, folder: Path) -> None:
        """Make a directory's losses durable, and take it away if it is empty."""
        with suppress(FileNotFoundError, NotADirectoryError):
            _sync_folder(folder)
        while folder != self.root:
            try:
                folder.rmdir()
            except OSError:  # not empty, mostly; or gone
                return
            self._durable.discard(folder)
            folder = folder.parent

    def _walk(self, folder: str, prefix: str) -> Iterator[str]:
        with _failing("read"):
            found = _listed(self.root / folder)
        for part, is_folder in found:
            name = f"{folder}/{part}" if folder else part
            if not name.startswith(prefix):
                continue
            if is_folder:
                yield from self._walk(name, prefix)
            else:
                yield name

    def _forget_left_overs(self) -> None:
        oldest = time.time() - LEFT_OVER_SECONDS  # noqa: TID251 - compared to the file system's own
        with os.scandir(self.root / _DRAFTS) as drafts:
            for draft in drafts:
                if draft.stat().st_mtime < oldest:
                    Path(draft).unlink(missing_ok=True)


def _write(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def _read(path: Path, start: int = 0) -> bytes | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return None
        if status.st_size > OBJECT_LIMIT:
            raise too_large(status.st_size)
        return _rest(descriptor, min(start, OBJECT_LIMIT), status.st_size)
    finally:
        os.close(descriptor)


def _rest(descriptor: int, start: int, size: int) -> bytes:
    parts = []
    while start < size and (part := os.pread(descriptor, size - start, start)):
        parts.append(part)
        start += len(part)
    return b"".join(parts) if len(parts) != 1 else parts[0]


def _listed(folder: Path) -> list[tuple[str, bool]]:
    """Return what a directory holds, and if each is one itself, in the order of full names."""
    try:
        with os.scandir(folder) as entries:
            found = [(entry.name, entry.is_dir()) for entry in entries]
    except (FileNotFoundError, NotADirectoryError):
        return []
    # A slash sorts behind a dot: what stands in `000/` comes after what stands in `000.p/`.
    return sorted(
        (one for one in found if is_part(one[0])),  # not `lost+found`, nor what we hide
        key=lambda one: f"{one[0]}/" if one[1] else one[0],
    )


def _never_left_alone() -> EvidenceError:
    return EvidenceError("evidence can't be written: its directory is never left alone")


def _wait_for(descriptor: int) -> None:
    until, pause = time.monotonic() + LOCK_PATIENCE, 0.000_5
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise
        time.sleep(pause)
        pause = min(pause * 2, 0.02)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _failing(what: str) -> Generator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        fix = "make room for it" if error.errno in {errno.ENOSPC, errno.EDQUOT} else ""
        raise EvidenceError(f"evidence can't be {what}: {why}", fix=fix) from error
