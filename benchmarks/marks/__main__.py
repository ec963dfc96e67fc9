"""``python -m benchmarks.marks``: what writing and reading marks costs, by medium and size.

Printed are microseconds of processor time, medians: of writing a mark, with the checks before and
after it; of reading it back; and of one SHA-256 over the medium, so that machines can be compared;
then how many bytes the mark adds. `--oracles` has other programs read what was written instead:
exiftool, ffprobe and qpdf, where they are installed.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Callable
from functools import partial
from statistics import median

from benchmarks.marks.media import samples
from benchmarks.marks.oracles import judge
from guardrail.disclose.marks import Details, Marked, read, write
from guardrail.facts import Label

LABEL = Label(
    id="urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10",
    level="ai-generated",
    kind="synthetic",
    model="demo-model",
    provider="Example LLP",
    created=1_763_787_600,
)
DETAILS = Details(producer="000000000000", version="1")
RUNS = 51


def microseconds(run: Callable[[], object]) -> float:
    """Return the median processor time of a run."""
    spent = []
    for _ in range(RUNS):
        begun = time.process_time_ns()
        run()
        spent.append((time.process_time_ns() - begun) / 1e3)
    return median(spent)


def main() -> None:
    """Print a row for each medium and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--oracles", action="store_true", help="have other programs read marks")
    asked = parser.parse_args()
    print(f"{'':22}{'bytes':>12}{'write µs':>10}{'read µs':>10}{'SHA-256 µs':>12}{'added':>8}")
    for name, (data, media_type) in samples().items():
        result = write(data, LABEL, media_type=media_type, details=DETAILS)
        if not isinstance(result, Marked):
            print(f"{name:22}{len(data):12,}  {result.reason}")
            continue
        if asked.oracles:
            print(f"{name:22}{judge(name, data, result.data)}")
            continue
        marked = result.data
        cells = (
            microseconds(partial(write, data, LABEL, media_type=media_type, details=DETAILS)),
            microseconds(partial(read, marked, media_type=media_type)),
        )
        hashed = microseconds(partial(hashlib.sha256, data))
        numbers = "".join(f"{cell:10.0f}" for cell in cells)
        print(f"{name:22}{len(data):12,}{numbers}{hashed:12.0f}{len(marked) - len(data):8,}")


if __name__ == "__main__":
    main()
