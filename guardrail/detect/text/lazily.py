"""Patterns of Python's `re` that are compiled when they are first used.

Compiling all of ours takes longer than everything else before the first answer, and most texts use
few of them.
"""

from __future__ import annotations

import re
from typing import cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn")


class _LazyPattern:
    """Stands for an `re.Pattern`: the first use puts the compiled one's methods in place.

    From then on a call costs what it does on the pattern itself. Threads that race compile twice.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def __getattr__(self, name: str) -> object:
        """Compile the pattern, and return its attribute `name`."""
        compiled = re.compile(self.pattern)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def lazily(pattern: str) -> re.Pattern[str]:
    """Return `pattern`, compiled when it is first used; then it may turn out to be none."""
    return cast("re.Pattern[str]", _LazyPattern(pattern))
