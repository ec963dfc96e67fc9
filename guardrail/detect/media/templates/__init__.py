"""Biometric records by their standards' own marks: rows of data, each with a structural check."""

from guardrail.detect.media.templates.search import find

__all__ = ["find"]
