from __future__ import annotations

import pytest

from guardrail.engine.outs import Out

COMMENT = b": x\n\n"


@pytest.mark.parametrize(
    ("data", "lead", "told"),
    [
        (b"data: 1\n\n", b"", COMMENT + b"data: 1\n\n"),
        (b"", b"", COMMENT),
        (b"", b"\n\n", b"\n\n" + COMMENT),
        (b"\n\ndata: 1\n\n", b"\n\n", b"\n\n" + COMMENT + b"data: 1\n\n"),
        (b"\xef\xbb\xbfdata: 1\n\n", b"", b"\xef\xbb\xbf" + COMMENT + b"data: 1\n\n"),
    ],
)
def test_a_comment_stands_before_what_ends_a_stream_and_behind_what_ends_the_event_before(
    data: bytes, lead: bytes, told: bytes
) -> None:
    assert Out(data=data, lead=lead, end=True).commented(COMMENT) == told


def test_without_a_comment_nothing_is_added() -> None:
    assert Out(data=b"data: 1\n\n", lead=b"\n").commented(b"") == b"data: 1\n\n"
    assert Out(lead=b"\n").commented(b"") == b""
