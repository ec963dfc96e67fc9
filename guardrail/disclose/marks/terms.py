"""What IPTC's digital source types say of AI's part, in the levels of our labels.

https://cv.iptc.org/newscodes/digitalsourcetype/ and C2PA 2.4's own two. A code that leaves open
whether AI had a part, as ``composite`` does, has no level.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
C2PA = "http://c2pa.org/digitalsourcetype/"

_GENERATED, _ASSISTED, _NONE, _OPEN = "ai-generated", "ai-assisted", "none", ""

_LEVELS: Mapping[str, str] = MappingProxyType(
    {
        f"{IPTC}trainedAlgorithmicMedia": _GENERATED,
        f"{IPTC}compositeWithTrainedAlgorithmicMedia": _ASSISTED,
        f"{IPTC}compositeSynthetic": _ASSISTED,
        f"{C2PA}trainedAlgorithmicData": _GENERATED,
        f"{IPTC}digitalCapture": _NONE,
        f"{IPTC}computationalCapture": _NONE,
        f"{IPTC}compositeCapture": _NONE,
        f"{IPTC}digitalCreation": _NONE,
        f"{IPTC}digitalArt": _NONE,
        f"{IPTC}negativeFilm": _NONE,
        f"{IPTC}positiveFilm": _NONE,
        f"{IPTC}print": _NONE,
        f"{IPTC}humanEdits": _NONE,
        f"{IPTC}minorHumanEdits": _NONE,
        f"{IPTC}algorithmicallyEnhanced": _NONE,
        f"{IPTC}composite": _OPEN,
        f"{IPTC}algorithmicMedia": _OPEN,
        f"{IPTC}dataDrivenMedia": _OPEN,
        f"{IPTC}virtualRecording": _OPEN,
        f"{IPTC}screenCapture": _OPEN,
        f"{IPTC}softwareImage": _OPEN,
        f"{C2PA}empty": _OPEN,
    }
)

_SCHEMES = ("http://", "https://")
_SHORT = {uri.rpartition("/")[2]: level for uri, level in _LEVELS.items()}
_SCHEMA = "https://schema.org/"
_SUFFIX = "DigitalSource"

_SCHEMA_ORG = {
    "TrainedAlgorithmicMedia": _GENERATED,
    "CompositeWithTrainedAlgorithmicMedia": _ASSISTED,
    "CompositeSynthetic": _ASSISTED,
    "DigitalCapture": _NONE,
    "CompositeCapture": _NONE,
    "AlgorithmicallyEnhanced": _NONE,
    "MinorHumanEdits": _NONE,
}


def level_of(source_type: str) -> str:
    """Return the level of a source type, ``""`` where it is open or unknown.

    Bare codes and ``https`` are read too; `is_exact` tells whether it was the full URI.
    """
    term = source_type.strip()
    if term.startswith(_SCHEMES):
        _, _, rest = term.partition("://")
        return _LEVELS.get(f"http://{rest}", _OPEN)
    return _SHORT.get(term, _OPEN)


def is_exact(source_type: str) -> bool:
    """Tell whether it is a source type's full URI, as IPTC and C2PA want it."""
    return source_type in _LEVELS


def schema_org(source_type: str) -> str:
    """Return schema.org's IRI for an IPTC source type (pending vocabulary, #3392)."""
    code = source_type.rpartition("/")[2]
    return f"{_SCHEMA}{code[:1].upper()}{code[1:]}{_SUFFIX}"


def level_of_schema_org(iri: str) -> str:
    """Return the level of schema.org's digital source type, full or bare; ``""`` for others."""
    name = iri.strip().rpartition("/")[2]
    return _SCHEMA_ORG.get(name.removesuffix(_SUFFIX), _OPEN) if name.endswith(_SUFFIX) else _OPEN
