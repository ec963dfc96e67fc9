"""Time-stamps (RFC 3161): what they stamp, and when."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from guardrail.verify.report import Unreadable, Wrong

_SHA256 = bytes.fromhex("0609608648016503040201")


def _der(data: bytes) -> Iterator[bytes]:
    """Give the contents of DER elements that stand in a row."""
    at = 0
    while at < len(data):
        length, at = data[at + 1], at + 2
        if length >= 0x80:
            more = length & 0x7F
            length, at = int.from_bytes(data[at : at + more], "big"), at + more
        if at + length > len(data):
            raise Wrong("it ends too early")
        yield data[at : at + length]
        at += length


def stamped(response: bytes) -> tuple[bytes, str]:
    """Return what an RFC 3161 response stamps (SHA-256) and when; its signature isn't checked."""
    try:
        (whole,) = _der(response)
        status, token = _der(whole)
        _, explicit = _der(token)
        (signed,) = _der(explicit)
        _, _, content, *_ = _der(signed)
        _, explicit = _der(content)
        (octets,) = _der(explicit)
        (info,) = _der(octets)
        _, _, imprint, _, time, *_ = _der(info)
        algorithm, digest = _der(imprint)
        granted = next(_der(status))
    except (ValueError, IndexError, StopIteration) as error:
        raise Wrong("it isn't an RFC 3161 time-stamp") from error
    if granted not in {b"\0", b"\1"} or not algorithm.startswith(_SHA256):
        raise Wrong("it isn't a time-stamp over SHA-256")
    return digest, time.decode("ascii", "replace")


def prefixes(note: bytes) -> Iterator[bytes]:
    """Give a note as it was with fewer signatures: witnesses' lines are appended to it later."""
    at = note.rfind(b"\n\n") + 2
    while 2 <= at < len(note):
        at = note.find(b"\n", at) + 1 or len(note)
        yield note[:at]


def openssl_verifies(digest: bytes, response: bytes, ca: Path) -> bool:
    """Tell whether a time-stamp over a digest is signed under these certificates."""
    openssl = shutil.which("openssl")
    if openssl is None:
        raise Unreadable("--tsa-ca needs openssl, which isn't here")
    stamp = ["-verify", "-digest", digest.hex(), "-in", "/dev/stdin", "-CAfile", str(ca)]
    done = subprocess.run([openssl, "ts", *stamp], input=response, capture_output=True, check=False)  # noqa: S603 - our own words
    return done.returncode == 0
