"""Signed manifests of texts: made off the loop while the text waits, kept for anybody who asks.

A text leaves without one where nobody signs, or not in time: its label stands in its header all the
same. After a failure nobody is asked for a while, so that a broken signer delays no reply.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from guardrail.disclose.layers import BESIDE, SIGNED, Layered, Said
from guardrail.shells.manifest_link import uuid_of
from guardrail.stores.manifests import Manifests

log = logging.getLogger("guardrail")

PAUSE_SECONDS = 30.0
"""After a failure, until a manifest is asked for again. It doubles while that fails, too."""
LONGEST_PAUSE_SECONDS = 900.0
PATIENCE_SECONDS = 10.0
"""The first text waits for a process to start, which takes a second where nothing is amiss."""
MOST_WAITING = 32
"""Texts that wait for a manifest at once; each takes a few milliseconds. Others leave without."""
_THINNED = 16
"""After how many parts of what is kept the oldest are let go of."""
_OF_THE_TEXT = "too_large"
"""Says nothing of who signs."""


class Voucher(Protocol):
    """Signs manifests, as a `LabelWriter` does."""

    @property
    def signs(self) -> bool:
        """Whether there is anybody who signs."""
        ...

    def vouch(self, data: bytes, said: Said, media_type: str) -> Layered:
        """Sign a manifest of a text; whatever goes wrong is told as missing. Blocks."""
        ...


class TextManifests:
    """Makes manifests of texts and keeps them, for one event loop."""

    def __init__(
        self,
        voucher: Voucher,
        manifests: Manifests,
        *,
        most: int,
        patience: float = PATIENCE_SECONDS,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take who signs and where manifests go; nothing runs yet.

        Args:
            voucher: signs.
            manifests: has them, for every process that serves them.
            most: how many are kept: the oldest go first.
            patience: seconds that a text waits at most.
            seconds: a clock that only measures.
        """
        self._voucher = voucher
        self._manifests = manifests
        self._most = most
        self._patience = patience
        self._seconds = seconds
        self._paused_until = 0.0
        self._pause = PAUSE_SECONDS
        self._waiting = 0
        self._since_thinned = most  # what another process left is looked at with the first
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="manifests")

    @property
    def is_ready(self) -> bool:
        """Whether anybody signs, as far as is known."""
        return self._voucher.signs

    async def take(self, body: bytes, said: Said, media_type: str) -> Layered:
        """Sign a manifest of a text and keep it; whatever goes wrong is told as missing.

        Args:
            body: as it leaves.
            said: what is said of it.
            media_type: what it leaves as, as ``text/html``.
        """
        if self._seconds() < self._paused_until:
            return _missing(media_type, "paused")
        if self._waiting >= MOST_WAITING:
            return _missing(media_type, "busy")
        self._waiting += 1
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._thread, self._made, body, said, media_type)
        try:
            done, _ = await asyncio.wait({work}, timeout=self._patience)
        finally:
            self._waiting -= 1
        if done:
            return work.result()
        work.cancel()
        return self._pausing(_missing(media_type, "timeout"))

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _made(self, body: bytes, said: Said, media_type: str) -> Layered:
        if self._seconds() < self._paused_until:
            return _missing(media_type, "paused")  # it has waited behind the one that failed
        made = self._voucher.vouch(body, said, media_type)
        if BESIDE in made.written:
            made = self._kept(made, uuid_of(said.label.id))
        return self._pausing(made)

    def _pausing(self, made: Layered) -> Layered:
        """Ask nobody for a while where that is why there is no manifest."""
        reason = made.missing.get(SIGNED, "")
        if reason not in {"", _OF_THE_TEXT}:
            self._paused_until = self._seconds() + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
            log.warning("texts leave without a signed manifest for a while: %s", reason)
        elif not reason:
            self._pause = PAUSE_SECONDS
        return made

    def _kept(self, made: Layered, name: str) -> Layered:
        try:
            self._manifests.keep(name, made.store)
        except (OSError, ValueError) as error:
            log.warning("the manifest of a text can't be kept: %s", type(error).__name__)
            return _missing(made.medium, "not_kept")
        self._since_thinned += 1
        if self._since_thinned > self._most // _THINNED:
            self._since_thinned = 0
            self._manifests.thin(self._most)
        return made


def _missing(medium: str, reason: str) -> Layered:
    return Layered(data=b"", medium=medium, missing={SIGNED: reason})
