"""`guardrail author`."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guardrail.errors import BadInput, EvidenceError

if TYPE_CHECKING:
    from guardrail.evidence import Line, Objects
    from guardrail.rights.authorship import Receipt, Record

app = typer.Typer(no_args_is_help=True, help="Prove who wrote a prompt, and when.")

_MOST = 64 << 20
"""Bytes of a prompt, request or reply."""


@app.callback()
def _root() -> None:
    # Without it a single command would take the group's name.
    pass


@app.command("verify")
def verify(
    *,
    receipt: Annotated[
        Path, typer.Option(help="The receipt: the value of the header guardrail-authorship.")
    ],
    prompt: Annotated[Path, typer.Option(help="The prompt's text, UTF-8.")],
    request: Annotated[
        Path | None, typer.Option(help="The whole request's body, byte for byte.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="The whole reply's body, byte for byte.")
    ] = None,
    evidence: Annotated[
        Path | None,
        typer.Option(help="The guard's state directory, or a copy: proves the time."),
    ] = None,
    vkey: Annotated[
        str | None,
        typer.Option(
            help="The evidence log's public key, if you keep it elsewhere: `name+hash+base64`."
        ),
    ] = None,
) -> None:
    r"""Verify that a receipt was issued for a prompt, offline, and that its record is in evidence.

    Ends with 1 and says what doesn't hold:

    ```sh
    guardrail author verify --receipt receipt.txt --prompt poem.txt \
      --evidence guardrail-state
    ```

    With `--vkey` instead of `--evidence` the guard's signature stands for the time.
    """
    from guardrail.rights.authorship import commits, is_prompt_of, is_signed, parse_receipt

    given = parse_receipt(_text(receipt))
    log_key = _log_key(evidence, vkey)
    record = given.record
    held = [
        _said("signature", is_signed(given, log_key), "the guard's", "not the guard's"),
        _said("prompt", is_prompt_of(given, _text(prompt)), "this one", "another"),
    ]
    for name, path, committed in (
        ("request", request, record.request),
        ("output", output, record.output),
    ):
        if path is not None:
            holds = bool(committed) and commits(given, committed, _bytes(path))
            held.append(_said(name, holds, "this one", "another" if committed else "not on record"))
    if evidence is not None:
        held.append(_on_record(evidence, vkey, given))
    if not all(held):
        typer.echo("NOT PROVEN")
        raise typer.Exit(1)
    by = record.author or "whoever holds the receipt"
    typer.echo(f"proven: {record.id}, by {by}, {_day(record.created)}")


def _said(what: str, holds: bool, yes: str, no: str) -> bool:  # noqa: FBT001 - told, not chosen
    if holds:
        typer.echo(f"{what}: {yes}")
    else:
        typer.secho(f"PROBLEM: {what}: {no}", fg=typer.colors.RED)
    return holds


def _log_key(evidence: Path | None, vkey: str | None) -> bytes:
    from guardrail.evidence import parse_vkey

    if vkey is None and evidence is None:
        raise BadInput(
            "without the guard's key a receipt proves nothing: anybody could write one",
            fix="give --evidence with the guard's state directory, or --vkey with its key",
        )
    return parse_vkey(_vkey(evidence, vkey)).key


def _vkey(evidence: Path | None, vkey: str | None) -> str:
    from guardrail.stores.state import State

    if vkey is not None or evidence is None:
        return vkey or ""
    path = State(evidence).evidence_vkey
    try:
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise EvidenceError(f"{path}: {error.strerror}", fix="give the key with --vkey") from None


def _on_record(evidence: Path, vkey: str | None, given: Receipt) -> bool:
    from guardrail.cli.evidence import opened
    from guardrail.verify import Unreadable, verify_log

    with opened(str(evidence)) as (objects, _):
        try:
            report = verify_log(objects, vkey=_vkey(evidence, vkey))
        except Unreadable as error:
            raise EvidenceError(str(error), code="evidence_unreadable") from None
        for problem in report.problems:
            typer.secho(f"PROBLEM: evidence: {problem}", fg=typer.colors.RED)
        line = _found(objects, given.record)
    if line is None:
        return _said("evidence", False, "", "has no such record")  # noqa: FBT003 - as above
    when = _day(line.ts // 1_000_000)
    return _said("evidence", report.ok, f"on record as {line.writer}-{line.n}, {when}", "is broken")


def _found(objects: Objects, record: Record) -> Line | None:
    """Return the line of evidence that says the same as a record."""
    from guardrail.evidence import EntryKind, leaf_hash, parse_line
    from guardrail.stores.evidence_reader import FIRST_SHARD_US, read_entries, read_waiting

    wanted = record.id.encode()
    # What waits comes first: meanwhile it may come into the tree, but never the other way.
    sealed = (body for _, _, body in read_entries(objects, FIRST_SHARD_US, _now_us() + 1))
    for entry in chain(read_waiting(objects), sealed):
        if wanted not in entry:
            continue
        line = parse_line(leaf_hash(entry).hex().encode() + b" " + entry)
        if line.kind == EntryKind.AUTHORSHIP and _same(line, record):
            return line
    return None


def _now_us() -> int:
    import time

    return time.time_ns() // 1_000


def _same(line: Line, record: Record) -> bool:
    told = {name: value for name, value in record.members().items() if value != ""}
    known = dict(line.record)
    commits = known.get("commits")
    if isinstance(commits, dict):
        known |= commits
    known["id"] = known.get("record")
    return all(known.get(name) == value for name, value in told.items())


def _day(unix: int) -> str:
    return f"{datetime.fromtimestamp(unix, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{path}: not UTF-8") from None


def _bytes(path: Path) -> bytes:
    from guardrail.stores.pack_folder import bounded

    return bounded(path, _MOST)
