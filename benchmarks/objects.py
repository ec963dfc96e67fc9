"""``python -m benchmarks.objects [STORE …]``: what an object of evidence costs in each store.

A store is written as in ``evidence.store``; without any, a directory under ``--state`` is measured.
Printed are microseconds, the median and 95 of 100, by size: to create an object, to swap one, to
read one whole, and to read its last byte; and the processor's time that this process spends on a
create. The servers' own isn't in it.
"""

from __future__ import annotations

import argparse
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from benchmarks.load import quantile
from guardrail.evidence.objects import Objects
from guardrail.stores.evidence_home import open_objects
from guardrail.stores.state import State

SIZES = (600, 64 << 10, 1 << 20)


def measured(work: Callable[[int], object], rounds: int) -> tuple[float, float, float]:
    """Return the median, 95 of 100, and the processor's time, in microseconds each."""
    took, spent = [], time.process_time()
    for number in range(rounds):
        begun = time.perf_counter()
        work(number)
        took.append((time.perf_counter() - begun) * 1e6)
    spent = (time.process_time() - spent) / rounds * 1e6
    return quantile(took, 0.5), quantile(took, 0.95), spent


def works_on(
    objects: Objects, top: str, one: bytes, other: bytes
) -> dict[str, Callable[[int], object]]:
    """Return what is measured, by its name; each takes the number of the round."""
    held: list[bytes | None] = [None]

    def create(number: int) -> None:
        objects.create(f"{top}/{number}", one)

    def swap(number: int) -> None:
        wanted = (one, other)[number % 2]
        if not objects.swap(f"{top}/state", wanted, expected=held[0]):
            raise SystemExit("somebody else writes there, too")
        held[0] = wanted

    def read(number: int) -> None:
        objects.read(f"{top}/{number}")

    def last_byte(number: int) -> None:
        objects.read(f"{top}/{number}", len(one) - 1)

    return {"create": create, "swap": swap, "read": read, "last byte": last_byte}


def report(name: str, objects: Objects, rounds: int) -> None:
    """Measure one store and clear up behind."""
    top = f"bench/{secrets.token_hex(4)}"
    for size in SIZES:
        works = works_on(objects, f"{top}/{size}", os.urandom(size), os.urandom(size))
        for what, work in works.items():
            median, high, spent = measured(work, rounds)
            print(f"{name:<11} {size:>8} B  {what:<9} {median:>9.0f} {high:>9.0f} {spent:>9.0f}")
    objects.delete(list(objects.names(f"{top}/")))


def main() -> None:
    """Measure every store that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stores", nargs="*", default=[""])
    parser.add_argument("--state", type=Path)
    parser.add_argument("--rounds", type=int, default=200)
    told = parser.parse_args()
    print(f"{'store':<11} {'size':>10}  {'':<9} {'µs':>9} {'95 %':>9} {'CPU':>9}")
    with TemporaryDirectory() as temporary:
        for where in told.stores:
            objects = open_objects(where, State(told.state or Path(temporary)))
            report(urlsplit(where).scheme or "directory", objects, told.rounds)
            objects.close()


if __name__ == "__main__":
    main()
