"""`guardrail mcp`."""

from __future__ import annotations

from typing import Annotated

import typer

from guardrail.cli.options import ConfigFile, StateDir, settings_from
from guardrail.cli.serve import PersonalData, set_up_logging


def mcp(
    command: Annotated[
        list[str],
        typer.Argument(metavar="COMMAND...", help="The server and its arguments, behind `--`."),
    ],
    *,
    policy: Annotated[list[str] | None, typer.Option(help="Policy pack; again for more.")] = None,
    personal_data: Annotated[
        PersonalData | None,
        typer.Option(help="Personal data without consent: refuse, mask, or pseudonymise."),
    ] = None,
    state: StateDir = None,
    config: ConfigFile = None,
) -> None:
    """Guard an MCP server that speaks over its standard input and output.

    Where a client starts the server, let it start the guard with the server behind it:

    ```sh
    guardrail mcp -- npx -y @modelcontextprotocol/server-filesystem /data
    ```
    ```json
    {"mcpServers": {"files": {
      "command": "guardrail",
      "args": ["mcp", "--personal-data", "mask", "--", "npx", "…"]}}}
    ```

    What either says is examined. A call that is refused is a tool's failure, which the model is
    told of; what the server writes to standard error passes. It ends with the server's own exit
    code. A server that speaks HTTP is guarded by `guardrail serve`.
    """
    flags = {"policy": policy or None, "personal_data": personal_data, "state": state}
    settings = settings_from(config, flags)
    set_up_logging(settings.telemetry.log_level, settings.telemetry.log_format)
    from guardrail.shells.mcp_stdio import run

    raise typer.Exit(run(settings, command))
