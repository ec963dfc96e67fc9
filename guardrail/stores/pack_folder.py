"""The operator's folder of policy packs, read whole and bounded before anything of it is used.

What is checked, a signature above all, are the very bytes that are parsed afterwards: a folder may
change between two looks at it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterator, Mapping
from importlib.resources.abc import Traversable
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import IO, Any

from guardrail.errors import BadInput, ConfigError
from guardrail.policy.bundle import (
    MAX_FILES,
    SIGNATURE,
    SUMS,
    mismatches,
    open_sums,
    public_key,
)
from guardrail.policy.document import MAX_BYTES

MAX_KEY = 16 << 10
"""Bytes of a file with a key."""
_DEPTH = 4
"""Of folders in a bundle."""
_ABOUT = frozenset({SUMS, SIGNATURE})
_TOLD = 3
"""Files told of that aren't what was signed; one is enough to refuse them all."""


class MemoryFolder(Traversable):
    """A folder of files held in memory, for whatever reads `Traversable`."""

    def __init__(self, files: Mapping[str, bytes], path: str = "") -> None:
        """Take files by their paths with slashes, and which of them, or of their folders, it is."""
        self._files = files
        self._path = path

    @property
    def name(self) -> str:
        """The last part of its path."""
        return PurePosixPath(self._path).name

    def iterdir(self) -> Iterator[MemoryFolder]:
        """Yield what is right in it, sorted by name."""
        before = f"{self._path}/" if self._path else ""
        inside = (path.removeprefix(before) for path in self._files if path.startswith(before))
        for name in sorted({path.partition("/")[0] for path in inside}):
            yield self.joinpath(name)

    def files_under(self, names: Collection[str]) -> dict[str, bytes]:
        """Return the files in some of the folders that are right in it, by their whole paths."""
        return {path: data for path, data in self._files.items() if path.partition("/")[0] in names}

    def is_file(self) -> bool:
        """Tell whether it is a file."""
        return self._path in self._files

    def is_dir(self) -> bool:
        """Tell whether it is a folder that isn't empty."""
        return not self.is_file() and any(self.iterdir())

    def joinpath(self, *descendants: str | PathLike[str]) -> MemoryFolder:
        """Return what lies below, or would."""
        return MemoryFolder(self._files, str(PurePosixPath(self._path, *descendants)))

    def open(self, mode: str = "r", *args: Any, **kwargs: Any) -> IO[Any]:  # noqa: ANN401 - as Traversable has it
        """Open a file, as bytes or as text.

        Raises:
            FileNotFoundError: it isn't one.
        """
        if not self.is_file():
            raise FileNotFoundError(2, "No such file or directory", self._path)
        held = io.BytesIO(self._files[self._path])
        return held if "b" in mode else io.TextIOWrapper(held, *args, **kwargs)

    def read_bytes(self) -> bytes:
        """Return a file's bytes."""
        with self.open("rb") as opened:
            data: bytes = opened.read()
        return data

    def read_text(self, encoding: str | None = None) -> str:
        """Return a file's text."""
        with self.open("r", encoding=encoding) as opened:
            text: str = opened.read()
        return text


def snapshot(folder: Path, key: Path | None = None) -> dict[str, bytes]:
    """Return the files of a folder of packs, by their paths with slashes.

    Args:
        folder: the packs, a folder each.
        key: the public key (Ed25519, PEM) that they must be signed with, by
            `guardrail policy bundle`; None takes them unsigned.

    Raises:
        BadInput: something can't be read.
        ConfigError: a file isn't what was signed, or nothing was; or it can't be a pack's.
    """
    files = files_of(folder, mounted=True)
    about = {name: files.pop(name) for name in _ABOUT & files.keys()}
    if key is not None:
        _expect_signed(folder, files, about, public_key(bounded(key, MAX_KEY), str(key)))
    return files


def _expect_signed(
    folder: Path,
    files: Mapping[str, bytes],
    about: Mapping[str, bytes],
    key: Any,  # noqa: ANN401
) -> None:
    if about.keys() != _ABOUT:
        raise ConfigError(
            f"{folder} holds no {SUMS} with {SIGNATURE}: it isn't signed",
            fix=f"sign it: guardrail policy bundle {folder} --key packs.pem",
        )
    opened = open_sums(about[SUMS], about[SIGNATURE], key)
    wrong = list(mismatches(opened, files))
    if wrong:
        raise ConfigError(
            "; ".join(wrong[:_TOLD]), fix="get the bundle again from whoever signed it"
        )


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return one SHA-256 over files and their names, hex: another for every change."""
    lines = (f"{path} {hashlib.sha256(files[path]).hexdigest()}" for path in sorted(files))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def looks_of(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return path, size and time of change (ns) of each file in a folder: a cheap first look.

    A folder that can't be read looks empty: what is wrong with it is told by `snapshot`.
    """
    found: list[tuple[str, int, int]] = []
    try:
        for path in folder.rglob("*"):
            about = path.lstat()
            found.append((str(path), about.st_size, about.st_mtime_ns))
            if len(found) > MAX_FILES * _DEPTH:
                break
    except OSError:
        return ()
    return tuple(sorted(found))


def files_of(
    folder: Path, *, without: frozenset[str] = frozenset(), mounted: bool = False
) -> dict[str, bytes]:
    """Return every file of a bundle, by its path with slashes.

    Args:
        folder: the bundle.
        without: files right in it that don't belong to it, by name.
        mounted: as Kubernetes mounts one: what is hidden is passed over, and links are followed
            that lead to another place in it. For those who keep the bytes that they checked.

    Raises:
        BadInput: the folder can't be read.
        ConfigError: something in it isn't a plain file or folder, is too large, or too deep.
    """
    if not folder.is_dir():
        raise BadInput(f"{folder}: no such folder")
    files: dict[str, bytes] = {}
    waiting = [folder]
    while waiting:
        for path in _listed(waiting.pop()):
            inside = path.relative_to(folder)
            if str(inside) in without or (mounted and path.name.startswith(".")):
                continue
            own = not path.is_symlink() or (mounted and _leads_into(folder, path))
            if own and path.is_dir() and len(inside.parts) < _DEPTH:
                waiting.append(path)
            elif own and path.is_file():
                files[inside.as_posix()] = bounded(path, MAX_BYTES)
            else:
                # A link could lead to what nobody signed, and to another place tomorrow.
                raise ConfigError(f"{path}: neither a plain file nor a folder of a pack")
            if len(files) + len(waiting) > MAX_FILES:
                raise ConfigError(f"{folder}: more than {MAX_FILES} files")
    return files


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise BadInput(f"{folder}: {error.strerror}") from None


def _leads_into(folder: Path, link: Path) -> bool:
    try:
        return link.resolve(strict=True).is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # nowhere, or round in a circle
        return False


def bounded(path: Path, most: int) -> bytes:
    """Return a file's bytes.

    Raises:
        BadInput: it can't be read.
        ConfigError: it has more than `most` bytes.
    """
    try:
        with path.open("rb") as opened:
            data = opened.read(most + 1)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
    if len(data) > most:
        raise ConfigError(f"{path}: more than {most} bytes")
    return data
