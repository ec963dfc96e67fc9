"""Puts together what deletes: retention once a day, erasure when somebody asks for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from guardrail.errors import GuardrailError
from guardrail.evidence import Objects
from guardrail.policy import Pack, retention_days
from guardrail.settings import Settings
from guardrail.shells.evidence_log import now_us
from guardrail.shells.keeping import Keeper
from guardrail.stores.details import SqliteDetails
from guardrail.stores.epoch_keys import EpochKeys
from guardrail.stores.holds import Record
from guardrail.stores.keys import load_or_create_secret
from guardrail.stores.pruning import Ages, Kept, Plan, Pruner, Stopped
from guardrail.stores.state import State

log = logging.getLogger("guardrail")

FIRST_SECONDS = 300.0
"""After its start a guard has better things to do than to look for old entries."""
EVERY_SECONDS = 86_400.0


def epoch_keys(settings: Settings) -> EpochKeys:
    """Return the keys of pseudonyms in evidence."""
    return EpochKeys(State(settings.state).epoch_keys)


def open_keeper(settings: Settings) -> Keeper | None:
    """Return what keeps refused bodies, or None where `evidence.details` is off.

    After forking, not before.

    Raises:
        ConfigError: the store can't be opened.
    """
    if settings.evidence.details == "off":
        return None
    return Keeper(_details(State(settings.state)), now_us)


@contextmanager
def opened_details(settings: Settings) -> Iterator[SqliteDetails | None]:
    """Open the details that are kept; None where none ever were.

    Raises:
        ConfigError: the store can't be opened.
    """
    state = State(settings.state)
    if not state.details.exists():
        yield None
        return
    with _details(state) as details:
        yield details


def _details(state: State) -> SqliteDetails:
    return SqliteDetails(state.details, load_or_create_secret(state.details_key))


@contextmanager
def pruner(
    settings: Settings,
    packs: Sequence[Pack],
    objects: Objects,
    record: Record,
    forget: Callable[[str, int], object] = lambda _shard, _below: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Iterator[Pruner]:
    """Give what deletes what is old enough by the packs and `settings`.

    Args:
        settings: the operator's.
        packs: those in use.
        objects: where the log is kept.
        record: puts an entry on record; returns once it is durable, and raises where it can't be.
        forget: takes a shard's entries below an index out of what was derived from the log.
        stopping: as `Pruner` takes it.

    Raises:
        ConfigError: the packs ask for more than `settings` keep, or a store can't be opened.
    """
    days = retention_days(packs, settings.evidence.retention_days)
    ages = Ages(days=days, details_days=settings.evidence.details_days)
    with opened_details(settings) as details:
        kept = Kept(
            objects=objects,
            log=settings.evidence.origin,
            record=record,
            keys=epoch_keys(settings),
            details=details,
            forget=forget,
        )
        yield Pruner(kept, ages, stopping)


def prune(  # noqa: PLR0913 - one argument for each thing that a run needs
    settings: Settings,
    packs: Sequence[Pack],
    objects: Objects,
    record: Record,
    forget: Callable[[str, int], object] = lambda _shard, _below: None,
    *,
    log: bool = True,
    stopping: Callable[[], bool] = lambda: False,
) -> Plan:
    """Delete what is old enough; see to the next half-year's key. Blocks: not for an event loop.

    For arguments see `pruner` and `Pruner.run`.

    Raises:
        GuardrailError: something can't be read, put on record or deleted; the next run goes on.
        Stopped: `stopping` said so; likewise.
    """
    epoch_keys(settings).ahead(now_us())
    with pruner(settings, packs, objects, record, forget, stopping) as made:
        return made.run(now_us(), log=log)


class DailyPruning:
    """Deletes what is old enough once a day, in a thread of its own. Make it after forking.

    A run that fails is told in the log, and the next day's goes on.
    """

    def __init__(self, run: Callable[[Callable[[], bool]], Plan]) -> None:
        """Begin; `run` does it as `prune` does, and is given what tells whether to end."""
        self._run = run
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="guardrail-retention", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End, in the middle of a run, too: the next guard's goes on. May be called again."""
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        seconds = FIRST_SECONDS
        while not self._stop.wait(seconds):
            seconds = EVERY_SECONDS
            try:
                _tell(self._run(self._stop.is_set))
            except Stopped:
                return
            except Exception as error:  # noqa: BLE001 - whatever it is, tomorrow is another day
                told = str(error) if isinstance(error, GuardrailError) else type(error).__name__
                log.warning("old evidence couldn't be deleted: %s", told)


def _tell(plan: Plan) -> None:
    if plan.entries or plan.details or plan.epochs:
        log.info(
            "retention: %d entries, %d details, %d keys of pseudonyms deleted; %d bundles on hold",
            plan.entries,
            len(plan.details),
            len(plan.epochs),
            plan.held,
        )
