"""What may be written to a log: never what an exception says, for it may quote what it saw."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import guardrail

ROOT = Path(guardrail.__file__).parent
SOURCES = sorted(ROOT.rglob("*.py"))
LEVELS = {"debug", "info", "warning", "error", "critical", "exception", "log"}


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in {"log", "logger", "logging"}
            and node.func.attr in LEVELS
        ):
            yield node


def caught(tree: ast.AST) -> set[str]:
    return {
        node.name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and node.name
    }


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_log_line_holds_an_exceptions_message_or_a_traceback(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    errors = caught(tree)
    for call in calls(tree):
        assert isinstance(call.func, ast.Attribute)
        assert call.func.attr != "exception", f"{path}:{call.lineno}"
        assert not any(keyword.arg == "exc_info" for keyword in call.keywords)
        for argument in call.args:
            assert not isinstance(argument, ast.JoinedStr), f"{path}:{call.lineno}: use %s"
            assert not (isinstance(argument, ast.Name) and argument.id in errors), (
                f"{path}:{call.lineno}: an exception's message may hold a value"
            )


def test_only_the_demo_and_the_command_line_print() -> None:
    printing = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    }
    assert printing == set()
