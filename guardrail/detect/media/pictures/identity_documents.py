"""Identity documents in pictures: a machine-readable zone, and what it tells where it can be read.

A zone is a suspicion. It is certain with a face beside it, or where most of the check digits that
were read are right (ICAO Doc 9303-3, 4.9): then it is also told whose data stand in it, as kinds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from guardrail.detect.entities import ENTITIES
from guardrail.detect.media.pictures.decode import Picture
from guardrail.detect.media.pictures.machine_zone import Zone, located, with_faces
from guardrail.detect.media.pictures.zone_reader import LAYOUTS, read
from guardrail.detect.text.identifiers.kz import has_iin_structure, is_checked
from guardrail.detect.text.identifiers.mrz import check_digit, checks_of
from guardrail.facts.finding import Tier
from guardrail.facts.media import Seen

NAME = "ZoneReader@1"
REASON = "machine-readable zone, checksum"

_LEAST_ALIKE = 0.75
"""How much characters look like OCR-B's, on the average: drawn zones 0.8 or more, even in other
fonts; lines of random characters at the same pitch 0.7 at most."""
_SCORE = 0.99
_TWELVE = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
_NAMES = re.compile(r"[A-Z]+(?:<[A-Z]+)*(?:<<[A-Z]+(?:<[A-Z]+)*)?<*")


def find(picture: Picture, faces: Sequence[Seen], part: str = "") -> tuple[Seen, ...]:
    """Return the identity document that a picture shows, and the kinds of data that it tells.

    Args:
        picture: decoded with a long side of 640 pixels or more, where it has that.
        faces: those in the same picture.
        part: where in its medium the picture is, as ``page 2``.
    """
    zone = located(picture, part)
    if zone is None:
        return ()
    lines = lines_of(zone)
    if not is_proven(lines):
        found = with_faces(zone.seen, faces)
        return (found,) if found else ()
    told = ("ID_DOCUMENT", *entities_of(lines))
    return tuple(
        replace(
            zone.seen,
            entity=entity,
            category=ENTITIES[entity].category,
            tier=Tier.CERTAIN,
            score=_SCORE,
            recognizer=NAME,
            reason=REASON,
        )
        for entity in told
    )


def lines_of(zone: Zone) -> tuple[str, ...]:
    """Return the lines of a zone as they can be read; none where they look like another font."""
    layout = LAYOUTS[zone.characters, len(zone.bands)]
    found = [
        read(zone.grey, zone.turning, band, allowed)
        for band, allowed in zip(zone.bands, layout, strict=True)
    ]
    if sum(alike for _, alike in found) < _LEAST_ALIKE * len(found):
        return ()
    return tuple(line for line, _ in found)


def is_proven(lines: Sequence[str]) -> bool:
    """Tell whether two check digits of a zone are right at least, and more than half of all."""
    checks = [checks_of(line) for line in lines]
    right, all_ = (sum(column) for column in zip(*checks, strict=True)) if checks else (0, 0)
    return right >= 2 and 2 * right > all_


def entities_of(lines: Sequence[str]) -> Iterator[str]:
    """Yield the kinds of data in a zone, as ``PERSON``: what its check digits or form vouch for."""
    three = len(lines) == 3
    first, second = lines[0], lines[1]
    if _NAMES.fullmatch(lines[2] if three else first[5:]):
        yield "PERSON"
    if _is_right(second[:7] if three else second[13:20]):
        yield "DATE_OF_BIRTH"
    if first[2:5] == "KAZ" and _is_right(first[5:15] if three else second[:10]):
        yield "KZ_ID_CARD" if three else "KZ_PASSPORT"
    rest = f"{first[15:]} {second[18:29]}" if three else second[28:]
    if any(is_checked(one) and has_iin_structure(one) for one in _TWELVE.findall(rest)):
        yield "KZ_IIN"


def _is_right(checked: str) -> bool:
    """Tell whether the last character is the check digit of those before it."""
    return checked[-1:] == str(check_digit(checked[:-1]))
