"""A process that dies while the upstream holds a request: everybody who looks is told of it."""

from __future__ import annotations

import os
import signal
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from guardrail.audit import About
from guardrail.evidence import Entry, EntryKind
from guardrail.shells.audit_law import law_of
from guardrail.shells.audit_pack import Signing, Wanted, make_pack
from guardrail.shells.evidence_log import now_us
from guardrail.shipped import shipped
from guardrail.stores.object_folder import ObjectFolder
from guardrail.stores.segments import SegmentLog
from guardrail.stores.signing_key import LogKeys
from guardrail.testing import upstream
from guardrail.verify import verify_log

if TYPE_CHECKING:
    from tests.e2e.conftest import Guard, Scripted


LATER_US = 16 * 60 * 1_000_000
"""Longer than a request may take before it counts as an orphan."""


def children(guard: Guard) -> list[int]:
    pid = guard.process.pid
    return [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def let_time_pass(state: Path) -> None:
    """Put an entry into the log as if it were a quarter of an hour later."""
    objects = ObjectFolder(state / "evidence")
    later = SegmentLog(objects, log="guardrail", clock=lambda: now_us() + LATER_US)
    later.append([Entry(kind=EntryKind.ERROR, req="req_later", fields={"code": "x"})]).result()
    later.close()


def reports_in(state: Path, folder: Path) -> str:
    """Return the English report of an audit pack over everything."""
    wish = Wanted(
        since_us=1_767_225_600_000_000,
        until_us=2_000_000_000_000_000,
        about=About(service="Көмекші", since="2026-01-01", until="2033-05-18"),
        law=law_of(shipped("policies"), ["kz-230-viii"], {}),
        languages=("en",),
        pdf=False,
    )
    signing = Signing(log="guardrail", key=LogKeys(state / "keys", log="guardrail").root)
    make_pack(ObjectFolder(state / "evidence"), wish, signing, folder / "pack.zip")
    with zipfile.ZipFile(folder / "pack.zip") as archive:
        return archive.read("report.en.html").decode()


@pytest.mark.parametrize("workers", [pytest.param("1", marks=pytest.mark.thorough), "2"])
def test_a_request_whose_process_was_killed_is_told_as_an_orphan_to_auditors(
    start: Callable[..., Guard], script: Scripted, tmp_path: Path, workers: str
) -> None:
    script.play(upstream.silent())
    folder = tmp_path / "guard"
    guard = start(script.url, "--workers", workers, folder=folder)

    def ask() -> None:
        with pytest.raises(httpx.TransportError):
            guard.chat("Hi")

    with ThreadPoolExecutor(1) as callers:
        asking = callers.submit(ask)
        guard.until(lambda: script.requests, 10)
        for process in children(guard) or [guard.process.pid]:
            os.kill(process, signal.SIGKILL)
        asking.result(20)
    if workers == "1":
        guard.kill()
        guard = start(script.url, folder=folder)
    guard.until(lambda: len(children(guard)) == (3 if workers == "2" else 0))
    guard.until(guard.ready)
    [request] = [entry for entry in guard.entries() if entry["t"] == "request"]
    assert "orphan" not in guard.verify(), "it might still be under way"
    let_time_pass(guard.state)
    guard.until(lambda: " 0 waiting" in guard.verify(), 20)
    guard.stop()
    guard.kill()
    report = verify_log(ObjectFolder(guard.state / "evidence"), guard.vkey)
    assert report.ok, str(report)
    told = [note.what for note in report.notes if note.what.startswith("orphan")]
    name = f"{request['w']}-{request['n']}"
    assert told == [f"orphan: 1 requests were let through and never ended: {name}"]
    assert request["req"] in reports_in(guard.state, tmp_path)
