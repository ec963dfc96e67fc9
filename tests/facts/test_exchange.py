from __future__ import annotations

import pytest

from guardrail.facts import Headers, RawReply, RawRequest

FIELDS: Headers = ((b"a", b"1"), (b"b", b"2"), (b"a", b"3"))


@pytest.mark.parametrize(
    "message",
    [RawRequest(method="GET", path="/", headers=FIELDS), RawReply(status=200, headers=FIELDS)],
)
def test_the_first_of_fields_with_one_name_is_told(message: RawRequest | RawReply) -> None:
    assert message.header(b"a") == b"1"
    assert message.header(b"b") == b"2"
    assert message.header(b"c") is None
