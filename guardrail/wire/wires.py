"""All wire formats of an installation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources.abc import Traversable

from guardrail.errors import ConfigError, nearest
from guardrail.wire.adapter import Adapter
from guardrail.wire.limits import LIMITS, Limits
from guardrail.wire.routes import RouteTable
from guardrail.wire.spec import Spec
from guardrail.wire.spec_file import UNTOLD, Told, parse_spec

_FILE = "wire.yaml"
GENERIC = "generic-json"
_ANY = frozenset({GENERIC, "generic-websocket"})
"""Formats of bodies and messages that nobody knows."""
"""The format of any body."""


class Wires:
    """Finds the wire format that a request speaks."""

    def __init__(self, specs: Iterable[Spec], limits: Limits = LIMITS) -> None:
        """Take the specs.

        Raises:
            ConfigError: two of them claim one route.
        """
        self._adapters: dict[str, Adapter] = {}
        self._routes: RouteTable[Adapter] = RouteTable()
        for spec in specs:
            adapter = self._adapters[spec.name] = Adapter(spec, limits)
            for route in spec.routes:
                if not self._routes.add(route.method, route.path, adapter):
                    raise ConfigError(f"{spec.name}: another wire spec has {route.path}, too")

    @property
    def adapters(self) -> tuple[Adapter, ...]:
        """All adapters, by name."""
        return tuple(self._adapters.values())

    def match(self, method: str, path: str) -> Adapter | None:
        """Return the adapter whose routes hold a method and a path without its query."""
        return self._routes.find(method, path)

    def named(self, name: str) -> Adapter:
        """Return the adapter called `name`.

        Raises:
            ConfigError: there is none; says the nearest.
        """
        if name not in self._adapters:
            raise ConfigError(f"no wire spec {name!r}{nearest(name, self._adapters)}")
        return self._adapters[name]


def load_wires(
    root: Traversable,
    names: Sequence[str] = (),
    *,
    own: Traversable | None = None,
    generic_text: Sequence[str] = (),
    generic_label: str = "",
    limits: Limits = LIMITS,
) -> Wires:
    """Read ``<root>/<name>/wire.yaml`` for each of `names`, or all there are.

    Args:
        root: a folder with a folder for each format.
        names: which of them; all where empty.
        own: another such folder: a format in it stands in place of one of the same name.
        generic_text: paths at which the format of any body holds what people and the AI say.
        generic_label: the path at which replies of any body, and messages of any WebSocket, that
            hold such a text have room for a label; nowhere where empty.
        limits: on what is read.

    Raises:
        ConfigError: a spec isn't there or can't be used; says which, where and the nearest word;
            or no text is named for the label to stand beside.
    """
    there = _files(root) | (_files(own) if own is not None else {})
    specs = []
    for name in names or there:
        if name not in there:
            raise ConfigError(f"no wire spec {name!r}{nearest(name, there)}")
        texts = generic_text if name == GENERIC else ()
        told = _told(generic_label, generic_text) if name in _ANY else UNTOLD
        spec = parse_spec(there[name].read_bytes(), f"{name}/{_FILE}", texts, told)
        if spec.name != name:
            raise ConfigError(f"{name}/{_FILE} calls itself {spec.name!r}: use the folder's name")
        specs.append(spec)
    return Wires(specs, limits)


def _told(label: str, texts: Sequence[str]) -> Told:
    """Return where the formats of what nobody knows have room for a label."""
    if label and not all(text and text[0] != "*" for text in texts or ("",)):
        raise ConfigError(
            "generic.label has no text to stand beside",
            fix="Name in generic.text where the AI's texts are, each path beginning with a name.",
        )
    return Told(at=label, beside=tuple(texts))


def _files(root: Traversable) -> dict[str, Traversable]:
    try:
        folders = sorted(root.iterdir(), key=lambda folder: folder.name)
    except OSError:
        raise ConfigError(f"no folder of wire formats at {root}") from None
    return {
        folder.name: folder / _FILE
        for folder in folders
        if folder.is_dir() and (folder / _FILE).is_file()
    }
