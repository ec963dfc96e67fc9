from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from guardrail.disclose.marks import Claim, Layer, Unmarkable, mp4, xmp
from guardrail.disclose.marks.boxes import C2PA, box, boxes, within

Make = Callable[..., bytes]
Pieces = Callable[[bytes], list[bytes]]

HDLR = box(b"hdlr", bytes(8), b"mdta", bytes(13))
ITUNES = box(b"hdlr", bytes(8), b"mdir", bytes(13))


def _keyed(*names: bytes) -> bytes:
    keys = b"".join(box(b"mdta", name) for name in names)
    items = [
        box(struct.pack(">I", index), box(b"data", b"\0\0\0\1", bytes(4), b"value"))
        for index, _ in enumerate(names, 1)
    ]
    listed = box(b"keys", bytes(4), struct.pack(">I", len(names)), keys)
    return box(b"meta", bytes(4), HDLR, listed, box(b"ilst", *items))


USERS = {
    "none": b"",
    "empty": box(b"udta"),
    "keys": box(b"udta", _keyed(b"title", b"com.example")),
    "itunes": box(b"udta", box(b"meta", bytes(4), ITUNES, box(b"ilst", box(b"\xa9nam")))),
    "quicktime": box(b"udta", box(b"\xa9nam", b"x"), bytes(4)),
}


@pytest.mark.parametrize("moov_first", [True, False])
@pytest.mark.parametrize("user", USERS)
def test_the_sound_is_where_the_movie_says_whatever_else_it_says(
    movie: Make, pieces: Pieces, said: Claim, later: Claim, user: str, *, moov_first: bool
) -> None:
    data = movie(moov_first=moov_first, user=USERS[user])
    marked = mp4.write(data, said)
    again = mp4.write(marked, later)
    assert pieces(data) == pieces(marked) == pieces(again)
    assert [one.id for one in mp4.read(again)] == [said.label.id]
    assert mp4.write(again, later) == again
    for kept in (b"title", b"com.example", b"value", b"\xa9nam"):
        assert (kept in data) == (kept in again)


def test_a_second_key_joins_the_first(movie: Make, said: Claim) -> None:
    marked = mp4.write(movie(moov_first=True, user=USERS["keys"]), said)
    (moov,) = (one for one in boxes(marked) if one.kind == b"moov")
    (keys,) = within(marked, moov, b"udta", b"meta", b"keys")
    assert marked[keys.body + 4 : keys.body + 8] == b"\0\0\0\3"
    assert len(list(within(marked, moov, b"udta", b"meta", b"ilst", b"\0\0\0\3"))) == 1


def test_the_end_of_quicktimes_user_data_stays_its_end(movie: Make, said: Claim) -> None:
    marked = mp4.write(movie(moov_first=False, user=USERS["quicktime"]), said)
    assert marked.endswith(bytes(4))


def test_places_in_fragments_and_their_index_move_too(movie: Make, said: Claim) -> None:
    base = movie(moov_first=True)
    at = len(base)
    head = box(b"tfhd", struct.pack(">IIQ", 1, 1, at))
    bare = box(b"tfhd", struct.pack(">II", 0, 1))
    index = [
        box(b"tfra", struct.pack(">IIIIQQ3B", 1 << 24, 1, 0, 1, 0, at, 1, 1, 1)),
        box(b"tfra", struct.pack(">IIIIII3B", 0, 1, 0, 1, 0, at, 1, 1, 1)),
    ]
    data = base + box(b"moof", box(b"traf", head), box(b"traf", bare)) + box(b"mfra", *index)
    marked = mp4.write(data, said)
    grown = len(marked) - len(data)
    place = (at + grown).to_bytes(8, "big")
    assert place in marked[marked.index(b"tfhd") :][:24]
    rest = marked[marked.index(b"mfra") :]
    assert rest.count(place[4:]) == 2
    assert marked[at + grown :][4:8] == b"moof"


