from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import typer
from typer.testing import CliRunner

from guardrail.cli import evidence_pack
from guardrail.errors import GuardrailError
from guardrail.evidence import Entry, EntryKind, Value
from guardrail.settings import Settings, load
from guardrail.shells.evidence_log import put_on_record
from guardrail.shipped import shipped

HIT: dict[str, Value] = {
    "rule": "kz.10.personal-data",
    "article": "230-VIII art. 10",
    "action": "refuse",
    "entities": {"KZ_IIN": 1},
}
ENTRIES = [
    Entry(
        kind=EntryKind.REQUEST,
        req=f"req_{n}",
        fields={"act": "refuse", "dir": "request", "hits": [HIT]},
    )
    for n in range(7)
]


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: bytes
    error: GuardrailError | None

    @property
    def said(self) -> str:
        return self.out.decode()

    @property
    def fault(self) -> str:
        return f"{self.error} {self.error.fix}" if self.error else ""


Run = Callable[..., Ran]


def settings_of(state: Path) -> Settings:
    return load(flags={"state": str(state)}, environment={}, file=None)


@pytest.fixture
def evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs `guardrail evidence …` on the log of a guard that was stopped."""
    monkeypatch.chdir(tmp_path)
    put_on_record(settings_of(tmp_path / "s"), ENTRIES)
    app = typer.Typer()
    evidence_pack.register(app)

    def run(command: str, *arguments: str) -> Ran:
        done = CliRunner().invoke(app, [command, *arguments, "--state", "s"])
        error = done.exception
        if error is not None and not isinstance(error, GuardrailError | SystemExit):
            raise error
        known = error if isinstance(error, GuardrailError) else None
        return Ran(2 if known else done.exit_code, done.stdout_bytes, known)

    return run


def last_entries(evidence: Run) -> list[dict[str, object]]:
    lines = evidence("export", "--format", "jsonl").out.splitlines()
    return [json.loads(line)["entry"] for line in lines]


# ---------------------------------------------------------------- pack


def test_a_pack_is_made_in_one_command(evidence: Run, tmp_path: Path) -> None:
    ran = evidence("pack", "--out", "a.zip", "--lang", "kk", "--no-pdf")
    assert ran.code == 0, ran.fault
    assert "5 cases with proofs" in ran.said
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = archive.namelist()
        page = archive.read("report.kk.html").decode()
    assert "report.ru.html" not in names
    assert not any(name.endswith(".pdf") for name in names)
    assert "documents/kz-system.kk.md" in names
    assert "documents/gdpr-30.kk.md" not in names
    assert "бас тартылды: 7" in page


def test_a_pack_of_the_operators_own_is_in_it_with_its_files(evidence: Run, tmp_path: Path) -> None:
    own = tmp_path / "packs" / "acme-kr"
    own.mkdir(parents=True)
    for file in shipped("policies").joinpath("kr-ai-basic").iterdir():
        text = file.read_text("utf-8").replace("id: kr-ai-basic", "id: acme-kr")
        (own / file.name).write_text(text, "utf-8")
    (tmp_path / "g.yaml").write_text("policy: [gdpr]\npolicies: packs\n")
    ran = evidence("pack", "--out", "a.zip", "--lang", "en", "--no-pdf", "--config", "g.yaml")
    assert ran.code == 0, ran.fault
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        page = archive.read("report.en.html").decode()
        assert archive.read("packs/acme-kr/pack.yaml") == (own / "pack.yaml").read_bytes()
    assert "acme-kr@" in page
    assert "the operator&#39;s own" in page or "the operator's own" in page
    assert "documents/gdpr-30.en.md" in archive.namelist()


def test_a_pack_is_named_by_its_period(evidence: Run, tmp_path: Path) -> None:
    evidence("pack", "--from", "2026-01-01", "--to", "2030-12-31", "--lang", "en", "--no-pdf")
    assert (tmp_path / "audit-2026-01-01-2030-12-31.zip").is_file()


def test_that_a_pack_was_made_is_on_record(evidence: Run) -> None:
    evidence("pack", "--out", "a.zip", "--lang", "en", "--no-pdf", "--to", "2030-12-31")
    told = [one for one in last_entries(evidence) if one["t"] == "export"]
    assert [one["op"] for one in told] == ["audit-pack"]
    assert told[0]["count"] > len(ENTRIES)  # type: ignore[operator]


def test_what_the_operator_states_fills_gaps(evidence: Run, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("gdpr-30.erasure: After ninety days.\n")
    arguments = ("--law", "gdpr", "--lang", "en", "--no-pdf", "--statements", "s.yaml")
    assert evidence("pack", "--out", "a.zip", *arguments).code == 0
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert "After ninety days" in archive.read("documents/gdpr-30.en.md").decode()


def test_results_of_tests_are_told(evidence: Run, tmp_path: Path) -> None:
    case = '<testcase classname="tests.contracts.test_packs" name="test_each_case_holds[x]"/>'
    (tmp_path / "r.xml").write_text(f"<testsuites>{case}</testsuites>")
    ran = evidence("pack", "--out", "a.zip", "--lang", "en", "--no-pdf", "--results", "r.xml")
    assert ran.code == 0, ran.fault
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert "<td>passed</td>" in archive.read("report.en.html").decode()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--law", "kz-230"), "did you mean 'kz-230-viii'"),
        (("--lang", "de"), "kk, ru, en"),
        (("--from", "yesterday"), "2026-11-30"),
        (("--from", "2026-12-01", "--to", "2026-11-01"), "ends before it begins"),
        (("--zone", "Almaty"), "Asia/Almaty"),
        (("--statements", "s.txt"), "isn't a mapping"),
        (("--from", "2026-01-01", "--to", "2026-01-02"), "no entry in this period"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_what_cant_be_done_is_told_with_what_mends_it(
    evidence: Run, tmp_path: Path, arguments: tuple[str, ...], why: str
) -> None:
    (tmp_path / "s.txt").write_text("just words")
    ran = evidence("pack", "--out", "a.zip", *arguments)
    assert ran.code == 2
    assert why in ran.fault
    assert not (tmp_path / "a.zip").exists()


def test_without_the_root_key_nothing_is_signed_with_a_new_one(
    evidence: Run, tmp_path: Path
) -> None:
    key = tmp_path / "s/keys/evidence.pem"
    key.rename(tmp_path / "elsewhere.pem")
    ran = evidence("pack", "--out", "a.zip", "--no-pdf")
    assert "root key isn't there" in ran.fault
    assert not key.exists()


# ---------------------------------------------------------------- export


def test_an_export_goes_to_standard_output(evidence: Run) -> None:
    text = evidence("export", "--format", "csv").out.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert sum(row["kind"] == "request" for row in rows) == 7


def test_an_export_goes_to_a_file_that_isnt_there(evidence: Run, tmp_path: Path) -> None:
    assert evidence("export", "--format", "ocsf", "--out", "o.jsonl").code == 0
    events = [json.loads(line) for line in (tmp_path / "o.jsonl").read_bytes().splitlines()]
    assert {one["class_uid"] for one in events} == {6003}
    assert len(events) == 7
    assert "File exists" in evidence("export", "--out", "o.jsonl").fault


def test_that_entries_were_exported_is_on_record(evidence: Run) -> None:
    evidence("export", "--format", "csv")
    told = [one for one in last_entries(evidence) if one["t"] == "export"]
    assert told[0]["op"] == "csv"


# ---------------------------------------------------------------- incident


def test_an_incident_shows_its_clocks_and_drafts_what_is_to_be_told(
    evidence: Run, tmp_path: Path
) -> None:
    aware = ("--aware", "2026-11-06T18:00+05:00", "--number", "B-7")
    ran = evidence("incident", "--kind", "breach", *aware)
    assert ran.code == 0, ran.fault
    first, second, _ = ran.said.split("\n", 2)
    assert first.startswith("2026-11-09 18:00+05:00")
    assert "72 hours" in first
    assert second.startswith("2026-11-09 23:59+05:00")
    with zipfile.ZipFile(tmp_path / "incident-B-7.zip") as archive:
        assert {"documents/breach.kk.md", "documents/breach.ru.md", "manifest.sig"} <= set(
            archive.namelist()
        )


def test_an_incident_is_on_record_before_anything_is_drafted(evidence: Run, tmp_path: Path) -> None:
    (tmp_path / "incident-B-7.zip").write_bytes(b"mine")
    aware = ("--aware", "2026-11-06T18:00+05:00", "--number", "B-7")
    assert "there already" in evidence("incident", "--kind", "breach", *aware).fault
    told = [one for one in last_entries(evidence) if one["t"] == "incident"]
    assert [(one["code"], one["record"]) for one in told] == [("breach", "B-7")]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--kind", "leak", "--aware", "2026-11-06T18:00+05:00"), "serious.death"),
        (("--kind", "breach", "--aware", "2026-11-06T18:00"), "no moment"),
        (("--kind", "breach", "--aware", "now"), "no moment"),
    ],
)
def test_an_incident_that_no_clock_knows_is_refused(
    evidence: Run, arguments: tuple[str, ...], why: str
) -> None:
    assert why in evidence("incident", *arguments).fault


def test_kazakhstans_days_are_at_utc_plus_5_with_or_without_a_machines_zones() -> None:
    day = datetime(2026, 11, 2, 19, tzinfo=UTC).astimezone(evidence_pack._zone("Asia/Almaty"))
    assert day.date().isoformat() == "2026-11-03"
    assert day.utcoffset() == ZoneInfo("Asia/Almaty").utcoffset(day)
