from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guardrail.engine import Guard
from guardrail.errors import EvidenceError
from guardrail.policy import Judge
from guardrail.settings import Settings
from guardrail.shells.assembly import prepare
from guardrail.shells.packs import judge_for
from guardrail.shells.reload import Reloader
from guardrail.shipped import shipped


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Guard:
    folder = tmp_path_factory.mktemp("packs")
    own(folder, "2026.1.1")
    return prepare(
        Settings(
            state=tmp_path_factory.mktemp("state"), policies=folder, policy_reload_seconds=0.01
        )
    )


def own(folder: Path, version: str) -> None:
    """Write a pack of one's own: a shipped one under another name."""
    shutil.copytree(str(shipped("policies") / "us-co"), folder / "acme", dirs_exist_ok=True)
    for name in ("pack.yaml", "cases.yaml"):
        file = folder / "acme" / name
        text = file.read_text("utf-8").replace("us.co.", "acme.").replace("id: us-co", "id: acme")
        lines = text.split("\n")
        told = [f'version: "{version}"' if ln.startswith("version:") else ln for ln in lines]
        file.write_text("\n".join(told), "utf-8")


@pytest.fixture
def guard(prepared: Guard) -> Guard:
    """Return a guard whose own pack has version 2026.1.1."""
    assert prepared.settings.policies is not None
    own(prepared.settings.policies, "2026.1.1")
    prepared.use(judge_for(prepared.settings))
    return prepared


def renews(reloader: Reloader, *, asked: bool = True) -> bool:
    return reloader.renews(asked)


def versions(guard: Guard) -> list[str]:
    return [pack.version for pack in guard.judge.packs if pack.id == "acme"]


def rewrite(guard: Guard, version: str) -> None:
    assert guard.settings.policies is not None
    own(guard.settings.policies, version)


def broken(guard: Guard) -> None:
    assert guard.settings.policies is not None
    (guard.settings.policies / "acme" / "pack.yaml").write_text("{")


def test_packs_that_are_sound_are_taken_over_and_counted(guard: Guard) -> None:
    counted: list[float | None] = []
    reloader = Reloader(guard, count=counted.append)
    rewrite(guard, "2026.1.2")
    assert renews(reloader)
    assert versions(guard) == ["2026.1.2"]
    assert len(counted) == 1
    assert counted[0] is not None


def test_packs_that_arent_leave_those_in_force_and_are_told_in_one_line(
    guard: Guard, caplog: pytest.LogCaptureFixture
) -> None:
    counted: list[float | None] = []
    broken(guard)
    assert renews(Reloader(guard, count=counted.append)), "others are to count it, too"
    assert versions(guard) == ["2026.1.1"]
    assert counted == [None]
    (line,) = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert "acme/pack.yaml" in line
    assert "\n" not in line
    assert "stays" in line


def test_a_process_that_others_speak_for_says_nothing(
    guard: Guard, caplog: pytest.LogCaptureFixture
) -> None:
    broken(guard)
    renews(Reloader(guard, says_why=False))
    assert caplog.records == []


def test_files_are_read_again_only_where_they_look_otherwise(guard: Guard) -> None:
    reloader = Reloader(guard)
    assert reloader.changed(at_once=True), "it is the first look"
    assert not reloader.changed()
    rewrite(guard, "2026.1.1")
    assert not reloader.changed(at_once=True), "they were written again as they were"
    rewrite(guard, "2026.1.2")
    assert reloader.changed(at_once=True)
    assert not reloader.changed()


def test_files_that_still_change_are_waited_for(guard: Guard) -> None:
    reloader = Reloader(guard)
    reloader.changed(at_once=True)
    for version in ("2026.1.2", "2026.1.3"):
        rewrite(guard, version)
        assert not reloader.changed()
    assert reloader.changed()
    assert not reloader.changed()


def test_a_signature_that_comes_behind_what_it_signs_is_a_change(guard: Guard) -> None:
    reloader = Reloader(guard)
    reloader.changed(at_once=True)
    assert guard.settings.policies is not None
    signature = guard.settings.policies / "SHA256SUMS.sig"
    signature.write_bytes(bytes(64))
    try:
        assert reloader.changed(at_once=True)
    finally:
        signature.unlink()


def test_a_folder_that_is_gone_counts_as_changed_once(guard: Guard) -> None:
    reloader = Reloader(guard)
    reloader.changed(at_once=True)
    assert guard.settings.policies is not None
    shutil.rmtree(guard.settings.policies)
    assert reloader.changed(at_once=True)
    assert not reloader.changed()