def test_places_of_protection_data_move_too(movie: Make, said: Claim) -> None:
    data = movie(moov_first=True)
    at = data.index(b"stco") - 4
    size = data[at : at + 4]
    body = struct.pack(">IIQ", 1 << 24, 1, len(data) + 50)
    wide = box(b"saio", body)
    grown = bytearray(data[:at] + wide + data[at:])
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
        place = grown.index(kind) - 4
        stated = int.from_bytes(grown[place : place + 4], "big") + len(wide)
        grown[place : place + 4] = stated.to_bytes(4, "big")
    assert size
    marked = mp4.write(bytes(grown), said)
    more = len(marked) - len(grown)
    assert struct.pack(">Q", len(data) + 50 + more) in marked


def test_a_manifest_is_reported(movie: Make) -> None:
    data = movie(moov_first=False) + box(b"uuid", C2PA, bytes(9))
    assert [one.layer for one in mp4.read(data)] == [Layer.SIGNED]


@pytest.mark.parametrize(
    ("place", "reason"), [(0xFFFFFFFF, "too_large"), (0xFFFFFF00, "too_large")]
)
def test_a_place_that_cant_be_written_any_more_is_none(
    movie: Make, said: Claim, place: int, reason: str
) -> None:
    data = bytearray(movie(moov_first=True))
    at = data.index(b"stco") + 12
    data[at : at + 4] = place.to_bytes(4, "big")
    with pytest.raises(Unmarkable, match=reason):
        mp4.write(bytes(data), said)


def test_a_place_beyond_any_file_is_broken(movie: Make, said: Claim) -> None:
    data = bytearray(movie(moov_first=True, wide=True))
    at = data.index(b"co64") + 12
    data[at] = 0xFF
    with pytest.raises(Unmarkable, match="broken_box"):
        mp4.write(bytes(data), said)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (box(b"moov", box(b"udta", _keyed(b"a").replace(b"\0\0\0\1\0\0\0\x09", b"\0" * 8))),
         "broken_box"),
        (box(b"ftyp", b"isom"), "no_moov"),
        (box(b"moov") + box(b"meta"), "items_by_place"),
        (box(b"moov") + box(b"mfra", box(b"tfra", bytes(12), b"\xff" * 4)), "broken_box"),
        (box(b"moov", box(b"udta", _keyed(b"a").replace(b"\0\0\0\1\0\0\0\x09", b"\0\1" * 4))),
         "too_many_parts"),
        (box(b"moov", box(b"udta", _keyed(b"a").replace(b"\0\0\0\x09mdta", b"\0\0\0\x07mdta"))),
         "broken_box"),
    ],
)  # fmt: skip
def test_a_broken_movie_isnt_marked(said: Claim, data: bytes, reason: str) -> None:
    with pytest.raises(Unmarkable, match=reason):
        mp4.write(data, said)


def test_a_real_movie_shows_the_same_frames(tmp_path: Path, said: Claim) -> None:
    file = tmp_path / "a.mp4"
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"mp4v"), 5, (64, 48))
    rng = np.random.default_rng(1)
    for _ in range(5):
        writer.write(rng.integers(0, 255, (48, 64, 3), np.uint8))
    writer.release()
    before = _frames(file)
    data = file.read_bytes()
    file.write_bytes(mp4.write(data, said))
    assert len(before) == 5
    assert _frames(file) == before


def _frames(file: Path) -> list[bytes]:
    capture = cv2.VideoCapture(str(file))
    frames = []
    while (read := capture.read())[0]:
        frames.append(read[1].tobytes())
    capture.release()
    return frames


XMP_OF_OTHERS = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""As exiftool writes IPTC's video metadata."""


def test_what_other_tools_say_in_xmp_is_read(movie: Make, said: Claim) -> None:
    packet = xmp.packet(said)
    beside = movie(moov_first=True) + box(b"uuid", XMP_OF_OTHERS, packet)
    within_moov = movie(moov_first=True, user=box(b"udta", box(b"XMP_", packet)))
    wanted = [(one.technique, one.level) for one in xmp.read(packet)]
    assert wanted
    for data in (beside, within_moov):
        assert [(one.technique, one.level) for one in mp4.read(data)] == wanted


def test_a_box_of_another_kind_is_no_xmp(movie: Make, said: Claim) -> None:
    data = movie(moov_first=True) + box(b"uuid", bytes(16), xmp.packet(said))
    assert list(mp4.read(data)) == []
