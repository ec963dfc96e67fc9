"""The command line. What a command needs is imported when it runs: help must come at once."""

from __future__ import annotations

import gc
import os
import sys
from typing import Annotated

import typer

import guardrail
from guardrail.cli import (
    author,
    config,
    consent,
    demo,
    doctor,
    evidence,
    label,
    mcp,
    policy,
    redact,
    scan,
    serve,
)
from guardrail.errors import GuardrailError

app = typer.Typer(
    name="guardrail",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help=(
        "A guard in front of AI endpoints: it tells people that they talk to a machine, keeps "
        "personal data that nobody consented to from reaching the model, labels what comes back, "
        "and keeps evidence that anybody can verify."
    ),
    epilog=(
        "**Start here**: `guardrail demo` shows it at work. "
        "`guardrail serve --upstream http://127.0.0.1:11434` guards an endpoint; then point your "
        "SDK's base URL at `http://127.0.0.1:8080/v1`."
    ),
)


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,  # noqa: FBT002 - a flag
) -> None:
    if version:
        typer.echo(f"guardrail {guardrail.__version__}")
        raise typer.Exit


app.command("serve")(serve.serve)
app.command("mcp")(mcp.mcp)
app.command("demo")(demo.demo)
app.command("scan")(scan.scan)
app.command("redact")(redact.redact)
app.command("doctor")(doctor.doctor)
app.add_typer(consent.app, name="consent")
app.add_typer(evidence.app, name="evidence")
app.add_typer(author.app, name="author")
app.add_typer(label.app, name="label")
app.add_typer(policy.app, name="policy")
app.add_typer(config.app, name="config")


def main() -> None:
    """Run the command line; say errors of ours in one line, with what mends them."""
    # What is loaded stays: a look through it every 700 objects is an eighth of a start.
    gc.set_threshold(50_000, 10, 10)
    # A worker a core serves many small texts: threads of one matrix product would fight for cores.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        # Without `version` callbacks to stop it, an option before the command must not need one.
        if sys.argv[1:] == ["--version"]:
            typer.echo(f"guardrail {guardrail.__version__}")
            return
        app()
    except GuardrailError as error:
        typer.secho(f"guardrail: {error}", err=True, fg=typer.colors.RED)
        if error.fix:
            typer.echo(f"  → {error.fix}", err=True)
        sys.exit(2)
    except OSError as error:
        if error.filename is None:
            raise  # nothing that who calls us named
        typer.secho(f"guardrail: {error.filename}: {error.strerror}", err=True, fg=typer.colors.RED)
        sys.exit(2)
