from __future__ import annotations

from pathlib import Path

import pytest

from guardrail.cli.pack_files import bounded, files_of, known_world, pack_at, packs_at, title_of
from guardrail.errors import BadInput, ConfigError
from guardrail.facts import Category
from guardrail.policy.bundle import MAX_FILES
from guardrail.policy.document import MAX_BYTES
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


def test_the_world_knows_what_detectors_find_and_where_a_system_may_be_used() -> None:
    world = known_world()
    assert world.entities["KZ_IIN"] is Category.PERSONAL
    assert world.entities["DUTY_EVASION"] is Category.PROHIBITED
    assert "bank-identification" in world.contexts


def test_every_file_of_a_bundle_is_read_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "xx").mkdir()
    (tmp_path / "xx" / "pack.yaml").write_bytes(b"a")
    (tmp_path / "SUMS").write_bytes(b"b")
    assert files_of(tmp_path, without=frozenset({"SUMS"})) == {"xx/pack.yaml": b"a"}
    assert files_of(tmp_path) == {"xx/pack.yaml": b"a", "SUMS": b"b"}


def test_a_link_in_a_bundle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    for target in (Path("/etc/passwd"), tmp_path, tmp_path / "gone"):
        link = tmp_path / "bundle" / "link"
        link.symlink_to(target)
        with pytest.raises(ConfigError, match="neither a plain file nor a folder"):
            files_of(tmp_path / "bundle")
        link.unlink()


def test_what_is_too_deep_too_many_or_too_large_is_refused(tmp_path: Path) -> None:
    deep = tmp_path / "deep"
    (deep / "a" / "b" / "c" / "d").mkdir(parents=True)
    with pytest.raises(ConfigError, match="neither a plain file nor a folder"):
        files_of(deep)
    many = tmp_path / "many"
    many.mkdir()
    for number in range(MAX_FILES + 1):
        (many / f"f{number}").touch()
    with pytest.raises(ConfigError, match="more than 1000 files"):
        files_of(many)
    large = tmp_path / "large"
    large.mkdir()
    (large / "f").write_bytes(bytes(MAX_BYTES + 1))
    with pytest.raises(ConfigError, match=f"more than {MAX_BYTES} bytes"):
        files_of(large)


def test_what_isnt_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such folder"):
        files_of(tmp_path / "gone")
    with pytest.raises(BadInput, match="No such file"):
        bounded(tmp_path / "gone", 1)
