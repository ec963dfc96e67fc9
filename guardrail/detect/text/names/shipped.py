"""The network of names that ships with guardrail, read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from guardrail.detect.text.names.knowledge import Knowledge
from guardrail.detect.text.names.network import Network, read_weights
from guardrail.detect.text.names.russian import russian_tagger


@cache
def network() -> Network:
    """Return the network, with all it knows.

    Raises:
        ConfigError: natasha isn't installed.
    """
    data = files("guardrail.detect.text.names") / "data"
    russian = russian_tagger()
    return Network(read_weights(data), Knowledge(data, russian.vectors), russian)
