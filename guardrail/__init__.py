"""A runtime guardrail for AI endpoints."""

__version__ = "0.1.0"
