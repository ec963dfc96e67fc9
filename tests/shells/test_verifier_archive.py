"""The verifier in one file, run by a Python that sees nothing else of guardrail's."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from guardrail.shells.verifier_archive import NAME, verifier_archive
from guardrail.testing.logs import ToldLog

ROOT = Path(__file__).parents[2]
AUGUST = 1_787_000_000_000_000

FENCED = """
import runpy, sys
class Fence:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"orjson", "pydantic", "yaml", "starlette", "typer"}:
            raise ImportError(name)
sys.meta_path.insert(0, Fence())
sys.path.insert(0, "verify.pyz")
import guardrail
assert "verify.pyz" in guardrail.__file__ and not hasattr(guardrail, "__version__")
sys.argv[0] = "verify.pyz"
runpy.run_path("verify.pyz", run_name="__main__")
"""


@pytest.fixture
def folder(tmp_path: Path) -> tuple[Path, str]:
    """A folder with the verifier and a log; and the log's key."""
    told = ToldLog(AUGUST)
    told.step()
    (tmp_path / NAME).write_bytes(verifier_archive())
    for name, data in told.objects.held.items():
        path = tmp_path / "log" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path, told.vkey


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_checks_a_log_by_itself(folder: tuple[Path, str]) -> None:
    where, vkey = folder
    done = run(where, NAME, "log", "--vkey", vkey)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "VERIFIED"
    key = next((where / "log").glob("*/key"))
    key.write_bytes(key.read_bytes().replace(b"guardrail", b"guardrial", 1))
    done = run(where, NAME, "log", "--vkey", vkey)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "NOT VERIFIED")


def test_it_runs_its_own_sources_and_needs_no_other_package(folder: tuple[Path, str]) -> None:
    where, vkey = folder
    done = run(where, "-c", FENCED, "log", "--vkey", vkey)
    assert (done.returncode, done.stderr) == (0, "")


def test_it_holds_the_verifiers_sources_as_they_are_and_nothing_else() -> None:
    with zipfile.ZipFile(io.BytesIO(verifier_archive())) as archive:
        held = {one.filename: archive.read(one) for one in archive.infolist()}
        assert {one.compress_type for one in archive.infolist()} == {zipfile.ZIP_STORED}
    assert held.pop("__main__.py") == held["guardrail/verify/__main__.py"]
    assert held.pop("guardrail/__init__.py").startswith(b'"""')
    sources = (ROOT / "guardrail/verify").glob("*.py")
    assert held == {str(path.relative_to(ROOT)): path.read_bytes() for path in sources}


def test_the_same_sources_make_the_same_bytes() -> None:
    assert verifier_archive() == verifier_archive()
    with zipfile.ZipFile(io.BytesIO(verifier_archive())) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
