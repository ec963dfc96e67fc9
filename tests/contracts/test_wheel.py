"""The built wheel, installed away from the checkout."""

import hashlib
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", out, CHECKOUT],
        check=True,
        capture_output=True,
    )
    return next(out.glob("guardrail_gateway-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the ``bin`` of an environment that has the wheel and its dependencies, no checkout."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=True, symlinks=True)
    python = home / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet", wheel],
        check=True,
        capture_output=True,
    )
    own = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    # The dependencies are this environment's. Its own .pth files, which point to the checkout,
    # aren't read from there.
    Path(own, "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return home / "bin"


def test_the_wheel_brings_one_package_and_nothing_beside_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"guardrail"}


@pytest.mark.parametrize("room", ["policies", "adapters"])
def test_every_data_file_of_the_checkout_is_in_the_wheel_byte_for_byte(
    wheel: Path, room: str
) -> None:
    root = CHECKOUT / room
    here = {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }
    prefix = f"guardrail/_shipped/{room}/"
    with zipfile.ZipFile(wheel) as archive:
        there = {
            name.removeprefix(prefix): hashlib.sha256(archive.read(name)).hexdigest()
            for name in archive.namelist()
            if name.startswith(prefix)
        }
    assert here
    assert there == here


def run(installed: Path, away: Path, *arguments: str, said: str = "") -> str:
    return subprocess.run(
        [installed / "guardrail", *arguments],
        check=True,
        capture_output=True,
        text=True,
        input=said,
        cwd=away,
        timeout=100,
        env={"PATH": os.environ["PATH"], "HOME": str(away), "COLUMNS": "100"},
    ).stdout


def test_the_installed_command_finds_its_data_away_from_the_checkout(
    installed: Path, tmp_path: Path
) -> None:
    assert run(installed, tmp_path, "--version").startswith("guardrail ")
    found = run(installed, tmp_path, "scan", said="Менің ЖСН 900101300017")
    assert "KZ_IIN" in found
    where = subprocess.run(
        [installed / "python", "-c", "import guardrail; print(guardrail.__file__)"],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    ).stdout
    assert str(CHECKOUT) not in where


@pytest.mark.e2e
def test_the_demo_runs_from_the_wheel_and_its_evidence_verifies(
    installed: Path, tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    port, admin = map(str, free_ports)
    state = str(tmp_path / "state")
    told = run(
        installed,
        tmp_path,
        "demo",
        "--once",
        "--port",
        port,
        "--admin-port",
        admin,
        "--state",
        state,
    )
    assert "nothing: the request never left the guard" in told
    assert "\nVERIFIED\n" in told
