"""The world, as the `Runner` meets it: with an event loop, or without one."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from guardrail.consent import ConsentRecord, ConsentRegistry
from guardrail.detect.media.actions import Redaction
from guardrail.disclose.layers import SIGNED, Layered, Said
from guardrail.engine import Enacted
from guardrail.engine.labels import Job, Labelled
from guardrail.errors import GuardrailError
from guardrail.evidence import Entry, EvidenceLog, Receipt
from guardrail.facts import Inspected
from guardrail.shells.keeping import Keeper
from guardrail.shells.label_writer import Kit, LabelWriter
from guardrail.shells.late_stamps import LateStamps
from guardrail.shells.media import Looker, MediaPool
from guardrail.shells.recording import Recording
from guardrail.shells.text_manifests import TextManifests
from guardrail.stores.manifests import Manifests

T = TypeVar("T")

INLINE_BYTES = 4 << 10
"""Up to here examining costs less than the two thread switches of handing it over, and holds the
loop for a few milliseconds at most."""


class Ports(Protocol):
    """What the order needs of the world."""

    async def records(self, subject: str) -> Sequence[ConsentRecord]:
        """Return the consents of a pseudonymous person."""
        ...

    async def append(self, entries: Sequence[Entry]) -> tuple[Receipt, ...]:
        """Return the entries' receipts once they are durable; EvidenceError where they can't be."""
        ...

    async def compute(self, work: Callable[[], T], size: int) -> T:
        """Do pure work on `size` bytes where it is cheapest."""
        ...

    async def fetch(self, work: Callable[[], T]) -> T:
        """Do what may wait for a disk, where nobody else waits with it."""
        ...

    async def inspect(self, held: Sequence[bytes | str]) -> tuple[Inspected, ...]:
        """Return what was seen in each of some media; a verdict for what can't be looked into."""
        ...

    async def redact(self, held: bytes | str, redaction: Redaction) -> str:
        """Return what stands in a medium's place, spelt as it was.

        Raises:
            NotRedactedError: it can't be changed so.
        """
        ...

    async def label(self, jobs: Sequence[Job], said: Said) -> tuple[Labelled, ...]:
        """Return media with their label; those that can't be labelled say why.

        Args:
            jobs: how a message holds each, and what stands in its place by now.
            said: what is said of them.
        """
        ...

    @property
    def publishes(self) -> bool:
        """Whether manifests that go beside media can be had by anybody."""
        ...

    @property
    def published_at(self) -> str:
        """What stands before the address of a manifest: empty at the root."""
        ...

    async def keep_manifest(self, name: str, store: bytes) -> None:
        """Keep the manifest of a medium that has no place for one, by the UUID of its label.

        Raises:
            GuardrailError: it can't be kept.
        """
        ...

    @property
    def vouches(self) -> bool:
        """Whether somebody signs manifests of texts, which can be had by anybody."""
        ...

    async def vouch(self, body: bytes, said: Said, media_type: str) -> Layered:
        """Sign a manifest of a text that is about to leave, and keep it by the UUID of its label.

        Args:
            body: as it leaves.
            said: what is said of it.
            media_type: what it leaves as, as ``text/html``.

        Returns:
            What came of it: nothing that fails is an error.
        """
        ...

    async def detailed(self, enacted: Enacted) -> Enacted:
        """Keep the body of what was refused, where that is wanted; its entry then says so."""
        ...

    def now(self) -> datetime:
        """Return the time, aware."""
        ...

    def seconds(self) -> float:
        """Return a clock that only measures."""
        ...

    def fresh_id(self) -> str:
        """Return a new random id: 32 hex digits."""
        ...


class _Clocks:
    def now(self) -> datetime:
        """Return the time, aware."""
        return datetime.now(UTC)

    def seconds(self) -> float:
        """Return a clock that only measures."""
        return time.perf_counter()

    def fresh_id(self) -> str:
        """Return a new random id."""
        return uuid.uuid4().hex


