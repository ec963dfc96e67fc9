"""What our own model of a request is called by those who read telemetry: names as data.

The conventions of OpenTelemetry for guardrails aren't settled, and names will change; so they stand
in ``conventions.yaml``, and operators may bring a file of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import yaml

from guardrail.errors import ConfigError, nearest
from guardrail.facts import Action, Direction, Hit
from guardrail.telemetry.trail import Made, Trail

Plain = str | int | Sequence[str]
Attributes = dict[str, Plain]
Document = Mapping[str, object]

_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
_KEYS = ("span", "span_attributes", "event", "event_attributes", "values")
_WORDS = {
    "direction": tuple(Direction),
    "verdict": tuple(Action),
    "enforced": tuple(Action),
}
"""What is a word of ours, and may be another one of theirs."""


def _deciding(made: Made) -> Hit | None:
    """Return the first of the strictest rules that applied."""
    decision = made[2]
    return next(
        (hit for hit in decision.hits if hit.action is decision.action),
        next(iter(decision.hits), None),
    )


def _of_rule(get: Callable[[Hit], str]) -> Callable[[Made], str]:
    def of(made: Made) -> str:
        hit = _deciding(made)
        return get(hit) if hit is not None else ""

    return of


def _each(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


SPAN: Mapping[str, Callable[[Trail], Plain]] = {
    "method": lambda trail: trail.method,
    "status": lambda trail: trail.status,
    "error": lambda trail: trail.code,
    "wire": lambda trail: trail.wire,
    "route": lambda trail: trail.route,
    "operation": lambda trail: operation_name(trail.operation),
    "provider": lambda trail: provider_name(trail.wire),
    "model": lambda trail: trail.model,
    "response_model": lambda trail: trail.usage.model,
    "input_tokens": lambda trail: trail.usage.input or 0,
    "output_tokens": lambda trail: trail.usage.output or 0,
    "finish_reasons": lambda trail: trail.usage.finished,
    "request_id": lambda trail: trail.request_id,
    "outcome": lambda trail: trail.outcome,
    "rules": lambda trail: tuple(trail.rules),
    "packs": lambda trail: tuple(trail.packs),
    "evidence": lambda trail: tuple(str(one) for one in trail.evidence),
    "overhead_us": lambda trail: int(trail.spent * 1e6),
}
"""What a span can say. The error of a refusal by rule is none."""

EVENT: Mapping[str, Callable[[Made], Plain]] = {
    "direction": lambda made: made[1],
    "verdict": lambda made: made[2].action.value,
    "enforced": lambda made: made[2].action.value,
    "rule": _of_rule(lambda hit: hit.rule),
    "article": _of_rule(lambda hit: hit.article),
    "pack": _of_rule(lambda hit: hit.pack),
    "ruleset": _of_rule(lambda hit: hit.pack.partition("@")[0]),
    "ruleset_version": _of_rule(lambda hit: hit.pack.partition("@")[2]),
    "rules": lambda made: made[2].rules,
    "articles": lambda made: _each(hit.article for hit in made[2].hits),
    "categories": lambda made: _each(found.category.value for found in made[3]),
    "entities": lambda made: _each(found.entity for found in made[3]),
    "findings": lambda made: len(made[3]),
    "request_id": lambda _: "",
}
"""What an event can say of a decision: the rule that decided it, and all that applied. The
request's id comes with the request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conventions:
    """A set of names."""

    span: str
    span_attributes: Sequence[tuple[str, str]]
    """What, and what it is called."""
    event: str
    event_attributes: Sequence[tuple[str, str]]
    values: Mapping[str, Mapping[str, str]]

    def of_request(self, trail: Trail) -> Attributes:
        """Return the attributes of a request's span; what is empty is left out."""
        said = ((name, SPAN[what](trail)) for what, name in self.span_attributes)
        return {name: value for name, value in said if value}

    def of_decision(self, made: Made, request_id: str) -> Attributes:
        """Return the attributes of a decision's event; what is empty is left out."""
        attributes: Attributes = {}
        for what, name in self.event_attributes:
            value = request_id if what == "request_id" else EVENT[what](made)
            words = self.values.get(what)
            if words is not None and isinstance(value, str):
                value = words.get(value, value)
            if value not in ("", ()):
                attributes[name] = value
        return attributes


