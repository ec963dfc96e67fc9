"""Reads the word lists and templates beside this file, once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
CYRILLIC = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі")


@cache
def words(*names: str) -> tuple[str, ...]:
    """The entries of one or more lists of ``lexicon/``, in order, without doubles."""
    return tuple(dict.fromkeys(line for name in names for line in _lines(f"lexicon/{name}.txt")))


@cache
def templates(name: str) -> tuple[str, ...]:
    r"""The templates of one file of ``templates/``; ``\n`` and ``\t`` stand for themselves."""
    lines = _lines(f"templates/{name}.txt")
    return tuple(line.replace("\\n", "\n").replace("\\t", "\t") for line in lines)


@cache
def template_files(lang: str) -> tuple[str, ...]:
    """The names of all template files of a language, those of negatives among them."""
    return tuple(sorted(path.stem for path in (HERE / "templates").glob(f"{lang}*.txt")))


def _lines(path: str) -> list[str]:
    text = (HERE / path).read_text("utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("# ")]
