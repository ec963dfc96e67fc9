"""Where the data that ships with the package lies. Nothing else computes a data path."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def shipped(room: str) -> Traversable:
    """Return the folder `room` (``policies`` or ``adapters``), in a wheel or in a checkout.

    A wheel carries it as ``guardrail/_shipped/<room>``. A checkout has it beside the package, which
    is believed only where ``pyproject.toml`` stands there too: in site-packages a folder of that
    name would be somebody else's.

    Raises:
        FileNotFoundError: neither is there; the installation is broken.
    """
    packed = files("guardrail") / "_shipped" / room
    if packed.is_dir():
        return packed
    checkout = Path(__file__).parents[1]
    if (checkout / "pyproject.toml").is_file() and (checkout / room).is_dir():
        return checkout / room
    raise FileNotFoundError(f"guardrail's {room} are missing: reinstall guardrail-gateway")
