from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.disclose.marks.zipped import Archive
from guardrail.disclose.visible.office.lines import lines_of
from guardrail.disclose.visible.office.package import Package
from guardrail.disclose.visible.office.powerpoint import say
from guardrail.disclose.visible.office.scanned import local, says, scanned
from guardrail.disclose.visible.unlabelled import Bounds, Unlabelled

Make = Callable[..., bytes]
WORDS = lines_of("Жасанды интеллект жасаған\nСоздано искусственным интеллектом")
SHAPE = '<p:sp><p:nvSpPr><p:cNvPr id="7" name="T"/></p:nvSpPr></p:sp>'


def labelled(data: bytes, bounds: Bounds = Bounds()) -> Package:  # noqa: B008 - frozen
    package = Package(Archive(data))
    say(package, WORDS, bounds)
    return Package(Archive(package.written()))


def test_every_slide_says_it_at_its_foot_in_a_shape_of_its_own(pptx: Make) -> None:
    package = labelled(pptx(SHAPE, f"{SHAPE}<p:extLst/>", ""))
    for number, own in ((1, "8"), (2, "8"), (3, "2")):
        held = package.read(f"ppt/slides/s{number}.xml")
        assert says(held, [line.text for line in WORDS])
        found = scanned(held, {"cNvPr", "off", "ext", "rPr"})
        ids = [one.attributes["id"] for one in found if local(one) == "cNvPr"]
        assert ids[-1] == own
        assert len(set(ids)) == len(ids)
        place = {key: int(value) for one in found if local(one) in {"off", "ext"}
                 for key, value in one.attributes.items()}  # fmt: skip
        assert place["y"] + place["cy"] == 6_858_000
        assert 0 <= place["x"] <= place["cx"] <= 9_144_000
        assert [one.attributes["lang"] for one in found if local(one) == "rPr"] == [
            "kk-KZ",
            "ru-RU",
        ]
    assert package.read("ppt/slides/s2.xml").endswith(
        b"</p:sp><p:extLst/></p:spTree></p:cSld></p:sld>"
    )


def test_a_shape_has_words_for_those_who_dont_see_it(pptx: Make) -> None:
    held = labelled(pptx(SHAPE)).read("ppt/slides/s1.xml")
    (own,) = [one for one in scanned(held, {"cNvPr"}) if one.attributes["name"] == "AI label"]
    assert own.attributes["descr"] == " · ".join(line.text for line in WORDS)


def test_said_once_it_isnt_said_again(pptx: Make) -> None:
    again = Package(Archive(labelled(pptx(SHAPE)).written()))
    say(again, WORDS, Bounds())
    assert not again.changed


@pytest.mark.parametrize("size", ["", '<p:sldSz cx="x" cy="1"/>', '<p:sldSz cx="0" cy="0"/>'])
def test_a_size_that_isnt_told_is_the_usual_one(pptx: Make, size: str) -> None:
    assert labelled(pptx(SHAPE, size=size)).read("ppt/slides/s1.xml") == labelled(pptx(SHAPE)).read(
        "ppt/slides/s1.xml"
    )


def test_a_number_that_leaves_no_room_behind_it_isnt_counted_on(pptx: Make) -> None:
    held = labelled(pptx(SHAPE.replace('"7"', '"2147483647"'))).read("ppt/slides/s1.xml")
    assert [one.attributes["id"] for one in scanned(held, {"cNvPr"})] == ["2147483647", "2"]


def test_what_is_not_labelled_is_told(pptx: Make) -> None:
    with pytest.raises(Unlabelled, match="no_pages"):
        labelled(pptx())
    with pytest.raises(Unlabelled, match="too_many_pages"):
        labelled(pptx("", ""), Bounds(pages=1))
