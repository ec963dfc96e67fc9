from __future__ import annotations

import pytest

from guardrail.disclose.marks.octets import patched
from guardrail.disclose.visible.office.lines import lines_of
from guardrail.disclose.visible.office.odf_styles import looks_of, page_sizes
from guardrail.disclose.visible.office.scanned import local, scanned
from guardrail.disclose.visible.unlabelled import Unlabelled

NAMES = (
    'xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:s="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:f="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
)
LINES = lines_of("Жасаған\nИИ\nСоздано")


def styled(held: bytes, *, is_shape: bool = False) -> tuple[bytes, str]:
    looks = looks_of(scanned(held, {"style"}, deepest=2), LINES, is_shape=is_shape)
    return patched(held, [looks.edit]), looks.name


@pytest.mark.parametrize("given", ["", "<o:automatic-styles/>"])
def test_styles_come_before_the_body_one_for_each_language(given: str) -> None:
    held = f"<o:d {NAMES}><o:font-face-decls/>{given}<o:body/></o:d>".encode()
    new, name = styled(held, is_shape=True)
    found = scanned(new, {"style"}, deepest=1)
    top = [local(one) for one in found if one.depth == 1]
    assert top == ["font-face-decls", "automatic-styles", "body"]
    names = [next(iter(one.attributes.values())) for one in found if local(one) == "style"]
    assert names == [name, f"{name}kk-KZ", f"{name}ru-RU", f"{name}S"]


def test_a_style_of_that_name_doesnt_tell_what_a_label_looks_like() -> None:
    own = '<s:style s:name="AiLabel1_kk-KZ"/>'
    held = f"<o:d {NAMES}><o:automatic-styles>{own}</o:automatic-styles></o:d>".encode()
    assert styled(held)[1] == "AiLabel2_"


def test_a_part_without_a_place_for_styles_is_told() -> None:
    with pytest.raises(Unlabelled, match="unsupported_format"):
        styled(f"<o:d {NAMES}/>".encode())


def test_words_are_written_with_their_languages() -> None:
    looks = looks_of(scanned(f"<o:d {NAMES}><o:body/></o:d>".encode(), deepest=2), LINES)
    (root, *spans) = scanned(looks.paragraph(), deepest=1)
    assert [one.text for one in spans] == ["Жасаған", " · ИИ", " · Создано"]
    assert local(root) == "p"


def test_pages_are_as_large_as_their_layouts_say() -> None:
    held = (
        f"<o:d {NAMES}>"
        '<s:page-layout s:name="a"><s:page-layout-properties f:page-width="10in" '
        'f:page-height="254mm"/></s:page-layout>'
        '<s:page-layout s:name="b"><s:page-layout-properties f:page-width="wide"/></s:page-layout>'
        '<s:master-page s:name="A" s:page-layout-name="a"/>'
        '<s:master-page s:name="B" s:page-layout-name="b"/></o:d>'
    ).encode()
    sizes = page_sizes(held)
    assert sizes.get("A") == pytest.approx((720, 720))
    assert sizes.get("B") == sizes.get("C") == page_sizes(None).get("A")
