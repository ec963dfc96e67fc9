from pathlib import Path

import pytest

from guardrail.errors import ConfigError
from guardrail.stores.state import State


def test_the_directories_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    state = State(tmp_path / "deep" / "state")
    state.make()
    state.make()
    for folder in (state.evidence, state.evidence_key.parent):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_a_directory_that_cant_be_made_is_named_with_what_mends_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="file") as told:
        State(tmp_path / "file" / "state").make()
    assert "--state" in told.value.fix


def test_everything_lies_below_the_root(tmp_path: Path) -> None:
    state = State(tmp_path)
    paths = (
        state.evidence,
        state.evidence_key,
        state.evidence_vkey,
        state.pseudonym_key,
        state.consent_key,
        state.label_key,
        state.label_keys,
        state.consents,
    )
    assert all(path.is_relative_to(tmp_path) for path in paths)
    assert len(set(paths)) == len(paths)
