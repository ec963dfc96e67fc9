"""What `guardrail serve` says before it serves; that it serves is shown in tests/e2e."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from guardrail.cli.serve import set_up_logging

Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    root, own = logging.getLogger(), logging.getLogger("guardrail")
    level, handlers, own_level = root.level, list(root.handlers), own.level
    yield
    own.setLevel(own_level)
    root.setLevel(level)
    root.handlers[:] = handlers


def serve(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GUARDRAIL_")}
    return subprocess.run(
        [sys.executable, "-m", "guardrail", "serve", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment,
    )


def test_without_an_upstream_it_says_what_to_do(guardrail: Run) -> None:
    ran = guardrail("serve")
    assert ran.code == 2
    assert ran.err == "guardrail: no upstream\n  → name the AI endpoint with --upstream URL\n"


def test_an_unknown_pack_names_the_nearest(tmp_path: Path) -> None:
    ran = serve(
        *("--upstream", "http://127.0.0.1:9", "--policy", "kz-230-vii"),
        *("--port", "0", "--admin-port", "0", "--state", str(tmp_path)),
    )
    assert ran.returncode == 2
    assert "did you mean 'kz-230-viii'" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("flag", ["--port", "--admin-port"])
def test_a_port_that_is_taken_says_what_to_do(tmp_path: Path, flag: str) -> None:
    other = {"--port": "--admin-port", "--admin-port": "--port"}[flag]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = serve(
            *("--upstream", "http://127.0.0.1:9", "--state", str(tmp_path)),
            *(flag, str(port), other, "0"),
        )
    assert ran.returncode == 2
    assert f"can't listen on 127.0.0.1:{port}: Address already in use" in ran.stderr
    assert "choose another port" in ran.stderr


def test_an_upstream_that_is_none_says_how_to_write_it(tmp_path: Path) -> None:
    ran = serve(
        *("--upstream", "localhost:11434", "--state", str(tmp_path)),
        *("--port", "0", "--admin-port", "0"),
    )
    assert ran.returncode == 2
    assert "http://127.0.0.1:11434" in ran.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_witness_that_is_none_is_told_before_anything_serves(
    tmp_path: Path, workers: str
) -> None:
    file = tmp_path / "guardrail.yaml"
    file.write_text("evidence: {witnesses: [https://witness.example]}\n")
    ran = serve(
        *("--upstream", "http://127.0.0.1:9", "--state", str(tmp_path), "--config", str(file)),
        *("--port", "0", "--admin-port", "0", "--workers", workers),
    )
    assert ran.returncode == 2
    assert "evidence.witnesses" in ran.stderr


def test_a_choice_that_isnt_offered_is_refused(guardrail: Run) -> None:
    ran = guardrail("serve", "--personal-data", "keep")
    assert ran.code == 2
    assert "pseudonymise" in ran.err


def test_an_interrupt_is_no_traceback(guardrail: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from guardrail.shells import serve  # noqa: PLC0415 - heavy

    def interrupted(settings: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(serve, "serve", interrupted)
    ran = guardrail("serve")
    assert ran.code == 130
    assert "Traceback" not in ran.err


def test_of_libraries_only_warnings_are_heard(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("debug", "text")
    logging.getLogger("guardrail.anywhere").debug("ours")
    logging.getLogger("websockets.server").debug("< TEXT what a person wrote")
    logging.getLogger("websockets.server").warning("theirs")
    lines = capsys.readouterr().err.splitlines()
    assert [line.rpartition(": ")[2] for line in lines] == ["ours", "theirs"]


def test_the_log_is_text_or_json(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("info", "text")
    logging.getLogger("guardrail").info("hello")
    logging.getLogger("uvicorn").info("chatter")
    assert capsys.readouterr().err.endswith(" INFO guardrail: hello\n")
    set_up_logging("warning", "json")
    logging.getLogger("guardrail").info("unheard")
    logging.getLogger("guardrail").warning("%s\n“two”", "one")
    line = json.loads(capsys.readouterr().err)
    assert (line["level"], line["logger"], line["message"]) == (
        "warning",
        "guardrail",
        "one\n“two”",
    )
