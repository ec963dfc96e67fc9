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


@cache
def network(head: str) -> Network:
    """Return the network with one of its heads, with all it knows, and its teachers.

    Raises:
        ConfigError: natasha or its dictionary isn't installed.
    """
    data = files("guardrail.detect.text.names") / "data"
    vectors = word_vectors()
    english = EnglishTagger(data) if head == "standard" else None
    teachers = Teachers(russian_tagger(vectors), english)
    knowledge = Knowledge(data, vectors, morphology())
    return Network(read_weights(data, head), knowledge, teachers, read_glance(data))
