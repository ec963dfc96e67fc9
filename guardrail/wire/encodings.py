"""Content encodings (RFC 9110 section 8.4): undone within limits, or refused.

One ``gzip`` or ``deflate`` is undone. Anything else, and any encoding of an encoding, is refused:
what the guard can't read it doesn't pass on as if it had.
"""

from __future__ import annotations

import zlib

from guardrail.errors import BadInput

_WINDOW_BITS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": 0}
_RATIO_GRACE_BYTES = 64 << 10
"""A small body may have any ratio: short texts of one letter compress a thousandfold."""


class Inflater:
    """Undoes one content encoding piece by piece, never making more than the limits allow.

    Feed it with what arrives; `finished` tells whether the encoded stream came to its end.
    """

    def __init__(self, encoding: str, *, limit: int, ratio: int) -> None:
        """Take the ``Content-Encoding`` value, the bytes to make at most, and the ratio."""
        self._plain = encoding.strip().lower() in {"", "identity"}
        self._limit = limit
        self._ratio = ratio
        self._taken = self._made = 0
        if not self._plain:
            self._inflate = zlib.decompressobj(_window_bits(encoding))

    def feed(self, data: bytes) -> bytes:
        """Return what `data` decodes to.

        Raises:
            BadInput: the data is not what the encoding says, or grows over a limit.
        """
        self._taken += len(data)
        if self._plain:
            made = data
        else:
            try:
                made = self._inflate.decompress(data, self._limit - self._made + 1)
            except zlib.error:
                raise BadInput(
                    "the body isn't what its Content-Encoding says",
                    code="bad_encoding",
                    fix="send the body without Content-Encoding, or with one gzip",
                ) from None
            if self._inflate.unused_data:
                raise BadInput("data follows the end of the compressed body", code="bad_encoding")
        self._made += len(made)
        self._check()
        return made

    @property
    def finished(self) -> bool:
        """True where nothing is missing at the end."""
        return self._plain or self._inflate.eof or self._taken == 0

    def _check(self) -> None:
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


def _window_bits(encoding: str) -> int:
    try:
        return _WINDOW_BITS[encoding.strip().lower()]
    except KeyError:
        raise BadInput(
            "this Content-Encoding can't be examined",
            code="unsupported_encoding",
            status=415,
            fix="send the body without Content-Encoding, or with one gzip",
        ) from None
