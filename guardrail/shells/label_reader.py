"""Marks are read by one process beside the guard: started at the first file, killed when stuck."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from guardrail.disclose.c2pa.certificates import roots
from guardrail.shells.workers import Job, LostError, Workers, plain

MOST_SIDECAR = 1 << 20
"""Bytes of a manifest beside a file."""
SIDECAR = "sidecar"
"""In the head of a file: how many bytes before it are of what belongs beside it."""
WAIT_SECONDS = 120.0
"""For the files before one: callers bound how many there may be."""


class UnreadError(Exception):
    """What a file carries can't be told: its reader died of it, or took too long."""


class LabelReader:
    """Reads the marks of one file at a time; for any number of threads. Keeps nothing of them."""

    def __init__(
        self,
        *,
        seconds: float,
        most_bytes: int,
        anchors: bytes = b"",
        watermark_key: bytes = b"",
    ) -> None:
        """Start nothing yet.

        Args:
            seconds: how long one file may take; the process is killed then.
            most_bytes: of one file.
            anchors: PEM of roots that signatures are trusted by.
            watermark_key: of the operator's watermark, 16 bytes or more; empty for none.

        Raises:
            ConfigError: the roots can't be read.
        """
        self._most_bytes, self._watermark_key = most_bytes, watermark_key
        self._workers = Workers(
            self._job(anchors), seconds=seconds, wait_seconds=WAIT_SECONDS, most_bytes=0
        )

    def trust(self, anchors: bytes) -> None:
        """Trust signatures by other roots from the next file on.

        Args:
            anchors: as for the reader itself.

        Raises:
            ConfigError: the roots can't be read.
        """
        self._workers.use(self._job(anchors))

    def read(self, data: bytes, media_type: str = "", sidecar: bytes = b"") -> dict[str, object]:
        """Return what a file carries, as `Carried.document`. Blocks.

        Args:
            data: the file.
            media_type: what it is said to be.
            sidecar: a signed manifest that belongs beside it, of a megabyte at most.

        Raises:
            UnreadError: it can't be told.
        """
        try:
            head = {"media_type": plain(media_type), SIDECAR: len(sidecar)}
            return self._workers.ask(head, sidecar + data, _told)
        except LostError:
            raise UnreadError from None

    def close(self) -> None:
        """End the process, once it has answered."""
        self._workers.close()

    def _job(self, anchors: bytes) -> Job:
        trusted = roots(anchors) if anchors else b""
        greeting = {"anchors": trusted.decode("ascii"), "watermark_key": self._watermark_key.hex()}
        return Job(
            module="guardrail.shells.label_worker",
            arguments=(str(self._most_bytes + MOST_SIDECAR),),
            greeting=orjson.dumps(greeting),
            name="labels",
        )


def _told(head: Mapping[str, object], _: bytes) -> dict[str, object]:
    if "conclusion" not in head:
        raise LostError("unread")
    return dict(head)
