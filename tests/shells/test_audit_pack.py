"""An audit pack of a log that the real writer and sequencer made, opened by strangers."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from guardrail.audit import About, Law, LawPack, LawRule, running
from guardrail.audit.documents import Happened
from guardrail.errors import ConfigError, EvidenceError
from guardrail.evidence import Entry, EntryKind
from guardrail.shells.audit_law import law_of
from guardrail.shells.audit_pack import (
    Made,
    Signing,
    Wanted,
    lines,
    make_incident_pack,
    make_pack,
)
from guardrail.shipped import shipped
from guardrail.stores.object_folder import ObjectFolder
from guardrail.stores.segments import SegmentLog
from guardrail.stores.sequencer import Sequencer
from guardrail.stores.signing_key import LogKeys

LOG = "guard.example"
START = datetime(2026, 11, 2, 9, tzinfo=UTC)
SECOND = 1_000_000


@dataclass
class Story:
    """A log on disk, and what was driven through it."""

    root: Path
    now: int = int(START.timestamp()) * SECOND
    driven: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.objects = ObjectFolder(self.root / "evidence")
        self.keys = LogKeys(self.root / "keys", log=LOG)
        self.log = SegmentLog(self.objects, log=LOG, clock=lambda: self.now, writer="w1")

    def say(self, kind: EntryKind, req: str = "", **fields: object) -> None:
        self.now += SECOND
        entry = Entry(kind=kind, req=req, fields=fields)  # type: ignore[arg-type]
        self.log.append([entry]).result(20)

    def exchange(self, number: int, action: str) -> None:
        hits = [{"rule": "kz.10.personal-data", "article": "230-VIII art. 10", "action": action,
                 "entities": {"KZ_IIN": 1}}]  # fmt: skip
        pol = [{"id": "kz-230-viii", "ver": "2026.11.2", "dig": "ab" * 32}]
        req = f"req_{number}"
        found = hits if action != "allow" else []
        self.say(EntryKind.REQUEST, req, act=action, dir="request", hits=found, pol=pol,
                 sub=f"p:2026h2:{number % 5:032x}", wire="openai-chat@1")  # fmt: skip
        self.driven[action] += 1
        if action != "refuse":
            self.say(EntryKind.REPLY, req, act="allow", dir="reply", disclosed="text", lang="kk+ru")
            self.driven["reply"] += 1

    def close(self) -> None:
        self.log.close()
        Sequencer(self.objects, log=LOG, keys=self.keys, clock=lambda: self.now).close()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    made = Story(tmp_path_factory.mktemp("log"))
    for number in range(300):
        made.exchange(number, ("allow", "refuse", "mask")[number % 3])
    made.say(EntryKind.ERROR, "req_900", code="upstream_timeout", status=504)
    made.close()
    return made


@cache
def law() -> Law:
    return law_of(shipped("policies"), ["kz-230-viii", "gdpr", "eu-ai-act"], {})


def wish(story: Story, **more: object) -> Wanted:
    day = START.date()
    about = About(service="Көмекші", owner="ТОО «Пример»", since=str(day), until=str(day))
    whole = Wanted(
        since_us=int(START.timestamp()) * SECOND,
        until_us=int((START + timedelta(days=1)).timestamp()) * SECOND,
        about=about,
        law=law(),
        languages=("kk", "ru", "en"),
    )
    return replace(whole, **more)  # type: ignore[arg-type]


def signing(story: Story) -> Signing:
    return Signing(log=LOG, key=story.keys.root)


@pytest.fixture(scope="module")
def pack(story: Story, tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, Path]:
    """Return a pack, unpacked."""
    folder = tmp_path_factory.mktemp("pack")
    made = make_pack(story.objects, wish(story), signing(story), folder / "pack.zip")
    with zipfile.ZipFile(folder / "pack.zip") as archive:
        archive.extractall(folder / "open")
    return made, folder / "open"


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-ec", command],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def shown(text: str, marker: str) -> str:
    """Return the README's commands that begin with `marker`, as they stand there."""
    blocks = [block for block in text.split("\n\n") if block.strip().startswith(marker)]
    assert blocks, marker
    return "\n".join(line.strip() for line in blocks[0].splitlines())


# ---------------------------------------------------------------- by strangers


