"""Two guards, one log: in PostgreSQL and in a bucket, with either of them killed under load."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest

from guardrail.evidence import parse_receipts
from guardrail.stores.evidence_home import open_objects
from guardrail.stores.evidence_reader import FIRST_SHARD_US, read_entries
from guardrail.stores.state import State
from guardrail.verify import Asked, verify_log

if TYPE_CHECKING:
    from guardrail.testing import Assistant
    from tests.conftest import PostgresServer
    from tests.e2e.conftest import Guard

# A lease has to run out, and servers start several times.
pytestmark = pytest.mark.timeout(300)

TAKEOVER_SECONDS = 30.0
"""A lease is over after five; the rest is for a machine that is busy."""


@pytest.fixture(params=["postgresql", pytest.param("s3", marks=pytest.mark.thorough)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store without a log."""
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("fresh_postgres")
        return server.url
    bucket: str = request.getfixturevalue("s3")
    for name, value in request.getfixturevalue("s3_access").items():
        request.getfixturevalue("monkeypatch").setenv(name, value)
    return bucket.replace("s3://evidence?", f"s3://evidence/{tmp_path.name.replace('_', '-')}?")


@pytest.fixture
def config(store: str, tmp_path: Path) -> dict[str, object]:
    """What both guards are set to: they share a store, and the one secret that goes with it."""
    return {"evidence": {"store": store, "key": str(tmp_path / "shared.pem"), "seal_seconds": 2}}


@dataclass
class Load:
    """Callers of one guard, who keep their receipts."""

    guard: Guard
    receipts: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    dies: bool = False

    def call(self) -> None:
        while not self.stopped.is_set():
            try:
                answer = self.guard.chat("Hi")
            except httpx.TransportError:
                if self.dies:
                    return
                raise
            assert answer.status_code == 200
            self.receipts.append(answer.headers["guardrail-receipt"])


@contextmanager
def load(*guards: Guard) -> Iterator[list[Load]]:
    """Let three callers ask each guard until the end."""
    loads = [Load(guard) for guard in guards]
    threads = [threading.Thread(target=one.call) for one in loads for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield loads
    finally:
        for one in loads:
            one.stopped.set()
        for thread in threads:
            thread.join(30)


def is_sealed(guard: Guard, receipt: str) -> bool:
    (_, first), *_ = parse_receipts(receipt)
    told = httpx.get(f"{guard.url}/.well-known/guardrail/evidence/{first}")
    return bool(told.status_code == 200 and told.json()["state"] == "sealed")


def kill_one_under_load(dies: Guard, lives: Guard) -> list[str]:
    """Kill a guard in the midst of its work; see that the other brings the log on. All receipts."""
    with load(dies, lives) as (dying, living):
        lives.until(lambda: min(len(dying.receipts), len(living.receipts)) >= 20)
        dying.dies = True
        dies.kill()
        after = len(living.receipts)
        lives.until(lambda: len(living.receipts) > after + 10)
        newest = living.receipts[-1]
        lives.until(lambda: is_sealed(lives, newest), TAKEOVER_SECONDS)
    return dying.receipts + living.receipts


def test_either_of_two_guards_may_die_and_no_receipt_is_broken(
    start: Callable[..., Guard],
    the_assistant: tuple[Assistant, str],
    store: str,
    config: Mapping[str, object],
    tmp_path: Path,
) -> None:
    def begin(name: str) -> Guard:
        return start(the_assistant[1], config=config, folder=tmp_path / name)

    one, two = begin("a"), begin("b")
    try:
        receipts = kill_one_under_load(one, two)
        one = begin("a")
        receipts += kill_one_under_load(two, one)  # whichever of them led
        two = begin("b")
        receipts.append(two.chat("Hi").headers["guardrail-receipt"])
        one.stop()
        two.stop()
    finally:
        one.kill()
        two.kill()
    objects = open_objects(store, State(tmp_path / "a" / "state"))
    try:
        report = verify_log(objects, one.vkey, Asked(receipts=tuple(receipts)))
        kept = [orjson.loads(body) for _, _, body in read_entries(objects, FIRST_SHARD_US, 1 << 52)]
    finally:
        objects.close()
    assert report.ok, str(report)
    assert report.waiting == 0
    assert one.vkey == two.vkey
    times = Counter((entry["w"], entry["n"]) for entry in kept)
    assert set(times.values()) == {1}
    promised = {(r.writer, r.n) for header in receipts for _, r in parse_receipts(header)}
    assert promised <= times.keys()
    assert len(promised) == 2 * len(receipts) >= 160
    kinds = Counter(entry["t"] for entry in kept if entry.get("mode") != "sequencer")
    assert kinds["writer.start"] >= 4, "each start is a writer of its own"


@pytest.mark.thorough  # tests/shells/test_doctor.py has the same of a log in a directory
@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_guard_with_another_key_is_refused_at_its_start(
    start: Callable[..., Guard],
    the_assistant: tuple[Assistant, str],
    config: dict[str, Any],
    tmp_path: Path,
    workers: str,
) -> None:
    own = start(the_assistant[1], config=config)
    receipt = own.chat("Hi").headers["guardrail-receipt"]
    own.until(lambda: is_sealed(own, receipt))
    file = tmp_path / "other.yaml"
    other = {"evidence": {"store": config["evidence"]["store"]}, "upstream": the_assistant[1]}
    file.write_text(json.dumps(other), "utf-8")
    flags = ("--config", str(file), "--state", str(tmp_path / "other"))
    done = own.cli("serve", *flags, "--port", "0", "--admin-port", "0", "--workers", workers)
    assert done.returncode == 2, done.stderr
    assert "signed with another key than this guard has" in done.stderr
    assert "evidence.key" in done.stderr
    looked = own.cli("doctor", *flags)
    assert looked.returncode == 1
    assert "signed with another key than this guard has" in looked.stdout
    own.stop()
    own.kill()
