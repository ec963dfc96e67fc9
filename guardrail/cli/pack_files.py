"""Packs in folders: found by path or name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from guardrail.errors import BadInput

if TYPE_CHECKING:
    from guardrail.policy import Pack


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


def title_of(pack: Pack) -> str:
    """Return a pack's title in English, or in the first language that it has."""
    return pack.title.get("en") or next(iter(pack.title.values()))
