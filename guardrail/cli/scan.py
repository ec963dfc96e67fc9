"""`guardrail scan`."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from guardrail.errors import BadInput

MAX_BYTES = 64 << 20
"""Of a text, or of one line of many."""


def scan(
    file: Annotated[
        Path, typer.Argument(help="A text file, or - for standard input.", show_default=False)
    ] = Path("-"),
    *,
    jsonl: Annotated[
        bool,
        typer.Option(
            "--jsonl", help='Each line in is {"id": …, "text": …}, each line out has its findings.'
        ),
    ] = False,
) -> None:
    """Find personal data in text.

    A file, or whatever comes in:

    ```sh
    echo "ЖСН 900101300017" | guardrail scan
    ```

    Many texts, for programs; offsets count Unicode code points, end exclusive:

    ```sh
    guardrail scan --jsonl texts.jsonl > findings.jsonl
    ```
    ```json
    {"id":1,"findings":[{"start":4,"end":16,"entity":"KZ_IIN",
      "category":"personal","score":0.99,"recognizer":"KzIinRecognizer@1"}]}
    ```
    """
    if str(file) == "-":
        _run(sys.stdin.buffer, jsonl=jsonl)
        return
    try:
        stream = file.open("rb")
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from None
    with stream:
        _run(stream, jsonl=jsonl)


def _run(stream: BinaryIO, *, jsonl: bool) -> None:
    import orjson

    from guardrail.detect import text_detector
    from guardrail.facts import Finding

    detector = text_detector(memo_key=secrets.token_bytes(32))

    def rows(findings: Iterable[Finding]) -> list[dict[str, object]]:
        return [
            {
                "start": finding.start,
                "end": finding.end,
                "entity": finding.entity,
                "category": finding.category.value,
                "score": round(finding.score, 4),
                "recognizer": finding.recognizer,
            }
            for finding in findings
        ]

    out = sys.stdout.buffer
    if jsonl:
        for number, line in enumerate(iter(lambda: stream.readline(MAX_BYTES + 1), b""), 1):
            if line.strip():
                key, text = _read(line, number)
                answer = {"id": key, "findings": rows(detector.find(text))}
                out.write(orjson.dumps(answer) + b"\n")
                out.flush()
        return
    try:
        text = _bounded(stream.read(MAX_BYTES + 1), "the text").decode()
    except UnicodeDecodeError as error:
        raise BadInput(f"the text isn't UTF-8 at byte {error.start}") from None
    for row in rows(detector.find(text)):
        out.write("{start}\t{end}\t{entity}\t{score}\t{recognizer}\n".format(**row).encode())
    out.flush()


def _bounded(data: bytes, name: str) -> bytes:
    if len(data) > MAX_BYTES:
        raise BadInput(f"{name} is longer than {MAX_BYTES} bytes")
    return data


def _read(line: bytes, number: int) -> tuple[object, str]:
    import orjson

    try:
        item = orjson.loads(_bounded(line, f"line {number}"))
    except orjson.JSONDecodeError:
        raise BadInput(f"line {number} isn't JSON") from None
    if not isinstance(item, dict) or "id" not in item or not isinstance(item.get("text"), str):
        raise BadInput(f'line {number} isn\'t {{"id": …, "text": "…"}}')
    return item["id"], item["text"]
