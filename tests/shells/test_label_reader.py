from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from guardrail.disclose import label, marks
from guardrail.disclose.c2pa import Signer, development, sign
from guardrail.errors import ConfigError
from guardrail.shells import workers
from guardrail.shells.label_reader import LabelReader, UnreadError
from guardrail.shells.media.worker import PIXEL

ID = "urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10"


@pytest.fixture(scope="module")
def reader() -> Iterator[LabelReader]:
    made = LabelReader(seconds=60, most_bytes=1 << 20)
    yield made
    made.close()


def process_of(reader: LabelReader) -> int:
    """Return the process that waits for the next file; 0 for none."""
    worker = reader._workers._free.queue[-1]
    return worker.process.pid if worker else 0


def test_files_are_read_one_after_another_by_one_process(reader: LabelReader) -> None:
    done = marks.write(PIXEL, label(id=ID, model="m"))
    assert isinstance(done, marks.Marked)
    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(reader.read, [PIXEL, done.data] * 6))
    assert [one["conclusion"] for one in told] == ["no_mark", "declares_ai"] * 6
    process = process_of(reader)
    assert reader.read("a text \udcff".encode("utf-8", "surrogatepass"), "text/plain \udcff")
    assert process_of(reader) == process


def test_a_process_that_is_stuck_is_killed_and_replaced() -> None:
    reader = LabelReader(seconds=0.3, most_bytes=1 << 20)
    reader._workers._free.get()
    reader._workers._free.put(reader._workers._started())
    process = process_of(reader)
    os.kill(process, signal.SIGSTOP)
    with pytest.raises(UnreadError):
        reader.read(PIXEL)
    assert process_of(reader) == 0
    assert not Path(f"/proc/{process}").exists()
    reader.close()


def test_a_process_that_died_between_two_files_is_replaced_by_one_without_secrets(
    reader: LabelReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUARDRAIL_UPSTREAM_KEY", "secret-of-the-operator")
    reader.read(PIXEL)
    dead = process_of(reader)
    os.kill(dead, signal.SIGKILL)
    os.waitid(os.P_PID, dead, os.WEXITED | os.WNOWAIT)
    assert reader.read(PIXEL)["conclusion"] == "no_mark"
    process = Path(f"/proc/{process_of(reader)}")
    assert b"secret-of-the-operator" not in (process / "environ").read_bytes()
    limits = (process / "limits").read_text("ascii")
    assert "unlimited" not in next(x for x in limits.splitlines() if x.startswith("Max address"))


def test_after_so_many_files_a_process_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "TASKS", 2)
    reader = LabelReader(seconds=60, most_bytes=1 << 20)
    reader.read(PIXEL)
    assert process_of(reader)
    reader.read(PIXEL)
    assert not process_of(reader)
    reader.close()


def test_a_process_that_doesnt_start_is_an_error() -> None:
    small = LabelReader(seconds=60, most_bytes=1 << 20, watermark_key=b"short")
    with pytest.raises(UnreadError):
        small.read(PIXEL)
    small.close()


def test_roots_that_arent_are_told_at_once() -> None:
    with pytest.raises(ConfigError):
        LabelReader(seconds=1, most_bytes=1, anchors=b"no certificates")


def test_other_roots_are_trusted_from_the_next_file_on() -> None:
    # The process reads the clock.
    now = datetime.now(UTC)  # noqa: TID251
    made = development(now)
    signer = Signer(credentials=(made.credential,))
    picture = sign(PIXEL, "image/png", label(id=ID), signer, now).data
    reader = LabelReader(seconds=60, most_bytes=1 << 20)
    assert trusted(reader, picture) == [False]
    with pytest.raises(ConfigError):
        reader.trust(b"no certificates")
    reader.trust(made.root)
    assert trusted(reader, picture) == [True]
    reader.close()


def trusted(reader: LabelReader, data: bytes) -> list[object]:
    found = reader.read(data)["found"]
    assert isinstance(found, list)
    return [one["trusted"] for one in found if one["layer"] == "signed"]
