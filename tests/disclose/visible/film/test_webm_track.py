from __future__ import annotations

import pytest

from guardrail.disclose.marks import ebml
from guardrail.disclose.marks.ebml import Element, element, elements, unsigned
from guardrail.disclose.visible.film.colours import BT601, BT709
from guardrail.disclose.visible.film.webm_track import Pictures, anew, number_of, pictures
from guardrail.disclose.visible.unlabelled import Unlabelled

VP9 = b"\x82\x49\x83\x42"
SAID, SILENT = VP9 + b"\x40", VP9 + b"\x00"
"""First frames that say BT.709, and nothing, of their colours."""
SHAPE = unsigned(0xB0, 320) + unsigned(0xBA, 240)


def entry(*more: bytes, codec: bytes = b"V_VP9", video: bytes = b"") -> bytes:
    own = element(0xE0, SHAPE, video)
    return element(0xAE, unsigned(0xD7, 1), unsigned(0x83, 1), element(0x86, codec), own, *more)


def track(data: bytes, frame: bytes = SILENT) -> Pictures:
    [one] = elements(data)
    return pictures(data, one, 1, frame)


def colour(**told: int) -> bytes:
    ids = {"matrix": 0x55B1, "bits": 0x55B2, "transfer": 0x55BA, "horizontal": 0x55B3}
    return element(0x55B0, *(unsigned(ids[name], value) for name, value in told.items()))


@pytest.mark.parametrize(
    ("video", "frame", "matrix"),
    [
        (b"", SILENT, BT601),
        (b"", SAID, BT601),
        (colour(matrix=1), SAID, BT601),
        (colour(matrix=1), SILENT, BT709),
        (colour(matrix=5), SILENT, BT601),
    ],
)
def test_vp9_is_decoded_by_what_it_says_itself(video: bytes, frame: bytes, matrix: int) -> None:
    found = track(entry(video=video), frame)
    assert found.colours.matrix == matrix
    assert (found.width, found.height) == (320, 240)


def test_vp8_is_decoded_by_what_the_container_says() -> None:
    assert track(entry(codec=b"V_VP8", video=colour(matrix=1)), b"\x10").colours.matrix == BT601
    tall = entry(codec=b"V_VP8").replace(unsigned(0xBA, 240), unsigned(0xBA, 255))
    assert track(tall, b"\x10").colours.matrix == BT601


def test_frames_of_vp8_that_are_not_shown_are_known() -> None:
    found = track(entry(codec=b"V_VP8"))
    assert found.shows(b"\x10..")
    assert not found.shows(b"\x00..")
    assert not found.shows(b"")
    assert track(entry()).shows(b"\x00")


def test_the_new_track_is_like_the_old_one_but_for_its_coding() -> None:
    name = element(0x536E, "Бейне".encode())
    data = entry(name, element(0x63A2, b"private"), codec=b"V_VP9", video=colour(matrix=1))
    made = anew(data, track(data))
    [new] = elements(made)
    parts = {one.kind: one for one in elements(made, new.body, new.end)}
    assert 0x63A2 not in parts
    assert ebml.text(made, parts[0x86]) == "V_VP9"
    assert ebml.text(made, parts[0x536E]) == "Бейне"
    assert SHAPE in made
    [matrix] = ebml.within(made, new, 0xE0, 0x55B0, 0x55B1)
    assert ebml.value(made, matrix) == BT709
    assert pictures(made, new, 1, SILENT).colours == track(data).colours


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (entry(codec=b"V_THEORA"), "unsupported_codec"),
        (entry(element(0x6D80, element(0x6240, element(0x5035)))), "encrypted"),
        (entry(element(0x6D80, element(0x6240))), "unsupported_layout"),
        (entry(unsigned(0x55EE, 1)), "unsupported_layout"),
        (entry(element(0x23314F, b"\x40\0\0\0")), "unsupported_layout"),
        (entry(element(0x536E, b"a"), element(0x536E, b"b")), "unsupported_layout"),
        (entry(video=unsigned(0x53C0, 1)), "unsupported_layout"),
        (entry(video=unsigned(0x54AA, 8)), "unsupported_layout"),
        (entry(video=element(0x7670)), "unsupported_layout"),
        (entry(video=unsigned(0x9A, 1)), "interlaced"),
        (entry(video=colour(bits=10)), "unsupported_colours"),
        (entry(video=colour(transfer=16)), "unsupported_colours"),
        (entry(video=colour(horizontal=0)), "unsupported_colours"),
        (entry(video=colour(matrix=9)), "unsupported_colours"),
        (entry(video=element(0x55B0, element(0x55D0))), "unsupported_colours"),
        (element(0xAE, unsigned(0xD7, 1)), "unreadable"),
    ],
)
def test_what_cant_be_kept_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Unlabelled) as caught:
        track(data)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "frame", [b"", b"\x82\x49", b"\xa2" + VP9[1:] + b"\0", b"\x86" + VP9[1:] + b"\0"]
)
def test_another_profile_than_the_first_is_refused(frame: bytes) -> None:
    with pytest.raises(Unlabelled, match="unsupported_colours"):
        track(entry(), frame)


def test_what_says_nothing_is_left_out_and_numbers_have_usual_values() -> None:
    data = entry(element(0xEC, b"."), element(0xBF, b"1234"), unsigned(0x55EE, 0))
    found = track(data)
    assert b"1234" not in anew(data, found)
    whole = Element(0xAE, 0, 2, len(data))
    assert number_of(data, whole, 0x9999, 7) == 7
