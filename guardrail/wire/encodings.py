"""Content encodings (RFC 9110 section 8.4): undone within limits, or refused.

One ``gzip``, ``deflate``, ``br`` or ``zstd`` is undone. Anything else, and any encoding of an
encoding, is refused: what the guard can't read it doesn't pass on as if it had.
"""

from __future__ import annotations

from guardrail.errors import BadInput
from guardrail.wire.codings import CODINGS, BrokenCodingError, Coding

_RATIO_GRACE_BYTES = 64 << 10
"""A small body may have any ratio: short texts of one letter compress a thousandfold."""

_FIX = "send the body without Content-Encoding, or with one gzip, deflate, br or zstd"


class Inflater:
    """Undoes one content encoding piece by piece, never making more than the limits allow.

    Feed it with what arrives; `finished` tells whether the encoded stream came to its end.
    """

    def __init__(self, encoding: str, *, limit: int, ratio: int) -> None:
        """Take the ``Content-Encoding`` value, the bytes to make at most, and the ratio.

        Raises:
            BadInput: ``unsupported_encoding``: one that isn't undone here, or several.
        """
        self._coding = _coding(encoding)
        self._limit = limit
        self._ratio = ratio
        self._taken = self._made = 0

    def feed(self, data: bytes) -> bytes:
        """Return what `data` decodes to.

        Raises:
            BadInput: the data is not what the encoding says, or grows over a limit.
        """
        self._taken += len(data)
        if self._coding is None:
            self._count(data)
            return data
        pieces = []
        try:
            for piece in self._coding.undo(data):
                self._count(piece)
                pieces.append(piece)
        except BrokenCodingError as broken:
            raise BadInput(str(broken), code="bad_encoding", fix=_FIX) from None
        return b"".join(pieces)

    @property
    def finished(self) -> bool:
        """True where nothing is missing at the end."""
        return self._coding is None or self._coding.finished or self._taken == 0

    def _count(self, piece: bytes) -> None:
        self._made += len(piece)
        grown = self._made > max(_RATIO_GRACE_BYTES, self._taken * self._ratio)
        if self._made > self._limit or grown:
            raise BadInput(
                f"the body is larger than {self._limit} bytes"
                if self._made > self._limit
                else f"the body grows more than {self._ratio} times when decompressed",
                code="body_too_large",
                status=413,
                fix="send less at once",
            )


def inflate(body: bytes, encoding: str, *, limit: int, ratio: int) -> bytes:
    """Return the whole `body` freed of `encoding`.

    Raises:
        BadInput: an encoding that isn't undone here, a broken body, or one over a limit.
    """
    inflater = Inflater(encoding, limit=limit, ratio=ratio)
    made = inflater.feed(body)
    if not inflater.finished:
        raise BadInput("the compressed body ends too early", code="bad_encoding")
    return made


def _coding(encoding: str) -> Coding | None:
    """Return what undoes an encoding; None for none. Empty members of the list say nothing."""
    names = [name for one in encoding.split(",") if (name := one.strip().lower())]
    if names in ([], ["identity"]):
        return None
    if len(names) > 1 or names[0] not in CODINGS:
        raise BadInput(
            "this Content-Encoding can't be examined",
            code="unsupported_encoding",
            status=415,
            fix=_FIX,
        )
    return CODINGS[names[0]]()
