"""Asks a time-stamp authority (RFC 3161) over HTTP, for as long as it may take."""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus

from guardrail.errors import ConfigError
from guardrail.shells.posting import poster

PAUSE_SECONDS = 60.0
"""After a failure."""
MOST_BYTES = 64 << 10
"""Of a response: a token with its certificates has 6 KB."""
_REQUEST = "application/timestamp-query"
_RESPONSE = "application/timestamp-reply"
_THREAD = "time-stamp"


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
    try:
        post = poster(
            url,
            seconds=seconds,
            kind=_REQUEST,
            extra={"Accept": _RESPONSE},
            most_bytes=MOST_BYTES,
            thread=_THREAD,
        )
    except ValueError as error:
        raise ConfigError(
            f"a time-stamp authority can't be asked: {error}",
            fix="as in http://timestamps.example.kz/",
        ) from None

    def ask(request: bytes) -> bytes:
        answered = post(request)
        if answered.status != HTTPStatus.OK or answered.kind != _RESPONSE:
            raise OSError(f"no time-stamp: status {answered.status}")
        return answered.body

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
