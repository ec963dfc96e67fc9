"""How well and how fast personal data is found.

python -m benchmarks.detection quality [--data DIR] [--names LABEL=FILE]… [--tier TIER]
python -m benchmarks.detection speed [--tier TIER] [--stock-python PATH]
python -m benchmarks.detection memory [--tier TIER]
python -m benchmarks.detection texts --seed 1 -n 6000 > texts.jsonl
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.detection import memory, quality, speed
from benchmarks.detection.texts.drawing import PARTS
from benchmarks.detection.texts.generate import texts

TIERS = ("fast", "standard")


def _labelled(given: str) -> tuple[str, Path]:
    label, _, file = given.partition("=")
    if not file:
        raise argparse.ArgumentTypeError("say LABEL=FILE")
    return label, Path(file)


def _quality(chosen: argparse.Namespace) -> None:
    quality.run(
        quality.Chosen(
            data=chosen.data,
            names=dict(chosen.names),
            seen=chosen.seen,
            tier=chosen.tier,
            seed=chosen.seed,
            count=chosen.n,
            part=chosen.part,
            json_file=chosen.json,
            show=chosen.show,
        )
    )


def _texts(chosen: argparse.Namespace) -> None:
    for one in texts(seed=chosen.seed, count=chosen.n, part=chosen.part):
        spans = [span._asdict() for span in one.text.spans]
        row = {"text": one.text.text, "spans": spans, "slice": one.slice, "lang": one.lang}
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def _speed(chosen: argparse.Namespace) -> None:
    speed.run(tier=chosen.tier, stock_python=chosen.stock_python, rounds=chosen.rounds)


def _memory(chosen: argparse.Namespace) -> None:
    memory.run(tier=chosen.tier, count=chosen.n)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("quality", help="what is found, of what is there")
    one.add_argument("--data", type=Path, help="folder of development data (see its README.md)")
    one.add_argument("--names", type=_labelled, action="append", default=[], metavar="LABEL=FILE",
                     help="held-back names, instead of development data; labels with floors: "
                     "kk-news, ru-news, ru-other, en-web")  # fmt: skip
    one.add_argument("--seen", type=Path, action="append", default=[], metavar="FILE",
                     help="names that were trained on: the others are counted apart")  # fmt: skip
    one.add_argument("--json", type=Path, metavar="FILE", help="write the figures for programs")
    one.add_argument("--show", type=int, default=0, metavar="N",
                     help="with --part development: show N misses and errors a slice")  # fmt: skip
    one.set_defaults(run=_quality)
    fast = commands.add_parser("speed", help="how fast, beside stock Presidio")
    fast.add_argument("--stock-python", type=Path, metavar="PATH",
                      help="the Python of an environment that has stock Presidio")  # fmt: skip
    fast.add_argument("--rounds", type=int, default=3)
    fast.set_defaults(run=_speed)
    kept = commands.add_parser("memory", help="what many texts leave in memory")
    kept.add_argument("-n", type=int, default=10_000, help="how many texts")
    kept.set_defaults(run=_memory)
    made = commands.add_parser("texts", help="print the made-up texts")
    for each in (one, made):
        each.add_argument("--seed", type=int, default=2026)
        each.add_argument("-n", type=int, default=6000, help="how many made-up texts")
        each.add_argument("--part", choices=PARTS, default=PARTS[1],
                          help="which half of templates and names; choose between variants by the "
                          "first, tell figures of the second")  # fmt: skip
    made.set_defaults(run=_texts)
    for each in (one, fast, kept):
        each.add_argument("--tier", choices=TIERS)
    chosen = parser.parse_args()
    if getattr(chosen, "show", 0) and chosen.part != PARTS[0]:
        parser.error(f"only --part {PARTS[0]} may be looked at")
    chosen.run(chosen)


if __name__ == "__main__":
    main()
