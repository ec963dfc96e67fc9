from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.detect.media.containers.conftest import Look

RTF = "application/rtf"


def _document(*groups: bytes) -> bytes:
    return b"{\\rtf1 text " + b" ".join(groups) + b"}"


def _picture(data: bytes) -> bytes:
    digits = data.hex().encode()
    lines = b"\r\n".join(digits[at : at + 64] for at in range(0, len(digits), 64))
    return (
        b"{\\pict{\\*\\picprop{\\sn a}{\\sv ff00}}\\pngblip\\picw4{\\*\\blipuid 00ff}"
        + lines
        + b"}"
    )


def test_pictures_are_found_among_control_words(look: Look, picture: bytes) -> None:
    data = _document(_picture(picture), b"{\\b bold}", _picture(picture[::-1]))
    assert [part.data for part in look.parts(data, RTF)] == [picture, picture[::-1]]
    assert look.names(data, RTF) == ["entry 1", "entry 2"]


def test_bytes_may_stand_as_they_are(look: Look) -> None:
    held = b"\x89PNG}}{{\\bin"
    data = _document(b"{\\pict\\pngblip\\bin12 " + held + b"}", b"{\\*\\objdata 0102}")
    assert [part.data for part in look.parts(data, RTF)] == [held, b"\1\2"]


def test_groups_are_bounded(look: Look, picture: bytes) -> None:
    assert look.reason(_document(b"{\\pict" + b"{" * 70), RTF) == "too_deep"
    few = replace(look.budget, parts=1)
    assert look.reason(_document(_picture(picture) * 2), RTF, few) == "too_many_parts"
    assert look.parts(_document(b"{\\pict}" * 3), RTF) == []


def test_every_broken_document_is_a_verdict_or_has_parts(
    survives: Callable[..., None], picture: bytes
) -> None:
    survives(_document(_picture(picture), b"{\\pict\\bin3 abc}"), RTF)
