"""Reading a wire spec's YAML strictly: an unknown, missing or wrong member stops the start-up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import TypeVar

import yaml

from guardrail.errors import ConfigError, nearest

_Term = TypeVar("_Term", bound=Enum)


class Fields:
    """A mapping in a wire spec, with the members it may have. Knows where it stands, for errors."""

    def __init__(self, raw: object, where: str, *, known: Iterable[str]) -> None:
        """Take a mapping of the YAML tree.

        Raises:
            ConfigError: it isn't a mapping, or has a member that isn't known.
        """
        if not isinstance(raw, Mapping):
            raise ConfigError(f"{where} must be a mapping")
        names = list(known)
        for name in raw:
            if name not in names:
                raise ConfigError(f"{where} has an unknown key {name!r}{nearest(str(name), names)}")
        self._raw: Mapping[str, object] = raw
        self.where = where

    def __contains__(self, name: str) -> bool:
        return name in self._raw

    def raw(self, name: str) -> object:
        """Return a member as it is, or None."""
        return self._raw.get(name)

    def text(self, name: str, default: str | None = None) -> str:
        """Return a string; without `default` it must be there."""
        value = self._raw.get(name, default)
        if not isinstance(value, str):
            raise ConfigError(f"{self.where}.{name} must be a string")
        return value

    def number(self, name: str) -> int:
        """Return a positive whole number; it must be there."""
        value = self._raw.get(name)
        if type(value) is not int or value < 1:
            raise ConfigError(f"{self.where}.{name} must be a whole number from 1")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._raw.get(name, default)
        if not isinstance(value, bool):
            raise ConfigError(f"{self.where}.{name} must be true or false")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of strings, empty where there is none."""
        value = self._raw.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ConfigError(f"{self.where}.{name} must be a list of strings")
        return tuple(value)

    def items(self, name: str) -> list[tuple[object, str]]:
        """Return a list's items, each with where it stands."""
        value = self._raw.get(name, [])
        if not isinstance(value, list):
            raise ConfigError(f"{self.where}.{name} must be a list")
        return [(item, f"{self.where}.{name}[{index}]") for index, item in enumerate(value)]

    def mapping(self, name: str) -> Mapping[str, str]:
        """Return a mapping of strings to strings, empty where there is none."""
        value = self._raw.get(name, {})
        if not isinstance(value, dict) or not all(
            isinstance(key, str) and isinstance(item, str) for key, item in value.items()
        ):
            raise ConfigError(f"{self.where}.{name} must map strings to strings")
        return value


def one_of(kind: type[_Term], word: str, where: str) -> _Term:
    """Return the member of `kind` that `word` names.

    Raises:
        ConfigError: there is none; names the nearest.
    """
    try:
        return kind(word)
    except ValueError:
        known = [str(term.value) for term in kind]
        raise ConfigError(f"{where}: unknown {word!r}{nearest(word, known)}") from None


def load_yaml(data: bytes, where: str) -> object:
    """Return a YAML document's value.

    Raises:
        ConfigError: it can't be read, or a mapping names a key twice.
    """
    try:
        return yaml.load(data, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader, made stricter
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise ConfigError(f"{where} can't be read{line}: {problem}") from problem


_Loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""In C where there is one: it is ten times as fast, and every start reads every format."""


class _StrictLoader(_Loader):  # type: ignore[misc,valid-type]  # the same class, in C or not
    """Refuses duplicate keys, of which YAML would silently take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:  # noqa: FBT001, FBT002 - PyYAML's own signature
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice", node.start_mark
                )
        made: dict[object, object] = super().construct_mapping(node, deep=deep)
        return made
