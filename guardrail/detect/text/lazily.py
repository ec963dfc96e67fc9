"""Patterns of Python's `re` that are compiled when they are first used.

Compiling all of ours takes longer than everything else before the first answer, and most texts use
few of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn")


class _LazyPattern:
    """Stands for an `re.Pattern`: the first use puts the compiled one's methods in place.

    From then on a call costs what it does on the pattern itself. Threads that race compile twice.
    """

    def __init__(self, made: str | Callable[[], str]) -> None:
        if isinstance(made, str):
            self.pattern = made
        else:
            self._make = made

    def __getattr__(self, name: str) -> object:
        """Compile the pattern, which is made first where need be; return its attribute `name`."""
        if name == "pattern":
            self.pattern = self._make()
            return self.pattern
        compiled = re.compile(self.pattern)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def lazily(pattern: str | Callable[[], str]) -> re.Pattern[str]:
    """Return `pattern`, or what it makes, compiled when it is first used.

    Only then it may turn out to be no pattern.
    """
    return cast("re.Pattern[str]", _LazyPattern(pattern))
