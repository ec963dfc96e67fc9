import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Write = Callable[..., Path]

NOTICES = {"told": {"kk": "Айтылды", "ru": "Сказано"}, "other": {"kk": "Өзге", "ru": "Иное"}}


@pytest.fixture
def rule() -> Callable[..., dict[str, Any]]:
    """Return a maker of rules as a pack writes them; None takes a key out."""

    def make(**changes: object) -> dict[str, Any]:
        written: dict[str, Any] = {
            "id": "xx.1.a",
            "article": {"instrument": "1-I", "article": "1"},
            "source": "read",
            "verify_with_counsel": False,
            "valid_from": "2026-01-18",
            "when": {"category": ["personal"]},
            "action": "refuse",
            "on_error": "refuse",
            "notice": "told",
            "obligation": ["XX-1"],
        }
        written |= changes
        return {key: value for key, value in written.items() if value is not None}

    return make


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a writer of pack folders: JSON is YAML too."""

    def make(*rules: dict[str, Any], name: str = "xx", **changes: object) -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        notices = changes.pop("notices", NOTICES)
        cases = changes.pop("cases", [])
        pack = {
            "id": name,
            "version": "2026.11.1",
            "jurisdiction": "KZ",
            "languages": ["kk", "ru"],
            "title": {"kk": "Заң", "ru": "Закон"},
            "rules": list(rules),
        } | changes
        for file, content in (
            ("pack.yaml", pack),
            ("notices.yaml", notices),
            ("cases.yaml", {"cases": cases}),
        ):
            (folder / file).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return tmp_path

    return make
