from __future__ import annotations

import pytest

from guardrail.disclose.marks import Claim, Layer, Unmarkable, riff, wav, xmp


def _file(*chunks: bytes, size: int | None = None) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + (len(body) if size is None else size).to_bytes(4, "little") + body


SOUND = riff.chunk(b"data", b"1234")


def test_the_chunk_stands_behind_the_sound(said: Claim) -> None:
    assert wav.write(_file(SOUND), said) == _file(SOUND, riff.chunk(b"AIGC", said.aigc.encode()))


def test_a_padding_that_is_missing_at_the_end_is_made_up_for(said: Claim) -> None:
    marked = wav.write(_file(b"data\5\0\0\x0012345"), said)
    assert marked == _file(b"data\5\0\0\x0012345\0", riff.chunk(b"AIGC", said.aigc.encode()))


def test_before_a_stream_without_a_size_it_stands_before_the_sound(said: Claim) -> None:
    data = _file(riff.chunk(b"fmt ", bytes(16)), b"data\xff\xff\xff\xff1234", size=0xFFFFFFFF)
    marked = wav.write(data, said)
    assert marked.endswith(b"data\xff\xff\xff\xff1234")
    assert [one.valid for one in wav.read(marked)] == [True]
    assert wav.write(marked, said) == marked


def test_xmp_and_a_manifest_are_read_too(said: Claim) -> None:
    data = _file(SOUND, riff.chunk(b"_PMX", xmp.packet(said)), riff.chunk(b"C2PA", b""))
    *_, last = found = list(wav.read(data))
    assert (len(found), last.layer) == (3, Layer.SIGNED)


def test_a_file_without_sound_isnt_marked(said: Claim) -> None:
    with pytest.raises(Unmarkable, match="broken_wav"):
        wav.write(_file(riff.chunk(b"fmt ", bytes(16))), said)
