"""`guardrail evidence find`, `show` and `erase`: what is on record of a person or a request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from guardrail.cli.options import ConfigFile, StateDir, settings_from
from guardrail.errors import BadInput

if TYPE_CHECKING:
    from guardrail.evidence import Entry, Objects
    from guardrail.settings import Settings
    from guardrail.stores.evidence_search import Found

Subject = Annotated[str, typer.Option(help="The person's id in your system.")]
AsJson = Annotated[bool, typer.Option("--json", help="Whole entries, one a line.")]
Reason = Annotated[
    str, typer.Option(help="What for, in one word, as a case's number; it goes on record.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to `guardrail evidence`."""
    app.command("find")(find)
    app.command("show")(show)
    app.command("erase")(erase)


def find(
    *,
    subject: Subject,
    as_json: AsJson = False,
    state: StateDir = None,
    config: ConfigFile = None,
) -> None:
    """List the entries of a person, over all half-years whose keys are still there.

    ```sh
    guardrail evidence find --subject u-17
    ```
    """
    from guardrail.shells.erasing import epoch_keys
    from guardrail.stores.evidence_search import naming

    settings = settings_from(config, {"state": state} if state else {})
    names = frozenset(epoch_keys(settings).names_of(stable(settings, subject)).values())
    with log_of(settings) as objects:
        for found in naming(objects, names, ("sub", "author")):
            _print(found, as_json=as_json)


def show(
    request: Annotated[str, typer.Argument(help="The request's id, `req_…`.")],
    *,
    details: Annotated[
        bool, typer.Option("--details", help="Open the body that was kept, too.")
    ] = False,
    reason: Reason = "",
    as_json: AsJson = False,
    state: StateDir = None,
    config: ConfigFile = None,
) -> None:
    """Show the entries of a request; with `--details` also its body, if that was kept.

    Bodies are kept where `evidence.details` says so. To open one is put on record first:

    ```sh
    guardrail evidence show req_0f3a… --details --reason case-114
    ```
    """
    from guardrail.stores.evidence_search import naming

    settings = settings_from(config, {"state": state} if state else {})
    if details:
        expect_word(reason)
    with log_of(settings) as objects:
        found = list(naming(objects, [request], ("req",)))
    if not found:
        raise BadInput("no entry of this request", fix="give the header guardrail-request-id")
    for one in found:
        _print(one, as_json=as_json)
    if details:
        _open(settings, request, reason, [one.record.get("blob") for one in found])


def erase(
    *,
    subject: Subject = "",
    request: Annotated[str, typer.Option(help="Or a request's id: its kept body goes.")] = "",
    epoch: Annotated[
        str, typer.Option(help="Or a half-year, as `2025h1`: everybody in it is forgotten.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask whether you are sure.")] = False,
    state: StateDir = None,
    config: ConfigFile = None,
) -> None:
    """Erase what is kept of a person, and the link between the person and the evidence.

    Entries stay, and everything still verifies: they name somebody whom nobody can tell any more.
    This can't be undone. What a legal hold covers isn't erased:

    ```sh
    guardrail evidence erase --subject u-17
    ```
    """
    if sum(map(bool, (subject, request, epoch))) != 1:
        raise BadInput("say what to erase: one of --subject, --request, --epoch")
    from guardrail.shells.erasing import epoch_keys, opened_details
    from guardrail.stores.erasure import Eraser

    settings = settings_from(config, {"state": state} if state else {})
    if not yes:
        typer.confirm("This can't be undone. Erase?", abort=True)
    with log_of(settings) as objects, opened_details(settings) as kept:
        eraser = Eraser(
            objects,
            keys=epoch_keys(settings),
            details=kept,
            record=lambda entry: on_record(settings, entry),
        )
        if subject:
            done = eraser.subject(stable(settings, subject))
        else:
            done = eraser.request(request) if request else eraser.epoch(epoch)
    typer.echo(f"erased: {done.details} bodies; unlinked in {done.epochs} half-years")


@contextmanager
def log_of(settings: Settings) -> Iterator[Objects]:
    """Open the log, once what waits was taken in where nobody else does so."""
    from guardrail.shells.evidence_log import settle
    from guardrail.stores.evidence_home import open_objects
    from guardrail.stores.state import State

    state = State(settings.state)
    state.make()
    settle(settings)
    objects = open_objects(settings.evidence.store, state)
    try:
        yield objects
    finally:
        objects.close()


def stable(settings: Settings, subject: str) -> str:
    """Return a person's stable pseudonym, given the id."""
    from guardrail.consent import pseudonym
    from guardrail.stores.keys import load_or_create_secret
    from guardrail.stores.state import State

    return pseudonym(load_or_create_secret(State(settings.state).pseudonym_key), subject)


def on_record(settings: Settings, entry: Entry) -> None:
    """Put an entry on record."""
    from guardrail.shells.evidence_log import put_on_record

    put_on_record(settings, [entry])


def expect_word(reason: str) -> None:
    """Refuse a reason that evidence can't hold.

    Raises:
        BadInput: it is empty, or more than one word.
    """
    from guardrail.evidence.entry import token

    if not reason or not token(reason):
        raise BadInput(
            "--reason is one word without spaces, and nothing about a person",
            fix="give a case's number, as --reason case-114",
        )


def _open(settings: Settings, request: str, reason: str, blobs: list[object]) -> None:
    from guardrail.errors import EvidenceError
    from guardrail.evidence import Entry, EntryKind
    from guardrail.shells.erasing import opened_details
    from guardrail.shells.keeping import unpacked

    with opened_details(settings) as kept:
        known = () if kept is None else kept.of_request(request)
        if kept is None or not known:
            raise BadInput(
                "no body of this request is kept", fix="it was erased, or is older than kept"
            )
        fields: dict[str, str | int] = {"reason": reason, "count": len(known)}
        on_record(settings, Entry(kind=EntryKind.EXPORT, req=request, fields=fields))
        for one in known:
            if one.blob not in blobs:
                raise EvidenceError("a body isn't the one on record", code="evidence_unreadable")
            opened = unpacked(kept.open(one.id) or b"")
            cut = f", its first {len(opened.body)}" if opened.is_cut else ""
            typer.echo(f"--- {opened.direction}, {opened.size} bytes{cut}")
            typer.echo(opened.body.decode("utf-8", "backslashreplace"))


def _print(found: Found, *, as_json: bool) -> None:
    import orjson

    record = found.record
    if as_json:
        typer.echo(orjson.dumps({"place": found.place, **record}))
        return
    words = [found.place, moment(record.get("ts")), str(record.get("t"))]
    words += [str(record[name]) for name in ("req", "act", "code", "state") if record.get(name)]
    typer.echo("  ".join(words))


def moment(ts: object) -> str:
    """Write microseconds since 1970 as a time in UTC."""
    from datetime import UTC, datetime

    if not isinstance(ts, int):
        return "?"
    return datetime.fromtimestamp(ts // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
