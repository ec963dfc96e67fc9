"""How well and how fast it is told which prohibited uses a request asks for.

python -m benchmarks.intent [--file CSV] [--ordinary JSONL]… [--alone] [--show]

The file has the columns label and text, lang where the file's name doesn't say, and near: the class
that a hard negative could be taken for. A label is 1 or 0, or the names of classes joined by ``|``.
Without a file only attempts against duties are counted (`evasions.csv`), and the time and
memory that reading takes.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.intent import quality, speed
from guardrail.detect.intent.reading import Reader, shipped

EVASIONS = Path(__file__).with_name("evasions.csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    file: Path | None
    ordinary: Sequence[Path]
    alone: bool
    show: bool


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--file", type=Path, help="labelled requests")
    parser.add_argument(
        "--ordinary", type=Path, action="append", default=[], help="texts that ask for nothing"
    )
    parser.add_argument("--alone", action="store_true", help="leave embeddings out")
    parser.add_argument("--show", action="store_true", help="print what was told wrongly")
    given = parser.parse_args(arguments)
    chosen = _Chosen(file=given.file, ordinary=given.ordinary, alone=given.alone, show=given.show)
    before = speed.resident()
    reader = Reader() if chosen.alone else shipped()
    print(" and ".join(("the network", *reader.others)))
    print(f"memory: {speed.resident() - before:.0f} MB for weights and vectors")
    if chosen.file:
        for line in quality.of_requests(reader, _rows(chosen.file), show=chosen.show):
            print(line)
    for line in quality.of_evasions(_rows(EVASIONS), show=chosen.show):
        print(line)
    texts = [row["text"] for row in _rows(chosen.file or EVASIONS)]
    for line in speed.of(reader, texts, {one.stem: [*_texts(one)] for one in chosen.ordinary}):
        print(line)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return [{"lang": file.stem, "near": "", **row} for row in csv.DictReader(opened)]


def _texts(file: Path) -> Iterator[str]:
    for line in file.read_text(encoding="utf-8").splitlines():
        yield str(json.loads(line)["text"])


if __name__ == "__main__":
    main()
