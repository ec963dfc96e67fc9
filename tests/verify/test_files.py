"""Logs in folders and in archives."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from guardrail.verify import (
    Unreadable,
    open_files,
    verify_log,
)

if TYPE_CHECKING:
    from tests.verify.conftest import Story


@pytest.mark.parametrize("inside", ["", "evidence", "audit/log"])
@pytest.mark.parametrize("form", ["folder", "zip", "tar", "tar.gz"])
def test_a_log_verifies_in_a_folder_and_in_an_archive(
    finished: Story, tmp_path: Path, form: str, inside: str
) -> None:
    finished.saved(tmp_path / "pack" / inside)
    path = tmp_path / "pack"
    if form == "folder" and inside == "audit/log":
        path /= "audit"
    if form == "zip":
        path = Path(shutil.make_archive(str(path), "zip", path))
    elif form != "folder":
        with tarfile.open(tmp_path / f"pack.{form}", "w:gz" if form == "tar.gz" else "w") as tar:
            tar.add(path, arcname=".")
        path = tmp_path / f"pack.{form}"
    with open_files(path) as files:
        report = verify_log(files, finished.vkey)
    assert (report.problems, report.notes) == ((), ())
    assert report.entries > 300


def test_a_damaged_member_of_an_archive_is_a_problem_of_its_own(
    finished: Story, tmp_path: Path
) -> None:
    path = tmp_path / "log.zip"
    marked = finished.objects.held["2026h2/tile/0/000"]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in finished.objects.held.items():
            archive.writestr(name, data)
    whole = path.read_bytes()
    at = whole.index(marked)
    path.write_bytes(whole[: at + 9] + bytes([whole[at + 9] ^ 1]) + whole[at + 10 :])
    with open_files(path) as files:
        report = verify_log(files, finished.vkey)
    assert {one.where for one in report.problems} == {"2026h2/tile/0/000"}


@pytest.mark.parametrize("what", ["missing", "empty", "text"])
def test_what_is_no_log_cant_be_checked(finished: Story, tmp_path: Path, what: str) -> None:
    path = tmp_path / "log"
    if what == "empty":
        path.mkdir()
    elif what == "text":
        path.write_text("a letter")
    with pytest.raises((Unreadable, FileNotFoundError)), open_files(path) as files:
        verify_log(files, finished.vkey)


def test_a_folder_that_goes_away_while_it_is_listed_is_none(tmp_path: Path) -> None:
    for name in ("2026h2/a/one", "2026h2/b/two"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(b"")
    with open_files(tmp_path) as files:
        names = files.names("2026h2/")
        assert next(names) == "2026h2/b/two"
        shutil.rmtree(tmp_path / "2026h2/a")
        assert list(names) == []


def test_an_object_is_read_from_a_place_on_and_none_is_read_where_there_is_none(
    tmp_path: Path,
) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log/one").write_bytes(b"abcdef")
    with open_files(tmp_path) as files:
        assert files.read("one", 2) == b"cdef"
        assert [files.read(name) for name in ("two", "one/more", "")] == [None] * 3


def test_an_object_that_is_too_large_cant_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guardrail.verify.files.OBJECT_LIMIT", 5)
    (tmp_path / "one").write_bytes(b"abcdef")
    with open_files(tmp_path) as files, pytest.raises(Unreadable, match="too large"):
        files.read("one")
