"""`guardrail scan`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from guardrail.cli import detecting
from guardrail.cli.options import ConfigFile
from guardrail.errors import BadInput

if TYPE_CHECKING:
    from guardrail.detect import IntentDetector, TextDetector
    from guardrail.facts import Finding


def scan(  # noqa: PLR0913 - one parameter for each flag
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="A text file, or - for standard input [-]; with --media any number of files.",
            show_default=False,
        ),
    ] = None,
    *,
    media: Annotated[
        bool,
        typer.Option(
            "--media", help="Look into pictures, recordings and documents: a JSON line for each."
        ),
    ] = False,
    intent: Annotated[
        bool,
        typer.Option(
            "--intent", help="With --jsonl: also tell which prohibited uses a text asks for."
        ),
    ] = False,
    jsonl: Annotated[
        bool,
        typer.Option(
            "--jsonl", help='Each line in is {"id": …, "text": …}, each line out has its findings.'
        ),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document for the text.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why each finding is one, and by which pattern.")
    ] = False,
    tier: detecting.Tier = None,
    profile: detecting.Profile = None,
    entities: detecting.Entities = None,
    min_score: detecting.MinScore = None,
    recognizers: detecting.Recognizers = None,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help="End with 1 if anything was found.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Find personal data in text.

    On a terminal it is shown in colour; else a line a finding, with tabs between:

    ```sh
    echo "ЖСН 900101300017" | guardrail scan --explain
    ```

    Before code is committed, with an exit code that says so:

    ```sh
    guardrail scan --profile code --fail-on-findings settings.py
    ```

    Many texts, for programs; offsets count Unicode code points, end exclusive:

    ```sh
    guardrail scan --jsonl texts.jsonl > findings.jsonl
    ```
    ```json
    {"id":1,"findings":[{"start":4,"end":16,"entity":"KZ_IIN",
      "category":"personal","score":0.99,"recognizer":"KzIinRecognizer@2",
      "reason":"checksum, structure, context"}]}
    ```

    Faces, voices, fingerprints, templates and places in files of any kind; needs the extra
    `media`:

    ```sh
    guardrail scan --media passport.jpg call.wav contract.pdf
    ```
    ```json
    {"path":"passport.jpg","verdict":"inspected","medium":"image/jpeg",
      "findings":[{"entity":"FACE","category":"biometric","tier":"certain",
      "score":0.93,"box":[210,96,180,240],"recognizer":"YuNet@2023mar",
      "reason":"face"}],"flags":[]}
    ```

    Ends with 0, with 1 where `--fail-on-findings` finds anything, with 2 on errors.
    """
    if media:
        _scan_media(files or [], config, other=jsonl or json or intent, fail=fail_on_findings)
        return
    if json and jsonl:
        raise BadInput("--json is for one text and --jsonl for many: give one of them")
    if intent and not jsonl:
        raise BadInput("--intent goes with --jsonl: a text a line")
    if files and len(files) > 1:
        raise BadInput("one text file at a time; any number goes with --media")
    file = files[0] if files else Path("-")
    asked = {
        "tier": tier,
        "profile": profile,
        "entities": entities,
        "min_score": min_score,
        "recognizers": recognizers,
    }
    with detecting.open_text(file) as stream:
        detector = detecting.detector_from(config, asked)
        if jsonl:
            found = _many(stream, detector, explain=explain, intent=intent)
        else:
            text = detecting.read_text(stream)
            explained = _explained(detector, text)
            form = _json if json else _view if is_terminal() else _tabs
            form(text, explained, explain=explain)
            found = bool(explained)
    if found and fail_on_findings:
        raise typer.Exit(1)


def _scan_media(files: list[Path], config: Path | None, *, other: bool, fail: bool) -> None:
    from guardrail.cli.options import settings_from
    from guardrail.cli.scan_media import scan_media
    from guardrail.detect.media.budget import Budget

    if other:
        raise BadInput(
            "--media prints a JSON line for each file: leave out --json, --jsonl, --intent"
        )
    if not files:
        raise BadInput("--media wants the files to look into", fix="guardrail scan --media FILE…")
    settings = settings_from(config, {})
    limits = settings.limits
    budget = Budget(encoded_bytes=limits.media_bytes, irises=settings.detect.irises)
    if scan_media(files, seconds=limits.media_seconds, budget=budget) and fail:
        raise typer.Exit(1)


