"""`guardrail evidence`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from guardrail.errors import EvidenceError

app = typer.Typer(no_args_is_help=True, help="Verify the evidence of what the guard did.")


@app.command("verify")
def verify(
    state: Annotated[Path, typer.Argument(help="The state directory, or a copy of it.")],
    *,
    vkey: Annotated[
        str | None,
        typer.Option(
            help="The log's public key, if you keep it elsewhere: `name+hash+base64`. An auditor "
            "should: whoever can change the log can change the key beside it."
        ),
    ] = None,
) -> None:
    """Verify every record: hashes, chain, numbers, tree, checkpoints, signatures.

    Ends with 1 and says where if anything was changed, taken out, put in or cut off:

    ```sh
    guardrail evidence verify guardrail-state
    ```
    """
    from guardrail.stores.segments import verify_directory
    from guardrail.stores.state import State

    paths = State(state)
    if vkey is None:
        try:
            vkey = paths.evidence_vkey.read_text("utf-8").strip()
        except OSError as error:
            raise EvidenceError(
                f"{paths.evidence_vkey}: {error.strerror}", fix="give the key with --vkey"
            ) from None
    report = verify_directory(paths.evidence, vkey)
    for note in report.notes:
        typer.echo(f"note: {note}")
    for problem in report.problems:
        typer.secho(f"PROBLEM: {problem}", fg=typer.colors.RED)
    if report.omitted:
        typer.echo(f"… and {report.omitted} more")
    word = "verified" if report.ok else "NOT VERIFIED"
    typer.echo(
        f"{word}: {report.entries} entries in {report.segments} segments, {report.sealed} sealed"
    )
    if not report.ok:
        raise typer.Exit(1)
