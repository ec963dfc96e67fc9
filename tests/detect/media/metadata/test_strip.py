from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.metadata import find, flags, strip
from guardrail.detect.media.sniff import sniff
from guardrail.testing import formats

SAMPLES = {name: formats.samples()[name] for name in ("jpeg", "png", "png packed", "webp")}
HARMLESS = formats.xmp()


def _strip(data: bytes, *, everything: bool = False) -> bytes:
    return strip(data, sniff(data), everything=everything)


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_is_seen_afterwards(name: str, *, everything: bool) -> None:
    data = _strip(SAMPLES[name], everything=everything)
    assert find(data, sniff(data)) == ()
    assert flags(data, sniff(data)) == ()


@pytest.mark.parametrize("make", [formats.jpeg, formats.png, formats.webp])
def test_a_picture_without_findings_stays_as_it_is(make: object) -> None:
    assert callable(make)
    data = make(exif=formats.exif(orientation=3), xmp=HARMLESS)
    assert _strip(data) == data
    assert b"xmpmeta" not in _strip(data, everything=True)


def test_only_the_part_with_the_finding_is_lost() -> None:
    data = formats.jpeg(exif=formats.exif(place=True), xmp=HARMLESS)
    assert _strip(data) == formats.jpeg(xmp=HARMLESS)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("everything", [False, True])
def test_pixels_and_orientation_stay(format_: str, *, everything: bool) -> None:
    file = io.BytesIO()
    picture = Image.effect_mandelbrot((64, 40), (-2, -1, 1, 1), 50).convert("RGB")
    mark = b"Exif\0\0" if format_ == "JPEG" else b""
    told = mark + formats.exif(place=True, orientation=6, thumbnail=True)
    picture.save(file, format_, exif=told)
    assert find(file.getvalue(), sniff(file.getvalue()))
    stripped = _strip(file.getvalue(), everything=everything)
    with Image.open(io.BytesIO(stripped)) as after, Image.open(file) as before:
        assert after.tobytes() == before.tobytes()
        assert dict(after.getexif()) == {0x0112: 6}


def test_the_profile_stays_and_comments_go() -> None:
    profile = formats.segment(0xE2, b"ICC_PROFILE\0\x01\x01abc")
    data = formats.jpeg()
    with_both = data[:2] + profile + formats.segment(0xFE, b"a comment") + data[2:]
    assert _strip(with_both, everything=True) == data[:2] + profile + data[2:]


def test_harmless_bytes_behind_the_end_stay_unless_all_goes() -> None:
    data = formats.jpeg(exif=formats.exif(place=True)) + b"a moving picture"
    assert _strip(data).endswith(b"a moving picture")
    assert _strip(data, everything=True).endswith(b"\xff\xd9")


def test_bytes_behind_the_end_that_tell_something_go() -> None:
    data = formats.jpeg() + formats.jpeg(exif=formats.exif(place=True))
    assert _strip(data) == formats.jpeg()


def test_exif_that_cant_be_read_goes_when_all_goes() -> None:
    data = formats.jpeg(exif=b"MM\0*\0\0\0\x63")
    assert _strip(data, everything=True) == formats.jpeg()


@pytest.mark.parametrize("data", [formats.gif(), formats.tiff(), formats.heif(), b"text"])
def test_other_formats_cant_be_stripped(data: bytes) -> None:
    with pytest.raises(Uninspectable, match="cannot_strip"):
        _strip(data)


@given(
    name=st.sampled_from(sorted(SAMPLES)),
    at=st.integers(0, 1000),
    mask=st.integers(1, 255),
    everything=st.booleans(),
)
def test_nothing_is_seen_after_any_damage_either(
    name: str, at: int, mask: int, *, everything: bool
) -> None:
    data = bytearray(SAMPLES[name])
    at %= len(data)
    data[at] ^= mask
    with suppress(Uninspectable):
        stripped = strip(bytes(data), sniff(SAMPLES[name]), everything=everything)
        assert find(stripped, sniff(SAMPLES[name])) == ()
