"""A real guard is driven, and what its audit pack says is what was done."""

from __future__ import annotations

import csv
import signal
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from guardrail.audit import About
from guardrail.shells.audit_law import law_of
from guardrail.shells.audit_pack import Signing, Wanted, make_pack
from guardrail.shipped import shipped
from guardrail.stores.object_folder import ObjectFolder
from guardrail.stores.signing_key import LogKeys

if TYPE_CHECKING:
    from guardrail.testing import Assistant
    from tests.e2e.conftest import Guard

IIN = "900101300017"
ALLOWED, REFUSED, STREAMED, LEAKING = 5, 3, 2, 1
"""Whole answers; requests with an identification number; streams; streams with one in them."""


@pytest.fixture(scope="module")
def driven(start: Callable[..., Guard], the_assistant: tuple[Assistant, str]) -> Path:
    """Return the state of a guard that was driven and stopped."""
    guard = start(the_assistant[1], config={"service": {"name": "Көмекші"}})
    for _ in range(ALLOWED):
        assert guard.chat("Hello").status_code == 200
    for _ in range(REFUSED):
        assert guard.chat(f"My number is {IIN}").status_code != 200
    for text, count in (("Hello", STREAMED), ("!iin", LEAKING)):
        for _ in range(count):
            guard.chat(text, stream=True).read()
    guard.process.send_signal(signal.SIGTERM)
    assert guard.process.wait(40) == 0
    return guard.state


@pytest.fixture(scope="module")
def pack(driven: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the audit pack of everything, unpacked."""
    folder = tmp_path_factory.mktemp("pack")
    wish = Wanted(
        since_us=1_767_225_600_000_000,
        until_us=2_000_000_000_000_000,
        about=About(service="Көмекші", since="2026-01-01", until="2033-05-18"),
        law=law_of(shipped("policies"), ["kz-230-viii", "eu-ai-act"], {}),
        languages=("en",),
        pdf=False,
    )
    signing = Signing(log="guardrail", key=LogKeys(driven / "keys", log="guardrail").root)
    make_pack(ObjectFolder(driven / "evidence"), wish, signing, folder / "pack.zip")
    with zipfile.ZipFile(folder / "pack.zip") as archive:
        archive.extractall(folder / "open")
    return folder / "open"


def rows(pack: Path) -> list[dict[str, str]]:
    with (pack / "data/entries.csv").open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def test_the_figures_are_what_was_done(pack: Path) -> None:
    acts = Counter((row["kind"], row["action"]) for row in rows(pack))
    assert acts["request", "refuse"] == REFUSED
    assert acts["request", "allow"] == ALLOWED + STREAMED + LEAKING
    assert sum(n for (kind, _), n in acts.items() if kind == "stream.close") == STREAMED + LEAKING
    page = (pack / "report.en.html").read_text("utf-8")
    assert f"KZ_IIN: {REFUSED}" in page
    assert "kz.10.personal-data" in page


def test_what_was_refused_in_a_stream_is_told_under_its_rule(pack: Path) -> None:
    found = [row for row in rows(pack) if row["kind"] == "stream.finding"]
    assert {row["rules"].split()[0] for row in found} == {"kz.10.personal-data-reply"}


def test_no_value_that_was_sent_is_in_the_pack(pack: Path) -> None:
    for path in pack.rglob("*"):
        assert not path.is_file() or IIN.encode() not in path.read_bytes(), path


def test_the_verifier_in_the_pack_finds_the_guards_log_sound(pack: Path) -> None:
    vkey = (pack / "key.vkey").read_text().strip()
    command = [sys.executable, "-I", "verify.pyz", "log", "--vkey", vkey]
    done = subprocess.run(
        command, cwd=pack, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
