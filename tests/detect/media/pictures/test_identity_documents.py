from __future__ import annotations

import cv2
import numpy as np
import pytest

from guardrail.detect.entities import ENTITIES
from guardrail.detect.media.pictures.decode import Picture, Pixels, from_pixels
from guardrail.detect.media.pictures.faces import Faces
from guardrail.detect.media.pictures.identity_documents import (
    entities_of,
    find,
    is_proven,
    lines_of,
)
from guardrail.detect.media.pictures.machine_zone import located
from guardrail.detect.text.identifiers import kz
from guardrail.detect.text.identifiers.mrz import check_digit
from guardrail.facts import Tier
from guardrail.testing.pictures import ZONE, document, printed, scene

TD1 = (
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
)
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
IIN = f"74081240012{kz.check_digit('74081240012')}"
"""Nobody's: the specimen's birthday."""


def checked(field: str) -> str:
    return f"{field}{check_digit(field)}"


def kazakh_passport() -> tuple[str, str]:
    number, birth, expiry = checked("N12345678"), checked("740812"), checked("340101")
    own = checked(f"{IIN}<<")
    whole = check_digit(number + birth + expiry + own)
    return (
        "P<KAZAKHMETOVA<<AIGERIM<<<<<<<<<<<<<<<<<<<<<",
        f"{number}KAZ{birth}F{expiry}{own}{whole}",
    )


def kazakh_card() -> tuple[str, str, str]:
    first = f"IDKAZ{checked('012345678')}{IIN}<<<"
    second = f"{checked('740812')}F{checked('340101')}KAZ<<<<<<<<<<<0"
    return first, second, "AKHMETOVA<<AIGERIM<<<<<<<<<<<<"


def pictured(pixels: Pixels) -> Picture:
    return from_pixels(pixels, 640)


def seen(pixels: Pixels) -> list[tuple[str, Tier]]:
    return [(one.entity, one.tier) for one in find(pictured(pixels), ())]


@pytest.mark.parametrize("lines", [ZONE, TD2, TD1, kazakh_passport(), kazakh_card()])
@pytest.mark.parametrize("width", [640, 900, 1250, 2400])
def test_the_zone_of_every_kind_of_document_is_read(lines: tuple[str, ...], width: int) -> None:
    page = printed(lines, width, width * 7 // 10)
    zone = located(pictured(page))
    assert zone is not None
    assert lines_of(zone) == lines
    assert ("ID_DOCUMENT", Tier.CERTAIN) in seen(page)


@pytest.mark.parametrize("degrees", [-5, -2, 2, 5])
def test_a_page_askew_is_read(degrees: int) -> None:
    page = printed(TD2, 1250, 1250)
    turning = cv2.getRotationMatrix2D((625, 625), degrees, 0.8)
    askew = np.asarray(cv2.warpAffine(page, turning, (1250, 1250), borderValue=(200,) * 3))
    assert ("ID_DOCUMENT", Tier.CERTAIN) in seen(askew.astype(np.uint8))


@pytest.mark.parametrize("seed", range(4))
def test_a_blurred_and_noisy_page_is_read(seed: int) -> None:
    rng = np.random.default_rng(seed)
    page = np.asarray(cv2.GaussianBlur(printed(), (0, 0), 1.2), np.float64)
    noisy = np.clip(page + rng.normal(0, 12, page.shape), 0, 255).astype(np.uint8)
    assert ("PERSON", Tier.CERTAIN) in seen(noisy)


def test_what_a_zone_tells_is_named_and_nothing_of_it_is_told() -> None:
    found = find(pictured(printed(kazakh_passport())), (), "page 2")
    kinds = ["ID_DOCUMENT", "PERSON", "DATE_OF_BIRTH", "KZ_PASSPORT", "KZ_IIN"]
    assert [one.entity for one in found] == kinds
    assert {one.box for one in found} == {found[0].box}
    assert {one.part for one in found} == {"page 2"}
    assert all(one.category is ENTITIES[one.entity].category for one in found)
    told = repr(found)
    assert not any(value in told for value in ("AKHMETOVA", "AIGERIM", IIN, "N12345678"))


def test_a_card_of_kazakhstan_tells_its_own_kinds() -> None:
    assert list(entities_of(kazakh_card())) == ["PERSON", "DATE_OF_BIRTH", "KZ_ID_CARD", "KZ_IIN"]
    assert list(entities_of(TD1)) == ["PERSON", "DATE_OF_BIRTH"]


def test_what_check_digits_dont_vouch_for_isnt_told() -> None:
    first, second = kazakh_passport()
    other = str((int(second[9]) + 1) % 10)
    born = str((int(second[19]) + 1) % 10)
    wrong = (first, second[:9] + other + second[10:19] + born + second[20:])
    assert list(entities_of(wrong)) == ["PERSON", "KZ_IIN"]
    assert list(entities_of(("P<KAZ" + "<" * 39, "<" * 44))) == []


def test_most_check_digits_must_be_right_for_a_zone_to_be_proven() -> None:
    assert is_proven(ZONE)
    assert is_proven(TD1)
    for lines in ((), ("", ""), ("L898902C30UTO7408120F1204150ZE184226B<<<<<10",), ("NOT ONE",)):
        assert not is_proven(lines)


def test_a_zone_in_a_plain_font_is_read_as_well() -> None:
    assert ("PERSON", Tier.CERTAIN) in seen(document())


WRONG = (ZONE[0], "L898902C30UTO7408120F1204150ZE184226B<<<<<10")


def test_wrong_check_digits_leave_it_a_suspicion_unless_a_face_is_there(faces: Faces) -> None:
    assert seen(printed(WRONG)) == [("ID_DOCUMENT", Tier.SUSPECT)]
    page = pictured(document(WRONG, face=True))
    (found,) = find(page, faces.find(page))
    assert (found.entity, found.tier) == ("ID_DOCUMENT", Tier.CERTAIN)


def test_what_has_no_zone_is_no_document() -> None:
    assert seen(scene(800, 600)) == []
