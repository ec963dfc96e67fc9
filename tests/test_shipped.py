from __future__ import annotations

from pathlib import Path

import pytest

from guardrail import shipped as module
from guardrail.shipped import shipped


@pytest.mark.parametrize("room", ["policies", "adapters"])
def test_the_data_lies_beside_the_package_in_a_checkout(room: str) -> None:
    assert shipped(room) == Path(module.__file__).parents[1] / room
    assert any(folder.is_dir() for folder in shipped(room).iterdir())


def test_a_wheel_carries_it_and_its_own_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "_shipped" / "policies").mkdir(parents=True)
    monkeypatch.setattr(module, "files", lambda _: tmp_path)
    assert shipped("policies") == tmp_path / "_shipped" / "policies"


def test_somebody_elses_folder_beside_the_package_isnt_taken_for_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "policies").mkdir()
    monkeypatch.setattr(module, "files", lambda _: tmp_path / "guardrail")
    monkeypatch.setattr(module, "__file__", str(tmp_path / "guardrail" / "shipped.py"))
    with pytest.raises(FileNotFoundError, match="reinstall"):
        shipped("policies")
    (tmp_path / "pyproject.toml").write_text("")
    assert shipped("policies") == tmp_path / "policies"
    with pytest.raises(FileNotFoundError):
        shipped("adapters")
