"""Time-stamps of others (RFC 3161) put into marks that are already signed.

A mark whose signer's certificate has expired is invalid unless an authority said when it was made.
The library asks an authority itself, waits as long as it likes, and signs nothing where that
fails. Here it signs first and leaves room; who does the asking, how long it waits, and whether it
asks again later is the caller's business, and the mark is valid meanwhile.

C2PA 2.4, "Time-stamps": ``sigTst2`` in the unprotected header of the COSE signature, over a
counter-signature structure of RFC 9052 4.4. Nothing that is signed or hashed changes.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass

_LABEL = b"c2pa.signature\0"
_BOX = b"cbor"
_COSE = b"\xd2\x84"
"""Tag 18, an array of four (RFC 9052 4.2)."""
_SHA256 = bytes.fromhex("300d06096086480165030402010500")
"""AlgorithmIdentifier with NULL."""
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNK = b"caBX"

MAX_TOKEN = 9_000
"""Bytes: what c2pa-rs leaves room for; authorities send 2 to 6 KB."""


class BadStampError(Exception):
    """No time-stamp can be made of this. `reason` is a slug, as ``refused`` or ``no_room``."""

    def __init__(self, reason: str) -> None:
        """Take the reason: lower case and underscores, without anything of the data."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Cose:
    """A signature's parts, as they are in its bytes."""

    data: bytes
    protected: bytes
    start: int
    """Of the unprotected header."""
    end: int
    signature: bytes


def request(store: bytes) -> bytes:
    """Return the RFC 3161 request for the newest signature of a manifest store.

    To be sent as ``application/timestamp-query`` by POST. The nonce is of the signature: the same
    signature asks for the same again, another never does.

    Args:
        store: JUMBF, as the library returned it or a sidecar holds it.

    Raises:
        BadStampError: ``no_signature``.
    """
    cose = _cose(store)
    return request_of(cose.protected, cose.signature)


def request_of(protected: bytes, signature: bytes) -> bytes:
    """Return the request for a signature whose manifest isn't at hand: the same as `request`.

    Args:
        protected: The header that was signed with it.
        signature: As COSE has it.
    """
    imprint = hashlib.sha256(_countersigned(protected, signature)).digest()
    nonce = b"\x01" + hashlib.sha256(signature).digest()[:7]
    return _der(
        0x30,
        b"\x02\x01\x01",
        _der(0x30, _SHA256, _der(0x04, imprint)),
        _der(0x02, nonce),
        b"\x01\x01\xff",
    )


def token(response: bytes, store: bytes) -> bytes:
    """Return the time-stamp token of an authority's response.

    Whether it is genuine is for the reader of the mark: here it is only seen to be of this
    signature.

    Raises:
        BadStampError: ``refused``, ``malformed``, ``too_large`` or ``of_another``.
    """
    if len(response) > MAX_TOKEN:
        raise BadStampError("too_large")
    outer, _ = _element(response, 0, 0x30)
    status, after = _element(outer, 0, 0x30)
    code, _ = _element(status, 0, 0x02)
    if code not in {b"\x00", b"\x01"}:  # granted, granted with changes
        raise BadStampError("refused")
    _, end = _element(outer, after, 0x30)
    found = outer[after:end]
    cose = _cose(store)
    if hashlib.sha256(_countersigned(cose.protected, cose.signature)).digest() not in found:
        raise BadStampError("of_another")
    return found


def stamp(data: bytes, store: bytes, token: bytes) -> tuple[bytes, bytes]:
    """Put a token into a signed file and its manifest store; neither changes its length.

    Args:
        data: The file, or an empty one where the store is a sidecar.
        store: Its manifest store.
        token: Of `token`.

    Returns:
        The file and the store.

    Raises:
        BadStampError: ``no_signature``, ``no_room``, or ``not_in_one_piece``: in the file the
            signature is cut up or encoded, as in SVG.
    """
    cose = _cose(store)
    new = _with_token(cose, token)
    stamped = store.replace(cose.data, new, 1)
    if not data:
        return data, stamped
    at = data.find(cose.data)
    if at < 0 or data.find(cose.data, at + 1) >= 0:
        raise BadStampError("not_in_one_piece")
    file = data[:at] + new + data[at + len(new) :]
    return (_with_checksum(file, at) if file.startswith(_PNG) else file), stamped


