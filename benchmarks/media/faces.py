"""``python -m benchmarks.media.faces --photos DIR``: how well faces are told in others' photos.

What each photo shows stands in ``faces.csv``, noted by looking at it before any detector of ours
did. The photos aren't ours to hand on: the list names the public repository and the SHA-256 (no
path: some are people's names), and DIR is any folder into which those repositories, or some of
them, were checked out. What isn't there, or has changed, is left out and counted.

Printed for each size and pose: of how many photos that show a face one is suspect, and is certain;
then of how many without a face one is reported. Thresholds are chosen by the half `development`
alone (an even last digit of the SHA-256). In brackets, the 95 % interval by Wilson. Look-alikes are
animals and things that the model itself took for a face, at 0.6 or more: the worst that there is,
no rate of anything.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import sqrt
from pathlib import Path

from guardrail.detect.media.budget import Budget
from guardrail.detect.media.headers import picture_size
from guardrail.detect.media.pictures.decode import LONG_SIDE, decode
from guardrail.detect.media.pictures.faces import Faces
from guardrail.detect.media.sniff import sniff
from guardrail.facts import Seen, Tier

LIST = Path(__file__).with_name("faces.csv")
HALVES = ("development", "held-back")
PLAIN = frozenset({("large", "seen"), ("medium", "seen")})
"""Size and pose in an ordinary photo of somebody: from 6 % of the long side on, and in view."""
_Z = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """What somebody saw in a photo."""

    digest: str
    faces: int
    """0 where there is none; of a group, about."""
    size: str
    """Of the largest: ``large`` from a fifth of the long side, ``medium``, ``small`` below 6 %."""
    pose: str
    """``seen``, ``turned-away``, ``covered``, ``overturned`` or ``cropped`` to the face alone; of
    photos without a face ``look-alike``, or nothing."""

    @property
    def half(self) -> str:
        """Whether thresholds may be chosen by it."""
        return HALVES[int(self.digest[-1], 16) % 2]


@dataclass(frozen=True, slots=True)
class Told:
    """What the detector said of a photo."""

    photo: Photo
    suspect: bool
    certain: bool


def listed(path: Path = LIST) -> list[Photo]:
    """Return what is known of each photo."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Photo(digest=row["sha256"], faces=int(row["faces"]), size=row["size"], pose=row["pose"])
            for row in csv.DictReader(file)
        ]


def present(folder: Path, photos: Iterable[Photo]) -> dict[Photo, Path]:
    """Return where in a folder each photo is that is there, whatever it is called."""
    by_digest = {
        sha256(file.read_bytes()).hexdigest(): file
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    return {one: by_digest[one.digest] for one in photos if one.digest in by_digest}


def seen(data: bytes, faces: Faces) -> tuple[Seen, ...]:
    """Return the faces that an inspection reports."""
    size = picture_size(data, sniff(data))
    return faces.find(decode(data, size, long_side=LONG_SIDE, budget=Budget()))


def told(where: Mapping[Photo, Path], faces: Faces) -> list[Told]:
    """Look at each photo."""
    answers = []
    for photo, path in where.items():
        found = seen(path.read_bytes(), faces)
        certain = any(one.tier is Tier.CERTAIN for one in found)
        answers.append(Told(photo, bool(found), certain))
    return answers


def interval(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share, by Wilson (1927); of nothing, all is possible."""
    if of == 0:
        return 0.0, 1.0
    share, square = hits / of, _Z * _Z / of
    middle = share + square / 2
    around = _Z * sqrt(share * (1 - share) / of + square / (4 * of))
    return max(0.0, (middle - around) / (1 + square)), min(1.0, (middle + around) / (1 + square))


def share(hits: int, of: int) -> str:
    """Return ``hits/of``, the percentage and its interval."""
    if of == 0:
        return "-"
    low, high = interval(hits, of)
    return f"{hits}/{of} {100 * hits / of:.1f} % [{100 * low:.1f}, {100 * high:.1f}]"


def line(title: str, answers: Sequence[Told]) -> str:
    """Return a row of the table."""
    count = len(answers)
    suspect = share(sum(one.suspect for one in answers), count)
    certain = share(sum(one.certain for one in answers), count)
    return f"{title:34}{suspect:>34}{certain:>34}"


def report(answers: Sequence[Told]) -> list[str]:
    """Return the table's rows: faces by size and pose, then photos without any, for each half."""
    rows = [f"{'':34}{'suspect':>34}{'certain':>34}"]
    for half in HALVES:
        mine = [one for one in answers if one.photo.half == half]
        shown = [one for one in mine if one.photo.faces]
        kinds = Counter((one.photo.size, one.photo.pose) for one in shown)
        rows.append(half)
        rows += [
            line(f"  {' '.join(kind)}", [one for one in shown if _kind(one) == kind])
            for kind in sorted(kinds)
        ]
        rows.append(line("  ordinary", [one for one in shown if _kind(one) in PLAIN]))
        rows.append(line("  all with a face", shown))
        empty = [one for one in mine if not one.photo.faces]
        for title, pose in (("  without a face", ""), ("  look-alikes", "look-alike")):
            rows.append(line(title, [one for one in empty if one.photo.pose == pose]))
    return rows


def _kind(one: Told) -> tuple[str, str]:
    return one.photo.size, one.photo.pose


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--list", type=Path, default=LIST)
    parser.add_argument("--wrong", action="store_true", help="name photos told wrongly")
    asked = parser.parse_args(arguments)
    photos = listed(asked.list)
    where = present(asked.photos, photos)
    answers = told(where, Faces())
    print(f"{len(where)} of {len(photos)} photos are there")
    print("\n".join(report(answers)))
    for one in answers if asked.wrong else ():
        if one.suspect != bool(one.photo.faces):
            print(one.photo.half, one.photo.size, one.photo.pose, where[one.photo])


if __name__ == "__main__":
    main()