def test_a_folder_that_cant_be_read_keeps_the_packs_in_force_and_counts(guard: Guard) -> None:
    counted: list[float | None] = []
    reloader = Reloader(guard, count=counted.append)
    folder = guard.settings.policies
    assert folder is not None
    odd = folder / os.fsdecode(b"\xff.yaml")
    odd.write_bytes(b"a name that isn't UTF-8")
    try:
        assert reloader.changed(at_once=True)
        assert not reloader.changed(at_once=True), "it is told once"
    finally:
        odd.unlink()
    before = guard.judge
    folder.chmod(0o600)
    try:
        assert reloader.attempt() in {None, before}  # root may read it all the same
    finally:
        folder.chmod(0o700)
    assert guard.judge is before


def test_without_a_folder_of_ones_own_nothing_ever_changes(
    guard_with: Callable[..., Guard],
) -> None:
    guard = guard_with()
    reloader = Reloader(guard)
    assert not reloader.changed()
    assert not renews(reloader, asked=False)
    before = guard.judge
    assert renews(reloader)
    assert guard.judge is before


def test_files_that_havent_changed_leave_the_judge_as_it_is(guard: Guard) -> None:
    before, counted = guard.judge, list[Any]()
    assert Reloader(guard).attempt() is before
    reloader = Reloader(guard, count=counted.append)
    while not reloader._is_time():
        pass
    assert not renews(reloader, asked=False)
    assert counted == []


class Adopting:
    """Puts judges into force, or fails as `fault` says."""

    def __init__(self, guard: Guard) -> None:
        self.guard, self.fault = guard, list[Exception]()
        self.seen = asyncio.Event()

    async def __call__(self, judge: Judge) -> None:
        self.seen.set()
        if self.fault:
            raise self.fault.pop()
        self.guard.use(judge)


@pytest.mark.parametrize("signalled", [True, False])
async def test_a_worker_takes_packs_over_when_told_to_and_when_it_sees_another_file(
    guard: Guard,
    signalled: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    counted: asyncio.Queue[float | None] = asyncio.Queue()
    asked, adopting = asyncio.Event(), Adopting(guard)
    reloader = Reloader(guard, count=counted.put_nowait)
    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(reloader.watch(asked, adopting, polls=not signalled))
        rewrite(guard, "2026.1.2")
        if signalled:
            asked.set()
        assert await counted.get() is not None
        assert versions(guard) == ["2026.1.2"]
        broken(guard)
        if signalled:
            asked.set()
        while await counted.get() is not None:
            pass
        assert versions(guard) == ["2026.1.2"]
        watching.cancel()


async def test_what_changed_while_a_worker_started_is_seen(guard: Guard) -> None:
    rewrite(guard, "2026.1.2")
    adopting = Adopting(guard)
    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(Reloader(guard).watch(asyncio.Event(), adopting, polls=False))
        await adopting.seen.wait()
        watching.cancel()


async def test_packs_that_cant_be_put_on_record_wait_for_the_next_look(
    guard: Guard, caplog: pytest.LogCaptureFixture
) -> None:
    counted: asyncio.Queue[float | None] = asyncio.Queue()
    adopting = Adopting(guard)
    adopting.fault = [EvidenceError("the disk is full")]
    rewrite(guard, "2026.1.2")
    reloader = Reloader(guard, count=counted.put_nowait, says_why=False)
    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(reloader.watch(asyncio.Event(), adopting, polls=True))
        assert await counted.get() is None
        assert await counted.get() is not None
        watching.cancel()
    assert versions(guard) == ["2026.1.2"]
    assert "evidence can't be written" in caplog.text


def test_packs_without_the_words_for_people_are_kept_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One's own pack is in force alone; its next version drops the notice that an AI answers."""
    own(tmp_path / "packs", "2026.1.1")
    guard = prepare(
        Settings(state=tmp_path / "state", policy=("acme",), policies=tmp_path / "packs")
    )
    own(tmp_path / "packs", "2026.1.2")
    notices = tmp_path / "packs" / "acme" / "notices.yaml"
    notices.write_text(notices.read_text("utf-8").replace("banner.short", "banner.other"), "utf-8")
    assert Reloader(guard).attempt() is None
    assert "no policy pack has the notice 'banner.short'" in caplog.text


def test_what_was_decided_before_keeps_its_packs_on_record(guard: Guard) -> None:
    before = guard.judge
    rewrite(guard, "2026.1.2")
    renews(Reloader(guard))
    assert guard._packs[before.refs] == before.listed
    assert guard._packs[guard.judge.refs] == guard.judge.listed != before.listed
    assert json.dumps(before.listed).count("2026.1.1") == 1
