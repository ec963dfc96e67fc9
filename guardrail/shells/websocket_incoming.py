"""WebSockets as they arrive: uvicorn's protocol, held to our limits.

uvicorn logs the paths of handshakes and lets the library log what messages hold; a handshake that
the library can't read it leaves without an answer; and it waits for ever for a caller who reads no
more.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.exceptions import InvalidState

_QUIET = logging.getLogger("guardrail.websockets")
_QUIET.setLevel(logging.CRITICAL + 1)


class IncomingWebSocket(WebSocketsSansIOProtocol):
    """One caller's WebSocket."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Take the server's configuration and state."""
        super().__init__(config, server_state, app_state, _loop)
        self.logger = self.conn.logger = _QUIET
        self.conn.debug = False

    def shutdown(self) -> None:
        """Close, since the server stops."""
        try:
            super().shutdown()
        except InvalidState:  # it is closing already, and the caller reads no more of it
            self.transport.abort()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """Wait a while for the caller to take the end, and not for ever."""
        super().on_task_complete(task)
        self.loop.call_later(self.close_timeout, self.transport.abort)

    def data_received(self, data: bytes) -> None:
        """Parse what came; the first of it is the whole handshake."""
        super().data_received(data)
        if not self.handshake_initiated:
            # It has too many header fields, or is no handshake at all: the library's answer is all.
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()