def test_sha256sum_finds_every_file_as_it_was(pack: tuple[Made, Path]) -> None:
    _, folder = pack
    checked = run(shown((folder / "README.md").read_text("utf-8"), "sha256sum --check"), folder)
    assert checked.returncode == 0, checked.stderr
    assert "verify.pyz: OK" in checked.stdout
    named = {line.split("  ")[1] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there - named == {"SHA256SUMS", "manifest.json", "manifest.sig"}


def test_openssl_verifies_the_manifests_signature(pack: tuple[Made, Path], tmp_path: Path) -> None:
    assert shutil.which("openssl")
    folder = tmp_path / "copy"
    shutil.copytree(pack[1], folder)
    commands = shown((folder / "README.md").read_text("utf-8"), "sed '/^$/")
    good = run(commands, folder)
    assert "Verified Successfully" in good.stdout, good.stderr
    digest = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    assert f"{digest}  manifest.json" in (folder / "signed.txt").read_text()
    text = (folder / "manifest.sig").read_text()
    (folder / "manifest.sig").write_text(text.replace(digest[:8], "00000000"))
    assert run(commands, folder).returncode != 0


def test_the_manifest_names_every_file_with_its_digest(pack: tuple[Made, Path]) -> None:
    _, folder = pack
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert manifest["_type"] == "https://in-toto.io/Statement/v1"
    named = {one["name"]: one["digest"]["sha256"] for one in manifest["subject"]}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert named.keys() == there - {"manifest.json", "manifest.sig"}
    for name, digest in named.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_an_operators_own_packs_are_in_the_archive_and_signed_with_it(
    story: Story, tmp_path: Path
) -> None:
    files = {"acme/pack.yaml": b"id: acme\n", "acme/cases.yaml": b"cases: []\n"}
    rule = LawRule(id="acme.1", article="ACME order 7 p. 1")
    own = LawPack(
        id="acme", version="2026.11.1", digest="cd" * 32, title={}, rules=(rule,), own=True
    )
    held = Law(packs=(own,), duties=())
    asked = wish(story, law=held, packs=files, pdf=False, languages=("kk",))
    make_pack(story.objects, asked, signing(story), tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        for name, data in files.items():
            assert archive.read(f"packs/{name}") == data
        manifest = json.loads(archive.read("manifest.json"))
        page = archive.read("report.kk.html").decode()
    assert {"packs/acme/pack.yaml", "packs/acme/cases.yaml"} <= {
        one["name"] for one in manifest["subject"]
    }
    assert manifest["predicate"]["packs"] == [
        {"id": "acme", "version": "2026.11.1", "sha256": "cd" * 32, "own": True}
    ]
    assert "acme.1 (оператордың өзінікі)" in page


def test_the_verifier_within_checks_the_log_without_anything_of_ours(
    pack: tuple[Made, Path],
) -> None:
    _, folder = pack
    command = shown((folder / "README.md").read_text("utf-8"), "python verify.pyz log")
    bare = command.replace("python verify.pyz", f"{sys.executable} -I verify.pyz")
    done = run(bare, folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "VERIFIED" in done.stdout


def test_the_verifier_within_checks_one_case(pack: tuple[Made, Path]) -> None:
    _, folder = pack
    command = shown((folder / "README.md").read_text("utf-8"), "python verify.pyz proofs/")
    bare = command.replace("python verify.pyz", f"{sys.executable} -I verify.pyz")
    done = run(bare, folder)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_changed_entry_of_the_log_is_found_by_the_verifier_within(
    pack: tuple[Made, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(pack[1], folder)
    command = shown((folder / "README.md").read_text("utf-8"), "python verify.pyz log")
    bundle = next(path for path in (folder / "log").rglob("entries/*") if path.is_file())
    bundle.write_bytes(bundle.read_bytes().replace(b'"act":"refuse"', b'"act":"refusf"', 1))
    done = run(command.replace("python verify.pyz", f"{sys.executable} -I verify.pyz"), folder)
    assert done.returncode == 1, done.stdout + done.stderr


# ---------------------------------------------------------------- what it says


def test_the_figures_are_those_that_were_driven(story: Story, pack: tuple[Made, Path]) -> None:
    _, folder = pack
    with (folder / "data/entries.csv").open(newline="", encoding="utf-8") as rows:
        found = list(csv.DictReader(rows))
    acts = Counter(row["action"] for row in found if row["kind"] == "request")
    assert acts == {name: story.driven[name] for name in ("allow", "refuse", "mask")}
    page = (folder / "report.en.html").read_text("utf-8")
    for action in ("refuse", "mask"):
        said = {"refuse": "refused", "mask": "masked"}[action]
        assert f"{said}: {story.driven[action]}" in page
    assert "upstream_timeout" in page


def test_entries_are_there_byte_for_byte(pack: tuple[Made, Path]) -> None:
    _, folder = pack
    lines_of = (folder / "data/entries.jsonl").read_bytes().splitlines()
    assert len(lines_of) == pack[0].entries
    for line in lines_of:
        head, _, entry = line.partition(b'"entry":')
        leaf = hashlib.sha256(b"\x00" + entry[:-1]).hexdigest()
        assert f'"leaf":"{leaf}"'.encode() in head


def test_every_case_of_the_report_has_its_entry_and_proof(pack: tuple[Made, Path]) -> None:
    made, folder = pack
    proofs = sorted((folder / "proofs").glob("*.tlog-proof"))
    assert len(proofs) == made.cases > 0
    page = (folder / "report.kk.html").read_text("utf-8")
    for proof in proofs:
        assert f"proofs/{proof.name}" in page
        assert json.loads(proof.with_suffix(".json").read_bytes())["req"] in page


def test_there_are_reports_and_documents_in_every_language(pack: tuple[Made, Path]) -> None:
    _, folder = pack
    for lang in ("kk", "ru", "en"):
        assert (folder / f"report.{lang}.pdf").read_bytes().startswith(b"%PDF-")
        for name in ("kz-system", "kz-trusted-list", "kz-prohibited", "gdpr-30", "eu-fria"):
            assert (folder / f"documents/{name}.{lang}.html").is_file()
            assert (folder / f"documents/{name}.{lang}.md").is_file()


def test_no_entry_beyond_the_period_is_in_the_figures(story: Story, tmp_path: Path) -> None:
    half = wish(story).since_us + 150 * SECOND
    made = make_pack(
        story.objects,
        wish(story, until_us=half, pdf=False, languages=("en",)),
        signing(story),
        tmp_path / "half.zip",
    )
    assert made.entries < 160


def test_the_same_log_makes_the_same_bytes(story: Story, tmp_path: Path) -> None:
    short = wish(story, languages=("kk",))
    for name in ("one.zip", "two.zip"):
        make_pack(story.objects, short, signing(story), tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_an_archive_that_is_there_is_left_alone(story: Story, tmp_path: Path) -> None:
    path = tmp_path / "pack.zip"
    path.write_bytes(b"mine")
    with pytest.raises(ConfigError, match="there already"):
        make_pack(story.objects, wish(story), signing(story), path)
    assert path.read_bytes() == b"mine"


def test_an_empty_period_is_no_pack_and_leaves_nothing(story: Story, tmp_path: Path) -> None:
    early = wish(story, since_us=1_767_225_600 * SECOND, until_us=1_767_225_601 * SECOND)
    with pytest.raises(EvidenceError, match="no entry in this period"):
        make_pack(story.objects, early, signing(story), tmp_path / "pack.zip")
    assert list(tmp_path.iterdir()) == []


def test_the_whole_log_verifies_without_a_range(story: Story, tmp_path: Path) -> None:
    path = tmp_path / "pack.zip"
    short = wish(story, whole_log=True, pdf=False, languages=("en",))
    make_pack(story.objects, short, signing(story), path)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "open")
    text = (tmp_path / "open/README.md").read_text("utf-8")
    command = shown(text, "python verify.pyz log")
    assert "--from" not in command
    done = run(command.replace("python", f"{sys.executable} -I"), tmp_path / "open")
    assert done.returncode == 0, done.stdout + done.stderr


# ---------------------------------------------------------------- exports and incidents


@pytest.mark.parametrize(("form", "more"), [("csv", 1), ("jsonl", 0)])
def test_an_export_has_a_line_for_each_entry(
    story: Story, pack: tuple[Made, Path], form: str, more: int
) -> None:
    span = (wish(story).since_us, wish(story).until_us)
    found = list(lines(story.objects, form, span, LOG))
    assert len(found) == pack[0].entries + more


def test_an_ocsf_export_has_an_event_for_each_message(story: Story) -> None:
    span = (wish(story).since_us, wish(story).until_us)
    events = [json.loads(line) for line in lines(story.objects, "ocsf", span, LOG)]
    assert len(events) == 300 + story.driven["reply"] + 1
    assert {one["class_uid"] for one in events} == {6003}


def test_a_breach_has_both_clocks_side_by_side(story: Story, tmp_path: Path) -> None:
    aware = datetime(2026, 11, 6, 18, tzinfo=UTC)
    due = running("breach", aware, zone=ZoneInfo("Asia/Almaty"))
    happened = Happened(number="B-1", kind="breach", aware=aware, due=due)
    path = tmp_path / "breach.zip"
    short = wish(story, pdf=False)
    make_incident_pack(story.objects, short, signing(story), path, happened)
    with zipfile.ZipFile(path) as archive:
        draft = archive.read("documents/breach.ru.md").decode()
        assert "manifest.sig" in archive.namelist()
    assert "1 рабочий день" in draft
    assert "72 часа" in draft
    assert "☐" in draft
    assert "B-1" in draft


def test_the_signature_is_by_the_logs_root_key(story: Story, pack: tuple[Made, Path]) -> None:
    _, folder = pack
    vkey = (folder / "key.vkey").read_text().strip()
    raw = base64.b64decode(vkey.split("+", 2)[2])[1:]
    assert raw == story.keys.root.public_key().public_bytes_raw()
