"""Where the log is: a folder, or an archive."""

from __future__ import annotations

import lzma
import os
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from guardrail.verify.report import Files, Unreadable

OBJECT_LIMIT = 64 << 20  # bytes of anything that is read at once


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, name: str, start: int = 0) -> bytes | None:
        try:
            with (self._root / name).open("rb") as file:
                file.seek(start)
                return _bounded(file.read(OBJECT_LIMIT + 1))
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def names(self, prefix: str) -> Iterator[str]:
        pending = [prefix.rpartition("/")[0]]
        while pending:
            folder = pending.pop()
            for found in _inside(self._root / folder):
                name = f"{folder}/{found.name}" if folder else found.name
                if found.name.startswith("."):
                    continue  # what a store hides: locks, drafts
                if found.is_dir():
                    pending.append(name)
                elif name.startswith(prefix):
                    yield name


def _inside(folder: Path) -> list[os.DirEntry[str]]:
    """Return what a folder holds; nothing where it isn't there, or went away just now."""
    try:
        # Each comes with its kind: asked for later, a folder that went meanwhile would be none.
        with os.scandir(folder) as found:
            return sorted(found, key=lambda one: one.name)
    except (FileNotFoundError, NotADirectoryError):
        return []


class _Archive:
    """A zip or tar archive, read where it is; a compressed tar is slow, so better unpack it."""

    def __init__(self, archive: zipfile.ZipFile | tarfile.TarFile) -> None:
        self._archive = archive
        if isinstance(archive, zipfile.ZipFile):
            names = archive.namelist()
        else:
            names = [one.name for one in archive.getmembers() if one.isfile()]
        found = [name for name in names if re.search(r"(?:^|/)\d{4}h[12]/checkpoint$", name)]
        self._prefix = min(found, key=len).rpartition("/")[0].rpartition("/")[0] if found else ""
        self._prefix += "/" if self._prefix else ""
        self._names = sorted(name for name in names if not name.endswith("/"))

    def read(self, name: str, start: int = 0) -> bytes | None:
        try:
            file = self._opened(self._prefix + name)
            if file is None:
                return None
            with file:
                return _bounded(file.read(OBJECT_LIMIT + 1))[start:]
        except KeyError:
            return None
        except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError) as error:
            raise Unreadable(str(error)) from error

    def _opened(self, name: str) -> IO[bytes] | None:
        if isinstance(self._archive, zipfile.ZipFile):
            return self._archive.open(name)
        return self._archive.extractfile(name)

    def names(self, prefix: str) -> Iterator[str]:
        full = self._prefix + prefix
        yield from (one.removeprefix(self._prefix) for one in self._names if one.startswith(full))


def _bounded(data: bytes) -> bytes:
    if len(data) > OBJECT_LIMIT:
        raise Unreadable("it is too large")
    return data


@contextmanager
def open_files(path: Path) -> Iterator[Files]:
    """Give the log in a folder (or its folder `evidence` or `log`), or in an archive.

    Raises:
        Unreadable: there is none.
    """
    if path.is_dir():
        inner = (one for one in (path / "evidence", path / "log") if one.is_dir())
        yield _Folder(next(inner, path))
        return
    try:
        archive = zipfile.ZipFile(path) if zipfile.is_zipfile(path) else tarfile.open(path)  # noqa: SIM115 - closed below
        with archive:
            yield _Archive(archive)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError) as error:
        raise Unreadable(f"{path} is neither a folder nor an archive") from error
