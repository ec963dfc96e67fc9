"""Fakes for tests and demos, public: for guarded applications' own tests too.

They implement the same ports as the real things and none of them needs a test framework;
`chunkings` alone needs hypothesis when it is called. The scripted assistant is
`guardrail.testing.assistant.Assistant`.
"""

from guardrail.testing import upstream
from guardrail.testing.asgi import Answer, call
from guardrail.testing.assistant import Assistant
from guardrail.testing.chunkings import chunkings, every_split
from guardrail.testing.clock import FixedClock
from guardrail.testing.evidence import MemoryLog, recorded
from guardrail.testing.objects import MemoryObjects
from guardrail.testing.upstream import FakeUpstream, Received, Step, Then
from guardrail.testing.websocket import FakeWebSocketUpstream, Line

__all__ = [
    "Answer",
    "Assistant",
    "FakeUpstream",
    "FakeWebSocketUpstream",
    "FixedClock",
    "Line",
    "MemoryLog",
    "MemoryObjects",
    "Received",
    "Step",
    "Then",
    "call",
    "chunkings",
    "every_split",
    "recorded",
    "upstream",
]
