"""What telemetry costs the guard, in CPU per request, against the same guard without any.

    python -m benchmarks.telemetry [--quick]

Guards with none, with Prometheus alone, and with everything by OTLP to a collector in a process of
its own; rounds alternate; medians are shown. Only the ratios of one run mean anything. Without
telemetry means: counting is made to do nothing, which no setting does.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median

import uvloop

from benchmarks.load import Sample, load
from benchmarks.processes import (
    cpu_seconds,
    free_port,
    guardrail,
    ready,
    running,
    stay_on,
    upstream,
)

GOAL = 1.5
"""The most that full telemetry may cost, times the CPU of none."""
EVERYTHING = {
    "GUARDRAIL_TELEMETRY__TRACES": "otlp",
    "GUARDRAIL_TELEMETRY__METRICS": "otlp",
    "GUARDRAIL_TELEMETRY__LOGS": "otlp",
    "OTEL_METRIC_EXPORT_INTERVAL": "1000",
}
TENTH = {**EVERYTHING, "GUARDRAIL_TELEMETRY__SAMPLING": "0.1"}
KINDS: dict[str, dict[str, str]] = {
    "none": {},
    "Prometheus": {},
    "OTLP, all": EVERYTHING,
    "OTLP, a tenth": TENTH,
}
LOADS = {"chat of a few words": (20, False), "chat 1 KB": (860, False), "stream": (20, True)}
"""Letters of the prompt, and whether the reply is streamed."""
CONNECTIONS = 32

MUTED = """
from prometheus_client import Counter, Gauge, Histogram
Counter.inc = Gauge.set = Histogram.observe = lambda *_, **__: None
from guardrail.cli import main
main()
"""


class Collector(BaseHTTPRequestHandler):
    """Takes everything and keeps nothing."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def collect() -> None:
    """Serve a collector, and tell its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    print(server.server_port, flush=True)
    server.serve_forever()


@contextmanager
def collector() -> Iterator[int]:
    """Run a collector beside the load; give its port."""
    command = [sys.executable, "-m", "benchmarks.telemetry", "--collect"]
    with running(command, core=1) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())


@contextmanager
def guard(kind: str, direct: int, collecting: int, place: Path) -> Iterator[tuple[int, int]]:
    """Run a guard with some telemetry; give its port and process id."""
    port, admin = free_port(), free_port()
    environment = {
        **KINDS[kind],
        "GUARDRAIL_UPSTREAM": f"http://127.0.0.1:{direct}",
        "GUARDRAIL_PORT": str(port),
        "GUARDRAIL_ADMIN_PORT": str(admin),
        "GUARDRAIL_STATE": str(place / "state"),
        "GUARDRAIL_DETECT__EMBEDDINGS": "false",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collecting}",
    }
    place.mkdir()
    log = place / "log"
    serve = [sys.executable, "-c", MUTED, "serve"] if kind == "none" else guardrail("serve")
    words = [f"{name}={value}" for name, value in environment.items()]
    command = ["env", *words, "sh", "-c", 'exec "$@" >"$0" 2>&1', str(log), *serve]
    with running(command, core=0) as process:
        ready(process, admin, log)
        yield port, process.pid


async def _measure(port: int, pid: int, name: str, *, seconds: float) -> tuple[float, Sample]:
    """Return the microseconds of CPU for each request, or each event of a stream."""
    letters, stream = LOADS[name]
    before = cpu_seconds(pid)
    sample = await load(
        port, connections=CONNECTIONS, seconds=seconds, stream=stream, letters=letters
    )
    used = cpu_seconds(pid) - before
    return used / max(1, len(sample.delays) or sample.answers) * 1e6, sample


async def _rounds(
    guards: dict[str, tuple[int, int]], *, rounds: int, seconds: float
) -> dict[str, dict[str, float]]:
    results: dict[str, dict[str, float]] = {}
    for name in LOADS:
        figures: dict[str, list[float]] = {kind: [] for kind in guards}
        for number in range(rounds + 1):
            for kind, (port, pid) in guards.items():
                figure, sample = await _measure(port, pid, name, seconds=seconds)
                if sample.broken:
                    print(f"INVALID: {sample.broken} answers of {kind!r} weren't whole")
                if number:  # the first is for connections and caches
                    figures[kind].append(figure)
        results[name] = {kind: median(each) for kind, each in figures.items()}
    return results


def table(results: dict[str, dict[str, float]]) -> str:
    """Return figures and ratios as text."""
    lines = []
    for name, figures in results.items():
        least = figures["none"]
        lines.append(f"{name}: CPU per {'event' if LOADS[name][1] else 'request'}")
        lines += [
            f"  {kind:15}{figure:9.1f} µs{figure / least:8.2f} times"
            for kind, figure in figures.items()
        ]
    worst = max(figures["OTLP, all"] / figures["none"] for figures in results.values())
    lines.append(f"goal {GOAL}: {'reached' if worst <= GOAL else 'missed'} with {worst:.2f}")
    return "\n".join(lines)


def measure(*, quick: bool) -> None:
    """Measure and print the table."""
    rounds, seconds = (1, 2.0) if quick else (5, 4.0)
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        direct, collecting = stack.enter_context(upstream()), stack.enter_context(collector())
        guards = {
            kind: stack.enter_context(guard(kind, direct, collecting, place / str(number)))
            for number, kind in enumerate(KINDS)
        }
        stay_on(1)
        print(table(uvloop.run(_rounds(guards, rounds=rounds, seconds=seconds))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--collect", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.collect:
        collect()
    else:
        measure(quick=chosen.quick)


if __name__ == "__main__":
    main()
