"""Messages in the Internet Message Format: what is attached to them (RFC 5322, RFC 2045)."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.containers.part import FAILURES, Part, Room
from guardrail.detect.media.containers.worth import is_worth_a_look

_BOUNDARIES = 64
_NESTING = 16


def parts(data: bytes, budget: Budget) -> Iterator[Part]:
    """Yield what stands in a message and may be a medium or hold some.

    Raises:
        Uninspectable: ``too_many_bytes``, ``too_many_parts``, ``too_many_unpacked_bytes``,
            ``too_deep``, ``encrypted`` (PGP, S/MIME), ``broken``.
    """
    room = Room(data, budget)
    if data.lower().count(b"boundary") > _BOUNDARIES:
        raise Uninspectable("too_many_parts")
    try:
        message = BytesParser(policy=compat32).parsebytes(data)
        bodies = list(_bodies(message, 0))
    except FAILURES as error:
        raise Uninspectable("broken") from error
    for number, body in enumerate(bodies, 1):
        room.unpack(len(body), len(body))
        if is_worth_a_look(body):
            yield room.part(f"entry {number}", body)


def _bodies(message: Message[str, str], depth: int) -> Iterator[bytes]:
    if depth > _NESTING:
        raise Uninspectable("too_deep")
    if message.get_content_type() in {"multipart/encrypted", "application/pkcs7-mime"}:
        raise Uninspectable("encrypted")
    held = message.get_payload()
    if isinstance(held, list):
        for part in held:
            if isinstance(part, Message):
                yield from _bodies(part, depth + 1)
    else:
        body = message.get_payload(decode=True)
        yield body if isinstance(body, bytes) else b""
