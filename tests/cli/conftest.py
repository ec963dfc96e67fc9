"""Runs the command line in this process, as its own would."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from guardrail.cli import main
from guardrail.consent import pseudonym
from guardrail.evidence import Entry, EntryKind, Value
from guardrail.settings import Settings
from guardrail.shells.erasing import epoch_keys, open_keeper
from guardrail.shells.evidence_log import now_us, put_on_record
from guardrail.shells.keeping import packed
from guardrail.stores.keys import load_or_create_secret
from guardrail.stores.state import State


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def guardrail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    """Return what runs `guardrail …` in an empty directory, without anybody's variables."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("GUARDRAIL_"):
            monkeypatch.delenv(name)

    def run(*arguments: str | Path, stdin: bytes = b"", columns: int = 100) -> Ran:
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr(sys, "argv", ["guardrail", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        code: object = 0
        capsys.readouterr()
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
        out, err = capsys.readouterr()
        assert isinstance(code, int)
        return Ran(code, out, err)

    return run


@pytest.fixture
def body() -> bytes:
    """Return the body of the requests that `state` holds."""
    return '{"messages":[{"role":"user","content":"Менің ЖСН 900101300017"}]}'.encode()


@pytest.fixture
def evidence(guardrail: Callable[..., Ran]) -> Callable[..., Ran]:
    """Return what runs `guardrail evidence …` in the state directory `s`."""
    return lambda *words: guardrail("evidence", *words, "--state", "s")


@pytest.fixture
def state(tmp_path: Path, body: bytes) -> State:
    """Return the state of a guard that refused two requests of one person and one of another."""
    state = State(tmp_path / "s")
    state.make()
    settings = Settings.model_validate({"state": state.root, "evidence": {"details": "refused"}})
    key = load_or_create_secret(state.pseudonym_key)
    keeper = open_keeper(settings)
    assert keeper is not None
    names = epoch_keys(settings).at(now_us())
    for request, subject in (("req_1", "u-17"), ("req_2", "u-17"), ("req_3", "u-18")):
        whose = pseudonym(key, subject)
        kept = keeper._details.put(
            packed("request", body), subject=whose, request=request, made=now_us()
        )
        fields: dict[str, Value] = {"act": "refuse", "sub": names.of(whose), "blob": kept.blob}
        put_on_record(settings, [Entry(kind=EntryKind.REQUEST, req=request, fields=fields)])
    keeper.close()
    return state
