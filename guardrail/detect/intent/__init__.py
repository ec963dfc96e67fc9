"""Intent: which uses that the law forbids, or binds to consent, a message asks for."""

from guardrail.detect.intent.detector import OF_SHOWN, IntentDetector

__all__ = ["OF_SHOWN", "IntentDetector"]
