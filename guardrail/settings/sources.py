"""Where settings come from: flags, the environment, a file; and what is wrong, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import yaml
from pydantic import BaseModel, ValidationError

from guardrail.errors import ConfigError, nearest
from guardrail.settings.sections import Looking
from guardrail.settings.whole import Settings

ENV_PREFIX = "GUARDRAIL_"
_KUBERNETES_LINK = re.compile(
    r"GUARDRAIL_(?:\w+_)??(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9]\w*)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)"
)
_KUBERNETES_ADDRESS = ("tcp://", "udp://", "sctp://")
_MAX_FILE_BYTES = 256 << 10
_MAX_FILE_DEPTH = 16
"""Of mappings and lists in each other. Building a tree recurses: the depth is counted before."""
_MAX_PROBLEMS = 10
"""Told of one file; the rest are counted."""

_NO_SETTINGS = frozenset({"GUARDRAIL_CONFIG", "GUARDRAIL_VAULT_KEY"})
"""Variables of commands."""

Tree = dict[str, object]


def load(
    *,
    flags: Mapping[str, object],
    environment: Mapping[str, str],
    file: tuple[str, bytes] | None = None,
) -> Settings:
    """Merge the three sources over the defaults.

    Args:
        flags: settings by dotted key; None means that the flag wasn't given.
        environment: all variables of the process.
        file: name and content of the YAML file, if there is one.

    Raises:
        ConfigError: an unknown key, or a value of the wrong type or range.
    """
    merged: Tree = {}
    for source, tree in (
        (file[0] if file else "", _from_file(*file) if file else {}),
        ("environment", _from_environment(environment)),
        ("command line", _nested({k: v for k, v in flags.items() if v is not None}, ".")),
    ):
        _refuse_unknown(tree, Settings, source)
        _merge(merged, tree)
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        problems = [_in_words(detail["loc"], detail["msg"]) for detail in details[:_MAX_PROBLEMS]]
        if len(details) > _MAX_PROBLEMS:
            problems.append(f"and {len(details) - _MAX_PROBLEMS} more")
        raise ConfigError("; ".join(problems), fix="see `guardrail config schema`") from None


def _in_words(place: Sequence[int | str], message: str) -> str:
    where = ".".join(str(step) for step in place)
    said = message.removeprefix("Value error, ")
    return f"{where}: {said}" if where else said


def _from_file(name: str, content: bytes) -> Tree:
    if len(content) > _MAX_FILE_BYTES:
        raise ConfigError(f"{name}: larger than {_MAX_FILE_BYTES} bytes")
    try:
        _check_shape(name, content)
        tree = yaml.safe_load(content)
    except yaml.MarkedYAMLError as error:
        # Not the whole error: it quotes the line, which may hold a key.
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{name}: line {line}: {error.problem or error.context}") from None
    except (yaml.YAMLError, ValueError):
        raise ConfigError(f"{name}: not YAML") from None
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        raise ConfigError(f"{name}: a mapping of settings is expected, as `port: 8080`")
    return tree


def _check_shape(name: str, content: bytes) -> None:
    """Refuse what settings have no use for: deep nesting, aliases, tags, keys that stand twice."""
    depth = 0
    for event in yaml.parse(content, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else 1
        if depth > _MAX_FILE_DEPTH:
            raise ConfigError(f"{name}: line {line}: nested deeper than {_MAX_FILE_DEPTH}")
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            raise ConfigError(f"{name}: line {line}: anchors and aliases can't be used here")
        if getattr(event, "tag", None) is not None:
            raise ConfigError(f"{name}: line {line}: tags can't be used here")
    _check_keys(name, yaml.compose(content, Loader=yaml.SafeLoader))


def _check_keys(name: str, node: yaml.Node | None) -> None:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _check_keys(name, item)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.tag != "tag:yaml.org,2002:str":
            raise ConfigError(f"{name}: line {line}: a key must be a word")
        if key.value in seen:
            raise ConfigError(f"{name}: line {line}: {key.value!r} is set twice")
        seen.add(key.value)
        _check_keys(name, value)


def _from_environment(environment: Mapping[str, str]) -> Tree:
    flat = {
        name.removeprefix(ENV_PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(ENV_PREFIX)
        and name not in _NO_SETTINGS
        and not _is_kubernetes_link(name, value)
    }
    return _nested(flat, "__")


def _is_kubernetes_link(name: str, value: str) -> bool:
    # Kubernetes tells pods of a Service `guardrail`, or `guardrail-admin`, by GUARDRAIL_PORT=tcp://…
    # and more. None of them looks like a setting: levels are told apart by two underscores.
    if name.endswith("_PORT") and value.startswith(_KUBERNETES_ADDRESS):
        return True
    return _KUBERNETES_LINK.fullmatch(name) is not None


def _nested(flat: Mapping[str, object], separator: str) -> Tree:
    tree: Tree = {}
    for key, value in flat.items():
        *path, last = key.split(separator)
        node = tree
        for step in path:
            below = node.setdefault(step, {})
            if not isinstance(below, dict):
                raise ConfigError(f"{key}: {step} is a value, not a section")
            node = below
        node[last] = value
    return tree


def _merge(into: Tree, tree: Tree) -> None:
    for key, value in tree.items():
        old = into.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            _merge(old, value)
        else:
            into[key] = value


def _refuse_unknown(tree: Tree, section: type[BaseModel], source: str, above: str = "") -> None:
    for key, value in tree.items():
        field = section.model_fields.get(key)
        if field is None:
            hint = nearest(key, section.model_fields)
            raise ConfigError(f"{source}: unknown setting {above + key!r}{hint}")
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel) and isinstance(value, dict):
            _refuse_unknown(value, inner, source, f"{above}{key}.")
        elif inner == dict[str, Looking] and isinstance(value, dict):
            for name, each in value.items():
                if isinstance(each, dict):
                    _refuse_unknown(each, Looking, source, f"{above}{key}.{name}.")
