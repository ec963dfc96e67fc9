import os
import threading
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.evidence import LINE_LIMIT, Entry, EntryKind, verifier
from guardrail.stores.segment_file import Seal, SegmentFile, lines_of, replace_durably
from guardrail.stores.segments import verify_directory

SEAL = Seal(origin="guard.example", key=Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
VKEY = str(verifier(SEAL.origin, SEAL.key.public_key()))
ENTRIES = [(Entry(kind=EntryKind.CONSENT, fields={"state": "given"}), n) for n in (1, 2, 3)]


def segment(directory: Path, writer: str) -> SegmentFile:
    return SegmentFile(directory, writer, SEAL, ts=1, sync=os.fdatasync)


def crashed(directory: Path, writer: str) -> Path:
    file = segment(directory, writer)
    file.write(ENTRIES)
    file.close()
    return directory / f"{writer}.log"


def test_a_tail_cut_at_any_byte_is_named_until_the_next_start_explains_it(tmp_path: Path) -> None:
    path = crashed(tmp_path, "w1")
    whole = path.read_bytes()
    start, last = whole.index(b"\n") + 1, len(whole) - 1
    for end in [start, start + 1, *range(start + 64, last, 97), last]:
        path.write_bytes(whole[:end])
        torn = [whole[:end].count(b"\n") + 1] if whole[end - 1 : end] != b"\n" else []
        assert [problem.line for problem in verify_directory(tmp_path, VKEY).problems] == torn
        following = segment(tmp_path, f"w2-{end}")
        following.stop(4)
        following.close()
        report = verify_directory(tmp_path, VKEY)
        assert report.ok
        assert [note.line for note in report.notes] == torn
        for left_over in tmp_path.glob("w2-*"):
            left_over.unlink()


def test_a_second_segment_of_one_name_is_refused_and_leaves_the_first(tmp_path: Path) -> None:
    path = crashed(tmp_path, "w1")
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        segment(tmp_path, "w1")
    assert path.read_bytes() == before
    assert {found.name for found in tmp_path.iterdir()} == {"w1.log", "w1.checkpoint"}


def test_a_segment_that_is_being_started_isnt_taken_over(tmp_path: Path) -> None:
    (tmp_path / "w1.starting").write_bytes(b"another's")
    with pytest.raises(FileExistsError):
        segment(tmp_path, "w1")
    assert (tmp_path / "w1.starting").read_bytes() == b"another's"


def test_an_unreadable_segment_doesnt_stop_the_next_writer(tmp_path: Path) -> None:
    (tmp_path / "w0.log").write_bytes(b"garbage\n" * 9000)
    segment(tmp_path, "w1").close()
    problems = verify_directory(tmp_path, VKEY).problems
    assert {problem.segment for problem in problems} == {"w0.log"}


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "file"
    replace_durably(path, b"one")
    replace_durably(path, b"two", mode=0o644)
    assert path.read_bytes() == b"two"
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="directory"):
        replace_durably(tmp_path / "taken", b"three")
    assert {found.name for found in tmp_path.iterdir()} == {"file", "taken"}


def test_overlong_lines_come_in_pieces(tmp_path: Path) -> None:
    (tmp_path / "w1.log").write_bytes(b"x" * (2 * LINE_LIMIT + 5) + b"\nshort\n")
    sizes = [len(line) for line in lines_of(tmp_path / "w1.log")]
    assert sizes == [LINE_LIMIT, LINE_LIMIT, 6, 6]


def test_a_segment_that_is_gone_has_no_lines(tmp_path: Path) -> None:
    assert list(lines_of(tmp_path / "w1.log")) == []


def test_an_unfinished_line_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "w1.log"
    path.write_bytes(b"one\ntw")

    def finish() -> None:
        time.sleep(0.03)
        with path.open("ab") as file:
            file.write(b"o\nthree\n")

    writer = threading.Thread(target=finish)
    lines = lines_of(path)
    assert next(lines) == b"one\n"
    writer.start()
    assert list(lines) == [b"two\n"]
    writer.join()
