"""What one process of a guard does for the log beside writing to it: one of all that share it.

It takes entries into the tree, has checkpoints confirmed outside, and deletes what is old enough.
Several processes may try: the log's lease says who does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from guardrail.evidence import Entry
from guardrail.policy import Pack
from guardrail.settings import Settings
from guardrail.shells.anchoring import AnchoringThread, anchoring
from guardrail.shells.erasing import DailyPruning, prune
from guardrail.shells.evidence_log import open_writer, start_sequencing
from guardrail.stores.evidence_home import open_objects
from guardrail.stores.pruning import Plan
from guardrail.stores.segments import SegmentLog
from guardrail.stores.sequencing import LATE_SECONDS
from guardrail.stores.state import State
from guardrail.telemetry import Metrics


class Tending:
    """Tends the log from threads of its own. Make it after forking."""

    def __init__(
        self,
        settings: Settings,
        metrics: Metrics,
        writer: SegmentLog | None,
        packs: Callable[[], Sequence[Pack]],
    ) -> None:
        """Begin.

        Args:
            settings: whose log, and how it is kept.
            metrics: hears of checkpoints.
            writer: puts on record what was done, and is closed in the end; None for one of its own.
            packs: returns those in use, which say how long entries are kept.

        Raises:
            ConfigError, EvidenceError: the store or the index can't be opened, or an anchor isn't
                one.
        """
        self._settings = settings
        self._objects = open_objects(settings.evidence.store, State(settings.state))
        self._writer = writer or open_writer(settings, self._objects, metrics)
        self.sequencing = start_sequencing(settings, self._objects, metrics, self._writer.fresh)
        work = anchoring(
            settings,
            self._objects,
            record=self._record_all,
            confirmed=lambda: metrics.witnessed(time.time()),
        )
        self._anchors = AnchoringThread(work, lambda: self.sequencing.leads) if work else None
        self._daily = DailyPruning(lambda stopping: self.prune(packs(), stopping))

    def problems(self, bound: float = LATE_SECONDS) -> list[str]:
        """Say why the log wasn't sealed for `bound` seconds; empty where it was, by whomever."""
        reason = self.sequencing.overdue(bound)
        return [f"the evidence log isn't being sealed: {reason}"] if reason else []

    def prune(self, packs: Sequence[Pack], stopping: Callable[[], bool] = lambda: False) -> Plan:
        """Delete what is old enough by the packs, as is done once a day. Blocks.

        The log itself is left to the guard that leads; bodies and keys of pseudonyms lie in each
        guard's own state.

        Raises:
            GuardrailError: something can't be read, put on record or deleted.
            Stopped: `stopping` said so.
        """
        sequencing = self.sequencing
        return prune(
            self._settings,
            packs,
            self._objects,
            self._record,
            sequencing.forget,
            log=sequencing.leads,
            stopping=stopping,
        )

    def close(self) -> None:
        """End: no more deleting, no more anchors, then the writer.

        Last the sequencer takes in what that one left.
        """
        self._daily.close()
        if self._anchors is not None:
            self._anchors.close()
        self._writer.close()
        self.sequencing.close()
        self._objects.close()

    def _record_all(self, entries: Sequence[Entry]) -> None:
        self._writer.append(entries)

    def _record(self, entry: Entry) -> None:
        self._writer.append([entry]).result()
