"""Watermarks: marks in pixels, which stay when a file's metadata are lost. Extra ``labels``."""

from guardrail.disclose.watermark.files import detected, embedded, message_of
from guardrail.disclose.watermark.port import MESSAGE_BYTES, Reading, Unmarked, Watermark
from guardrail.disclose.watermark.spread import Spread

__all__ = [
    "MESSAGE_BYTES",
    "Reading",
    "Spread",
    "Unmarked",
    "Watermark",
    "detected",
    "embedded",
    "message_of",
]
