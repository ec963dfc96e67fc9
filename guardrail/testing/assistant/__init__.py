"""The embedded assistant: a scripted OpenAI-compatible endpoint for demos and tests.

    python -m guardrail.testing.assistant --port 11434

It is no model and says so in every answer. It keeps what it receives in memory and shows it at
``GET /_received``, so that one can see what the guard let through: for demos and tests only.
"""

from guardrail.testing.assistant.app import Assistant, Request

__all__ = ["Assistant", "Request"]
