"""The network of names that ships with guardrail, read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from guardrail.detect.text.names.english import EnglishTagger
from guardrail.detect.text.names.glance import read_glance
from guardrail.detect.text.names.knowledge import Knowledge
from guardrail.detect.text.names.morphology import morphology
from guardrail.detect.text.names.network import Network, Teachers, read_weights
from guardrail.detect.text.names.russian import russian_tagger, word_vectors

_DATA = files("guardrail.detect.text.names") / "data"


@cache
def knowledge() -> Knowledge:
    """Return what is known of words.

    Raises:
        ConfigError: natasha or its dictionary isn't installed.
    """
    return Knowledge(_DATA, word_vectors(), morphology())


@cache
def network(tier: str) -> Network:
    """Return the network with the heads of a tier, with all it knows, and its teachers.

    Raises:
        ConfigError: natasha or its dictionary isn't installed.
    """
    english = EnglishTagger(_DATA) if tier == "standard" else None
    teachers = Teachers(russian_tagger(word_vectors()), english)
    return Network(read_weights(_DATA, tier), knowledge(), teachers, read_glance(_DATA))
