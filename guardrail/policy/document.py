"""YAML that means one thing only: bounded, no aliases, no duplicate keys, names in quotes or not.

A pack is read by lawyers and compared line by line, so what YAML offers beyond plain mappings,
lists and scalars is refused.
"""

from __future__ import annotations

import yaml

from guardrail.errors import ConfigError

MAX_BYTES = 256 * 1024
"""Of one file. The largest shipped one has a tenth of it."""
MAX_DEPTH = 16
"""Of mappings and lists in each other. The C parser recurses natively: unbounded nesting kills the
process, so the depth is counted on its event stream before any tree is built."""


def read_document(raw: bytes, name: str) -> object:
    """Return what the YAML document `raw` says.

    Args:
        raw: the file's bytes, UTF-8.
        name: how errors call the file.

    Raises:
        ConfigError: it is too large, too deep, isn't one YAML document, or has an alias, a tag or a
            key twice.
    """
    if len(raw) > MAX_BYTES:
        raise ConfigError(f"{name}: {len(raw)} bytes, at most {MAX_BYTES} are read")
    try:
        text = raw.decode("utf-8")
        _check_events(text, name)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        _check_keys(root, name)
        return _construct(text)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name}: not UTF-8 at byte {error.start}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{name}: line {line}: {error.problem or error.context}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(f"{name}: not YAML: {error}") from error


def _construct(text: str) -> object:
    loaded: object = yaml.load(text, Loader=yaml.CSafeLoader)
    return loaded


def _check_events(text: str, name: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            raise ConfigError(
                f"{name}: line {line}: anchors and aliases aren't allowed: write it out"
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise ConfigError(f"{name}: line {line}: nested deeper than {MAX_DEPTH}")
        if getattr(event, "tag", None) is not None:
            raise ConfigError(f"{name}: line {line}: tags aren't allowed")


def _check_keys(node: yaml.Node | None, name: str) -> None:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _check_keys(item, name)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        line = key.start_mark.line + 1
        # `on`, `no` and `2` would be a boolean or a number, `<<` would merge
        if key.tag != "tag:yaml.org,2002:str":
            raise ConfigError(f"{name}: line {line}: a key must be a word: put quotes around it")
        if key.value in seen:
            raise ConfigError(f"{name}: line {line}: key {key.value!r} is there twice")
        seen.add(key.value)
        _check_keys(value, name)
