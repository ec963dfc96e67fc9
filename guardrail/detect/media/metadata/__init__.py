"""Metadata of pictures and videos: places, named faces and persons; and leaving it out."""

from guardrail.detect.media.metadata.found import find, flags
from guardrail.detect.media.metadata.strip import strip

__all__ = ["find", "flags", "strip"]
