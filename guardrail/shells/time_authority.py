"""Asks a time-stamp authority (RFC 3161) over HTTP, for as long as it may take."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from guardrail.errors import ConfigError

PAUSE_SECONDS = 60.0
"""After a failure."""
MOST_BYTES = 64 << 10
"""Of a response: a token with its certificates has 6 KB."""
_REQUEST = "application/timestamp-query"
_RESPONSE = "application/timestamp-reply"
_THREAD = "time-stamp"
_SCHEMES = {"http": HTTPConnection, "https": HTTPSConnection}


def authority(url: str, seconds: float) -> Callable[[bytes], bytes]:
    """Return what sends a request and returns the response.

    It raises OSError where there is no answer in time, or another one. An authority is where the
    operator says: redirects aren't followed, and no proxy is asked.

    Args:
        url: ``http`` or ``https``, as RFC 3161 (3.4) has it.
        seconds: for all of it.

    Raises:
        ConfigError: it is no such URL.
    """
    connect, path = _parsed(url)

    def ask(request: bytes) -> bytes:
        connection = connect(seconds)
        outcome: queue.SimpleQueue[bytes | OSError] = queue.SimpleQueue()
        pipes: list[socket.socket] = []

        def work() -> None:
            outcome.put(_outcome(connection, path, request, pipes))

        # Of a name that is looked up, and of bytes that drip, no time limit of a socket tells.
        threading.Thread(target=work, name=_THREAD, daemon=True).start()
        try:
            answer = outcome.get(timeout=seconds)
        except queue.Empty:
            _cut(pipes)
            raise TimeoutError("no time-stamp in time") from None
        if isinstance(answer, OSError):
            raise answer
        return answer

    return ask


def patient(
    ask: Callable[[bytes], bytes],
    pause: float = PAUSE_SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> Callable[[bytes], bytes]:
    """Return an authority that isn't asked again for a while once it has failed.

    A dead one would cost each medium all the time that it may take.

    Args:
        ask: the authority.
        pause: for how many seconds.
        clock: seconds that only measure.
    """
    silent_until = [float("-inf")]

    def ask_again(request: bytes) -> bytes:
        if clock() < silent_until[0]:
            raise OSError("the authority failed a moment ago")
        try:
            return ask(request)
        except OSError:
            silent_until[0] = clock() + pause
            raise

    return ask_again


def _parsed(url: str) -> tuple[Callable[[float], HTTPConnection], str]:
    """Return what makes a connection, and the path with its query."""
    fix = "as in http://timestamps.example.kz/"
    try:
        parts = urlsplit(url)
        kind, host, port = _SCHEMES[parts.scheme], parts.hostname, parts.port
    except (ValueError, KeyError):
        raise ConfigError("a time-stamp authority needs an http or https URL", fix=fix) from None
    if not host:
        raise ConfigError("the URL of a time-stamp authority names no host", fix=fix)
    query = f"?{parts.query}" if parts.query else ""
    return lambda seconds: kind(host, port, timeout=seconds), (parts.path or "/") + query


def _outcome(
    connection: HTTPConnection, path: str, request: bytes, pipes: list[socket.socket]
) -> bytes | OSError:
    try:
        connection.connect()
        pipes.append(connection.sock)
        return _asked(connection, path, request)
    except OSError as error:
        return error
    except (HTTPException, ValueError) as error:
        return OSError(f"no HTTP: {type(error).__name__}")
    finally:
        connection.close()


def _asked(connection: HTTPConnection, path: str, request: bytes) -> bytes:
    connection.request("POST", path, request, {"Content-Type": _REQUEST, "Accept": _RESPONSE})
    with connection.getresponse() as answer:
        if answer.status != HTTPStatus.OK or answer.headers.get_content_type() != _RESPONSE:
            raise OSError(f"no time-stamp: status {answer.status}")
        data = answer.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise OSError("no time-stamp has so many bytes")
    return data


def _cut(pipes: Sequence[socket.socket]) -> None:
    """End what another thread waits for: it then gets to its end."""
    for pipe in pipes:
        with suppress(OSError):
            pipe.shutdown(socket.SHUT_RDWR)
