from __future__ import annotations

from pathlib import Path

import pytest

from guardrail.cli.pack_files import pack_at, packs_at, title_of
from guardrail.errors import BadInput, ConfigError
from guardrail.shipped import shipped

SHIPPED = Path(str(shipped("policies")))


def test_a_packs_own_folder_and_a_folder_of_packs_are_told_apart() -> None:
    assert packs_at(SHIPPED / "gdpr") == (SHIPPED, ("gdpr",))
    root, names = packs_at(SHIPPED)
    assert root == SHIPPED
    assert "kz-230-viii" in names


def test_where_no_pack_is_the_fix_says_what_to_name(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone"):
        with pytest.raises(BadInput, match="no pack is there") as caught:
            packs_at(path)
        assert "pack.yaml" in caught.value.fix


def test_a_pack_is_found_by_name_and_by_folder() -> None:
    assert pack_at("gdpr") == pack_at(str(SHIPPED / "gdpr"))
    assert title_of(pack_at("gdpr")).startswith("European Union")
    with pytest.raises(ConfigError, match="did you mean 'gdpr'"):
        pack_at("gdrp")
    with pytest.raises(BadInput, match="holds 9 packs"):
        pack_at(str(SHIPPED))
