"""Time-stamps that an authority didn't give in time: asked for again, and kept beside the medium.

A medium leaves without one then. Its manifest waits here, in memory: once it has its time-stamp,
it is kept where manifests of media that have no place for one are, by the same address. It is the
same manifest, with the same signature over the same bytes of the medium: C2PA 2.4 has the
time-stamp in a header that isn't signed. A reader takes it as a sidecar.

What waits when the process ends is lost: the medium's mark holds as long as the certificate.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from guardrail.disclose.c2pa import timestamps
from guardrail.disclose.c2pa.timestamps import BadStampError
from guardrail.disclose.layers import Layered
from guardrail.shells.manifest_link import uuid_of
from guardrail.stores.manifests import Manifests, numbered

log = logging.getLogger("guardrail")

MOST_WAITING = 1_000
"""Manifests in memory, of some 15 KB each; one more, and the oldest is given up."""
PAUSE_SECONDS = 60.0
"""Until the authority is asked again."""
LONGEST_PAUSE_SECONDS = 900.0
"""It doubles up to here while the authority fails."""
STAMPED, MISSED, LATE, LOST = "stamped", "missed", "late", "lost"
"""What became of a time-stamp: there in time; not; there later; given up."""
_NO_AUTHORITY = "no_authority"

Ask = Callable[[bytes], bytes]
"""Sends an RFC 3161 request and returns the response; raises OSError."""
Count = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Waiting:
    name: str
    store: bytes


class LateStamps:
    """Manifests that wait for a time-stamp, for one process. For any number of threads."""

    def __init__(
        self,
        ask: Ask,
        manifests: Manifests,
        count: Count,
        *,
        pause: float = PAUSE_SECONDS,
        most: int = MOST_WAITING,
    ) -> None:
        """Take what is asked and where manifests go; a thread starts with the first that waits.

        Args:
            ask: the authority, with its time limit.
            manifests: where those go that have a time-stamp.
            count: told what became of each.
            pause: seconds until the authority is asked again.
            most: how many may wait.
        """
        self._ask = ask
        self._manifests = manifests
        self._count = count
        self._pause = pause
        self._most = most
        self._waiting: deque[_Waiting] = deque()
        self._numbers: OrderedDict[str, int] = OrderedDict()
        """How many media each of the last labels was of."""
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    def take(self, label_id: str, layered: Layered) -> None:
        """Take note of a medium that was labelled: its manifest waits if it has no time-stamp.

        Args:
            label_id: of the reply; its media are told apart by the order in which they come here.
            layered: what became of it.
        """
        if layered.why_not == _NO_AUTHORITY or not layered.is_signed:
            return
        name = self._name(label_id)
        if not layered.why_not:
            self._count(STAMPED)
            return
        self._count(MISSED)
        if layered.store:
            self._put(_Waiting(name, layered.store))
        else:
            self._count(LOST)

    def attempt(self) -> bool:
        """Ask for what waits, until the authority fails; tell whether nothing waits any more."""
        while (one := self._next()) is not None:
            try:
                store = self._stamped(one)
            except OSError:
                self._put_back(one)
                return False
            self._keep(one.name, store)
        return True

    def close(self) -> None:
        """Give up what waits."""
        self._closed.set()
        with self._lock:
            for _ in self._waiting:
                self._count(LOST)
            self._waiting.clear()

    def _name(self, label_id: str) -> str:
        with self._lock:
            index = self._numbers.pop(label_id, 0)
            self._numbers[label_id] = index + 1
            if len(self._numbers) > self._most:
                self._numbers.popitem(last=False)
        return numbered(uuid_of(label_id), index)

    def _put(self, one: _Waiting) -> None:
        with self._lock:
            if self._closed.is_set():
                self._count(LOST)
                return
            if len(self._waiting) >= self._most:
                self._waiting.popleft()
                self._count(LOST)
            self._waiting.append(one)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="stamps", daemon=True)
                self._thread.start()

    def _put_back(self, one: _Waiting) -> None:
        with self._lock:
            if self._closed.is_set() or len(self._waiting) >= self._most:
                self._count(LOST)
            else:
                self._waiting.appendleft(one)

    def _next(self) -> _Waiting | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def _run(self) -> None:
        pause = self._pause
        while not self._closed.wait(pause):
            if not self.attempt():
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
                continue
            pause = self._pause
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return

    def _stamped(self, one: _Waiting) -> bytes:
        """Return the manifest with a time-stamp; nothing where there will never be one.

        Raises:
            OSError: the authority gave no answer.
        """
        try:
            response = self._ask(timestamps.request(one.store))
            token = timestamps.token(response, one.store)
            return timestamps.stamp(b"", one.store, token)[1]
        except BadStampError as error:
            log.warning("a manifest gets no time-stamp: %s", error.reason)
            return b""

    def _keep(self, name: str, store: bytes) -> None:
        kept = bool(store)
        try:
            if store:
                self._manifests.keep(name, store)
        except (OSError, ValueError) as error:
            log.warning("a time-stamped manifest can't be kept: %s", type(error).__name__)
            kept = False
        self._count(LATE if kept else LOST)
