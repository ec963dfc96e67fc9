from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.sniff import UNKNOWN, Kind, declared_differs, sniff
from guardrail.testing import biometrics, formats


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("jpeg", "image/jpeg"),
        ("png", "image/png"),
        ("webp", "image/webp"),
        ("gif", "image/gif"),
        ("bmp", "image/bmp"),
        ("tiff", "image/tiff"),
        ("jp2", "image/jp2"),
        ("avif", "image/avif"),
        ("heic", "image/heic"),
        ("movie", "video/mp4"),
    ],
)
def test_pictures_and_videos_are_told_by_their_content(name: str, mime: str) -> None:
    assert sniff(formats.samples()[name]).mime == mime


@pytest.mark.parametrize(
    "name", [name for name in biometrics.samples() if name not in {"PIV", "SourceAFIS JSON"}]
)
def test_biometric_records_are_templates(name: str) -> None:
    assert sniff(biometrics.samples()[name]).kind is Kind.TEMPLATE


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"plain text", "қазақша мәтін".encode(), b"{}", bytes(900)]
)
def test_what_bears_no_mark_is_unknown(data: bytes) -> None:
    assert sniff(data) == UNKNOWN


@pytest.mark.parametrize(
    ("declared", "differs"),
    [
        ("image/png", False),
        ("IMAGE/PNG; charset=x", False),
        ("image/apng", False),
        ("image/*", False),
        ("", False),
        ("application/octet-stream", False),
        ("image/jpeg", True),
        ("audio/*", True),
        ("text/plain", True),
    ],
)
def test_a_declared_type_is_compared_with_the_content(declared: str, *, differs: bool) -> None:
    assert declared_differs(sniff(formats.png()), declared) is differs


def test_nothing_differs_from_what_nobody_can_tell() -> None:
    assert not declared_differs(UNKNOWN, "image/png")


@given(st.binary(max_size=2000))
def test_any_bytes_are_something(data: bytes) -> None:
    assert sniff(data).mime


@pytest.mark.parametrize("name", formats.samples())
def test_every_truncation_is_something(name: str) -> None:
    data = formats.samples()[name]
    assert all(sniff(data[:end]).mime for end in range(len(data)))
