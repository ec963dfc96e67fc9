"""Pictures: decoded within bounds, searched for faces and document zones, and redacted."""
