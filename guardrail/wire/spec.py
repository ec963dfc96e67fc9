"""Wire specs: what ``adapters/<name>/wire.yaml`` says, checked and compiled.

A spec selects and points; it never computes:

``name``, ``version``   as evidence names it; the name is also the folder's
``routes``              method and paths (``{x}`` is one segment, ``{x*}`` the rest), the operation,
                        and ``examined: false`` where no content travels
``operation``           what is asked for on any other path
``request``             ``root`` (object or any), ``model``, ``stream``, ``machine_read``,
                        ``speakers`` (which objects name their author, in which member),
                        ``strings``
``reply``               ``root``, ``model``, ``strings``
``stream``              ``end``, ``error``, ``finish`` (what ends which channels), ``numbered``
                        (items that carry their index), ``carry`` (what an event made in another's
                        likeness takes over), ``refusal`` (a template), ``strings`` by path, each
                        with its channel's name
``errors``              ``types`` by status or class of statuses, ``body`` (a template)

``strings`` is a list of rules; the first that covers a place decides. See `guardrail.wire.shape`
for paths, `guardrail.wire.rules` for what a rule may say, `guardrail.wire.template` for templates.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from guardrail.errors import ConfigError, nearest
from guardrail.facts import Author, Place
from guardrail.wire.fields import Fields, load_yaml, one_of
from guardrail.wire.rules import parse_rules, pattern
from guardrail.wire.shape import ANY, Pattern, Rule, State, compile_shape
from guardrail.wire.template import ANSWER, check_template
from guardrail.wire.walk import Speakers

_TOP = ("name", "version", "operation", "routes", "request", "reply", "stream", "errors")
_STREAM = ("root", "end", "error", "finish", "numbered", "carry", "refusal", "strings")
_ROOTS = frozenset({"object", "any"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A method and path that this format is spoken at."""

    method: str
    path: str
    operation: str
    examined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """How requests, or replies, or a stream's events are read."""

    is_object: bool
    shape: State
    model: Place = ()
    stream: Place = ()
    machine_read: Place = ()
    machine_values: frozenset[str] = frozenset()
    speakers: Speakers = field(default_factory=Speakers)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSpec:
    """What a streamed reply has besides its strings."""

    side: Side
    end: bytes
    """The data of the event that ends the stream, or nothing."""
    error: Place = ()
    finish: Pattern = ()
    finish_channels: str = ""
    number: str = ""
    """The member in which an array's item carries its index."""
    refusal: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One wire format."""

    name: str
    version: int
    digest: str
    """SHA-256 of the file, in hex."""
    operation: str
    """What a request asks for whose path is in no route."""
    routes: tuple[Route, ...]
    request: Side
    reply: Side
    stream: StreamSpec
    error_types: Mapping[str, str]
    error_body: object


def parse_spec(data: bytes, where: str) -> Spec:
    """Read a ``wire.yaml``.

    Raises:
        ConfigError: it says something that isn't known, or lacks something.
    """
    top = Fields(
        load_yaml(data, where),
        where,
        known=_TOP,
    )
    errors = Fields(top.raw("errors"), f"{where}.errors", known=("types", "body"))
    check_template(errors.raw("body"), ANSWER, f"{errors.where}.body")
    return Spec(
        name=top.text("name"),
        version=top.number("version"),
        digest=hashlib.sha256(data).hexdigest(),
        operation=top.text("operation"),
        routes=tuple(route for raw, place in top.items("routes") for route in _routes(raw, place)),
        request=_request(top.raw("request"), f"{where}.request"),
        reply=_reply(top.raw("reply"), f"{where}.reply"),
        stream=_stream(top.raw("stream"), f"{where}.stream"),
        error_types=errors.mapping("types"),
        error_body=errors.raw("body"),
    )


def _routes(raw: object, where: str) -> list[Route]:
    fields = Fields(raw, where, known=("method", "paths", "operation", "examined"))
    return [
        Route(
            method=fields.text("method"),
            path=path,
            operation=fields.text("operation"),
            examined=fields.flag("examined", default=True),
        )
        for path in fields.texts("paths")
    ]


def _request(raw: object, where: str) -> Side:
    fields = Fields(
        raw, where, known=("root", "model", "stream", "machine_read", "speakers", "strings")
    )
    machine = Fields(
        fields.raw("machine_read") or {}, f"{where}.machine_read", known=("at", "values")
    )
    speakers = Fields(
        fields.raw("speakers") or {}, f"{where}.speakers", known=("at", "member", "authors")
    )
    authors = {
        role: one_of(Author, author, f"{speakers.where}.authors.{role}")
        for role, author in speakers.mapping("authors").items()
    }
    marks: list[tuple[Pattern, Rule | str]] = [*parse_rules(fields)]
    if "at" in speakers:
        marks.append((pattern(speakers.text("at"), speakers.where), "speaks"))
    return Side(
        is_object=_is_object(fields),
        shape=compile_shape(marks),
        model=_place(fields, "model"),
        stream=_place(fields, "stream"),
        machine_read=_place(machine, "at"),
        machine_values=frozenset(machine.texts("values")),
        speakers=Speakers(member=speakers.text("member", ""), authors=authors),
    )


def _reply(raw: object, where: str) -> Side:
    fields = Fields(raw, where, known=("root", "model", "strings"))
    return Side(
        is_object=_is_object(fields),
        shape=compile_shape(parse_rules(fields)),
        model=_place(fields, "model"),
    )


def _stream(raw: object, where: str) -> StreamSpec:
    fields = Fields(
        raw,
        where,
        known=_STREAM,
    )
    finish = Fields(fields.raw("finish") or {}, f"{where}.finish", known=("at", "channels"))
    numbered = Fields(fields.raw("numbered") or {}, f"{where}.numbered", known=("at", "member"))
    carry = Fields(fields.raw("carry") or {}, f"{where}.carry", known=("keep", "cleared"))
    check_template(fields.raw("refusal"), ANSWER | {"index"}, f"{where}.refusal")
    finish_at = pattern(finish.text("at"), finish.where) if "at" in finish else ()
    marks: list[tuple[Pattern, Rule | str]] = [
        (path, replace(rule, codec="", json=rule.codec == "json"))
        for path, rule in parse_rules(fields)
    ]
    marks += [(pattern(path, numbered.where), "numbered") for path in numbered.texts("at")]
    marks += [(pattern(path, carry.where), "kept") for path in carry.texts("keep")]
    marks += [(pattern(path, carry.where), "cleared") for path in carry.texts("cleared")]
    return StreamSpec(
        side=Side(is_object=_is_object(fields), shape=compile_shape(marks)),
        end=fields.text("end", "").encode(),
        error=_place(fields, "error"),
        finish=finish_at,
        finish_channels=_channels(finish, finish_at),
        number=numbered.text("member", ""),
        refusal=fields.raw("refusal"),
    )


def _channels(finish: Fields, at: Pattern) -> str:
    channels = finish.text("channels", "")
    if channels.count(ANY) != at.count(ANY):
        raise ConfigError(f"{finish.where}.channels needs a * for each * of its path")
    return channels


def _is_object(fields: Fields) -> bool:
    root = fields.text("root", "any")
    if root not in _ROOTS:
        raise ConfigError(f"{fields.where}.root: unknown {root!r}{nearest(root, _ROOTS)}")
    return root == "object"


def _place(fields: Fields, name: str) -> Place:
    """Return a path without wildcards as the place of a member."""
    path = fields.text(name, "")
    parts = pattern(path, f"{fields.where}.{name}") if path else ()
    if any(ANY in part for part in parts):
        raise ConfigError(f"{fields.where}.{name} must lead to one place: no *")
    return parts
