"""`guardrail doctor`."""

from __future__ import annotations

from typing import Annotated

import typer

from guardrail.cli.options import ConfigFile, StateDir, settings_from


def doctor(
    *,
    upstream: Annotated[str | None, typer.Option(help="The AI endpoint.")] = None,
    policy: Annotated[list[str] | None, typer.Option(help="Policy pack; again for more.")] = None,
    state: StateDir = None,
    config: ConfigFile = None,
) -> None:
    """Check what serving needs, and print what is effective.

    Packs and their cases, wire formats, detectors, the state directory, certificates, and whether
    the upstream answers:

    ```sh
    guardrail doctor --upstream http://127.0.0.1:11434
    ```
    """
    import yaml

    from guardrail.settings.shown import shown
    from guardrail.shells.doctor import examine

    flags = {"upstream": upstream, "policy": policy or None, "state": state}
    settings = settings_from(config, flags)
    failed = False
    for check in examine(settings):
        failed = failed or not check.ok
        mark = typer.style("ok", fg=typer.colors.GREEN)
        if not check.ok:
            mark = typer.style("NO", fg=typer.colors.RED)
        typer.echo(f"{mark}  {check.name}: {check.said}")
    told = shown(settings, exclude_defaults=True)
    typer.echo("\neffective, where it isn't the default:")
    typer.echo(yaml.safe_dump(told, sort_keys=False, allow_unicode=True), nl=False)
    if failed:
        raise typer.Exit(1)
