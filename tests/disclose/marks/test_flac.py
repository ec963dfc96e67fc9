from __future__ import annotations

import pytest

from guardrail.disclose.marks import Claim, Layer, Unmarkable, flac

INFO = b"\0\0\0\x22" + bytes(34)


def test_without_comments_a_block_stands_second(said: Claim) -> None:
    for last in (0, 0x80):
        data = b"fLaC" + bytes([last]) + INFO[1:] + (b"" if last else b"\x81\0\0\2ab") + b"sound"
        marked = flac.write(data, said)
        assert marked.startswith(b"fLaC" + INFO + bytes([4 | last]))
        assert marked.endswith(data[4 + len(INFO) :])
        assert [one.valid for one in flac.read(marked)] == [True]


def test_a_tag_before_it_is_passed_and_read(samples: dict[str, bytes], said: Claim) -> None:
    frame = b"GEOB\0\0\0\x24\0\0\0application/x-c2pa-manifest-store\0\0"
    tag = b"ID3\3\0\0\0\0\0" + bytes([len(frame)]) + frame
    assert flac.start_of(tag + samples["flac"]) == len(tag)
    assert [one.layer for one in flac.read(tag + samples["flac"])] == [Layer.SIGNED]
    marked = flac.write(tag + samples["flac"], said)
    assert marked == tag + flac.write(samples["flac"], said)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"fLaC" + INFO, "truncated"),
        (b"fLaC\x80\0\xff\xff", "truncated"),
        (b"fLaC\x84\0\0\0", "broken_flac"),
        (b"fLaX" + INFO + b"\x81\0\0\0", "broken_flac"),
        (b"fLaC" + INFO + b"\1\0\0\0" * 10_001, "too_many_parts"),
    ],
)
def test_a_broken_file_isnt_marked(said: Claim, data: bytes, reason: str) -> None:
    with pytest.raises(Unmarkable, match=reason):
        flac.write(data, said)
