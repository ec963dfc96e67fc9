"""The command, as an auditor runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from guardrail import verify
from guardrail.evidence import (
    inclusion_proof,
    leaf_hash,
)
from guardrail.evidence.note import to_base64
from guardrail.verify import (
    main,
)

if TYPE_CHECKING:
    from tests.verify.conftest import Story

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def log(finished: Story, tmp_path: Path) -> Path:
    return finished.saved(tmp_path / "log")


def test_a_sound_log_ends_with_0(finished: Story, log: Path, capsys: Captured) -> None:
    assert main([str(log), "--vkey", finished.vkey]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "VERIFIED"


def test_a_changed_log_ends_with_1_and_says_where(
    finished: Story, log: Path, capsys: Captured
) -> None:
    bundle = log / "2026h2/tile/entries/000"
    bundle.write_bytes(bundle.read_bytes().replace(b"req-40", b"req-41", 1))
    assert main([str(log), "--vkey", finished.vkey]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("problem: 2026h2/tile/entries/000: entry ")
    assert out[-1] == "NOT VERIFIED"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nowhere", "--vkey", "guardrail"],
        ["LOG", "--vkey", "guardrail"],
        ["LOG", "--vkey", "KEY", "--anchor", "nowhere"],
        ["LOG", "--vkey", "KEY", "--receipt", "r"],
        ["LOG", "--vkey", "KEY", "--witness", "w"],
        ["LOG", "--vkey", "KEY", "--shard", "1999h1"],
        ["LOG", "--vkey", "KEY", "--from", "0"],
    ],
)
def test_what_cant_be_checked_ends_with_2_and_says_why(
    finished: Story, log: Path, capsys: Captured, arguments: list[str]
) -> None:
    given = {"LOG": str(log), "KEY": finished.vkey}
    assert main([given.get(one, one) for one in arguments]) == 2
    assert capsys.readouterr().err.startswith("can't check: ")


def test_a_wrong_use_ends_with_2(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--vkey"])
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_programs_get_json(finished: Story, log: Path, capsys: Captured) -> None:
    (log / "2026h2/letter.txt").write_text("Dear auditor")
    assert main([str(log), "--vkey", finished.vkey, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert told["waiting"] == 2
    assert told["problems"] == [
        {
            "where": "2026h2/letter.txt",
            "what": "it isn't part of the log",
            "index": None,
            "writer": "",
            "n": None,
        }
    ]


def test_copies_and_a_part_are_asked_for_by_options(
    finished: Story, log: Path, tmp_path: Path, capsys: Captured
) -> None:
    kept = tmp_path / "kept.note"
    kept.write_bytes(finished.note("2026h2"))
    receipt = "guardrail/2026h2;w=w-one;n=0;h=" + "0" * 64
    options = ["--vkey", finished.vkey, "--anchor", str(kept), "--shard", "2026h2"]
    assert main([str(log), *options, "--from", "10", "--to", "20"]) == 0
    assert "11 entries" in capsys.readouterr().out
    assert main([str(log), *options, "--receipt", receipt]) == 1
    assert "w-one, its 0" in capsys.readouterr().out


def test_a_proof_is_checked_with_the_entrys_own_file(
    finished: Story, tmp_path: Path, capsys: Captured
) -> None:
    bodies = finished.bodies("2026h2")
    path = inclusion_proof([leaf_hash(body) for body in bodies], 7)
    head = "\n".join(["c2sp.org/tlog-proof@v1", "index 7", *map(to_base64, path)])
    (tmp_path / "p.tlog-proof").write_bytes(f"{head}\n\n".encode() + finished.note("2026h2"))
    (tmp_path / "key").write_bytes(finished.objects.held["2026h2/key"])
    (tmp_path / "entry.json").write_bytes(bodies[7])
    proof = ["--proof", str(tmp_path / "p.tlog-proof")]
    entry = str(tmp_path / "entry.json")
    assert main([entry, *proof, "--vkey", finished.shard_vkey("2026h2")]) == 0
    assert "the entry stands at index 7" in capsys.readouterr().out
    by_root = ["--vkey", finished.vkey, "--key-statement", str(tmp_path / "key")]
    assert main([entry, *proof, *by_root]) == 0
    (tmp_path / "entry.json").write_bytes(bodies[8])
    assert main([entry, *proof, *by_root]) == 1
    assert "this entry isn't in the tree" in capsys.readouterr().out


@pytest.mark.thorough
def test_memory_stays_small_however_long_the_log_is(new_story: type[Story]) -> None:
    import tracemalloc  # noqa: PLC0415 - this test's alone

    peaks = []
    for exchanges in (400, 4_000):
        story = new_story()
        writer = story.writer("w")
        for number in range(exchanges):
            writer.answer(f"r-{number}")
        writer.stop()
        story.tick()
        story.objects.delete([name for name in story.objects.held if name.startswith("wal/")])
        tracemalloc.start()
        report = verify.verify_log(story.objects, story.vkey)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert report.ok
        assert report.entries > 2 * exchanges
    assert peaks[1] < peaks[0] + 300_000
