from __future__ import annotations

from collections.abc import Iterator

import pytest

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.pictures.opencv import cv2
from guardrail.detect.media.sound import libav
from guardrail.detect.media.sound.libav import VERSIONS, Codec, libraries


@pytest.fixture
def anew() -> Iterator[None]:
    libraries.cache_clear()
    yield
    libraries.cache_clear()


def test_the_libraries_in_opencvs_wheel_are_those_that_were_tried() -> None:
    libs = libraries()
    found = {
        "avutil": libs.util.avutil_version() >> 16,
        "avcodec": libs.codec.avcodec_version() >> 16,
        "avformat": libs.format.avformat_version() >> 16,
    }
    assert found == VERSIONS


def test_they_are_under_the_lgpl() -> None:
    assert libraries().codec.avcodec_license() == b"LGPL version 2.1 or later"


def test_the_fields_of_structures_are_where_they_are_looked_for() -> None:
    aac = 0x15002
    codec: Codec = libraries().codec.avcodec_find_decoder(aac).contents
    assert codec.name == b"aac"


@pytest.mark.usefixtures("anew")
def test_another_version_isnt_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VERSIONS, "avcodec", 99)
    with pytest.raises(Uninspectable, match="format_not_decodable"):
        libraries()


@pytest.mark.usefixtures("anew")
def test_another_licence_isnt_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libav, "_LICENCE", b"GPL version 3")
    with pytest.raises(Uninspectable, match="format_not_decodable"):
        libraries()


@pytest.mark.usefixtures("anew")
def test_a_wheel_without_them_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "__file__", "/nowhere/cv2/__init__.py")
    with pytest.raises(Uninspectable, match="format_not_decodable"):
        libraries()
