import pytest

from guardrail.disclose.marks import Unmarkable, riff


def _file(*chunks: bytes, size: int | None = None, head: bytes = b"RIFF") -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return head + (len(body) if size is None else size).to_bytes(4, "little") + body


def test_chunks_are_found_with_their_padding() -> None:
    read = riff.read(_file(riff.chunk(b"aaaa", b"1"), riff.chunk(b"bbbb", b"22")) + b"behind")
    assert [read.body(one) for one in read.chunks] == [b"1", b"22"]
    assert read.data[read.end :] == b"behind"
    assert read.first(b"bbbb") == read.chunks[1]
    assert read.first(b"cccc") is None


def test_the_size_follows_an_edit_and_what_is_behind_stays() -> None:
    read = riff.read(_file(riff.chunk(b"aaaa", b"1")) + b"behind")
    new = riff.chunk(b"bbbb", b"22")
    assert read.edited([(read.end, read.end, new)]) == _file(read.data[12:22], new) + b"behind"


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_a_size_that_nobody_knew_stays_unknown(size: int) -> None:
    read = riff.read(_file(b"data\xff\xff\xff\xffsound", size=size))
    assert read.chunks[0].is_open
    assert read.body(read.chunks[0]) == b"sound"
    assert riff.read(read.edited([(12, 12, riff.chunk(b"bbbb", b""))])).first(b"bbbb")


def test_the_wide_sizes_of_rf64_are_believed_and_corrected() -> None:
    wide = (50).to_bytes(8, "little") + (5).to_bytes(8, "little") + bytes(12)
    data = _file(
        riff.chunk(b"ds64", wide), b"data\xff\xff\xff\xffsound\0", size=0xFFFFFFFF, head=b"RF64"
    )
    read = riff.read(data)
    assert read.body(read.chunks[1]) == b"sound"
    after = read.edited([(read.end, read.end, riff.chunk(b"bbbb", b""))])
    assert int.from_bytes(after[20:28], "little") == 58
    assert after[4:8] == b"\xff" * 4


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (_file(size=99), "truncated"),
        (_file(b"aaaa\x09\0\0\0"), "truncated"),
        (b"RIFF", "truncated"),
        (_file(riff.chunk(b"aaaa", b"") * 100_001), "too_many_parts"),
    ],
)
def test_a_broken_file_isnt_read(data: bytes, reason: str) -> None:
    with pytest.raises(Unmarkable, match=reason):
        riff.read(data)
