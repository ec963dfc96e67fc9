from __future__ import annotations

import io

import pytest
import soundfile

from guardrail.disclose.marks import Claim, Unmarkable, ogg


def _crc(page: bytes) -> int:
    """Return a page's checksum bit by bit, as RFC 3533 has it."""
    register = 0
    for octet in page[:22] + bytes(4) + page[26:]:
        register ^= octet << 24
        for _ in range(8):
            register = (register << 1 ^ (0x04C11DB7 if register >> 31 else 0)) & 0xFFFFFFFF
    return register


def _page(packets: list[bytes], count: int, *, flags: int = 0, serial: int = 7) -> bytes:
    laces = b"".join(b"\xff" * (len(one) // 255) + bytes([len(one) % 255]) for one in packets)
    laces = laces[:255]  # a packet that fills a page goes on in the next
    head = b"OggS\0" + bytes([flags]) + bytes(8) + serial.to_bytes(4, "little")
    page = head + count.to_bytes(4, "little") + bytes(4) + bytes([len(laces)]) + laces
    page += b"".join(packets)
    return page[:22] + _crc(page).to_bytes(4, "little") + page[26:]


def _pages(data: bytes) -> list[bytes]:
    pages = []
    while data:
        size = 27 + data[26] + sum(data[27 : 27 + data[26]])
        pages.append(data[:size])
        data = data[size:]
    return pages


def _comments(*comments: bytes) -> bytes:
    whole = b"".join(len(one).to_bytes(4, "little") + one for one in comments)
    return bytes(4) + len(comments).to_bytes(4, "little") + whole


FLAC = b"\x7fFLAC\1\0\0\1fLaC" + bytes(38)
STREAMS = {
    "opus": (b"OpusHead" + bytes(11), [b"OpusTags" + _comments(b"a=b") + b"rest"]),
    "vorbis": (b"\x01vorbis" + bytes(23), [b"\x03vorbis" + _comments() + b"\1", b"\x05vorbis.."]),
    "flac": (FLAC, [b"\x84\0\0\x08" + _comments()]),
    "speex": (b"Speex   " + bytes(72), [_comments(b"a=b")]),
    "theora": (b"\x80theora" + bytes(35), [b"\x81theora" + _comments(), b"\x82theora.."]),
}


def _stream(name: str) -> bytes:
    first, headers = STREAMS[name]
    pages = [_page([first], 0, flags=2), _page(headers, 1), _page([b"sound"], 2, flags=4)]
    return b"".join(pages)


@pytest.mark.parametrize("name", STREAMS)
def test_every_codecs_comments_are_written(said: Claim, name: str) -> None:
    data = _stream(name)
    marked = ogg.write(data, said)
    first, headers, sound = _pages(marked)
    assert (first, sound) == (_pages(data)[0], _pages(data)[2])
    assert int.from_bytes(headers[22:26], "little") == _crc(headers)
    assert [one.id for one in ogg.read(marked)] == [said.label.id]
    assert ogg.write(marked, said) == marked


def test_in_flac_the_blocks_own_length_is_right(said: Claim) -> None:
    packet = _pages(ogg.write(_stream("flac"), said))[1].partition(b"\x84")[2]
    assert int.from_bytes(packet[:3], "big") == len(packet) - 3


@pytest.mark.parametrize("size", [65_024, 65_025, 65_100, 200_000])
def test_more_pages_number_the_later_ones_anew(said: Claim, size: int) -> None:
    first, _ = STREAMS["opus"]
    packet = b"OpusTags" + _comments(b"a=" + b"x" * (size - 300))
    pieces = [packet[at : at + 65_025] for at in range(0, len(packet), 65_025)]
    pages = [_page([first], 0, flags=2)]
    for count, piece in enumerate(pieces, 1):
        pages.append(_page([piece], count, flags=1 if count > 1 else 0))
    other = _page([b"other"], 0, serial=9)
    sound = [_page([bytes([count])], len(pages) + count) for count in range(3)]
    chained = [_page([first], 0, flags=2), _page([b"next"], 1)]
    marked = ogg.write(b"".join([*pages, *sound, other, *chained]), said)
    after = _pages(marked)
    assert [page[-1] for page in after[-6:-3]] == [0, 1, 2]
    assert after[-3:] == [other, *chained]
    numbers = [int.from_bytes(page[18:22], "little") for page in after[:-3]]
    assert numbers == list(range(len(after) - 3))
    assert all(int.from_bytes(page[22:26], "little") == _crc(page) for page in after[2:-3])
    assert [one.id for one in ogg.read(marked)] == [said.label.id]


class _Long(Claim):
    """A label with a value that no page has room for."""

    @property
    def aigc(self) -> str:
        return super().aigc[:-1] + ',"x":"' + "y" * 130_000 + '"}'


def test_sound_stays_where_pages_are_added(samples: dict[str, bytes], said: Claim) -> None:
    long = _Long(**said._asdict())
    marked = ogg.write(samples["vorbis"], long)
    assert len(_pages(marked)) > len(_pages(samples["vorbis"]))
    before, after = (soundfile.read(io.BytesIO(one))[0] for one in (samples["vorbis"], marked))
    assert before.tobytes() == after.tobytes()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"OggS", "truncated"),
        (_page([b"unknown"], 0, flags=2), "no_carrier"),
        (_page([b"OpusHead"], 0, flags=0), "no_carrier"),
        (_page([b"OpusHead"], 0, flags=2), "broken_ogg"),
        (_page([b"OpusHead"], 0, flags=2) + _page([b"OpusTags", b"x"], 1), "broken_ogg"),
        (_page([b"OpusHead"], 0, flags=2) + _page([b"other"], 1), "broken_ogg"),
        (_page([FLAC], 0, flags=2) + _page([b"\1" + bytes(20)], 1), "broken_ogg"),
        (_page([b"OpusHead"], 0, flags=2) + b"junk" * 9, "broken_ogg"),
        (_page([b"OpusHead"], 0, flags=2)[:-2], "truncated"),
    ],
)
def test_a_broken_file_isnt_marked(said: Claim, data: bytes, reason: str) -> None:
    with pytest.raises(Unmarkable, match=reason):
        ogg.write(data, said)


def test_the_packets_of_a_file_are_read_one_by_one(samples: dict[str, bytes]) -> None:
    head, tags, *sound = ogg.packets(samples["opus"])
    assert (head[:8], tags[:8]) == (b"OpusHead", b"OpusTags")
    assert len(sound) > 3
    assert sum(map(len, sound)) < len(samples["opus"])
