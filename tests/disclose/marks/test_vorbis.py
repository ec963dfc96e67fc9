from __future__ import annotations

import pytest

from guardrail.disclose.marks import Claim, Unmarkable, vorbis


def _list(*comments: bytes) -> bytes:
    whole = b"".join(len(one).to_bytes(4, "little") + one for one in comments)
    return b"\2\0\0\0me" + len(comments).to_bytes(4, "little") + whole


def test_the_comment_stands_last_and_what_follows_stays(said: Claim) -> None:
    own = b"AIGC=" + said.aigc.encode()
    assert vorbis.written(b"..." + _list(b"a=b") + b"\1", said, 3) == (
        b"..." + _list(b"a=b", own) + b"\1"
    )
    assert vorbis.written(vorbis.empty(b"me"), said) == _list(own)


def test_names_dont_tell_case(said: Claim, later: Claim) -> None:
    held = _list(b"a=b", b"aigc=" + said.aigc.encode(), b"c=d")
    assert [one.id for one in vorbis.read(held)] == [said.label.id]
    assert vorbis.written(held, said) == held
    assert vorbis.written(held, later).endswith(b"c=d")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff\xff\xff\xff", "truncated"),
        (bytes(4) + b"\xff\xff\xff\xff", "too_many_parts"),
        (bytes(4) + b"\1\0\0\0\xff\0\0\0", "truncated"),
    ],
)
def test_a_broken_list_isnt_read(data: bytes, reason: str) -> None:
    with pytest.raises(Unmarkable, match=reason):
        list(vorbis.read(data))
