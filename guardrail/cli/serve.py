"""`guardrail serve`."""

from __future__ import annotations

import logging
import sys
from typing import Annotated, Literal

import typer

from guardrail.cli.options import ConfigFile, StateDir, settings_from

PersonalData = Literal["refuse", "mask", "pseudonymise"]


def serve(  # noqa: PLR0913 - one parameter for each flag
    *,
    upstream: Annotated[
        str | None, typer.Option(help="The AI endpoint, as `http://127.0.0.1:11434`.")
    ] = None,
    policy: Annotated[
        list[str] | None,
        typer.Option(help="Policy pack; give it again for more: the strictest wins."),
    ] = None,
    personal_data: Annotated[
        PersonalData | None,
        typer.Option(help="Personal data without consent: refuse, mask, or pseudonymise."),
    ] = None,
    host: Annotated[str | None, typer.Option(help="Where to listen [127.0.0.1].")] = None,
    port: Annotated[int | None, typer.Option(help="The data port [8080].")] = None,
    admin_port: Annotated[
        int | None, typer.Option(help="Health and metrics, apart from the data [8081].")
    ] = None,
    state: StateDir = None,
    config: ConfigFile = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that share the data port [1].")
    ] = None,
    fail: Annotated[
        Literal["closed", "open"] | None,
        typer.Option(help="While evidence can't be written: refuse (closed) or pass (open)."),
    ] = None,
) -> None:
    r"""Guard an AI endpoint.

    Point your SDK's base URL at the guard and change nothing else:

    ```sh
    guardrail serve --upstream http://127.0.0.1:11434 --policy kz-230-viii
    ```
    ```python
    OpenAI(base_url="http://127.0.0.1:8080/v1")
    ```

    Two packs, values replaced by placeholders and restored in the reply:

    ```sh
    guardrail serve --upstream https://api.example.com/v1 \
      --policy kz-230-viii --policy eu-ai-act --personal-data pseudonymise
    ```

    All settings, from a file: `guardrail serve --config guardrail.yaml`; its keys:
    `guardrail config schema`. Health: `http://127.0.0.1:8081/readyz`.
    """
    settings = settings_from(
        config,
        {
            "upstream": upstream,
            "policy": policy or None,
            "personal_data": personal_data,
            "host": host,
            "port": port,
            "admin_port": admin_port,
            "state": state,
            "workers": workers,
            "fail": fail,
        },
    )
    set_up_logging(settings.telemetry.log_level, settings.telemetry.log_format)
    from guardrail.shells.serve import serve as run

    run(settings)


def set_up_logging(level: str, form: str) -> None:
    """Send our own log to standard error.

    Of libraries only warnings are heard: at their lowest level some quote what passes through them.
    """
    from guardrail.telemetry.lines import JsonLines, TextLines

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    own = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(level=max(own, logging.WARNING), handlers=[handler], force=True)
    logging.getLogger("guardrail").setLevel(own)
