"""Wire specs: what ``adapters/<name>/wire.yaml`` says, checked and compiled.

A spec selects and points; it never computes:

``name``, ``version``   as evidence names it; the name is also the folder's
``routes``              method and paths (``{x}`` is one segment, ``{x*}`` the rest), the operation,
                        and ``examined: false`` where no content travels
``operation``           what is asked for on any other path
``request``             ``root`` (object or any), ``model``, ``stream``, ``machine_read`` (places
                        that ask for an answer that programs read, with the values that do),
                        ``continued`` (places that point at earlier turns), ``speakers`` (which
                        objects name their author, in which member), ``strings``
``reply``               ``root``, ``model``, ``answers`` (the place of one of several answers),
                        ``strings``
``stream``              ``type`` (the member that says what an event is; ``@event`` for the name
                        that the framing has), ``end`` and ``done`` (what ends the stream),
                        ``error``, ``finish`` (what ends which channels), ``answers`` (the channels
                        of one of several answers), ``numbered`` (items that carry their index),
                        ``carry`` (what an event made in another's likeness takes over),
                        ``refusal`` (events, see `Ending`), ``strings`` by path, each with its
                        channel's name
``errors``              ``types`` by status or class of statuses, ``status`` (where it is always
                        the same), ``body`` (a template; ``$like`` is the request)

``strings`` is a list of rules; the first that covers a place decides. See `guardrail.wire.shape`
for paths, `guardrail.wire.rules` for what a rule may say, `guardrail.wire.template` for templates.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from guardrail.errors import ConfigError, nearest
from guardrail.facts import Author, Place
from guardrail.wire.fields import Fields, load_yaml, one_of
from guardrail.wire.naming import ChannelName, channel_name
from guardrail.wire.rules import parse_rules, pattern
from guardrail.wire.shape import ANY, Pattern, Rule, State, compile_shape
from guardrail.wire.template import ANSWER, check_template, likes
from guardrail.wire.walk import Speakers

_TOP = ("name", "version", "operation", "routes", "request", "reply", "stream", "errors")
_REQUEST = ("root", "model", "stream", "machine_read", "continued", "speakers", "strings")
_STREAM = ("root", "type", "end", "done", "error", "finish", "answers", "numbered", "carry",
           "refusal", "strings")  # fmt: skip
_ROOTS = frozenset({"object", "any"})
_NAME_OF_EVENT = "@event"


class When(Enum):
    """When an event is part of a refusal."""

    ALWAYS = "always"
    BEGUN = "begun"
    """Where the caller has seen an event of the stream."""
    UNBEGUN = "unbegun"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A method and path that this format is spoken at."""

    method: str
    path: str
    operation: str
    examined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """A place that may ask for an answer that programs read."""

    at: Place
    values: frozenset[str]
    """What does so; anything but null and false where empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """How requests, or replies, are read."""

    is_object: bool
    shape: State
    model: Place = ()
    stream: Place = ()
    machine_read: tuple[Asks, ...] = ()
    continued: tuple[Place, ...] = ()
    """Where a request points at earlier turns that it doesn't repeat."""
    speakers: Speakers = field(default_factory=Speakers)
    answers: Pattern = ()
    """Where one of several answers stands; a reply is one answer where it is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """What ends some channels of a stream: the parts of a reply that end one by one."""

    channels: ChannelName
    """What the names of a part's channels begin with; its one gap is the part's number."""
    at: Pattern = ()
    """The member that has a value where a part ends; an event has a part where it has what the
    member is in."""
    events: frozenset[str] = frozenset()
    """The types of events that end a part, where it is named by a member."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """One of the events that end a stream after a refusal."""

    data: object
    """A template."""
    name: str = ""
    when: When = When.ALWAYS
    each_part: bool = False
    """Whether there is one for each part that has begun and not ended, …"""
    otherwise: int | None = None
    """… and the number of the part that stands for them where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSpec:
    """How a streamed reply is read, and ended."""

    is_object: bool
    shape: State
    """Of events whose type has no shape of its own."""
    shapes: Mapping[str, State]
    """By the type of events."""
    type: Place = ()
    named: bool = False
    """Whether the framing's name of an event is its type."""
    end: bytes = b""
    """The data of the event that ends the stream, or nothing."""
    done: Place = ()
    """What has a value in an event that ends the stream, …"""
    done_events: frozenset[str] = frozenset()
    """… and the types of such."""
    error: Place = ()
    finish: Finish | None = None
    answers: ChannelName | None = None
    """What the channels of one answer begin with; a stream is one answer where it is None."""
    number: str = ""
    """The member in which an array's item carries its index."""
    repeats: bool = False
    """Whether events repeat what others brought."""
    refusal: tuple[Ending, ...] = ()
    liked: Mapping[str, Place] = field(default_factory=dict)
    """What the refusal's templates take from the events before: paths, and the same as places."""


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
    error_status: int | None = None
    """The HTTP status of every refusal, where the format has its errors in the body alone."""
    echo: Mapping[str, Place] = field(default_factory=dict)
    """What refusals repeat of the request: paths, and the same as places."""


