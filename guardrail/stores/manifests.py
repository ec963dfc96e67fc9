"""Signed manifests of what has no place for one: kept for those who ask for them.

A file each, by the id of the label that they speak of. They hold nothing of a person's: what is
said of a medium, by whom it is signed, and its hash. Texts leave more often than media, so theirs
have a folder of their own, of which the oldest go when there are too many.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

MOST_BYTES = 1 << 20
"""Of a manifest: one has some 15 KB."""
_NAME = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.[1-9][0-9]?)?")


def numbered(name: str, index: int) -> str:
    """Return the name of a manifest where a label is of several media.

    Args:
        name: the UUID of the label.
        index: which of the media it is: the first, 0, has the UUID alone.
    """
    return f"{name}.{index}" if index else name


class Manifests:
    """Manifests in a folder. For any number of threads and processes."""

    def __init__(self, folder: Path, texts: Manifests | None = None) -> None:
        """Take the folder, which is made at the first manifest.

        Args:
            folder: where manifests are.
            texts: those of texts, which are read and pruned with these.
        """
        self._folder = folder
        self._texts = texts

    def keep(self, name: str, store: bytes) -> None:
        """Write a manifest, whole or not at all.

        Args:
            name: the UUID of its label, as `numbered` has it.
            store: the manifest.

        Raises:
            OSError: it can't be written.
            ValueError: it is no name or no manifest.
        """
        if not _NAME.fullmatch(name) or not 0 < len(store) <= MOST_BYTES:
            raise ValueError("no manifest")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._folder / f".{secrets.token_hex(8)}"
        try:
            draft.write_bytes(store)
            os.replace(draft, self._path(name))  # noqa: PTH105 - both are in one folder
        finally:
            draft.unlink(missing_ok=True)

    def read(self, name: str) -> bytes | None:
        """Return a manifest; None where there is none of that name, or no more."""
        if not _NAME.fullmatch(name):
            return None
        try:
            return self._path(name).read_bytes()
        except OSError:
            return self._texts.read(name) if self._texts is not None else None

    def prune(self, before: float) -> int:
        """Delete manifests that were kept before a time, in Unix seconds; return how many were."""
        gone = self._texts.prune(before) if self._texts is not None else 0
        for path in self._folder.glob("*.c2pa"):
            try:
                if path.stat().st_mtime < before:
                    path.unlink()
                    gone += 1
            except OSError:  # another process was quicker
                continue
        return gone

    def thin(self, most: int) -> int:
        """Delete the oldest manifests while there are more than `most`; return how many were."""
        kept: list[tuple[float, str]] = []
        with suppress(OSError), os.scandir(self._folder) as found:
            for one in found:
                if one.name.endswith(".c2pa"):
                    with suppress(OSError):  # another process was quicker
                        kept.append((one.stat().st_mtime, one.path))
        gone = sorted(kept)[: max(0, len(kept) - most)]
        for _, path in gone:
            Path(path).unlink(missing_ok=True)
        return len(gone)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.c2pa"
