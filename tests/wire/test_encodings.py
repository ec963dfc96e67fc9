import gzip
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import BadInput
from guardrail.wire.encodings import Inflater, inflate


@pytest.mark.parametrize("encoding", ["", "identity", "gzip", "x-gzip", "GZIP", "deflate"])
def test_one_encoding_is_undone(encoding: str) -> None:
    body = "Сәлем, әлем".encode()
    packed = body
    if encoding.lower().endswith("gzip"):
        packed = gzip.compress(body)
    elif encoding == "deflate":
        packed = zlib.compress(body)
    assert inflate(packed, encoding, limit=1 << 20, ratio=100) == body


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip,deflate", "aes128gcm"])
def test_what_cannot_be_undone_is_refused(encoding: str) -> None:
    with pytest.raises(BadInput) as refused:
        inflate(b"x", encoding, limit=100, ratio=10)
    assert (refused.value.status, refused.value.code) == (415, "unsupported_encoding")


def test_a_bomb_is_refused_before_it_grows() -> None:
    with pytest.raises(BadInput) as refused:
        inflate(gzip.compress(b"0" * 50_000_000), "gzip", limit=1 << 20, ratio=10_000)
    assert refused.value.status == 413
    with pytest.raises(BadInput) as refused:
        inflate(gzip.compress(b"0" * 500_000), "gzip", limit=1 << 20, ratio=100)
    assert "100 times" in str(refused.value)


def test_a_small_body_may_have_any_ratio() -> None:
    assert inflate(gzip.compress(b"0" * 50_000), "gzip", limit=1 << 20, ratio=2) == b"0" * 50_000


@pytest.mark.parametrize("broken", [b"not gzip", gzip.compress(b"abc", mtime=0)[:-4], b""])
def test_a_broken_body_is_refused(broken: bytes) -> None:
    if not broken:
        assert inflate(broken, "gzip", limit=10, ratio=10) == b""
        return
    with pytest.raises(BadInput) as refused:
        inflate(broken, "gzip", limit=100, ratio=10)
    assert refused.value.code == "bad_encoding"


def test_data_behind_the_end_is_refused() -> None:
    with pytest.raises(BadInput):
        inflate(gzip.compress(b"abc") + b"more", "gzip", limit=100, ratio=10)


@given(st.binary(max_size=2_000), st.lists(st.integers(0, 2_000), max_size=8))
def test_every_chunking_decodes_alike(body: bytes, cuts: list[int]) -> None:
    packed = gzip.compress(body)
    edges = sorted({0, len(packed), *(cut for cut in cuts if cut < len(packed))})
    inflater = Inflater("gzip", limit=1 << 20, ratio=1_000)
    pieces = [packed[a:b] for a, b in pairwise(edges)]
    assert b"".join(inflater.feed(piece) for piece in pieces) == body
    assert inflater.finished
