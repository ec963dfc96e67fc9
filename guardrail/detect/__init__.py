"""Detection: what a text holds that the law protects."""

from guardrail.detect.entities import ENTITIES, Entity
from guardrail.detect.text.custom import recognizers_from
from guardrail.detect.text.detector import TextDetector, text_detector
from guardrail.detect.text.foreign import ForeignRecognizer
from guardrail.detect.text.options import Options
from guardrail.detect.text.profiles import PROFILES
from guardrail.detect.text.recognizers import Tier
from guardrail.detect.windows import Released, Window

__all__ = [
    "ENTITIES",
    "PROFILES",
    "Entity",
    "ForeignRecognizer",
    "Options",
    "Released",
    "TextDetector",
    "Tier",
    "Window",
    "recognizers_from",
    "text_detector",
]
