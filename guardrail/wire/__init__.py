"""Wire formats: bytes to exchanges and back. Sans-IO; a format is data in ``adapters/``."""

from guardrail.wire import spelling
from guardrail.wire.adapter import NO_ECHO, Adapter, Operation
from guardrail.wire.event_labels import EventLabels
from guardrail.wire.frames import AnyFrames, JsonFrames
from guardrail.wire.html_text import UTF8, Html
from guardrail.wire.json_pieces import JsonPieces, Part, Piece
from guardrail.wire.limits import LIMITS, Limits
from guardrail.wire.members import Spot, put
from guardrail.wire.notation import JSON, Notation
from guardrail.wire.places import is_plain_name, place_text
from guardrail.wire.read import number_text
from guardrail.wire.spec import WEBSOCKET
from guardrail.wire.spelling import Unit
from guardrail.wire.stream import NOTHING_CHANGED, Delta, StreamCodec, StreamEvent
from guardrail.wire.wires import Wires, load_wires

__all__ = [
    "JSON",
    "LIMITS",
    "NOTHING_CHANGED",
    "NO_ECHO",
    "UTF8",
    "WEBSOCKET",
    "Adapter",
    "AnyFrames",
    "Delta",
    "EventLabels",
    "Html",
    "JsonFrames",
    "JsonPieces",
    "Limits",
    "Notation",
    "Operation",
    "Part",
    "Piece",
    "Spot",
    "StreamCodec",
    "StreamEvent",
    "Unit",
    "Wires",
    "is_plain_name",
    "load_wires",
    "number_text",
    "place_text",
    "put",
    "spelling",
]
