from __future__ import annotations

import io
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
