"""A web server for tests: a function answers each request, and requests are kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

Answering = Callable[[str, bytes], tuple[int, str, bytes]]
"""Path and body to status, media type and body."""


class Web:
    """Listens on 127.0.0.1 until it is closed.

    Attributes:
        url: without a slash at the end.
        asked: path and body of each request.
        authorization: the header of the latest request; empty where it had none.
        answer: may be changed at any time.
        extra: headers that answers have, too.
    """

    def __init__(self, answer: Answering) -> None:
        """Begin to listen."""
        self.answer = answer
        self.asked: list[tuple[str, bytes]] = []
        self.extra: dict[str, str] = {}
        self.authorization = ""
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                """Answer."""
                body = self.rfile.read(int(self.headers["content-length"] or 0))
                web.asked.append((self.path, body))
                web.authorization = self.headers["authorization"] or ""
                status, kind, data = web.answer(self.path, body)
                self.send_response(status)
                if kind:
                    self.send_header("Content-Type", kind)
                for name, value in web.extra.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST  # noqa: N815 - the server's own names

            def log_message(self, *_: object) -> None:
                """Tell nobody."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        self.close()
