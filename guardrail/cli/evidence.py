"""`guardrail evidence`: verify the log, and see that it is sealed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guardrail.cli import (
    evidence_keeping,
    evidence_pack,
    evidence_proofs,
    evidence_reconcile,
    evidence_subject,
)
from guardrail.cli.options import ConfigFile, StateDir, settings_from
from guardrail.errors import ConfigError, EvidenceError

if TYPE_CHECKING:
    from guardrail.evidence import Objects
    from guardrail.verify import Asked

app = typer.Typer(
    no_args_is_help=True,
    help="Verify, prove, keep and hand over the evidence of what the guard did.",
)

Log = Annotated[
    str,
    typer.Argument(
        help="A state directory, a log's own directory or a copy of one, or the store's address "
        "(`postgresql://…`, `s3://…`)."
    ),
]


@app.command("verify")
def verify(  # noqa: PLR0913 - an option each
    log: Log = "guardrail-state",
    *,
    vkey: Annotated[
        str | None,
        typer.Option(
            help="The log's public key, if you keep it elsewhere: `name+hash+base64`. An auditor "
            "should: whoever can change the log can change the key beside it."
        ),
    ] = None,
    anchor: Annotated[
        list[Path] | None,
        typer.Option(help="A checkpoint that you kept: it must be of this log. May be repeated."),
    ] = None,
    receipt: Annotated[
        list[str] | None,
        typer.Option(help="A `Guardrail-Receipt` that you kept: its entry must be in the log."),
    ] = None,
    witness: Annotated[
        list[str] | None,
        typer.Option(help="The public key of a witness whose cosignature must be there."),
    ] = None,
    shard: Annotated[str, typer.Option(help="Only this half-year, as `2026h2`.")] = "",
    first: Annotated[
        int | None, typer.Option("--from", min=0, help="Only from this entry of the shard on.")
    ] = None,
    last: Annotated[
        int | None, typer.Option("--to", min=0, help="Only up to this entry of the shard.")
    ] = None,
    tsa_ca: Annotated[
        Path | None,
        typer.Option(help="Certificates (PEM) that time-stamps must be signed under."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Verify every record: hashes, chains, numbers, totals, tree, checkpoints, keys, anchors.

    Ends with 1 and says where if anything was changed, taken out, put in or cut off:

    ```sh
    guardrail evidence verify guardrail-state
    ```

    Whoever doesn't want to trust this program takes the verifier alone, in one file:
    `guardrail evidence verifier`.
    """
    import json

    from guardrail.cli.evidence_files import LogFiles
    from guardrail.verify import Asked, Unreadable, verify_log

    asked = Asked(
        anchors=[(str(path), _bytes(path)) for path in anchor or ()],
        receipts=tuple(receipt or ()),
        witnesses=tuple(witness or ()),
        shard=shard,
        span=None if first is None and last is None else (first or 0, _last(last)),
        tsa_ca=tsa_ca,
    )
    with opened(log) as (objects, beside), _progress(asked, quiet=as_json) as told:
        try:
            report = verify_log(LogFiles(objects), vkey=vkey or _key_beside(beside), asked=told)
        except Unreadable as error:
            raise EvidenceError(str(error), code="evidence_unreadable") from None
    typer.echo(json.dumps(report.as_json()) if as_json else str(report))
    if not report.ok:
        raise typer.Exit(1)


@app.command("verifier")
def verifier(
    *,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="A file, which mustn't be there yet.")
    ] = Path("verify.pyz"),
) -> None:
    """Write the verifier as one file, for an auditor who doesn't want to trust this program.

    It needs nothing but Python and `cryptography`, and is a zip of its sources, to be read first:

    ```sh
    guardrail evidence verifier -o verify.pyz
    unzip verify.pyz -d verifier
    python verify.pyz guardrail-state/evidence --vkey KEY
    ```
    """
    from guardrail.shells.verifier_archive import verifier_archive

    try:
        with out.open("xb") as file:
            file.write(verifier_archive())
    except FileExistsError:
        raise ConfigError(f"{out} is there already", fix="name another file with --out") from None
    except OSError as error:
        raise ConfigError(f"{out}: {error.strerror}") from None


@app.command("seal")
def seal(*, state: StateDir = None, config: ConfigFile = None) -> None:
    """Take what waits into the tree and sign it, unless a guard that runs does so anyway.

    A guard seals by itself every second. This is for what one that was killed has left:

    ```sh
    guardrail evidence seal --state guardrail-state
    ```
    """
    from guardrail.shells.evidence_log import DEAD_SECONDS, settle

    settings = settings_from(config, {"state": state} if state else {})
    settle(settings, quietly=False, patience=DEAD_SECONDS)


evidence_proofs.register(app)


@contextmanager
def opened(log: str) -> Iterator[tuple[Objects, Path | None]]:
    """Open a log by its address; give it, and the state directory that it is in.

    Raises:
        ConfigError, EvidenceError: there is no such log, or it can't be reached.
    """
    from guardrail.stores.evidence_home import open_objects
    from guardrail.stores.object_folder import ObjectFolder
    from guardrail.stores.state import State

    state = State(Path(log))
    if "://" in log:
        objects, beside = open_objects(log, state), None
    elif state.evidence.is_dir():
        objects, beside = ObjectFolder(state.evidence), state.root
    elif state.root.is_dir():
        objects, beside = ObjectFolder(state.root), None
    else:
        raise EvidenceError(f"{log}: no such directory", code="evidence_unreadable")
    try:
        yield objects, beside
    finally:
        objects.close()


def _key_beside(state: Path | None) -> str:
    from guardrail.stores.state import State

    if state is None:
        raise ConfigError("which key is the log's?", fix="give it with --vkey")
    path = State(state).evidence_vkey
    try:
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise EvidenceError(
            f"{path}: {error.strerror}",
            code="evidence_unreadable",
            fix="give the key with --vkey",
        ) from None


@contextmanager
def _progress(asked: Asked, *, quiet: bool) -> Iterator[Asked]:
    """Show how far the verification is, where a person looks on."""
    from dataclasses import replace

    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield asked
        return
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("verifying", total=None)

        def told(done: int, of: int) -> None:
            progress.update(task, completed=done, total=of)

        yield replace(asked, progress=told)


def _last(index: int | None) -> int:
    return 2**53 if index is None else index


def _bytes(path: Path) -> bytes:
    from guardrail.stores.pack_folder import bounded

    return bounded(path, 128 << 10)


for _group in (evidence_proofs, evidence_pack, evidence_keeping, evidence_subject):
    _group.register(app)
evidence_reconcile.register(app)
