"""`guardrail evidence prune` and `hold`: how long evidence is kept, and what is kept for longer."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated

import typer

from guardrail.cli.evidence_subject import expect_word, log_of, moment, on_record, stable
from guardrail.cli.options import ConfigFile, StateDir, settings_from
from guardrail.errors import BadInput

if TYPE_CHECKING:
    from guardrail.evidence.holds import Hold
    from guardrail.settings import Settings
    from guardrail.stores.pruning import Plan

hold_app = typer.Typer(
    no_args_is_help=True, help="Keep what somebody's claim is about from being deleted."
)


def register(app: typer.Typer) -> None:
    """Add the commands to `guardrail evidence`."""
    app.command("prune")(prune)
    app.add_typer(hold_app, name="hold")


def prune(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be deleted.")
    ] = False,
    state: StateDir = None,
    config: ConfigFile = None,
) -> None:
    """Delete what is older than the packs want it kept. A guard does so itself once a day.

    Whole bundles of 256 entries go; their hashes stay, and everything still verifies:

    ```sh
    guardrail evidence prune --dry-run
    ```
    """
    from guardrail.shells.erasing import pruner
    from guardrail.shells.evidence_log import now_us
    from guardrail.shells.packs import judge_for

    settings = settings_from(config, {"state": state} if state else {})
    packs = judge_for(settings).packs
    with (
        log_of(settings) as objects,
        pruner(settings, packs, objects, lambda entry: on_record(settings, entry)) as made,
    ):
        plan = made.plan(now_us()) if dry_run else made.run(now_us())
    _tell(plan, "would go" if dry_run else "deleted")


@hold_app.command("add")
def add(  # noqa: PLR0913 - one parameter for each flag
    *,
    reason: Annotated[
        str, typer.Option(help="What for, in one word, as a case's number; it goes on record.")
    ],
    request: Annotated[str, typer.Option(help="A request's id.")] = "",
    subject: Annotated[str, typer.Option(help="Or a person's id in your system.")] = "",
    since: Annotated[str, typer.Option("--from", help="Or a time: first day, UTC.")] = "",
    until: Annotated[str, typer.Option("--to", help="Last day of it [today].")] = "",
    state: StateDir = None,
    config: ConfigFile = None,
) -> None:
    r"""Put a legal hold on a request, a person, or a time.

    ```sh
    guardrail evidence hold add --reason case-114 \
      --from 2026-11-01 --to 2026-11-30
    ```
    """
    from guardrail.evidence.holds import Hold
    from guardrail.shells.evidence_log import now_us
    from guardrail.stores.holds import Holds

    expect_word(reason)
    if sum(map(bool, (request, subject, since))) != 1 or (until and not since):
        raise BadInput("say what to hold: one of --request, --subject, --from (with --to)")
    settings = settings_from(config, {"state": state} if state else {})
    now = now_us()
    person = stable(settings, subject) if subject else ""
    hold = Hold(
        id=f"hold_{secrets.token_hex(8)}",
        reason=reason,
        made=now,
        request=request,
        subject=person,
        since=_day(since) if since else 0,
        until=(_day(until) + _DAY if until else now) if since else 0,
    )
    with log_of(settings) as objects:
        name = _name(settings, person) if person else ""
        Holds(objects).add(hold, lambda entry: on_record(settings, entry), name=name)
    typer.echo(f"held {hold.id}")


@hold_app.command("list")
def list_(*, state: StateDir = None, config: ConfigFile = None) -> None:
    """List the holds in force.

    ```sh
    guardrail evidence hold list
    ```
    """
    from guardrail.stores.holds import Holds

    settings = settings_from(config, {"state": state} if state else {})
    with log_of(settings) as objects:
        for hold in Holds(objects).all():
            typer.echo(f"{hold.id}  {moment(hold.made)}  {hold.reason}  {_of(hold)}")


@hold_app.command("lift")
def lift(
    hold: Annotated[str, typer.Argument(help="The hold's id.")],
    *,
    state: StateDir = None,
    config: ConfigFile = None,
) -> None:
    """End a hold. What it covered goes when it is old enough, or when it is erased.

    ```sh
    guardrail evidence hold lift hold_0f3a…
    ```
    """
    from guardrail.stores.holds import Holds

    settings = settings_from(config, {"state": state} if state else {})
    with log_of(settings) as objects:
        ended = Holds(objects).lift(
            hold, lambda entry: on_record(settings, entry), lambda one: _name(settings, one)
        )
    typer.echo(f"lifted {ended.id}")


_DAY = 86_400_000_000


def _day(text: str) -> int:
    from datetime import UTC, date, datetime, time

    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text!r} is no day", fix="write it as 2026-11-30") from None
    return int(datetime.combine(day, time(), tzinfo=UTC).timestamp()) * 1_000_000


def _name(settings: Settings, subject: str) -> str:
    from guardrail.shells.erasing import epoch_keys
    from guardrail.shells.evidence_log import now_us

    return epoch_keys(settings).at(now_us()).of(subject)


def _of(hold: Hold) -> str:
    if hold.until:
        return f"from {moment(hold.since)} to {moment(hold.until)}"
    return hold.request or "a person"


def _tell(plan: Plan, word: str) -> None:
    for one in plan.shards:
        if one.bundles or one.held:
            kept = f"; {one.held} bundles on hold stay" if one.held else ""
            typer.echo(f"{one.shard}: {one.entries} entries {word}, kept from {one.below} on{kept}")
    for epoch in plan.epochs:
        typer.echo(f"{epoch}: the key of its pseudonyms {word}")
    held = f"; {plan.held_details} on hold stay" if plan.held_details else ""
    typer.echo(f"{plan.entries} entries, {len(plan.details)} bodies {word}{held}")
