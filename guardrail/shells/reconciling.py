"""Reads what guards' metrics say of the log, and the entries that they say it of."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import orjson
from prometheus_client.parser import text_string_to_metric_families

from guardrail.errors import BadInput
from guardrail.evidence import Objects
from guardrail.evidence.reconcile import Counted
from guardrail.stores.evidence_reader import FIRST_SHARD_US, LATE_US, read_entries, read_waiting

LARGEST = 64 << 20
"""Bytes of metrics."""
SECONDS = 30.0
"""How long a guard may take to tell them."""
FOR_EVER_US = 1 << 52
_HEX = 14
_WRITERS = "guardrail_audit_writer_records_total"
_RECORDS = "guardrail_audit_records_total"
_DECISIONS = "guardrail_audit_decisions_total"


def scraped(where: str) -> str:
    """Return metrics in Prometheus's text form, from a file or a URL.

    Raises:
        BadInput: they can't be had.
    """
    try:
        if where.startswith(("http://", "https://")):
            with urllib.request.urlopen(where, timeout=SECONDS) as answer:  # noqa: S310 - by http only
                data = answer.read(LARGEST + 1)
        else:
            with Path(where).open("rb") as file:
                data = file.read(LARGEST + 1)
        text: str = data.decode()
    except (OSError, ValueError) as error:
        raise BadInput(f"{where}: {getattr(error, 'strerror', '') or error}") from None
    if len(data) > LARGEST:
        raise BadInput(f"{where} is larger than {LARGEST >> 20} MiB: no metrics")
    return text


def counted_in(scrapes: Mapping[str, str]) -> Counted:
    """Return what the metrics of several guards say of the log.

    Args:
        scrapes: metrics in Prometheus's text form, by where they are from.

    Raises:
        BadInput: they aren't metrics of a guard's evidence, or two are of one guard.
    """
    counted = Counted()
    for where, text in scrapes.items():
        before = len(counted.writers)
        try:
            _take(counted, text)
        except (ValueError, KeyError) as error:
            raise BadInput(f"{where}: {error}") from None
        if len(counted.writers) == before:
            raise BadInput(
                f"{where} has no {_WRITERS}", fix="give what a guard serves at /metrics, admin port"
            )
    return counted


def _take(counted: Counted, text: str) -> None:
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            label, value = sample.labels, int(sample.value)
            if sample.name == _WRITERS:
                if label["writer"] in counted.writers:
                    raise ValueError(f"writer {label['writer']} is counted twice: one guard, twice")
                counted.writers[label["writer"]] = value
            elif sample.name == _RECORDS:
                counted.totals.records[label["kind"]] += value
            elif sample.name == _DECISIONS:
                key = label["direction"], label["rule"], label["action"]
                counted.totals.decisions[key] += value


def records_of(objects: Objects, writers: Iterable[str]) -> Iterator[Mapping[str, object]]:
    """Yield the entries of the log since the first of some writers began, then those that wait.

    An entry that was taken in meanwhile comes twice. What waits is read first: in the other order
    an entry could slip through between.

    Raises:
        EvidenceError: the log is damaged, or can't be read.
    """
    waiting = [orjson.loads(body) for body in read_waiting(objects)]
    since = min(map(begun, writers), default=FOR_EVER_US) - LATE_US  # clocks may go back
    for _, _, body in read_entries(objects, since, FOR_EVER_US):
        yield orjson.loads(body)
    yield from waiting


def begun(writer: str) -> int:
    """Return when a writer began, by its name: microseconds since 1970.

    The log's own begin where its name doesn't tell.
    """
    try:
        return max(FIRST_SHARD_US, int(writer[:_HEX], 16))
    except ValueError:
        return FIRST_SHARD_US
