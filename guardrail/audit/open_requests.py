"""Requests that were let through, and what closes them.

A ``request`` is durable before the upstream is called, and its story ends with ``reply``,
``stream.close`` or ``error``. One that was let through and never closed is an orphan: the guard
died on the way, or entries are missing.
"""

from __future__ import annotations

from collections.abc import Mapping

PATIENCE = 15 * 60 * 1_000_000
"""Microseconds after which a request that isn't closed is called an orphan; the verifier's too."""

_THROUGH = frozenset({"allow", "mask", "pseudonymise"})
_CLOSING = frozenset({"reply", "stream.close", "error"})


class OpenRequests:
    """Requests under way: memory grows with what is open at once, and stops at `most`."""

    __slots__ = ("_open", "closed", "lost", "most")

    def __init__(self, most: int = 200_000) -> None:
        self.most = most
        self.closed = 0
        """Requests that were let through and closed."""
        self.lost = 0
        """Open ones that couldn't be kept in mind, since too many were."""
        self._open: dict[str, int] = {}

    def add(self, kind: str, record: Mapping[str, object], ts: int) -> None:
        """Take an entry."""
        req = record.get("req")
        if not isinstance(req, str) or not req:
            return
        if kind == "request" and record.get("act") in _THROUGH:
            if len(self._open) < self.most:
                self._open[req] = ts
            else:
                self.lost += 1
        elif kind in _CLOSING and self._open.pop(req, None) is not None:
            self.closed += 1

    def orphans(self, now: int) -> tuple[str, ...]:
        """Return ids of requests that were open for longer than `PATIENCE`, the oldest first."""
        late = [(ts, req) for req, ts in self._open.items() if now - ts > PATIENCE]
        return tuple(req for _, req in sorted(late))

    def under_way(self, now: int) -> int:
        """Return how many are open, but not for that long."""
        return len(self._open) - len(self.orphans(now))
