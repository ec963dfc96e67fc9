"""Detection: what a text holds that the law protects."""

from guardrail.detect.entities import ENTITIES, Entity
from guardrail.detect.text.detector import TextDetector, text_detector
from guardrail.detect.windows import Released, Window

__all__ = ["ENTITIES", "Entity", "Released", "TextDetector", "Window", "text_detector"]
