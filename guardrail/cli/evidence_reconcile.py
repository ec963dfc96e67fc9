"""`guardrail evidence reconcile`: the log and a guard's counters, held against each other."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guardrail.evidence import Objects
    from guardrail.evidence.reconcile import Counted, Difference

PAUSE_SECONDS = 0.5
TRIES = 3
"""Of a guard that works: its counters move while it tells them."""


def register(app: typer.Typer) -> None:
    """Add the command to `guardrail evidence`."""
    app.command("reconcile")(reconcile)


def reconcile(
    log: Annotated[
        str,
        typer.Argument(
            help="A state directory, a log's own directory or a copy of one, or the store's "
            "address (`postgresql://…`, `s3://…`)."
        ),
    ],
    *,
    metrics: Annotated[
        list[str],
        typer.Option(
            help="What a guard serves at `/metrics`: its URL, or a file. Of several guards, each."
        ),
    ],
) -> None:
    """Hold what the log says against what guards counted: entries by kind, decisions by rule.

    ```sh
    curl -s http://127.0.0.1:8081/metrics > metrics.txt
    guardrail evidence reconcile guardrail-state --metrics metrics.txt
    ```

    Ends with 1 where they differ. Compared is what each guard wrote since its start: entries of
    others, and of later, don't matter.
    """
    from guardrail.cli.evidence import opened

    with opened(log) as (objects, _):
        counted, differences = _compared(objects, metrics)
    entries, writers = sum(counted.writers.values()), len(counted.writers)
    for one in differences:
        typer.secho(f"differs: {one}", fg=typer.colors.RED)
    typer.echo(f"{entries} entries of {writers} writers compared")
    typer.echo("NOT RECONCILED" if differences else "RECONCILED")
    if differences:
        raise typer.Exit(1)


def _compared(objects: Objects, metrics: Sequence[str]) -> tuple[Counted, Sequence[Difference]]:
    from guardrail.evidence.reconcile import reconcile as differences_of
    from guardrail.shells.reconciling import counted_in, records_of, scraped

    left = TRIES if any("://" in where for where in metrics) else 1
    while True:
        counted = counted_in({where: scraped(where) for where in metrics})
        differences = differences_of(counted, records_of(objects, counted.writers))
        left -= 1
        if not differences or not left:
            return counted, differences
        time.sleep(PAUSE_SECONDS)
