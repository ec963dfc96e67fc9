"""Where things stand: what may import what, what holds data only, and who tests whom."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ELSEWHERE = {
    "__init__.py": "contracts/test_public_api.py",
    "cli/__init__.py": "cli/test_help.py",
    "cli/demo.py": "test_demo.py",
    "cli/options.py": "cli/test_config.py",
    "engine/codec.py": "wire/test_stream.py",
    "evidence/log.py": "stores/test_segments.py",
    "evidence/objects.py": "stores/test_objects.py",
    "settings/evidence.py": "test_settings.py",
    "settings/sections.py": "test_settings.py",
    "settings/sources.py": "test_settings.py",
    "settings/whole.py": "test_settings.py",
    "shells/admin.py": "e2e",
    "shells/answers.py": "shells/test_runner.py",
    "shells/http.py": "e2e",
    "shells/incoming.py": "e2e",
    "shells/proxy.py": "e2e",
    "shells/replying.py": "shells/test_runner.py",
    "shells/serve.py": "e2e",
    "shells/supervision.py": "e2e",
    "testing/assistant/completion.py": "testing/assistant/test_app.py",
}
"""Modules without a test file of their own name, and where they are tested."""

FUNCTION = re.compile(r"^ *(?:async )?def \w+[(\[]", re.MULTILINE)


def test_the_rooms_import_each_other_as_they_may() -> None:
    tool = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert tool, "lint-imports isn't installed beside this Python"
    done = subprocess.run(
        [tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("room", ["policies", "adapters", "deploy"])
def test_folders_of_data_hold_no_code(room: str) -> None:
    assert [str(path) for path in (ROOT / room).rglob("*.py")] == []


def modules() -> list[str]:
    root = ROOT / "guardrail"
    return [
        str(path.relative_to(root))
        for path in sorted(root.rglob("*.py"))
        if FUNCTION.search(path.read_text("utf-8"))
    ]


@pytest.mark.parametrize("module", modules())
def test_every_module_with_a_function_is_tested_by_name(module: str) -> None:
    path = Path(module)
    own = ROOT / "tests" / path.parent / f"test_{path.stem.strip('_')}.py"
    other = ELSEWHERE.get(module)
    if other is None:
        assert own.is_file(), f"write {own.relative_to(ROOT)}"
    else:
        assert not own.is_file(), f"{module} has its own tests now: take it off the list"
        assert (ROOT / "tests" / other).exists()


def test_the_list_of_exceptions_names_modules_that_are_there() -> None:
    lost = [module for module in ELSEWHERE if not (ROOT / "guardrail" / module).is_file()]
    assert lost == []


def test_tests_are_no_package_and_share_no_code() -> None:
    tests = ROOT / "tests"
    assert list(tests.rglob("__init__.py")) == []
    for path in tests.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        # A name that only type checkers look up shares no code.
        run = [
            n
            for n in tree.body
            if not (isinstance(n, ast.If) and "TYPE_CHECKING" in ast.unparse(n.test))
        ]
        nodes = [node for one in run for node in ast.walk(one)]
        imported = {n.module for n in nodes if isinstance(n, ast.ImportFrom) and n.module}
        assert not any(name.partition(".")[0] == "tests" for name in imported), path


def test_no_file_of_the_product_is_beyond_its_bound() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "guardrail").rglob("*.py")
        if (lines := path.read_text("utf-8").count("\n")) > 600
    }
    assert long == {}


def test_the_verifier_imports_python_cryptography_and_itself_alone() -> None:
    tops = set()
    for path in (ROOT / "guardrail/verify").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                tops |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                tops.add(node.module or "")
    foreign = {name for name in tops if name.partition(".")[0] not in sys.stdlib_module_names}
    ours = {name for name in foreign if name.startswith("guardrail.verify.")}
    assert {name.partition(".")[0] for name in foreign - ours} == {"cryptography"}
