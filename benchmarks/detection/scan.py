"""What users get: every text goes through ``guardrail scan --jsonl``."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypedDict, cast

from benchmarks.detection.scoring import Judged, Mark
from benchmarks.processes import guardrail

Gold = tuple[str, tuple[Mark, ...]]
"""A text and what is in it."""


class Row(TypedDict):
    """A finding as the command prints it."""

    start: int
    end: int
    entity: str


class Answer(TypedDict):
    """A line of the command's output."""

    id: int
    findings: list[Row]


def command(tier: str | None) -> list[str]:
    return guardrail("scan", "--jsonl", *(["--tier", tier] if tier else []))


@contextmanager
def scanning(tier: str | None) -> Iterator[subprocess.Popen[str]]:
    """Run the command, to be asked line by line."""
    process = subprocess.Popen(
        command(tier), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        yield process
    finally:
        if process.stdin is not None:
            process.stdin.close()
        process.wait(60)
        if process.stdout is not None:
            process.stdout.close()


def line(number: int, text: str) -> str:
    return json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n"


def judge(texts: Sequence[Gold], tier: str | None) -> list[Judged]:
    """Return `texts` with what the command found in each."""
    with tempfile.TemporaryFile() as given:
        given.write("".join(line(n, text) for n, (text, _) in enumerate(texts)).encode())
        given.seek(0)
        done = subprocess.run(command(tier), stdin=given, stdout=subprocess.PIPE, check=True)
    answers = [cast("Answer", json.loads(row)) for row in done.stdout.splitlines()]
    if [answer["id"] for answer in answers] != list(range(len(texts))):
        raise RuntimeError("guardrail scan didn't answer every text")
    return [
        Judged(
            text, gold, tuple(Mark(f["start"], f["end"], f["entity"]) for f in answer["findings"])
        )
        for (text, gold), answer in zip(texts, answers, strict=True)
    ]
