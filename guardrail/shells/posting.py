"""Sends something over HTTP to where the operator says, for as long as it may take.

For what isn't on a request's way: time-stamps, witnesses, copies of checkpoints, probes. Redirects
aren't followed, no proxy is asked, and an answer is read up to a bound.
"""

from __future__ import annotations

import queue
import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import unquote, urlsplit

_SCHEMES = {"http": HTTPConnection, "https": HTTPSConnection}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came back."""

    status: int
    kind: str
    """The media type, in small letters, without parameters."""
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    """By name in small letters; the last of each."""


Post = Callable[[bytes], Answered]
"""Sends a body. OSError where there is no answer in time, no HTTP, or more than the bound."""


def poster(
    url: str,
    *,
    seconds: float,
    kind: str,
    extra: Mapping[str, str] | None = None,
    most_bytes: int = 64 << 10,
    thread: str = "posting",
) -> Post:
    """Return what sends a body to `url` and returns the answer.

    Args:
        url: ``http`` or ``https``; a user and password in it go as basic authentication (RFC 7617).
        seconds: for all of it, the look-up of the name included.
        kind: the body's media type.
        extra: headers beside.
        most_bytes: of an answer.
        thread: what the thread that waits is called.

    Raises:
        ValueError: it is no such URL.
    """
    connect, path = _parsed(url)
    headers = {"Content-Type": kind, "Accept": "*/*", **_authorization(url), **(extra or {})}

    def post(body: bytes) -> Answered:
        connection = connect(seconds)
        outcome: queue.SimpleQueue[Answered | OSError] = queue.SimpleQueue()
        pipes: list[socket.socket] = []

        def ask() -> Answered:
            connection.request("POST", path, body, headers)
            with connection.getresponse() as answer:
                data = answer.read(most_bytes + 1)
                kind = answer.headers.get_content_type() if answer.headers["content-type"] else ""
                said = {name.lower(): value for name, value in answer.getheaders()}
                return Answered(status=answer.status, kind=kind, body=data, headers=said)

        def work() -> None:
            outcome.put(_outcome(connection, ask, pipes))

        # Of a name that is looked up, and of bytes that drip, no time limit of a socket tells.
        threading.Thread(target=work, name=thread, daemon=True).start()
        try:
            answered = outcome.get(timeout=seconds)
        except queue.Empty:
            _cut(pipes)
            raise TimeoutError("no answer in time") from None
        if isinstance(answered, OSError):
            raise answered
        if len(answered.body) > most_bytes:
            raise OSError("no such answer has so many bytes")
        return answered

    return post


def _parsed(url: str) -> tuple[Callable[[float], HTTPConnection], str]:
    """Return what makes a connection, and the path with its query."""
    try:
        parts = urlsplit(url)
        kind, host, port = _SCHEMES[parts.scheme], parts.hostname, parts.port
    except (ValueError, KeyError):
        raise ValueError("it needs an http or https URL") from None
    if not host:
        raise ValueError("the URL names no host")
    query = f"?{parts.query}" if parts.query else ""
    return lambda seconds: kind(host, port, timeout=seconds), (parts.path or "/") + query


def _authorization(url: str) -> Mapping[str, str]:
    parts = urlsplit(url)
    if parts.username is None:
        return {}
    who = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {b64encode(who.encode()).decode()}"}


def _outcome(
    connection: HTTPConnection, ask: Callable[[], Answered], pipes: list[socket.socket]
) -> Answered | OSError:
    try:
        connection.connect()
        pipes.append(connection.sock)
        return ask()
    except OSError as error:
        return error
    except (HTTPException, ValueError) as error:
        return OSError(f"no HTTP: {type(error).__name__}")
    finally:
        connection.close()


def _cut(pipes: Sequence[socket.socket]) -> None:
    """End what another thread waits for: it then gets to its end."""
    for pipe in pipes:
        with suppress(OSError):
            pipe.shutdown(socket.SHUT_RDWR)