def load_conventions(name: str) -> Conventions:
    """Return a set of names.

    Args:
        name: of a set that ships, or the path of a YAML file with one set's keys.

    Raises:
        ConfigError: there is none of that name, or it names what the guard doesn't know.
    """
    sets = _shipped()["sets"]
    assert isinstance(sets, dict)  # noqa: S101 - a file of ours; tests read it
    if name in sets:
        return _checked(name, sets[name])
    if not ("/" in name or name.endswith((".yaml", ".yml"))):
        raise ConfigError(
            f"telemetry.conventions: there is no set {name!r}{nearest(name, sets)}",
            fix=f"use one of {', '.join(sets)}, or the path of a file",
        )
    try:
        document = yaml.safe_load(Path(name).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(
            f"telemetry.conventions: {name} can't be read: {type(error).__name__}"
        ) from None
    return _checked(name, document)


def operation_name(operation: str) -> str:
    """Return what the GenAI conventions call an operation of a wire format."""
    return _renamed("operations").get(operation, operation)


def provider_name(wire: str) -> str:
    """Return what the GenAI conventions call who speaks a wire format."""
    known = _renamed("providers")
    return next((known[start] for start in known if wire.startswith(start)), wire)


def metric_name(name: str) -> str:
    """Return what a metric is called over OTLP."""
    return _renamed("metrics").get(name, name)


def metric_unit(name: str) -> str:
    """Return a metric's unit over OTLP (UCUM), by the name that Prometheus sees."""
    return _renamed("units").get(name, "s" if name.endswith("_seconds") else "1")


def label_name(name: str) -> str:
    """Return what a metric's label is called over OTLP."""
    return _renamed("labels").get(name, name)


@lru_cache(maxsize=1)
def _shipped() -> Document:
    text = (files("guardrail.telemetry") / "conventions.yaml").read_text("utf-8")
    document: Document = yaml.safe_load(text)
    return document


@lru_cache(maxsize=8)
def _renamed(part: str) -> Mapping[str, str]:
    names = _shipped()[part]
    assert isinstance(names, dict)  # noqa: S101 - a file of ours; tests read it
    return names


def _checked(name: str, document: object) -> Conventions:
    if not isinstance(document, dict):
        raise ConfigError(f"telemetry.conventions: {name} is no mapping")
    for key in document:
        _expect_known(name, str(key), _KEYS)
    if missing := [key for key in _KEYS[:4] if key not in document]:
        raise ConfigError(f"telemetry.conventions: {name} lacks {', '.join(missing)}")
    return Conventions(
        span=_named(name, document["span"]),
        span_attributes=_attributes(name, document["span_attributes"], SPAN),
        event=_named(name, document["event"]),
        event_attributes=_attributes(name, document["event_attributes"], EVENT),
        values=_values(name, document.get("values") or {}),
    )


def _attributes(name: str, document: object, known: Iterable[str]) -> Sequence[tuple[str, str]]:
    if not isinstance(document, dict):
        raise ConfigError(f"telemetry.conventions: {name}: attributes are a mapping")
    pairs: list[tuple[str, str]] = []
    for what, names in document.items():
        _expect_known(name, str(what), known)
        called = names if isinstance(names, list) else [names]
        pairs += [(str(what), _named(name, one)) for one in called]
    return tuple(pairs)


def _values(name: str, document: object) -> Mapping[str, Mapping[str, str]]:
    if not isinstance(document, dict):
        raise ConfigError(f"telemetry.conventions: {name}: values are a mapping")
    for what, words in document.items():
        _expect_known(name, str(what), _WORDS)
        for word in words:
            _expect_known(name, str(word), _WORDS[what])
    return {what: {str(a): str(b) for a, b in words.items()} for what, words in document.items()}


def _named(name: str, value: object) -> str:
    if not (isinstance(value, str) and _NAME.fullmatch(value)):
        raise ConfigError(
            f"telemetry.conventions: {name}: {value!r} isn't the name of an attribute or event",
            fix="lower-case words with dots between, as gen_ai.guardrail.result",
        )
    return value


def _expect_known(name: str, what: str, known: Iterable[str]) -> None:
    known = tuple(known)
    if what not in known:
        raise ConfigError(
            f"telemetry.conventions: {name}: the guard knows no {what!r}{nearest(what, known)}"
        )
