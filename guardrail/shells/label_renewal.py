"""Certificates and keys for labels of media that change while the server runs.

They are taken over whole and sound, or not at all: what was used last stays.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from guardrail.errors import ConfigError
from guardrail.settings import Settings
from guardrail.shells.label_kit import kit_for, signing
from guardrail.shells.label_writer import LabelWriter
from guardrail.telemetry import Metrics

log = logging.getLogger("guardrail")

DAY_SECONDS = 86_400.0
"""Files that were replaced without a signal, and a certificate for development, wait no longer."""

Trust = Callable[[bytes], None]
"""Told the roots (PEM) that labels are trusted by from now on."""


class Renewal:
    """Reads what `labels.media` names anew, for one process."""

    def __init__(
        self, settings: Settings, writer: LabelWriter, metrics: Metrics, trust: Trust | None = None
    ) -> None:
        """Take what labels, and what is told.

        Args:
            settings: name the files.
            writer: labels media with what is in them.
            metrics: say until when there is a certificate, and count what failed.
            trust: raises ConfigError or ValueError where it can't use the roots.
        """
        self._settings = settings
        self._writer = writer
        self._metrics = metrics
        self._trust = trust

    def attempt(self, now: datetime) -> bool:
        """Read the files; tell whether labels are made with something else from now on. Blocks.

        What can't be used is logged and counted, and nothing changes.
        """
        try:
            who = signing(self._settings, now)
            kit = kit_for(self._settings, who)
            if self._trust is not None:
                self._trust(who.anchors)
            changed = self._writer.use(kit)
        except ConfigError as error:
            self._failed(error.code, str(error))
            return False
        except ValueError as error:
            self._failed(ConfigError.code, type(error).__name__)
            return False
        self._metrics.certified(who.until)
        if changed:
            names = sorted({one.subject for one in who.credentials}) or ["nobody"]
            log.info("media are signed by %s from now on", ", ".join(names))
        return changed

    async def watch(self, asked: asyncio.Event, seconds: float = DAY_SECONDS) -> None:
        """Read the files whenever `asked` is set, and after so many seconds, for ever.

        Args:
            asked: is cleared.
            seconds: between two looks that nobody asked for.
        """
        while True:
            try:
                async with asyncio.timeout(seconds):
                    await asked.wait()
            except TimeoutError:
                pass
            asked.clear()
            await asyncio.to_thread(self.attempt, datetime.now(UTC))

    def _failed(self, code: str, why: str) -> None:
        self._metrics.failed(code)
        log.error("labels of media stay as they were: %s", why)
