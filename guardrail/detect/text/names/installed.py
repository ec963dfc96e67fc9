"""Where packages lie whose data files are read, and whose code isn't."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from guardrail.errors import ConfigError


def package_folder(module: str, distribution: str) -> Path:
    """Return the folder of `module`, which isn't imported.

    Raises:
        ConfigError: it isn't installed.
    """
    found = find_spec(module)
    if found is None or not found.submodule_search_locations:
        raise ConfigError(
            f"the data of {distribution} are missing", fix=f"pip install {distribution}"
        )
    return Path(found.submodule_search_locations[0])
