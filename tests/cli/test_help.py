"""Help teaches by example, and what is to be copied stays as it was written."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import typer

from guardrail import __version__
from guardrail.cli import app

Run = Callable[..., Any]
Group = Any


def commands(group: Group, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, group
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, *path, name)


ALL = dict(commands(typer.main.get_command(app)))
LEAVES = {path: command for path, command in ALL.items() if not hasattr(command, "commands")}

every_command = pytest.mark.parametrize("path", ALL, ids=" ".join)
every_leaf = pytest.mark.parametrize("path", LEAVES, ids=" ".join)


def examples(path: tuple[str, ...]) -> list[str]:
    text = inspect.cleandoc(LEAVES[path].help)
    blocks = re.findall(r"```\w+\n(.*?)```", text, re.DOTALL)
    return [line for block in blocks for line in block.rstrip("\n").split("\n")]


@every_command
def test_every_command_has_help_that_says_what_it_does(
    guardrail: Run, path: tuple[str, ...]
) -> None:
    ran = guardrail(*path, "--help")
    assert ran.code == 0
    assert ran.err == ""
    assert "Usage: guardrail" in ran.out
    assert "```" not in ran.out
    assert "Traceback" not in ran.out


@every_leaf
@pytest.mark.parametrize("columns", [80, 120])
def test_every_commands_examples_are_lines_of_their_own(
    guardrail: Run, path: tuple[str, ...], columns: int
) -> None:
    lines = examples(path)
    assert any("guardrail" in line or "OpenAI(" in line for line in lines)
    shown = [line.rstrip() for line in guardrail(*path, "--help", columns=columns).out.split("\n")]
    for line in lines:
        # One blank at the left is the paragraph's own.
        assert any(one.strip() and one[2:] == line for one in shown), line


@every_leaf
def test_no_line_of_help_is_wider_than_the_terminal(guardrail: Run, path: tuple[str, ...]) -> None:
    out = guardrail(*path, "--help", columns=80).out
    assert max(len(line.rstrip()) for line in out.split("\n")) <= 80


@every_leaf
def test_every_option_says_what_it_is_for(path: tuple[str, ...]) -> None:
    assert all(parameter.help for parameter in LEAVES[path].params if parameter.name != "help")


@pytest.mark.parametrize("path", [(), ("consent",), ("evidence",), ("config",)], ids=" ".join)
def test_a_group_alone_shows_its_commands(guardrail: Run, path: tuple[str, ...]) -> None:
    ran = guardrail(*path)
    assert "Commands" in ran.out
    for other in ALL:
        if other[: len(path)] == path and len(other) == len(path) + 1:
            assert other[-1] in ran.out


@pytest.mark.parametrize("arguments", [("--version",), ("--version", "serve")])
def test_the_version_is_told(guardrail: Run, arguments: tuple[str, ...]) -> None:
    ran = guardrail(*arguments)
    assert (ran.code, ran.out) == (0, f"guardrail {__version__}\n")


def test_an_unknown_command_is_refused(guardrail: Run) -> None:
    ran = guardrail("serv")
    assert ran.code == 2
    assert "No such command 'serv'" in ran.err


def test_help_comes_at_once_without_loading_what_a_command_needs() -> None:
    script = (
        "import sys, guardrail.cli\n"
        "heavy = {'presidio_analyzer', 'pydantic', 'starlette', 'uvicorn', 'cryptography'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "[]\n"


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "guardrail", "--version"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == f"guardrail {__version__}\n"
