from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import BadInput, ConfigError
from guardrail.policy import load_packs, pack_names
from guardrail.policy.bundle import MAX_FILES, SIGNATURE, SUMS, digest_list, sign
from guardrail.policy.document import MAX_BYTES
from guardrail.shipped import shipped
from guardrail.stores.pack_folder import (
    MemoryFolder,
    bounded,
    digest_of,
    files_of,
    looks_of,
    snapshot,
)

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
FILES = {"xx/pack.yaml": b"a", "xx/notices.yaml": b"b"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with `FILES`, signed by `KEY`."""
    packs = tmp_path / "packs"
    for path, data in FILES.items():
        (packs / path).parent.mkdir(parents=True, exist_ok=True)
        (packs / path).write_bytes(data)
    sums = digest_list(FILES, ["xx@2026.11.1"])
    (packs / SUMS).write_bytes(sums)
    (packs / SIGNATURE).write_bytes(sign(sums, KEY))
    return packs


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "packs.pub"
    public = KEY.public_key()
    path.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


def test_a_snapshot_holds_the_packs_and_not_what_is_said_of_them(folder: Path, key: Path) -> None:
    assert snapshot(folder) == snapshot(folder, key) == FILES


def changed(folder: Path) -> None:
    (folder / "xx" / "pack.yaml").write_bytes(b"c")


def added(folder: Path) -> None:
    (folder / "xx" / "cases.yaml").write_bytes(b"c")


def removed(folder: Path) -> None:
    (folder / "xx" / "notices.yaml").unlink()


def resigned(folder: Path) -> None:
    sums = (folder / SUMS).read_bytes()
    (folder / SIGNATURE).write_bytes(sign(sums, Ed25519PrivateKey.generate()))


def unsigned(folder: Path) -> None:
    (folder / SIGNATURE).unlink()


@pytest.mark.parametrize("harm", [changed, added, removed, resigned, unsigned])
def test_what_isnt_as_it_was_signed_isnt_taken(
    folder: Path, key: Path, harm: Callable[[Path], None]
) -> None:
    harm(folder)
    with pytest.raises(ConfigError):
        snapshot(folder, key)
    snapshot(folder)  # unsigned it is a folder like any other


def test_a_folder_as_kubernetes_mounts_it_is_read(tmp_path: Path) -> None:
    """The real files lie in a hidden folder; a link to it is replaced when they change."""
    for version in ("1", "2"):
        real = tmp_path / f"..2026_{version}" / "xx"
        real.mkdir(parents=True)
        (real / "pack.yaml").write_text(version)
    data = tmp_path / "..data"
    data.symlink_to("..2026_1")
    (tmp_path / "xx").symlink_to("..data/xx")
    assert snapshot(tmp_path) == {"xx/pack.yaml": b"1"}
    before = looks_of(tmp_path)
    data.unlink()
    data.symlink_to("..2026_2")
    assert snapshot(tmp_path) == {"xx/pack.yaml": b"2"}
    assert looks_of(tmp_path) != before


def test_a_link_out_of_the_folder_is_refused_even_so(tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    for target in ("/etc", "..", "gone", "link"):
        link = tmp_path / "packs" / "link"
        link.symlink_to(target)
        with pytest.raises(ConfigError, match="neither a plain file nor a folder"):
            snapshot(tmp_path / "packs")
        link.unlink()


def test_every_change_looks_otherwise(folder: Path) -> None:
    file = folder / "xx" / "pack.yaml"
    looks = [looks_of(folder)]
    file.write_bytes(b"longer")
    looks.append(looks_of(folder))
    os.utime(file, ns=(0, 1))
    looks.append(looks_of(folder))
    file.unlink()
    looks.append(looks_of(folder))
    assert len(set(looks)) == 4
    assert looks_of(folder / "gone") == ()


@given(st.dictionaries(st.sampled_from("abcd"), st.binary(max_size=3)))
def test_a_digest_is_of_names_and_contents(files: dict[str, bytes]) -> None:
    assert digest_of(dict(reversed(files.items()))) == digest_of(files)
    for name, data in files.items():
        other = {**files, name: data + b"x"}
        assert digest_of(other) != digest_of(files)
        moved = {**files}
        moved["z"] = moved.pop(name)
        assert digest_of(moved) != digest_of(files)


def test_packs_load_from_memory_as_from_disk() -> None:
    root = shipped("policies")
    names = pack_names(root)[:2]
    files = {f"{n}/{f.name}": f.read_bytes() for n in names for f in root.joinpath(n).iterdir()}
    held = MemoryFolder(files)
    assert pack_names(held) == names
    assert load_packs(held, names) == load_packs(root, names)


def test_a_folder_in_memory_has_what_lies_in_it_and_nothing_else() -> None:
    root = MemoryFolder({"a/b/c": b"\xd2\x9b", "d": b""})
    assert [item.name for item in root.iterdir()] == ["a", "d"]
    assert root.joinpath("a").is_dir()
    assert not root.joinpath("a").is_file()
    assert not root.joinpath("e").is_dir()
    assert root.joinpath("a", "b").joinpath("c").read_text("utf-8") == "қ"
    with pytest.raises(FileNotFoundError, match="No such file"):
        root.joinpath("e").read_bytes()


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
