from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from guardrail.cli import detecting
from guardrail.errors import BadInput, ConfigError


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_flags_that_werent_given_leave_the_settings_alone(tmp_path: Path) -> None:
    (tmp_path / "g.yaml").write_text("detect: {tier: fast, profile: code}", "utf-8")
    flags = {"tier": None, "profile": None, "entities": None, "min_score": None}
    made = detecting.detector_from(Path("g.yaml"), flags)
    assert made.options.profile == "code"
    made = detecting.detector_from(Path("g.yaml"), {**flags, "profile": "strict"})
    assert made.options.profile == "strict"


def test_a_least_score_is_for_all_but_those_that_settings_name(tmp_path: Path) -> None:
    (tmp_path / "g.yaml").write_text("detect: {tier: fast, thresholds: {PERSON: 0.9}}", "utf-8")
    made = detecting.detector_from(Path("g.yaml"), {"min_score": 0.7})
    assert made.options.thresholds == {"PERSON": 0.9, "*": 0.7}


def test_what_a_flag_asks_for_in_vain_is_an_error_of_ours() -> None:
    with pytest.raises(ConfigError, match="did you mean 'KZ_IIN'"):
        detecting.detector_from(None, {"tier": "fast", "entities": "KZ_INN"})


@pytest.mark.parametrize(
    "flags", [{}, {"tier": "fast"}, {"profile": "code", "min_score": 0.7}], ids=str
)
def test_without_settings_the_detector_is_that_of_the_defaults(
    flags: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = detecting.detector_from(None, flags)
    monkeypatch.setenv("GUARDRAIL_DETECT__PROFILE", "default")
    with_settings = detecting.detector_from(None, flags)
    assert plain.options == with_settings.options
    labels = [[one.label for one in made.recognizers] for made in (plain, with_settings)]
    assert labels[0] == labels[1]


def test_variables_are_settings_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUARDRAIL_VAULT_KEY", "x")
    monkeypatch.setenv("GUARDRAIL_DETECT__PROFILE", "strict")
    assert detecting.detector_from(None, {"tier": "fast"}).options.profile == "strict"


def test_without_settings_none_are_loaded() -> None:
    script = (
        "import sys; from guardrail.cli import detecting; detecting.detector_from(None, {})\n"
        "print(sorted({'pydantic', 'yaml', 'presidio_analyzer'} & set(sys.modules)))"
    )
    bare = {name: value for name, value in os.environ.items() if "GUARDRAIL" not in name}
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True, text=True, timeout=60, check=True, env=bare,
    )  # fmt: skip
    assert done.stdout == "[]\n"


def test_a_text_comes_from_a_file_or_from_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes("\ufeffа\r\nб".encode())
    with detecting.open_text(Path("a")) as stream:
        assert detecting.read_text(stream) == "\ufeffа\r\nб"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"abc")))
    assert detecting.read_text(detecting.open_text(Path("-"))) == "abc"


def test_what_cant_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="none: No such file"):
        detecting.open_text(Path("none"))
    with pytest.raises(BadInput, match="isn't UTF-8 at byte 1"):
        detecting.read_text(io.BytesIO(b"a\xff"))
    monkeypatch.setattr(detecting, "MAX_BYTES", 3)
    with pytest.raises(BadInput, match="the text is longer than 3 bytes"):
        detecting.read_text(io.BytesIO(b"abcd"))
    assert detecting.bounded(b"abc", "x") == b"abc"