class LoopPorts(_Clocks):
    """For shells in an event loop: what could block goes to threads."""

    def __init__(
        self,
        consents: ConsentRegistry,
        evidence: EvidenceLog,
        media: MediaPool | None = None,
        labels: LabelWriter | None = None,
    ) -> None:
        """Take the stores and what looks into media, and labels them; make the threads that wait.

        Nothing is signed without `labels`.
        """
        self.manifests: Manifests | None = None
        """Where manifests go that somebody serves; None where nobody does."""
        self.published_at = ""
        """What stands before the address of a manifest."""
        self.stamps: LateStamps | None = None
        """Has manifests that wait for a time-stamp; None where nobody asks for them."""
        self.texts: TextManifests | None = None
        """Makes manifests of texts; None where nobody serves them."""
        self.keeper: Keeper | None = None
        """What keeps refused bodies; None where nobody wants them."""
        self._consents = consents
        self.evidence = evidence
        self._recording = Recording(evidence)
        self._media = Looker(media or MediaPool())
        self._labels = labels or LabelWriter(Kit())
        self._look: Executor = ThreadPoolExecutor(self._media.size, thread_name_prefix="media")
        self._label: Executor = ThreadPoolExecutor(self._labels.size, thread_name_prefix="labels")
        self._store: Executor = ThreadPoolExecutor(1, thread_name_prefix="consents")
        self._keep: Executor = ThreadPoolExecutor(1, thread_name_prefix="details")
        self._work: Executor = ThreadPoolExecutor(1, thread_name_prefix="examine")

    async def records(self, subject: str) -> Sequence[ConsentRecord]:
        """Look consents up off the loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._store, self._consents.find, subject)

    async def append(self, entries: Sequence[Entry]) -> tuple[Receipt, ...]:
        """Wait until the writer thread has made the entries durable."""
        return await self._recording.append(entries)

    async def compute(self, work: Callable[[], T], size: int) -> T:
        """Do small work at once and large work in a thread, so that the loop stays responsive."""
        if size <= INLINE_BYTES:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._work, work)

    async def fetch(self, work: Callable[[], T]) -> T:
        """Do it in the thread that asks stores."""
        return await asyncio.get_running_loop().run_in_executor(self._store, work)

    async def inspect(self, held: Sequence[bytes | str]) -> tuple[Inspected, ...]:
        """Look into media off the loop, as many at once as there are workers."""
        loop = asyncio.get_running_loop()
        return tuple(
            await asyncio.gather(
                *(loop.run_in_executor(self._look, self._media.inspect, one) for one in held)
            )
        )

    async def redact(self, held: bytes | str, redaction: Redaction) -> str:
        """Redact a medium off the loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._look, self._media.redact, held, redaction)

    async def label(self, jobs: Sequence[Job], said: Said) -> tuple[Labelled, ...]:
        """Label media off the loop, as many at once as there are workers."""
        loop = asyncio.get_running_loop()
        made = await asyncio.gather(
            *(loop.run_in_executor(self._label, self._labels.respelt, *job, said) for job in jobs)
        )
        if self.stamps is not None:
            for one in made:
                self.stamps.take(said.label.id, one.layered)
        return tuple(made)

    @property
    def publishes(self) -> bool:
        """Whether manifests that go beside media can be had by anybody."""
        return self.manifests is not None

    async def keep_manifest(self, name: str, store: bytes) -> None:
        """Write a manifest off the loop."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._label, _keep, self.manifests, name, store)

    @property
    def vouches(self) -> bool:
        """Whether somebody signs manifests of texts, which can be had by anybody."""
        return self.texts is not None and self.texts.is_ready

    async def vouch(self, body: bytes, said: Said, media_type: str) -> Layered:
        """Sign a manifest of a text off the loop, and keep it."""
        if self.texts is None:
            return _unvouched(media_type)
        return await self.texts.take(body, said, media_type)

    async def detailed(self, enacted: Enacted) -> Enacted:
        """Keep a refused body off the loop."""
        if self.keeper is None or enacted.refusal is None:
            return enacted
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._keep, self.keeper.detailed, enacted)

    def close(self) -> None:
        """Let the threads end, and the workers."""
        self._keep.shutdown(wait=True)
        if self.keeper is not None:
            self.keeper.close()
        self._label.shutdown(wait=False, cancel_futures=True)
        if self.texts is not None:
            self.texts.close()
        self._labels.close()
        if self.stamps is not None:
            self.stamps.close()
        self._look.shutdown(wait=False, cancel_futures=True)
        self._media.close()
        self._store.shutdown(wait=False)
        self._work.shutdown(wait=False)


class DirectPorts(_Clocks):
    """For shells without an event loop: every step is done on the spot."""

    def __init__(
        self,
        consents: ConsentRegistry,
        evidence: EvidenceLog,
        media: MediaPool | None = None,
        labels: LabelWriter | None = None,
    ) -> None:
        """Take the stores and what looks into media, and labels them."""
        self._consents = consents
        self.evidence = evidence
        self._media = Looker(media or MediaPool())
        self._labels = labels or LabelWriter(Kit())

    async def records(self, subject: str) -> Sequence[ConsentRecord]:
        """Look consents up, blocking."""
        return self._consents.find(subject)

    async def append(self, entries: Sequence[Entry]) -> tuple[Receipt, ...]:
        """Wait for durability, blocking."""
        return self.evidence.append(entries).result()

    async def compute(self, work: Callable[[], T], size: int) -> T:  # noqa: ARG002 - the port's shape
        """Do the work here and now."""
        return work()

    async def fetch(self, work: Callable[[], T]) -> T:
        """Do it here and now, blocking."""
        return work()

    async def inspect(self, held: Sequence[bytes | str]) -> tuple[Inspected, ...]:
        """Look into media, blocking."""
        return tuple(map(self._media.inspect, held))

    async def redact(self, held: bytes | str, redaction: Redaction) -> str:
        """Redact a medium, blocking."""
        return self._media.redact(held, redaction)

    async def label(self, jobs: Sequence[Job], said: Said) -> tuple[Labelled, ...]:
        """Label media, blocking."""
        return tuple(self._labels.respelt(*job, said) for job in jobs)

    @property
    def publishes(self) -> bool:
        """False: what a function returns has no head that could lead to a manifest."""
        return False

    @property
    def published_at(self) -> str:
        """Nothing: see `publishes`."""
        return ""

    async def keep_manifest(self, name: str, store: bytes) -> None:
        """Keep nothing."""

    @property
    def vouches(self) -> bool:
        """False: see `publishes`."""
        return False

    async def vouch(self, body: bytes, said: Said, media_type: str) -> Layered:  # noqa: ARG002 - the port's shape
        """Sign nothing."""
        return _unvouched(media_type)

    async def detailed(self, enacted: Enacted) -> Enacted:
        """Keep nothing: a function's arguments are its caller's own."""
        return enacted


def _unvouched(media_type: str) -> Layered:
    return Layered(data=b"", medium=media_type, missing={SIGNED: "not_published"})


def _keep(manifests: Manifests | None, name: str, store: bytes) -> None:
    try:
        if manifests is not None:
            manifests.keep(name, store)
    except OSError as error:
        raise GuardrailError(
            "the manifest of a recording can't be kept", code="manifest_not_kept", status=503
        ) from error


def run_directly(steps: Coroutine[None, None, T]) -> T:
    """Run a coroutine that never suspends to its end, without an event loop.

    Raises:
        RuntimeError: it did suspend: something in it does I/O behind the ports' back.
    """
    try:
        steps.send(None)
    except StopIteration as ended:
        result: T = ended.value
        return result
    steps.close()
    raise RuntimeError("a step that should be direct waits for an event loop")