def is_terminal() -> bool:
    """Tell whether somebody reads what is printed."""
    return sys.stdout.isatty()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Explained:
    """A finding and the pattern that it is of."""

    finding: Finding
    pattern: str

    def row(self, *, explain: bool) -> dict[str, object]:
        finding = self.finding
        return {
            "start": finding.start,
            "end": finding.end,
            "entity": finding.entity,
            "category": finding.category.value,
            "score": round(finding.score, 4),
            "recognizer": finding.recognizer,
            "reason": finding.reason,
            **({"pattern": self.pattern} if explain else {}),
        }


def _explained(detector: TextDetector, text: str) -> list[_Explained]:
    return [
        _Explained(
            finding=detector.finding(result, view),
            pattern=result.analysis_explanation.pattern or "",
        )
        for result, view in detector.results(text)
    ]


def _many(stream: BinaryIO, detector: TextDetector, *, explain: bool, intent: bool = False) -> bool:
    import orjson

    from guardrail.detect import IntentDetector

    uses = IntentDetector() if intent else None
    out, found = sys.stdout.buffer, False
    lines = iter(lambda: stream.readline(detecting.MAX_BYTES + 1), b"")
    for number, line in enumerate(lines, 1):
        if line.strip():
            key, text = _read(line, number)
            rows = [one.row(explain=explain) for one in _explained(detector, text)]
            if uses is not None:
                rows += _uses(uses, text)
            out.write(orjson.dumps({"id": key, "findings": rows}) + b"\n")
            out.flush()
            found = found or bool(rows)
    return found


def _uses(detector: IntentDetector, text: str) -> list[dict[str, object]]:
    """Return what a text may ask for, however unlikely: who asks sets the bar."""
    return [
        {
            "start": 0,
            "end": len(text),
            "entity": use,
            "category": "prohibited",
            "score": round(score, 4),
            "recognizer": detector.version,
            "reason": "intent",
        }
        for use, score in detector.scores(text).items()
    ]


def _json(_text: str, found: Sequence[_Explained], *, explain: bool) -> None:
    import orjson

    rows = [one.row(explain=explain) for one in found]
    sys.stdout.buffer.write(orjson.dumps({"findings": rows}) + b"\n")
    sys.stdout.buffer.flush()


def _tabs(_text: str, found: Sequence[_Explained], *, explain: bool) -> None:
    columns = ["start", "end", "entity", "score", "recognizer"]
    columns += ["reason", "pattern"] if explain else []
    for one in found:
        row = one.row(explain=explain)
        line = "\t".join(_one_line(str(row[column])) for column in columns)
        sys.stdout.buffer.write(f"{line}\n".encode())
    sys.stdout.buffer.flush()


def _one_line(value: str) -> str:
    return value.replace("\t", " ").replace("\n", " ")


def _view(text: str, found: Sequence[_Explained], *, explain: bool) -> None:
    from rich.console import Console

    from guardrail.cli.highlight import explained, highlighted

    console = Console(highlight=False, markup=False, emoji=False)
    console.print(highlighted(text, [one.finding for one in found]), soft_wrap=True)
    if explain:
        console.print(explained([(one.finding, one.pattern) for one in found]))


def _read(line: bytes, number: int) -> tuple[object, str]:
    import orjson

    try:
        item = orjson.loads(detecting.bounded(line, f"line {number}"))
    except orjson.JSONDecodeError:
        raise BadInput(f"line {number} isn't JSON") from None
    if not isinstance(item, dict) or "id" not in item or not isinstance(item.get("text"), str):
        raise BadInput(f'line {number} isn\'t {{"id": …, "text": "…"}}')
    return item["id"], item["text"]
