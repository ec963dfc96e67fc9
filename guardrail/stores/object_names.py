"""What an object may be called, and how large it may be: the same in every store."""

from __future__ import annotations

import re

from guardrail.errors import EvidenceError
from guardrail.evidence.objects import OBJECT_LIMIT

NAME_LIMIT = 512
"""Characters of a name: S3 allows 1,024 with the bucket's own prefix."""

PART_LIMIT = 200
"""Characters between two slashes: file systems allow 255."""

_PART = r"[a-z0-9_-][a-z0-9._-]*"
_NAME = re.compile(rf"{_PART}(?:/{_PART})*")
_PREFIX = re.compile(rf"(?:{_PART}/)*(?:{_PART})?")


def checked_name(name: str) -> str:
    """Return a name as it came.

    Raises:
        EvidenceError: it isn't made of parts of ``[a-z0-9._-]``, none of them empty or with a dot
            in front, so that no name ever leads out of a store or to what it hides.
    """
    return _checked(name, _NAME)


def checked_prefix(prefix: str) -> str:
    """Return the beginning of names as it came; empty for all of them.

    Raises:
        EvidenceError: no name begins so.
    """
    return _checked(prefix, _PREFIX)


def is_part(part: str) -> bool:
    """Tell whether names may have this between two slashes."""
    return len(part) <= PART_LIMIT and re.fullmatch(_PART, part) is not None


def checked_data(data: bytes) -> bytes:
    """Return what is to be written as it came.

    Raises:
        EvidenceError: it is larger than `OBJECT_LIMIT`.
    """
    if len(data) > OBJECT_LIMIT:
        raise EvidenceError(f"an object of {len(data)} bytes is too large: at most {OBJECT_LIMIT}")
    return data


def too_large(size: int) -> EvidenceError:
    """Return the error for an object of `size` bytes that nobody here can have written."""
    return EvidenceError(f"an object holds {size} bytes: at most {OBJECT_LIMIT} are read")


def _checked(name: str, form: re.Pattern[str]) -> str:
    parts = name.split("/")
    if len(name) > NAME_LIMIT or max(map(len, parts)) > PART_LIMIT or not form.fullmatch(name):
        raise EvidenceError("evidence: that is no object's name")
    return name
