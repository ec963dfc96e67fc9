"""Manifests are kept whole, found by the id of their label, and go after a while."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.stores.manifests import MOST_BYTES, Manifests, numbered

NAME = "6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10"
OTHER = "00000000-3f5d-4a61-9d0e-2f1b7c8a9e10"


@pytest.fixture
def manifests(tmp_path: Path) -> Manifests:
    return Manifests(tmp_path / "manifests")


def test_what_is_kept_is_read_again(manifests: Manifests, tmp_path: Path) -> None:
    assert manifests.read(NAME) is None
    manifests.keep(NAME, b"a manifest")
    manifests.keep(NAME, b"another")
    assert manifests.read(NAME) == b"another"
    assert [path.name for path in (tmp_path / "manifests").iterdir()] == [f"{NAME}.c2pa"]
    assert (tmp_path / "manifests").stat().st_mode & 0o077 == 0


def test_those_of_several_media_have_names_of_their_own(manifests: Manifests) -> None:
    names = [numbered(NAME, index) for index in range(64)]
    assert names[:2] == [NAME, f"{NAME}.1"]
    for name in names:
        manifests.keep(name, name.encode())
    assert [manifests.read(name) for name in names] == [name.encode() for name in names]
    for nothing in (f"{NAME}.0", f"{NAME}.", f"{NAME}.100", f"{NAME}.x"):
        assert manifests.read(nothing) is None


@given(name=st.one_of(st.text(), st.sampled_from(["../keys/label", f"{NAME}/..", f"../{NAME}"])))
def test_no_name_leads_out_of_the_folder(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "secret.c2pa").write_bytes(b"a secret")
    manifests = Manifests(folder / "manifests")
    assert manifests.read(name) is None
    assert manifests.read("../secret") is None
    with pytest.raises(ValueError, match="no manifest"):
        manifests.keep(name, b"x")


@pytest.mark.parametrize("store", [b"", bytes(MOST_BYTES + 1)])
def test_what_is_no_manifest_isnt_kept(manifests: Manifests, store: bytes) -> None:
    with pytest.raises(ValueError, match="no manifest"):
        manifests.keep(NAME, store)


def test_only_what_is_older_is_pruned(manifests: Manifests, tmp_path: Path) -> None:
    assert manifests.prune(1_000) == 0
    manifests.keep(NAME, b"old")
    manifests.keep(OTHER, b"new")
    os.utime(tmp_path / "manifests" / f"{NAME}.c2pa", (900, 900))
    os.utime(tmp_path / "manifests" / f"{OTHER}.c2pa", (1_100, 1_100))
    assert manifests.prune(1_000) == 1
    assert manifests.read(NAME) is None
    assert manifests.read(OTHER) == b"new"


def test_a_folder_that_cant_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="file"):
        Manifests(tmp_path / "file" / "manifests").keep(NAME, b"x")


def test_those_of_texts_are_read_and_pruned_with_the_others(tmp_path: Path) -> None:
    texts = Manifests(tmp_path / "manifests" / "texts")
    both = Manifests(tmp_path / "manifests", texts)
    texts.keep(NAME, b"of a page")
    both.keep(OTHER, b"of a recording")
    assert (both.read(NAME), both.read(OTHER)) == (b"of a page", b"of a recording")
    assert texts.read(OTHER) is None
    os.utime(tmp_path / "manifests" / "texts" / f"{NAME}.c2pa", (900, 900))
    assert both.prune(1_000) == 1
    assert both.read(NAME) is None


def test_the_oldest_go_where_there_are_too_many(manifests: Manifests, tmp_path: Path) -> None:
    assert manifests.thin(1) == 0
    names = [f"{number}{NAME[1:]}" for number in range(6)]
    for age, name in enumerate(names):
        manifests.keep(name, b"x")
        os.utime(tmp_path / "manifests" / f"{name}.c2pa", (1_000 - age, 1_000 - age))
    (tmp_path / "manifests" / "texts").mkdir()
    assert manifests.thin(6) == 0
    assert manifests.thin(2) == 4
    assert [manifests.read(name) is not None for name in names] == [True] * 2 + [False] * 4
