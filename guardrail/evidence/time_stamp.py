"""Time-stamps of checkpoints after RFC 3161: the question, and what is read of the answer.

What is checked here is that an answer grants a time-stamp over the very bytes that were asked for.
Whether the authority's signature and certificate are good is for whoever trusts that authority to
check: ``openssl ts -verify`` does, with the authority's root.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from guardrail.errors import EvidenceError

_SHA256 = bytes.fromhex("0609608648016503040201")
"""Object identifier 2.16.840.1.101.3.4.2.1 in DER."""
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_TST_INFO = bytes.fromhex("2a864886f70d0109100104")
_INTEGER, _OCTETS, _OID, _SEQUENCE, _TIME, _EXPLICIT = 0x02, 0x04, 0x06, 0x30, 0x18, 0xA0
_GRANTED = {0, 1}
"""``granted`` and ``grantedWithMods`` (section 2.4.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeStamp:
    """What an authority says."""

    digest: bytes
    """SHA-256 of what was stamped."""
    when: datetime
    nonce: int | None
    token: bytes
    """The signed token alone (a CMS ``ContentInfo``), without the answer around it."""


def query(data: bytes, nonce: int) -> bytes:
    """Return the question for a time-stamp over `data` (section 2.4.1), certificates wanted.

    Args:
        data: what is to be stamped; only its SHA-256 is sent.
        nonce: at random, at most 64 bits.
    """
    algorithm = _der(_SEQUENCE, _SHA256 + b"\x05\x00")
    imprint = _der(_SEQUENCE, algorithm + _der(_OCTETS, hashlib.sha256(data).digest()))
    number = _der(_INTEGER, nonce.to_bytes(9, "big").lstrip(b"\x00").rjust(1, b"\x00"))
    if number[2] & 0x80:
        number = _der(_INTEGER, b"\x00" + number[2:])
    return _der(_SEQUENCE, b"\x02\x01\x01" + imprint + number + b"\x01\x01\xff")


def read_answer(answer: bytes, data: bytes, nonce: int | None = None) -> TimeStamp:
    """Return the time-stamp over `data` that an authority granted (section 2.4.2).

    Args:
        answer: as it came, DER.
        data: what was to be stamped.
        nonce: of the question; None where it isn't known any more.

    Raises:
        EvidenceError: it is refused, or not of this data, or not of this question, or no DER.
    """
    try:
        stamp = _stamp(answer)
    except (IndexError, ValueError, StopIteration):
        raise _bad("the answer of the time-stamp authority can't be read") from None
    if stamp.digest != hashlib.sha256(data).digest():
        raise _bad("the time-stamp is over something else")
    if nonce is not None and stamp.nonce != nonce:
        raise _bad("the time-stamp answers another question")
    return stamp


def _stamp(answer: bytes) -> TimeStamp:
    parts = _parts(_only(answer, _SEQUENCE))
    status = _parts(next(parts)[1])
    if _number(next(status)) not in _GRANTED:
        raise _bad("the time-stamp authority refused")
    tag, body = next(parts)
    token = _der(tag, body)
    info = _parts(_only(_content(_content(token, _SIGNED_DATA), _TST_INFO, at=2), _SEQUENCE))
    next(info)  # version
    next(info)  # policy
    imprint = _parts(next(info)[1])
    algorithm, digest = next(imprint)[1], next(imprint)[1]
    next(info)  # serial number
    when = _time(next(info))
    # Accuracy and ordering may stand before the nonce: only that is an integer by itself.
    nonce = next((_number(one) for one in info if one[0] == _INTEGER), None)
    if not algorithm.startswith(_SHA256):
        raise ValueError
    return TimeStamp(digest=digest, when=when, nonce=nonce, token=token)


def _content(data: bytes, kind: bytes, at: int = 0) -> bytes:
    """Return what an ``[0] EXPLICIT`` content holds, of the `at`-th member of what is given."""
    members = _parts(_only(data, _SEQUENCE))
    for _ in range(at):
        next(members)
    pair = _parts(next(members)[1]) if at else members
    if next(pair) != (_OID, kind):
        raise ValueError
    tag, held = next(pair)
    if tag != _EXPLICIT:
        raise ValueError
    return _only(held, _OCTETS) if at else held


def _time(member: tuple[int, bytes]) -> datetime:
    tag, text = member
    if tag != _TIME or not text.endswith(b"Z"):
        raise ValueError
    whole = text[:-1].partition(b".")[0].decode("ascii")
    return datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _number(member: tuple[int, bytes]) -> int:
    tag, data = member
    if tag != _INTEGER or not 0 < len(data) <= 32:
        raise ValueError
    return int.from_bytes(data, "big")


def _only(data: bytes, tag: int) -> bytes:
    found = list(_parts(data))
    if len(found) != 1 or found[0][0] != tag:
        raise ValueError
    return found[0][1]


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of DER values that stand one behind the other."""
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            if not 1 <= count <= 4:
                raise ValueError
            length, at = int.from_bytes(data[at : at + count], "big"), at + count
        if at + length > len(data):
            raise ValueError
        yield tag, data[at : at + length]
        at += length


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _bad(message: str) -> EvidenceError:
    return EvidenceError(message, code="time_stamp_invalid", status=502)
