"""`guardrail demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    *,
    port: Annotated[int, typer.Option(help="The data port.")] = 8080,
    admin_port: Annotated[int, typer.Option(help="Health and metrics.")] = 8081,
    state: Annotated[
        Path | None, typer.Option(help="Where to keep state [a new temporary directory].")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Stop after the exchanges.")] = False,
) -> None:
    """See the guard at work: a scripted assistant behind it, real requests, real evidence.

    Starts both, sends a Kazakh, a Russian, an English and a streamed message and one with an IIN,
    first without consent, then with, and prints what the caller saw, what the assistant saw, and
    the evidence verified. Then it stays up for your SDK:

    ```python
    OpenAI(base_url="http://127.0.0.1:8080/v1", api_key="any")
    ```
    """
    from guardrail.demo import run

    raise typer.Exit(run(port=port, admin_port=admin_port, state=state, once=once))
