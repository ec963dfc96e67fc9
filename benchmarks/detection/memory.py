"""``memory``: many mixed texts through one ``guardrail scan --jsonl``, and what it holds then."""

from __future__ import annotations

import json
import time

from benchmarks.detection.loads import KINDS, text_of
from benchmarks.detection.scan import line, scanning
from benchmarks.detection.speed import bare_mb, resident_mb
from benchmarks.detection.texts.drawing import PARTS, Drawing
from benchmarks.detection.texts.generate import texts

STEPS = (100, 1_000)
GROWTH = 0.02
"""Share of the memory after half of the texts that the other half may add. What is loaded when it
is first wanted (numbering plans, a model) is there by then; texts kept would show."""


def mixed(count: int) -> list[str]:
    """Return short texts of every slice, and a long one for each twenty."""
    short = [one.text.text for one in texts(seed=10_000, count=count + count // 8, part=PARTS[0])]
    rng = Drawing("memory", PARTS[0])
    rng.shuffle(short)
    made = short[:count]
    for place in range(0, count, 20):
        made[place] = text_of(rng, KINDS[place // 20 % len(KINDS)], rng.choice((2_000, 8_000)))
    return made


def run(*, tier: str | None, count: int) -> None:
    """Serve the texts one by one and print the resident memory on the way."""
    given = mixed(count)
    bare = bare_mb()
    sizes: dict[int, float] = {}
    begun = time.perf_counter()
    with scanning(tier) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number, text in enumerate(given, 1):
            process.stdin.write(line(number, text))
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            if answer["id"] != number:
                raise RuntimeError("guardrail scan answered out of order")
            if number in (*STEPS, count // 2, count):
                sizes[number] = resident_mb(process.pid)
                print(f"{number:7} texts: {sizes[number]:7.1f} MB resident, "
                      f"{sizes[number] - bare:6.1f} over bare Python", flush=True)  # fmt: skip
    print(f"{len(given)} texts of {sum(map(len, given)):,} characters in "
          f"{time.perf_counter() - begun:.1f} s")  # fmt: skip
    grown = sizes[count] / sizes[count // 2] - 1
    print(f"growth since half of them: {grown:+.1%}: {'ok' if grown <= GROWTH else 'short'}")
