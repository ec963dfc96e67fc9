import gzip

import pytest

from guardrail.testing.packing import PACKERS, packed_pieces
from guardrail.wire.encodings import Inflater, inflate


@pytest.mark.parametrize("coding", PACKERS)
def test_what_is_packed_can_be_undone(coding: str) -> None:
    packed = PACKERS[coding](b"Salem, alem! " * 9)
    assert packed != b"Salem, alem! " * 9
    assert inflate(packed, coding, limit=1_000, ratio=100) == b"Salem, alem! " * 9


@pytest.mark.parametrize("coding", PACKERS)
def test_each_piece_brings_its_event_whole(coding: str) -> None:
    events = [b"data: %d\n\n" % number for number in range(9)]
    inflater = Inflater(coding, limit=1_000, ratio=100)
    *pieces, end = packed_pieces(coding, events)
    assert [inflater.feed(piece) for piece in pieces] == events
    assert inflater.feed(end) == b""
    assert inflater.finished


def test_gzip_is_what_others_call_so() -> None:
    assert gzip.decompress(b"".join(packed_pieces("gzip", [b"Sa", b"lem"]))) == b"Salem"
