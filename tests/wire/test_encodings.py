import gzip
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import BadInput
from guardrail.testing.packing import PACKERS
from guardrail.wire.encodings import Inflater, inflate


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", " GZIP ", "deflate", "br", "zstd", ", br,"])
def test_one_encoding_is_undone(encoding: str) -> None:
    body = "Сәлем, әлем".encode()
    packed = PACKERS[encoding.strip(", ").lower().removeprefix("x-")](body)
    assert inflate(packed, encoding, limit=1 << 20, ratio=100) == body


@pytest.mark.parametrize("encoding", ["", " ", ",", "identity", "Identity"])
def test_no_encoding_is_none(encoding: str) -> None:
    assert inflate(b"abc", encoding, limit=100, ratio=10) == b"abc"


@pytest.mark.parametrize(
    "encoding",
    ["gzip, gzip", "gzip, br", "br,zstd", "identity, gzip", "aes128gcm", "dcb", "dcz", "compress"],
)
def test_what_cannot_be_undone_is_refused(encoding: str) -> None:
    with pytest.raises(BadInput) as refused:
        inflate(b"x", encoding, limit=100, ratio=10)
    assert (refused.value.status, refused.value.code) == (415, "unsupported_encoding")


@pytest.mark.parametrize("coding", PACKERS)
def test_a_bomb_is_refused_before_it_grows(coding: str) -> None:
    bomb = PACKERS[coding](bytes(50_000_000))
    tracemalloc.start()
    with pytest.raises(BadInput) as refused:
        inflate(bomb, coding, limit=1 << 20, ratio=1_000_000)
    assert tracemalloc.get_traced_memory()[1] < 12 << 20
    tracemalloc.stop()
    assert refused.value.status == 413
    with pytest.raises(BadInput) as refused:
        inflate(PACKERS[coding](b"0" * 500_000), coding, limit=1 << 20, ratio=100)
    assert "100 times" in str(refused.value)


@pytest.mark.parametrize("coding", PACKERS)
def test_a_body_may_be_as_large_as_the_limit_and_no_larger(coding: str) -> None:
    body = bytes(100_000)
    assert inflate(PACKERS[coding](body), coding, limit=100_000, ratio=100_000) == body
    with pytest.raises(BadInput) as refused:
        inflate(PACKERS[coding](body), coding, limit=99_999, ratio=100_000)
    assert refused.value.code == "body_too_large"


@pytest.mark.parametrize("coding", PACKERS)
def test_a_small_body_may_have_any_ratio(coding: str) -> None:
    packed = PACKERS[coding](b"0" * 50_000)
    assert inflate(packed, coding, limit=1 << 20, ratio=2) == b"0" * 50_000


@pytest.mark.parametrize("coding", PACKERS)
def test_no_bytes_at_all_are_an_empty_body(coding: str) -> None:
    """So servers answer HEAD, and say what the coding would be."""
    assert inflate(b"", coding, limit=10, ratio=10) == b""
    assert inflate(PACKERS[coding](b""), coding, limit=10, ratio=10) == b""


@pytest.mark.parametrize("coding", PACKERS)
def test_a_broken_body_is_refused(coding: str) -> None:
    whole = PACKERS[coding](b"abc")
    for broken in (b"\xff not packed", whole[:-1], whole + b"\xff more"):
        with pytest.raises(BadInput) as refused:
            inflate(broken, coding, limit=100, ratio=10)
        assert refused.value.code == "bad_encoding"
        assert "abc" not in str(refused.value)


@given(st.binary(max_size=2_000), st.lists(st.integers(0, 2_000), max_size=8))
def test_every_chunking_decodes_alike(body: bytes, cuts: list[int]) -> None:
    packed = gzip.compress(body)
    edges = sorted({0, len(packed), *(cut for cut in cuts if cut < len(packed))})
    inflater = Inflater("gzip", limit=1 << 20, ratio=1_000)
    pieces = [packed[a:b] for a, b in pairwise(edges)]
    assert b"".join(inflater.feed(piece) for piece in pieces) == body
    assert inflater.finished
