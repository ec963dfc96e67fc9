"""Intent: which uses that the law forbids, or binds to consent, a message asks for."""

from guardrail.detect.intent.detector import IntentDetector

__all__ = ["IntentDetector"]