def parse_spec(data: bytes, where: str) -> Spec:
    """Read a ``wire.yaml``.

    Raises:
        ConfigError: it says something that isn't known, or lacks something.
    """
    top = Fields(load_yaml(data, where), where, known=_TOP)
    errors = Fields(top.raw("errors"), f"{where}.errors", known=("types", "status", "body"))
    body = errors.raw("body")
    check_template(body, ANSWER, f"{errors.where}.body")
    return Spec(
        name=top.text("name"),
        version=top.number("version"),
        digest=hashlib.sha256(data).hexdigest(),
        operation=top.text("operation"),
        routes=tuple(route for raw, place in top.items("routes") for route in _routes(raw, place)),
        request=_request(Fields(top.raw("request"), f"{where}.request", known=_REQUEST)),
        reply=_reply(top.raw("reply"), f"{where}.reply"),
        stream=_stream(Fields(top.raw("stream"), f"{where}.stream", known=_STREAM)),
        error_types=errors.mapping("types"),
        error_body=body,
        error_status=errors.number("status") if "status" in errors else None,
        echo={path: place_of(path, errors.where) for path in likes(body)},
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


def _request(fields: Fields) -> Side:
    speakers = Fields(
        fields.raw("speakers") or {},
        f"{fields.where}.speakers",
        known=("at", "member", "authors", "default"),
    )
    authors = {
        role: one_of(Author, author, f"{speakers.where}.authors.{role}")
        for role, author in speakers.mapping("authors").items()
    }
    default = one_of(Author, speakers.text("default", "unknown"), f"{speakers.where}.default")
    marks: list[tuple[Pattern, Rule | str]] = [*parse_rules(fields)]
    marks += [(pattern(path, speakers.where), "speaks") for path in speakers.texts("at")]
    return Side(
        is_object=_is_object(fields),
        shape=compile_shape(marks),
        model=_place(fields, "model"),
        stream=_place(fields, "stream"),
        machine_read=tuple(_asks(raw, where) for raw, where in fields.items("machine_read")),
        continued=tuple(place_of(path, fields.where) for path in fields.texts("continued")),
        speakers=Speakers(member=speakers.text("member", ""), authors=authors, default=default),
    )


def _asks(raw: object, where: str) -> Asks:
    fields = Fields(raw, where, known=("at", "values"))
    return Asks(at=_place(fields, "at"), values=frozenset(fields.texts("values")))


def _reply(raw: object, where: str) -> Side:
    fields = Fields(raw, where, known=("root", "model", "answers", "strings"))
    return Side(
        is_object=_is_object(fields),
        shape=compile_shape(parse_rules(fields)),
        model=_place(fields, "model"),
        answers=pattern(fields.text("answers"), where) if "answers" in fields else (),
    )


def _stream(fields: Fields) -> StreamSpec:
    where = fields.where
    rules = [
        (path, replace(rule, codec="", json=rule.codec == "json"))
        for path, rule in parse_rules(fields, streamed=True)
    ]
    numbered = Fields(fields.raw("numbered") or {}, f"{where}.numbered", known=("at", "member"))
    carry = Fields(fields.raw("carry") or {}, f"{where}.carry", known=("keep", "cleared"))
    done = Fields(fields.raw("done") or {}, f"{where}.done", known=("at", "of"))
    marks: list[tuple[Pattern, Rule | str]] = []
    marks += [(pattern(path, numbered.where), "numbered") for path in numbered.texts("at")]
    marks += [(pattern(path, carry.where), "kept") for path in carry.texts("keep")]
    marks += [(pattern(path, carry.where), "cleared") for path in carry.texts("cleared")]
    kinds = {kind for _, rule in rules for kind in rule.events}
    kind_at = fields.text("type", "")
    if kinds and not kind_at:
        raise ConfigError(f"{where} has rules of some events: type must say where that stands")
    refusal = tuple(_ending(raw, place) for raw, place in fields.items("refusal"))
    answers = fields.text("answers", "")
    return StreamSpec(
        is_object=_is_object(fields),
        shape=_shape(rules, marks, ""),
        shapes={kind: _shape(rules, marks, kind) for kind in sorted(kinds)},
        type=() if kind_at == _NAME_OF_EVENT else _place(fields, "type"),
        named=kind_at == _NAME_OF_EVENT,
        end=fields.text("end", "").encode(),
        done=_place(done, "at"),
        done_events=frozenset(done.texts("of")),
        error=_place(fields, "error"),
        finish=_finish(fields.raw("finish"), f"{where}.finish") if "finish" in fields else None,
        answers=channel_name(answers) if answers else None,
        number=numbered.text("member", ""),
        repeats=any(rule.repeats for _, rule in rules),
        refusal=refusal,
        liked={path: place_of(path, where) for one in refusal for path in likes(one.data)},
    )


def _shape(
    rules: Sequence[tuple[Pattern, Rule]], marks: Sequence[tuple[Pattern, Rule | str]], kind: str
) -> State:
    """Return the shape of events of one type; of those without rules of their own for none."""
    own = [(path, rule) for path, rule in rules if not rule.events or kind in rule.events]
    return compile_shape([*own, *marks])


def _finish(raw: object, where: str) -> Finish:
    fields = Fields(raw, where, known=("at", "of", "channels"))
    at = pattern(fields.text("at"), where) if "at" in fields else ()
    channels = channel_name(fields.text("channels"))
    if len(channels.gaps) != 1 or channels.stars != at.count(ANY):
        raise ConfigError(f"{where}.channels needs a * for the * of its path, or a {{member}}")
    return Finish(channels=channels, at=at, events=frozenset(fields.texts("of")))


def _ending(raw: object, where: str) -> Ending:
    fields = Fields(raw, where, known=("data", "event", "when", "each_part", "otherwise"))
    check_template(fields.raw("data"), ANSWER | {"index"}, f"{where}.data")
    otherwise = fields.raw("otherwise")
    if otherwise is not None and type(otherwise) is not int:
        raise ConfigError(f"{where}.otherwise must be a whole number")
    return Ending(
        data=fields.raw("data"),
        name=fields.text("event", ""),
        when=one_of(When, fields.text("when", When.ALWAYS.value), f"{where}.when"),
        each_part=fields.flag("each_part", default=False),
        otherwise=otherwise,
    )


def _is_object(fields: Fields) -> bool:
    root = fields.text("root", "any")
    if root not in _ROOTS:
        raise ConfigError(f"{fields.where}.root: unknown {root!r}{nearest(root, _ROOTS)}")
    return root == "object"


def _place(fields: Fields, name: str) -> Place:
    """Return a path without wildcards as the place of a member."""
    path = fields.text(name, "")
    return place_of(path, f"{fields.where}.{name}") if path else ()


def place_of(path: str, where: str) -> Place:
    """Return a path without wildcards as a place.

    Raises:
        ConfigError: it has one.
    """
    parts = pattern(path, where)
    if any(ANY in part for part in parts):
        raise ConfigError(f"{where} must lead to one place: no *")
    return parts
