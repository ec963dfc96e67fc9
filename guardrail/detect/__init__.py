"""Detection: what a text holds that the law protects."""

from importlib import import_module
from typing import TYPE_CHECKING

from guardrail.detect.entities import ENTITIES, Entity
from guardrail.detect.intent import IntentDetector
from guardrail.detect.text.detector import TextDetector, text_detector
from guardrail.detect.text.options import Options
from guardrail.detect.text.profiles import PROFILES
from guardrail.detect.text.recognizers import Tier
from guardrail.detect.windows import Released, Window

if TYPE_CHECKING:
    from guardrail.detect.text.custom import recognizers_from
    from guardrail.detect.text.foreign import ForeignRecognizer

__all__ = [
    "ENTITIES",
    "PROFILES",
    "Entity",
    "ForeignRecognizer",
    "IntentDetector",
    "Options",
    "Released",
    "TextDetector",
    "Tier",
    "Window",
    "recognizers_from",
    "text_detector",
]

_LATER = {"ForeignRecognizer": "foreign", "recognizers_from": "custom"}
"""What few need: the modules it is in are imported when it is asked for."""


def __getattr__(name: str) -> object:
    """Return a name that is imported when it is asked for."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"guardrail.detect.text.{_LATER[name]}"), name)
