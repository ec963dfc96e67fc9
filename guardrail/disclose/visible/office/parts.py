"""The parts of a document in a ZIP archive, as read and as they are to be written."""

from __future__ import annotations

from guardrail.disclose.marks.zipped import Archive
from guardrail.disclose.visible.unlabelled import Unlabelled

_MOST_BYTES = 64 << 20
"""Of all parts that are read, unpacked."""


class Parts:
    """What a document is made of."""

    def __init__(self, archive: Archive) -> None:
        """Take the archive."""
        self.archive = archive
        self.changed: dict[str, bytes] = {}
        """What parts hold instead, and new ones."""
        self._left = _MOST_BYTES

    def get(self, name: str) -> bytes | None:
        """Return what a part holds by now; None where there is none.

        Raises:
            Unmarkable: As `Archive.read`.
            Unlabelled: ``too_much_unpacked``.
        """
        if name in self.changed:
            return self.changed[name]
        held = self.archive.read(name)
        self._left -= len(held or b"")
        if self._left < 0:
            raise Unlabelled("too_much_unpacked")
        return held

    def read(self, name: str) -> bytes:
        """Return what a part holds by now, that must be there.

        Raises:
            Unmarkable: As `Archive.read`.
            Unlabelled: ``unreadable``: it isn't there; ``too_much_unpacked``.
        """
        held = self.get(name)
        if held is None:
            raise Unlabelled("unreadable")
        return held

    def change(self, name: str, held: bytes) -> None:
        """Let a part hold something else."""
        self.changed[name] = held

    def free(self, stem: str, ending: str) -> str:
        """Return the name of a part that there isn't yet."""
        # Readers tell names apart without regard to case.
        taken = {name.lower() for name in (*self.archive.names, *self.changed)}
        number = 1
        while f"{stem}{number}{ending}".lower() in taken:
            number += 1
        return f"{stem}{number}{ending}"

    def written(self) -> bytes:
        """Return the whole document; nothing but what was changed is another.

        Raises:
            Unmarkable: As `Archive.written`.
        """
        return self.archive.written(self.changed) if self.changed else self.archive.data
