"""Which method and path mean what: exact paths and templates with ``{x}``."""

from __future__ import annotations

import re
from typing import Generic, TypeVar

_Found = TypeVar("_Found")

_PARAMETER = re.compile(r"\{[a-z_]+(\*?)\}")
_SEGMENT = r"(?!(?:\.|%2[eE]){1,2}(?:/|\Z))[^/?#\\]+"
"""One path segment; ``.`` and ``..`` are none, spelt how they may: a server behind would follow
them out of the template."""


class RouteTable(Generic[_Found]):
    """Finds what was added for a path. Exact paths go first, then templates in their order."""

    def __init__(self) -> None:
        """Start with no routes."""
        self._exact: dict[tuple[str, str], _Found] = {}
        self._templates: list[tuple[str, re.Pattern[str], _Found]] = []

    def add(self, method: str, path: str, found: _Found) -> bool:
        """Add a route; tell whether it is new."""
        if not _PARAMETER.search(path):
            return self._exact.setdefault((method, path), found) is found
        self._templates.append((method, _compiled(path), found))
        return True

    def find(self, method: str, path: str) -> _Found | None:
        """Return what was added for a method and a path without its query."""
        found = self._exact.get((method, path))
        if found is not None:
            return found
        for of_method, template, value in self._templates:
            if of_method == method and template.match(path):
                return value
        return None


def _compiled(path: str) -> re.Pattern[str]:
    pieces: list[str] = []
    done = 0
    for match in _PARAMETER.finditer(path):
        rest = f"(?:/{_SEGMENT})*" if match[1] else ""
        pieces += (re.escape(path[done : match.start()]), _SEGMENT, rest)
        done = match.end()
    return re.compile("".join((*pieces, re.escape(path[done:]), r"\Z")))
