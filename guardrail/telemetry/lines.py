"""Log lines: as text, as JSON, or on their way to a collector; each names its request.

Of an exception only the type is told, and where it came from: what it says may quote what the guard
was looking at, and so may an event loop's own words on a task that failed.
"""

from __future__ import annotations

import logging
import re
import traceback
from datetime import UTC, datetime
from types import TracebackType

import orjson

from guardrail.telemetry.outbox import Outbox
from guardrail.telemetry.trail import CURRENT

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

_LOOPS = re.compile(r"[\w .]*")
"""What of an event loop's words names no value: it goes on with the task, the call or the future,
and with their arguments and results."""
_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def message_of(record: logging.LogRecord) -> str:
    """Return what a record says, without values that a library put into it.

    Args:
        record: of any logger.
    """
    said = record.getMessage()
    if record.name != "asyncio":
        return said
    found = _LOOPS.match(said)
    return found[0].strip() if found else ""


class TextLines(logging.Formatter):
    """A line of text, with the request's id where there is one."""

    def __init__(self) -> None:
        """Take the usual form."""
        super().__init__(TEXT)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Write a record's own line."""
        record.message = message_of(record)
        return super().formatMessage(record)

    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - logging's name
        """Write where an exception came from and its type."""
        where = "".join(traceback.format_tb(ei[2]))
        return f"{where}{ei[0].__name__ if ei[0] else 'None'}"

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        record.exc_text = None  # another formatter may have kept it, with what it says
        line = super().format(record)
        record.exc_text = None
        trail = CURRENT.get()
        return f"{line} [{trail.request_id}]" if trail is not None and trail.request_id else line


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record with its time (RFC 3339), level, logger, message, and its request."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message_of(record),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        trail = CURRENT.get()
        if trail is not None:
            told = {"request_id": trail.request_id, "trace_id": trail.trace_id}
            line |= {name: value for name, value in told.items() if value}
        return orjson.dumps(line).decode()


class Forwarding(logging.Handler):
    """Puts log lines into the outbox. Not those on sending itself: they would never end."""

    def __init__(self, outbox: Outbox) -> None:
        """Take where they go."""
        super().__init__()
        self._outbox = outbox

    def emit(self, record: logging.LogRecord) -> None:
        """Put a record in, or drop it."""
        if record.name.startswith(("opentelemetry", "guardrail.telemetry", "urllib3", "grpc")):
            return
        trail = CURRENT.get()
        ids = ("", "", "")
        if trail is not None:
            ids = trail.request_id, trail.trace_id, trail.span_id if trail.sampled else ""
        when, level = int(record.created * 1e9), record.levelname
        line = (when, record.levelno, level, record.name, message_of(record), *ids)
        self._outbox.lines.put(line)
