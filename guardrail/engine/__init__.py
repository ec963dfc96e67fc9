"""Composes the rooms into one guard. The only place that knows them all."""

from guardrail.engine.case import Case, Decided, Enacted, Examined, Handling, Route
from guardrail.engine.codec import Codec
from guardrail.engine.guard import Guard
from guardrail.engine.outs import Out
from guardrail.engine.reply_stream import ReplyStream
from guardrail.engine.session import Session

__all__ = [
    "Case",
    "Codec",
    "Decided",
    "Enacted",
    "Examined",
    "Guard",
    "Handling",
    "Out",
    "ReplyStream",
    "Route",
    "Session",
]
