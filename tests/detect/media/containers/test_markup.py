from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.containers.embedded import flags
from guardrail.detect.media.containers.markup import parts

if TYPE_CHECKING:
    from tests.detect.media.containers.conftest import Look

SVG, HTML, XML = "image/svg+xml", "text/html", "application/xml"


def _url(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def _svg(inner: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg">{inner}</svg>'.encode()


@pytest.mark.parametrize(
    "spell",
    [
        _url,
        lambda data: "data:image/png;base64," + quote(base64.b64encode(data).decode(), safe=""),
        lambda data: "data:image/png," + quote(data, safe=""),
        lambda data: _url(data).replace("data:", "&#100;ata:"),
        lambda data: _url(data)[:40] + "\n  " + _url(data)[40:],
        lambda data: _url(data).replace("image/png", "text/plain"),
        lambda data: "DATA:;base64," + base64.b64encode(data).decode().rstrip("="),
    ],
    ids=["plain", "quoted", "percent", "entity", "lines", "other_type", "no_padding"],
)
@pytest.mark.parametrize("mime", [SVG, HTML])
def test_a_data_address_is_found_however_it_is_spelt(
    spell: Callable[[bytes], str], mime: str, look: Look, picture: bytes
) -> None:
    data = _svg(f'<image href="{spell(picture)}"/>')
    assert [part.data for part in look.parts(data, mime)] == [picture]


def test_a_style_holds_pictures_too(look: Look, picture: bytes) -> None:
    page = f"<html><style>p {{ background: url({_url(picture)}) }}</style></html>".encode()
    assert [part.data for part in look.parts(page, HTML)] == [picture]


def test_base64_in_xml_is_found(look: Look, picture: bytes) -> None:
    held = base64.b64encode(picture).decode()
    data = f'<x xmlns="urn:x"><office:binary-data>{held}</office:binary-data></x>'
    data = data.replace("office:binary-data", "binary")
    assert [part.data for part in look.parts(data.encode(), XML)] == [picture]


def test_pages_may_be_written_in_utf_16(look: Look, picture: bytes) -> None:
    data = _svg(f'<image href="{_url(picture)}"/>').decode().encode("utf-16")
    assert [part.data for part in look.parts(data, SVG)] == [picture]


def test_entities_are_refused(look: Look) -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><svg>&b;</svg>'
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>'
    assert look.reason(laughs.encode(), SVG) == "entities"
    assert look.reason(outside.encode(), SVG) == "entities"


def test_a_bare_document_type_is_usual(look: Look) -> None:
    dtd = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd"><svg/>'
    assert look.reason(dtd.encode(), SVG) == ""


def test_what_isnt_well_formed_is_a_verdict_in_xml_only(look: Look) -> None:
    assert look.reason(b"<svg><g></svg>", SVG) == "broken"
    assert look.reason(b"<p><b></p>", HTML) == ""
    assert look.reason(b"<svg>" + b"<g>" * 300 + b"</g>" * 300 + b"</svg>", SVG) == "too_deep"
    assert look.reason(b"<svg>\0</svg>", SVG) == "not_text"
    assert look.reason(b"<svg>" + b" " * (8 << 20) + b"</svg>", SVG) == "too_many_bytes"


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<script>1</script>", ("script",)),
        ('<g onload="x()"/>', ("script",)),
        ("<foreignObject/>", ("foreign_object",)),
        ('<image href="https://example.org/a.png"/>', ("external_reference",)),
        ('<g style="fill: url(//example.org/a)"/>', ("external_reference",)),
        ('<a href="#x">online=1</a>', ()),
        ('<rect width="3"/>', ()),
    ],
)
def test_what_is_odd_is_said(inner: str, expected: tuple[str, ...]) -> None:
    assert flags(_svg(inner), SVG) == expected


def test_other_containers_have_no_flags() -> None:
    assert flags(b"PK", "application/zip") == ()


def test_every_broken_page_is_a_verdict_or_has_parts(
    survives: Callable[..., None], picture: bytes
) -> None:
    survives(_svg(f'<image href="{_url(picture)}"/>'), SVG, 3)


@given(st.text(alphabet="<>/&;\"'=dat:,;base64svg# \n\u0439", max_size=200))
def test_every_text_is_a_verdict_or_has_parts(text: str) -> None:
    for mime in (SVG, HTML):
        with suppress(Uninspectable):
            list(parts(text.encode(), mime, Budget()))
