"""Packs in folders: found by path or name, and read file by file, bounded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from guardrail.errors import BadInput, ConfigError

if TYPE_CHECKING:
    from guardrail.policy import Pack
    from guardrail.policy.reach import World

_DEPTH = 4
"""Of folders in a bundle."""


def packs_at(path: Path) -> tuple[Path, tuple[str, ...]]:
    """Return the folder that packs lie in, and their names.

    Args:
        path: a pack's own folder, or one with a folder for each pack.

    Raises:
        BadInput: no pack is there.
    """
    from guardrail.policy import pack_names
    from guardrail.policy.pack import RULES

    path = path.absolute()
    if (path / RULES).is_file():
        return path.parent, (path.name,)
    names = pack_names(path) if path.is_dir() else ()
    if not names:
        raise BadInput(
            f"{path}: no pack is there",
            fix=f"name a folder with {RULES} in it, or one that holds such folders",
        )
    return path, names


def pack_at(named: str) -> Pack:
    """Return the pack in a folder, or the one that ships under a name.

    Raises:
        ConfigError: there is none, or it isn't as it must be.
        BadInput: a folder holds several.
    """
    from guardrail.policy import load_packs
    from guardrail.shipped import shipped

    path = Path(named)
    if not path.is_dir():
        return load_packs(shipped("policies"), [named])[0]
    root, names = packs_at(path)
    if len(names) > 1:
        raise BadInput(f"{path} holds {len(names)} packs", fix=f"name one, as {path / names[0]}")
    return load_packs(root, names)[0]


def known_world() -> World:
    """Return what messages can be like: what detectors find, where a system may be used."""
    from typing import get_args

    from guardrail.detect import ENTITIES
    from guardrail.detect.intent.injection import DUTY_EVASION, PROMPT_INJECTION
    from guardrail.facts import Category
    from guardrail.policy.reach import World
    from guardrail.settings import Context

    found = {name: entity.category for name, entity in ENTITIES.items()}
    attacks = dict.fromkeys((DUTY_EVASION, PROMPT_INJECTION), Category.PROHIBITED)
    return World(entities=found | attacks, contexts=get_args(Context))


def files_of(folder: Path, *, without: frozenset[str] = frozenset()) -> dict[str, bytes]:
    """Return every file of a bundle, by its path with slashes.

    Args:
        folder: the bundle.
        without: files right in it that don't belong to it, by name.

    Raises:
        BadInput: the folder can't be read.
        ConfigError: something in it isn't a plain file or folder, is too large, or too deep.
    """
    from guardrail.policy.bundle import MAX_FILES

    if not folder.is_dir():
        raise BadInput(f"{folder}: no such folder")
    files: dict[str, bytes] = {}
    waiting = [folder]
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            inside = path.relative_to(folder)
            if str(inside) in without:
                continue
            if path.is_dir() and not path.is_symlink() and len(inside.parts) < _DEPTH:
                waiting.append(path)
            else:
                files[inside.as_posix()] = _content(path)
            if len(files) + len(waiting) > MAX_FILES:
                raise ConfigError(f"{folder}: more than {MAX_FILES} files")
    return files


def _content(path: Path) -> bytes:
    from guardrail.policy.document import MAX_BYTES

    # A link could lead to what nobody signed, and to another place tomorrow.
    if path.is_symlink() or not path.is_file():
        raise ConfigError(f"{path}: neither a plain file nor a folder of a pack")
    return bounded(path, MAX_BYTES)


def bounded(path: Path, most: int) -> bytes:
    """Return a file's bytes.

    Raises:
        BadInput: it can't be read.
        ConfigError: it has more than `most` bytes.
    """
    try:
        with path.open("rb") as opened:
            data = opened.read(most + 1)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
    if len(data) > most:
        raise ConfigError(f"{path}: more than {most} bytes")
    return data


def title_of(pack: Pack) -> str:
    """Return a pack's title in English, or in the first language that it has."""
    return pack.title.get("en") or next(iter(pack.title.values()))
