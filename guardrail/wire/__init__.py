"""Wire formats: bytes to exchanges and back. Sans-IO; a format is data in ``adapters/``."""

from guardrail.wire.adapter import NO_ECHO, Adapter, Operation
from guardrail.wire.limits import LIMITS, Limits
from guardrail.wire.patch import patch_document
from guardrail.wire.places import place_text
from guardrail.wire.read import read_document
from guardrail.wire.stream import Delta, StreamCodec, StreamEvent
from guardrail.wire.wires import Wires, load_wires

__all__ = [
    "LIMITS",
    "NO_ECHO",
    "Adapter",
    "Delta",
    "Limits",
    "Operation",
    "StreamCodec",
    "StreamEvent",
    "Wires",
    "load_wires",
    "patch_document",
    "place_text",
    "read_document",
]
