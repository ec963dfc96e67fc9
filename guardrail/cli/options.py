"""What several commands ask for: the config file, the state directory, and settings from them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guardrail.errors import ConfigError

if TYPE_CHECKING:
    from guardrail.settings import Settings

ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        envvar="GUARDRAIL_CONFIG",
        help="YAML file with settings; flags and GUARDRAIL_… variables win over it.",
        show_envvar=False,
    ),
]
StateDir = Annotated[
    Path | None,
    typer.Option("--state", help="Directory of keys, consents and evidence [guardrail-state]."),
]


def settings_from(config: Path | None, flags: Mapping[str, object]) -> Settings:
    """Return the effective settings.

    Raises:
        ConfigError: the file can't be read, or a setting is unknown or wrong.
    """
    from guardrail.settings import load

    file = None
    if config is not None:
        try:
            file = (str(config), config.read_bytes())
        except OSError as error:
            raise ConfigError(f"{config}: {error.strerror}") from None
    return load(flags=flags, environment=os.environ, file=file)
