"""What the guard adds, against the same upstream without it, in one run.

    python -m benchmarks.proxy [--quick] [-- FLAGS OF guardrail serve]
    python -m benchmarks.proxy --client [--quick]

The guard has one core, the upstream and the load another; rounds alternate; medians are shown. Only
the ratios of one run mean anything. A row whose answers weren't all whole says INVALID.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import uvloop

from benchmarks import client
from benchmarks.load import Sample, load, quantile
from benchmarks.processes import cpu_seconds, guard, guardrail, memory_mb, stay_on, upstream

LOADS: dict[str, tuple[int, bool]] = {
    "chat 1 KB, c=1": (1, False),
    "chat 1 KB, c=32": (32, False),
    "stream, c=1": (1, True),
    "stream, c=32": (32, True),
}
Row = dict[str, float]


def _row(sample: Sample, cpu: float) -> Row:
    each = len(sample.delays) or sample.answers or 1
    return {
        "rate": sample.rate,
        "p50": quantile(sample.latencies, 0.5) * 1e3,
        "p99": quantile(sample.latencies, 0.99) * 1e3,
        "delay50": quantile(sample.delays, 0.5) * 1e3,
        "delay99": quantile(sample.delays, 0.99) * 1e3,
        "cpu": cpu / each * 1e6,
        "broken": float(sample.broken),
    }


async def _measure(port: int, pid: int, name: str, seconds: float) -> Row:
    connections, stream = LOADS[name]
    before = cpu_seconds(pid) if pid else 0.0
    sample = await load(port, connections=connections, seconds=seconds, stream=stream)
    return _row(sample, cpu_seconds(pid) - before if pid else 0.0)


def _medians(rows: Sequence[Row]) -> Row:
    merged = {key: median(row[key] for row in rows) for key in rows[0]}
    return {**merged, "broken": sum(row["broken"] for row in rows)}


async def _rounds(
    direct: int, port: int, pid: int, *, rounds: int, seconds: float
) -> dict[str, tuple[Row, Row]]:
    results = {}
    for name in LOADS:
        without, through = [], []
        await _measure(port, pid, name, min(0.5, seconds))  # connections, caches
        for _ in range(rounds):
            without.append(await _measure(direct, 0, name, seconds))
            through.append(await _measure(port, pid, name, seconds))
        results[name] = _medians(without), _medians(through)
    return results


def _table(results: dict[str, tuple[Row, Row]]) -> None:
    print(f"{'':17}{'req/s':>9}{'of direct':>11}{'p50 ms':>9}{'p99 ms':>9}"
          f"{'+p50 ms':>9}{'+p99 ms':>9}{'CPU µs':>9}")  # fmt: skip
    for name, (without, through) in results.items():
        stream = LOADS[name][1]
        print(name + (": to the first event; CPU per event" if stream else ": CPU per request"))
        for system, row in (("  direct", without), ("  guardrail", through)):
            mark = f"   INVALID: {row['broken']:.0f}" if row["broken"] else ""
            share = row["rate"] / without["rate"] if without["rate"] else float("nan")
            added = [row[key] - without[key] for key in ("p50", "p99")]
            print(f"{system:17}{row['rate']:9.0f}{share:11.3f}{row['p50']:9.2f}{row['p99']:9.2f}"
                  f"{added[0]:9.2f}{added[1]:9.2f}{row['cpu']:9.1f}{mark}")  # fmt: skip
        if stream:
            for system, row in (("  direct", without), ("  guardrail", through)):
                print(f"{system} event under way: p50 {row['delay50']:.2f} ms, "
                      f"p99 {row['delay99']:.2f} ms")  # fmt: skip


def _verify(state: Path) -> None:
    command = guardrail("evidence", "verify", str(state))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).strip().splitlines()
    print(f"evidence: {', '.join(lines[-2:])}")


def measure(*, quick: bool, more: Sequence[str], as_json: bool) -> None:
    """Measure the guard and print the table."""
    rounds, seconds = (1, 2.0) if quick else (3, 5.0)
    with tempfile.TemporaryDirectory() as place, upstream() as direct:
        state = Path(place) / "state"
        with guard(direct, state, *more) as (port, pid):
            stay_on(1)
            idle = memory_mb(pid)
            results = uvloop.run(_rounds(direct, port, pid, rounds=rounds, seconds=seconds))
            busy = memory_mb(pid)
        if as_json:
            print(json.dumps(results))
            return
        _table(results)
        print(f"memory: {idle:.0f} MB idle, {busy:.0f} MB after the load")
        _verify(state)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--client", action="store_true", help="compare HTTP clients instead")
    parser.add_argument("--json", action="store_true", help="print figures for programs")
    parser.add_argument("more", nargs="*", help="further flags for guardrail serve, behind --")
    chosen = parser.parse_args()
    if chosen.client:
        client.measure(quick=chosen.quick)
    else:
        measure(quick=chosen.quick, more=chosen.more, as_json=chosen.json)


if __name__ == "__main__":
    main()
