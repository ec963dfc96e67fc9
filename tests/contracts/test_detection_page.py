"""What the page on detection shows is run: its files, its commands, and its recognizer's tests."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_examples import CodeExample, EvalExample, find_examples

from guardrail.settings import load

CHECKOUT = Path(__file__).parents[2]
PAGE = CHECKOUT / "docs" / "detection.md"
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
NAMED = re.compile(r"# (\S+\.(?:yaml|py))\n")
BLOCKS = [(m[1], m[2]) for m in BLOCK.finditer(PAGE.read_text("utf-8"))]
FILES = {m[1]: text for _, text in BLOCKS if (m := NAMED.match(text))}
PROGRAMS = [one for one in find_examples(PAGE) if not NAMED.match(one.source)]


def run(folder: Path, *command: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GUARDRAIL_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{clean['PATH']}"
    clean.pop("COVERAGE_PROCESS_CONFIG", None)
    done = subprocess.run(
        command,
        check=False,
        cwd=folder,
        env=clean | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_its_commands_print_what_it_says(tmp_path: Path) -> None:
    for name, text in FILES.items():
        if name.endswith(".yaml"):
            (tmp_path / name).write_text(text, "utf-8")
    printed = ""
    for language, text in BLOCKS:
        if language == "sh":
            printed = run(tmp_path, "bash", "-euo", "pipefail", "-c", text)
        elif language == "text":
            pattern = re.escape(text.strip()).replace("…", ".*")
            assert re.fullmatch(pattern, printed.strip()), printed


def test_its_settings_load() -> None:
    text = FILES["guardrail.yaml"].encode()
    assert load(flags={}, environment={}, file=("page", text)).detect.routes


@pytest.mark.parametrize("example", PROGRAMS, ids=lambda one: str(one.start_line))
def test_its_program_prints_what_it_says(
    example: CodeExample,
    eval_example: EvalExample,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    eval_example.run_print_check(example)


def test_the_recognizer_of_another_country_passes_its_tests(tmp_path: Path) -> None:
    for name, text in FILES.items():
        if name.endswith(".py"):
            short = text.replace("guardrail.detect.text.recognizers.ee", "ee")
            (tmp_path / Path(name).name).write_text(short, "utf-8")
    tests = CHECKOUT / "tests" / "detect"
    shutil.copy(tests / "text" / "recognizers" / "conftest.py", tmp_path / "conftest.py")
    said = run(tmp_path, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", ".")
    assert "passed" in said
    assert "failed" not in said
