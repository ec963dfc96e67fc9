from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.marks.boxes import C2PA, Box, box, boxes, within
from guardrail.disclose.visible.aac.m4a import preface
from guardrail.disclose.visible.film.tables import chunks, samples
from guardrail.disclose.visible.unlabelled import Bounds, Unlabelled

Samples = np.ndarray
WORDS = "Бұл дыбысты жасанды интеллект жасаған."
RATE = 24_000
FRAMES = 35
"""Of the rhythm: 1.4 s, and one of silence."""


def movie_of(data: bytes) -> Box:
    return next(one for one in boxes(data) if one.kind == b"moov")


def one(data: bytes, *path: bytes) -> Box:
    [found] = within(data, movie_of(data), *path)
    return found


def sound_of(data: bytes) -> bytes:
    table = one(data, b"trak", b"mdia", b"minf", b"stbl")
    at = chunks(data, table, samples(data, table))
    runs = zip(at.offsets.tolist(), at.sizes.tolist(), strict=True)
    return b"".join(data[start : start + size] for start, size in runs)


def number(data: bytes, at: Box, place: int) -> int:
    return int.from_bytes(data[at.body + place : at.body + place + 4], "big")


def moov_first(data: bytes) -> bytes:
    """Return the file with its index first, as for playing while it loads."""
    parts = {each.kind: data[each.start : each.end] for each in boxes(data)}
    table = one(data, b"trak", b"mdia", b"minf", b"stbl", b"stco")
    moov, at = parts[b"moov"], table.body + 8 - movie_of(data).start
    count = number(data, table, 4)
    places = struct.unpack_from(f">{count}I", moov, at)
    first = next(each.start for each in boxes(data) if each.kind == b"mdat")
    moved = [place + len(parts[b"ftyp"]) + len(moov) - first for place in places]
    moov = moov[:at] + struct.pack(f">{count}I", *moved) + moov[at + 4 * count :]
    return parts[b"ftyp"] + moov + parts[b"mdat"]


@pytest.fixture(params=["moov last", "moov first"])
def file(request: pytest.FixtureRequest, m4a: bytes) -> bytes:
    return m4a if request.param == "moov last" else moov_first(m4a)


def test_its_own_frames_stay_and_stand_behind_others(file: bytes) -> None:
    done = preface(file, WORDS)
    assert (done.mime, done.words) == ("audio/mp4", WORDS)
    assert sound_of(done.data).endswith(sound_of(file))
    old, new = (
        samples(data, one(data, b"trak", b"mdia", b"minf", b"stbl")) for data in (file, done.data)
    )
    assert new.sizes[FRAMES:].tolist() == old.sizes.tolist()
    assert (new.times[FRAMES:] - old.times == 1_024 * FRAMES).all()


def test_it_lasts_so_much_longer_wherever_that_is_told(file: bytes) -> None:
    done = preface(file, WORDS)
    for path, place, scale in (
        ((b"mvhd",), 16, 1_000),
        ((b"trak", b"tkhd"), 20, 1_000),
        ((b"trak", b"edts", b"elst"), 8, 1_000),
        ((b"trak", b"mdia", b"mdhd"), 16, RATE),
    ):
        old, new = (number(data, one(data, *path), place) for data in (file, done.data))
        more = 1_024 * FRAMES / RATE if scale == RATE else done.seconds
        assert (new - old) / scale == pytest.approx(more, abs=0.001)
    assert number(done.data, one(done.data, b"trak", b"edts", b"elst"), 12) == 1_024


def test_all_else_stays_but_a_manifest_over_the_old_file(file: bytes) -> None:
    beside = box(b"uuid", bytes(16), b"somebody's")
    signed = box(b"uuid", C2PA, b"a manifest")
    done = preface(file + beside + signed, WORDS).data
    assert done.endswith(beside)
    assert b"a manifest" not in done
    assert sound_of(done).endswith(sound_of(file))
    for path in ((b"trak", b"mdia", b"hdlr"), (b"trak", b"mdia", b"minf", b"stbl", b"stsd")):
        old, new = (data[(at := one(data, *path)).start : at.end] for data in (file, done))
        assert old == new


def test_a_player_hears_the_rhythm_and_then_the_very_same_samples(
    file: bytes, ffmpeg: Callable[[bytes], Samples], morse: Callable[[Samples, int], str]
) -> None:
    done = preface(file, WORDS)
    old, new = ffmpeg(file), ffmpeg(done.data)
    more = len(new) - len(old)
    assert (new[more:] == old).all()
    assert morse(new[:more:2], RATE) == ".- .."
    assert more / 2 / RATE == pytest.approx(done.seconds)


def test_itunes_note_of_where_the_sound_begins_follows(m4a: bytes) -> None:
    note = b" 00000000 00000840 000001CA 00000000003F31F6 00000000"
    movie = movie_of(m4a)
    whole = box(b"moov", m4a[movie.body : movie.end], box(b"udta", box(b"note", note)))
    done = preface(m4a[: movie.start] + whole, WORDS).data
    more = 1_024 * FRAMES + 1_024 - 1_024
    assert b" 00000000 00000400 000001CA %016X 00000000" % (0x3F31F6 + more) in done


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: b"", "unsupported_format"),
        (lambda data: data[:-50], "unreadable"),
        (lambda data: data.replace(b"mp4a", b"alac"), "unsupported_format"),
        (lambda data: data.replace(b"soun", b"vide"), "unsupported_format"),
        (lambda data: data.replace(b"sgpd", b"stss"), "unsupported_layout"),
        (lambda data: data.replace(b"mdat", b"free"), "unsupported_layout"),
        (lambda data: data + box(b"meta", bytes(4)), "unsupported_layout"),
        (lambda data: data.replace(struct.pack(">I", RATE), struct.pack(">I", 48_000)),
         "unsupported_layout"),
        (lambda data: data.replace(b"stco", b"free"), "unsupported_layout"),
        (lambda data: data[: data.index(b"elst") + 21] + b"\2" + data[data.index(b"elst") + 22 :],
         "unsupported_layout"),
    ],
    ids=["empty", "cut", "ALAC", "pictures", "other tables", "no samples", "items", "another clock",
         "no places", "a slower edit"],
)  # fmt: skip
def test_what_cannot_be_kept_is_told(
    m4a: bytes, change: Callable[[bytes], bytes], reason: str
) -> None:
    with pytest.raises(Unlabelled) as caught:
        preface(change(m4a), WORDS)
    assert caught.value.reason == reason


def test_large_files_are_refused(m4a: bytes) -> None:
    with pytest.raises(Unlabelled, match="too_large"):
        preface(m4a, WORDS, bounds=Bounds(encoded_bytes=100))


@given(st.data())
def test_every_broken_file_is_labelled_or_a_verdict(m4a: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(m4a) - 1))
    broken = m4a[:at] + bytes((m4a[at] ^ data.draw(st.integers(1, 255)),)) + m4a[at + 1 :]
    try:
        assert preface(broken, WORDS).data
    except Unlabelled as verdict:
        assert verdict.reason  # noqa: PT017