def _cose(store: bytes) -> _Cose:
    label = store.rfind(_LABEL)  # the active manifest is the last of its store
    box = store.find(_BOX, label)
    if label < 0 or box < 0:
        raise BadStampError("no_signature")
    size = int.from_bytes(store[box - 4 : box], "big") - 8
    data = store[box + 4 : box + 4 + size]
    if size <= 0 or len(data) != size or not data.startswith(_COSE):
        raise BadStampError("no_signature")
    start = 2
    protected, start = _bytes(data, start)
    end = _after_header(data, start)
    if data[end : end + 1] != b"\xf6":  # the payload is elsewhere
        raise BadStampError("no_signature")
    signature, _ = _bytes(data, end + 1)
    return _Cose(data, protected, start, end, signature)


def _after_header(data: bytes, at: int) -> int:
    """Return where a header ends that holds nothing but padding."""
    if data[at : at + 1] not in {b"\xa0", b"\xa1", b"\xa2"}:
        raise BadStampError("no_room")
    count, at = data[at] & 0x0F, at + 1
    for _ in range(count):
        for name in (b"\x63pad", b"\x64pad2"):
            if data.startswith(name, at):
                _, at = _bytes(data, at + len(name))
                break
        else:
            raise BadStampError("no_room")
    return at


def _countersigned(protected: bytes, signature: bytes) -> bytes:
    return b"\x84\x70CounterSignature" + _string(protected) + b"\x40" + _string(_string(signature))


def _with_token(cose: _Cose, token: bytes) -> bytes:
    stamped = b"\x67sigTst2\xa1\x69tstTokens\x81\xa1\x63val" + _string(token)
    room = cose.end - cose.start - 1 - len(stamped) - len(b"\x63pad") - 3
    if not 0x100 <= room <= 0xFFFF:
        raise BadStampError("no_room")
    header = b"\xa2" + stamped + b"\x63pad" + _string(bytes(room))
    return cose.data[: cose.start] + header + cose.data[cose.end :]


def _with_checksum(png: bytes, at: int) -> bytes:
    """Renew the checksum of the chunk that holds `at`."""
    start = png.rfind(_PNG_CHUNK, 0, at) - 4
    size = int.from_bytes(png[max(start, 0) : max(start, 0) + 4], "big")
    end = start + 8 + size
    if start < len(_PNG) or not at < end <= len(png) - 4:
        raise BadStampError("not_in_one_piece")
    checksum = struct.pack(">I", zlib.crc32(memoryview(png)[start + 4 : end]))
    return png[:end] + checksum + png[end + 4 :]


def _string(data: bytes) -> bytes:
    """Write a CBOR byte string."""
    size = len(data)
    if size < 24:
        return bytes((0x40 | size,)) + data
    if size < 0x100:
        return bytes((0x58, size)) + data
    return b"\x59" + struct.pack(">H", size) + data


def _bytes(data: bytes, at: int) -> tuple[bytes, int]:
    """Read a CBOR byte string: what it holds, and where it ends."""
    first = data[at] if at < len(data) else 0
    wide = {0x58: 1, 0x59: 2}.get(first, 0)
    if not wide and not 0x40 <= first < 0x58:
        raise BadStampError("no_signature")
    size = int.from_bytes(data[at + 1 : at + 1 + wide], "big") if wide else first & 0x1F
    start = at + 1 + wide
    if start + size > len(data):
        raise BadStampError("no_signature")
    return data[start : start + size], start + size


def _der(tag: int, *parts: bytes) -> bytes:
    data = b"".join(parts)
    return bytes((tag, len(data))) + data  # all that is written is shorter than 128 bytes


def _element(data: bytes, at: int, tag: int) -> tuple[bytes, int]:
    """Read a DER element: what it holds, and where it ends."""
    if data[at : at + 1] != bytes((tag,)) or at + 2 > len(data):
        raise BadStampError("malformed")
    size, start = data[at + 1], at + 2
    if size & 0x80:
        wide = size & 0x7F
        if not 1 <= wide <= 3:
            raise BadStampError("malformed")
        size, start = int.from_bytes(data[start : start + wide], "big"), start + wide
    if start + size > len(data):
        raise BadStampError("malformed")
    return data[start : start + size], start + size
