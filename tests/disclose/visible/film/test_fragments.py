"""A film in fragments becomes one without, of the same samples shown at the same times."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.disclose.marks.boxes import boxes, within
from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.visible.film.capture import frames
from guardrail.disclose.visible.film.fragments import whole
from guardrail.disclose.visible.film.iso import film
from guardrail.disclose.visible.film.words import caption
from guardrail.disclose.visible.unlabelled import Unlabelled


@pytest.fixture(scope="module")
def pieces() -> bytes:
    """The clip again, ``-c copy -movflags empty_moov+default_base_moof+delay_moov``."""
    return (Path(__file__).parent / "fragments.mp4").read_bytes()


def test_the_same_frames_and_the_same_sound_come_out(pieces: bytes, clip: bytes) -> None:
    assert sum(one.kind == b"moof" for one in boxes(pieces)) >= 3
    made = whole(pieces)
    shown, first = list(map(np.copy, frames(made))), frames(clip)
    assert len(shown) == 36
    assert all(np.array_equal(one, next(first)) for one in shown)
    old, new = film(clip), film(made)
    sound = b"".join(run.data for run in old.others[0].runs)
    assert sound == b"".join(run.data for run in new.others[0].runs)
    assert len(new.others[0].runs) >= 3


def test_frames_are_shown_when_they_were(pieces: bytes, clip: bytes) -> None:
    old, new = film(clip).pictures, film(whole(pieces)).pictures
    assert (new.times / new.scale).tolist() == pytest.approx((old.times / old.scale).tolist())
    assert new.samples.ends / new.scale == pytest.approx(3.0)


def test_the_index_says_how_long_it_lasts(pieces: bytes) -> None:
    made = whole(pieces)
    movie = next(one for one in boxes(made) if one.kind == b"moov")
    head = next(within(made, movie, b"mvhd"))
    scale, length = struct.unpack(">2I", made[head.body + 12 : head.body + 20])
    assert 3.0 <= length / scale < 3.2
    assert not list(within(made, movie, b"mvex"))
    for edits in within(made, movie, b"trak", b"edts", b"elst"):
        assert struct.unpack(">I", made[edits.end - 12 : edits.end - 8])[0] > 0


def test_a_film_without_fragments_stays_as_it_is(clip: bytes) -> None:
    assert whole(clip) == clip
    assert whole(b"") == b""


def test_a_film_in_fragments_is_labelled(pieces: bytes) -> None:
    made = caption(pieces, ("ЖИ · ИИ",)).data
    assert len(list(frames(made))) == 36
    assert [one.kind for one in boxes(made)][-1] == b"mdat"


def test_what_cant_be_joined_is_refused(pieces: bytes) -> None:
    time = pieces.rindex(b"tfdt") + 4
    for broken, reason in (
        (pieces.replace(b"tfdt", b"senc", 1), "fragmented"),
        (pieces.replace(b"moof", b"free"), "fragmented"),
        (pieces[: time + 11] + b"\xfe" + pieces[time + 12 :], "fragmented"),
        (pieces.replace(b"mvhd", b"mvhx", 1), "unreadable"),
        (pieces.replace(b"trex", b"trey"), "unreadable"),
    ):
        assert broken != pieces
        with pytest.raises(Unlabelled) as caught:
            whole(broken)
        assert caught.value.reason == reason


@settings(max_examples=100)
@given(st.data())
def test_every_broken_film_is_a_verdict_or_can_be_read(pieces: bytes, data: st.DataObject) -> None:
    starts = [one for one in boxes(pieces) if one.kind in {b"moov", b"moof"}]
    one = data.draw(st.sampled_from(starts))
    at = data.draw(st.integers(one.start, one.end - 1))
    broken = pieces[:at] + bytes((data.draw(st.integers(0, 255)),)) + pieces[at + 1 :]
    try:
        found = film(whole(broken))
    except (Unlabelled, Unmarkable) as verdict:
        assert verdict.reason  # noqa: PT017
    else:
        assert len(found.pictures.samples.sizes) >= 0
