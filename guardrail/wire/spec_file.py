"""``wire.yaml`` to a `Spec`: what it says is checked, and its paths are compiled."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from guardrail.errors import ConfigError, nearest
from guardrail.facts import Author, Place
from guardrail.wire.event_labels import EventLabel, LabelSpec
from guardrail.wire.fields import Fields, load_yaml, one_of
from guardrail.wire.media_types import KINDS
from guardrail.wire.members import Member
from guardrail.wire.naming import channel_name
from guardrail.wire.rules import parse_rules, pattern
from guardrail.wire.shape import ANY, OF_TYPE, Pattern, Rule, State, compile_shape
from guardrail.wire.spec import (
    BODILESS,
    Asks,
    Ending,
    Finish,
    Route,
    Side,
    Spec,
    StreamSpec,
    When,
)
from guardrail.wire.template import ANSWER, asks, check_template, likes
from guardrail.wire.usage import UsageSpec
from guardrail.wire.walk import Speakers

_TOP = ("name", "version", "operation", "routes", "request", "reply", "stream", "usage",
        "errors")  # fmt: skip
_ROUTE = ("method", "paths", "operation", "examined", "bodiless", "array")
_REQUEST = ("root", "model", "stream", "stream_default", "machine_read", "continued",
            "conversation", "speakers", "strings", "bodies")  # fmt: skip
_REPLY = ("root", "model", "answers", "label", "conversation", "speakers", "strings")
_LABEL = ("at", "beside", "unless")
_EVENT_LABEL = ("at", "of", "given", "or_given")
_SIGNED_WITH = ("sha256", "sig", "kid")
_STREAM = ("root", "type", "event_bytes", "alone", "end", "done", "error", "finish", "answers",
           "numbered", "carry", "conversation", "refusal", "comments", "label",
           "strings")  # fmt: skip
_USAGE = ("at", "input", "output", "model", "finish", "reasons", "adds")
_ROOTS = frozenset({"object", "any"})
_NAME_OF_EVENT = "@event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Where replies have room for a label, as an operator says it of a format that nobody knows."""

    at: str = ""
    """The path of the member; nowhere where empty."""
    beside: tuple[str, ...] = ()
    """Paths of texts, one or more: what has none of them is no answer."""


UNTOLD = Told()


def parse_spec(data: bytes, where: str, texts: Sequence[str] = (), told: Told = UNTOLD) -> Spec:
    """Read a ``wire.yaml``.

    Args:
        data: the file.
        where: its name.
        texts: paths of what the person says in requests, and the assistant in replies; they go
            before the file's own.
        told: where replies have room for a label, beside what the file says of it.

    Raises:
        ConfigError: it says something that isn't known, or lacks something.
    """
    top = Fields(load_yaml(data, where), where, known=_TOP)
    errors = Fields(top.raw("errors"), f"{where}.errors", known=("types", "status", "body"))
    body = errors.raw("body")
    check_template(body, ANSWER, f"{errors.where}.body")
    asks_in, says = _saying(texts, Author.USER), _saying(texts, Author.ASSISTANT)
    reply, streamed = _with_labels(says(top.raw("reply")), says(top.raw("stream")), told)
    stream = _stream(Fields(streamed, f"{where}.stream", known=_STREAM))
    asked = [
        *likes(body),
        *asks(body),
        *(path for one in stream.refusal for path in asks(one.data)),
    ]
    return Spec(
        name=top.text("name"),
        version=top.number("version"),
        digest=hashlib.sha256(data).hexdigest(),
        operation=top.text("operation"),
        routes=tuple(route for raw, place in top.items("routes") for route in _routes(raw, place)),
        request=_request(Fields(asks_in(top.raw("request")), f"{where}.request", known=_REQUEST)),
        reply=_reply(reply, f"{where}.reply"),
        stream=stream,
        usage=_usage(Fields(top.raw("usage") or {}, f"{where}.usage", known=_USAGE)),
        error_types=errors.mapping("types"),
        error_body=body,
        error_status=errors.number("status") if "status" in errors else None,
        echo={path: place_of(path, where) for path in asked},
    )


def _saying(texts: Sequence[str], author: Author) -> Callable[[object], object]:
    """Return what puts a rule for `texts` before those of a message."""
    rule = {"text": list(texts), "author": author.value}

    def put(raw: object) -> object:
        strings = raw.get("strings", []) if isinstance(raw, dict) else None
        if not texts or not isinstance(raw, dict) or not isinstance(strings, list):
            return raw
        return {**raw, "strings": [rule, *strings]}

    return put


def _with_labels(reply: object, stream: object, told: Told) -> tuple[object, object]:
    """Return a format's replies and streams with room for a label, where that is told.

    Whole replies have it beside a text, streams in the first event with one.
    """
    if not told.at or not isinstance(reply, dict) or not isinstance(stream, dict):
        return reply, stream
    beside = dict.fromkeys(path.partition(".")[0] for path in told.beside)
    first, *others = told.beside
    labels = [{"at": told.at, "beside": name} for name in beside]
    event = {"at": told.at, "given": first, "or_given": others}
    return {**reply, "label": labels}, {**stream, "label": {"first": event}}


def _routes(raw: object, where: str) -> list[Route]:
    fields = Fields(raw, where, known=_ROUTE)
    method = fields.text("method")
    return [
        Route(
            method=method,
            path=path,
            operation=fields.text("operation"),
            examined=fields.flag("examined", default=True),
            bodiless=fields.flag("bodiless", default=method in BODILESS),
            array=fields.flag("array", default=False),
        )
        for path in fields.texts("paths")
    ]


def _request(fields: Fields) -> Side:
    speakers, marks = _speakers(fields)
    return Side(
        is_object=_is_object(fields),
        shape=compile_shape([*parse_rules(fields), *marks]),
        bodies=_bodies(fields),
        model=_place(fields, "model"),
        stream=_place(fields, "stream"),
        stream_default=fields.flag("stream_default", default=False),
        machine_read=tuple(_asks(raw, where) for raw, where in fields.items("machine_read")),
        continued=_places(fields, "continued"),
        conversation=_places(fields, "conversation"),
        speakers=speakers,
    )


def _bodies(fields: Fields) -> frozenset[str]:
    bodies = fields.texts("bodies") or ("json",)
    for kind in bodies:
        if kind not in KINDS:
            raise ConfigError(f"{fields.where}.bodies: unknown {kind!r}{nearest(kind, KINDS)}")
    return frozenset(bodies)


def _speakers(fields: Fields) -> tuple[Speakers, list[tuple[Pattern, Rule | str]]]:
    """Return how messages name who speaks, and the marks of these in a shape."""
    own = Fields(
        fields.raw("speakers") or {},
        f"{fields.where}.speakers",
        known=("at", "member", "authors", "types", "default"),
    )
    speakers = Speakers(
        member=own.text("member", ""),
        authors=_authors(own, "authors"),
        types=_authors(own, "types"),
        default=one_of(Author, own.text("default", "unknown"), f"{own.where}.default"),
    )
    return speakers, [(pattern(path, own.where), "speaks") for path in own.texts("at")]


def _authors(fields: Fields, name: str) -> Mapping[str, Author]:
    where = f"{fields.where}.{name}"
    return {
        word: one_of(Author, author, f"{where}.{word}")
        for word, author in fields.mapping(name).items()
    }


def _asks(raw: object, where: str) -> Asks:
    fields = Fields(raw, where, known=("at", "values"))
    return Asks(at=_place(fields, "at"), values=frozenset(fields.texts("values")))


def _reply(raw: object, where: str) -> Side:
    fields = Fields(raw, where, known=_REPLY)
    speakers, marks = _speakers(fields)
    return Side(
        is_object=_is_object(fields),
        shape=compile_shape([*_signatures(fields), *parse_rules(fields), *marks]),
        model=_place(fields, "model"),
        conversation=_places(fields, "conversation"),
        speakers=speakers,
        answers=pattern(fields.text("answers"), where) if "answers" in fields else (),
        labels=tuple(_label(raw, place) for raw, place in _one_or_more(fields, "label")),
    )


def _signatures(fields: Fields) -> list[tuple[Pattern, Rule]]:
    """Return the rules for what a label that is there already is signed with: no text."""
    labels = [Fields(raw, where, known=_LABEL) for raw, where in _one_or_more(fields, "label")]
    sealed = {"sealed": [f"{one.text('at')}.{name}" for one in labels for name in _SIGNED_WITH]}
    return parse_rules(Fields({"strings": [sealed]}, fields.where, known=("strings",)))


def _one_or_more(fields: Fields, name: str) -> list[tuple[object, str]]:
    """Return what is one thing or a list of such, each with where it stands."""
    raw, where = fields.raw(name), f"{fields.where}.{name}"
    if isinstance(raw, list):
        return fields.items(name)
    return [(raw, where)] if name in fields else []


def _label(raw: object, where: str) -> Member:
    own = Fields(raw, where, known=_LABEL)
    at, beside = place_of(own.text("at"), where), place_of(own.text("beside"), where)
    if beside[:-1] != at[: len(beside) - 1]:
        # Else an error might be given the result that it lacks.
        raise ConfigError(f"{where}: at must be in the object that beside is in, or below it")
    return Member(at=at, beside=beside, unless=_place(own, "unless"))


def _stream(fields: Fields) -> StreamSpec:
    where = fields.where
    label = _event_labels(fields)
    rules = [
        (path, replace(rule, codec="", json=rule.codec == "json"))
        for path, rule in (*_labels_before(label, where), *parse_rules(fields, streamed=True))
    ]
    numbered = Fields(
        fields.raw("numbered") or {}, f"{where}.numbered", known=("at", "member", "ids")
    )
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
    finish = _finishes(fields)
    refusal = tuple(_ending(raw, place, finish) for raw, place in fields.items("refusal"))
    answers = fields.text("answers", "")
    return StreamSpec(
        is_object=_is_object(fields),
        shape=compile_shape([*((path, rule) for path, rule in rules if not rule.events), *marks]),
        shapes=_shapes([*((_of(rule, path), rule) for path, rule in rules), *marks], kinds),
        type=() if kind_at == _NAME_OF_EVENT else _place(fields, "type"),
        named=kind_at == _NAME_OF_EVENT,
        event_bytes=fields.number("event_bytes") if "event_bytes" in fields else 0,
        alone=fields.flag("alone", default=False),
        end=fields.text("end", "").encode(),
        done=_place(done, "at"),
        done_events=frozenset(done.texts("of")),
        error=_place(fields, "error"),
        finish=finish,
        answers=channel_name(answers) if answers else None,
        number=numbered.text("member", ""),
        by_id=numbered.flag("ids", default=False),
        repeats=any(rule.repeats for _, rule in rules),
        refusal=refusal,
        comments=fields.flag("comments", default=False),
        label=label,
        conversation=_places(fields, "conversation"),
        liked={path: place_of(path, where) for one in refusal for path in likes(one.data)},
    )


def _event_labels(fields: Fields) -> LabelSpec | None:
    if "label" not in fields:
        return None
    where = f"{fields.where}.label"
    own = Fields(fields.raw("label"), where, known=("first", "last"))
    last = own.raw("last")
    return LabelSpec(
        first=_event_label(Fields(own.raw("first"), f"{where}.first", known=_EVENT_LABEL)),
        last=None
        if last is None
        else _event_label(Fields(last, f"{where}.last", known=(*_EVENT_LABEL, "own"))),
    )


def _event_label(fields: Fields) -> EventLabel:
    where = fields.where
    of, given = frozenset(fields.texts("of")), fields.text("given", "")
    if not of and not given:
        raise ConfigError(f"{where} must say which events it is in: of, given, or both")
    return EventLabel(
        at=place_of(fields.text("at"), where),
        of=of,
        given=pattern(given, where) if given else (),
        or_given=tuple(pattern(one, where) for one in fields.texts("or_given")),
        own=fields.flag("own", default=False),
    )


def _labels_before(label: LabelSpec | None, where: str) -> list[tuple[Pattern, Rule]]:
    """Return the rules for the labels of a guard before this one: nothing in them goes on."""
    if label is None:
        return []
    held = (label.first, *((label.last,) if label.last is not None else ()))
    places = dict.fromkeys(".".join(map(str, one.at)) for one in held)
    strings = [
        {"sealed": [f"{at}.{name}" for at in places for name in _SIGNED_WITH]},
        {"text": [f"{at}.**" for at in places], "alone": True, "kind": "other"},
    ]
    told = Fields({"strings": strings}, where, known=("strings",))
    return parse_rules(told, streamed=True)


def _shapes(
    marks: Sequence[tuple[Pattern, Rule | str]], kinds: Collection[str]
) -> dict[str, State]:
    """Return the shapes of events by their type: one automaton, since they are much alike."""
    start = compile_shape(marks)
    return {kind: start.typed[kind] for kind in sorted(kinds)}


def _of(rule: Rule, path: Pattern) -> Pattern:
    return (f"{OF_TYPE}{'|'.join(sorted(rule.events))}>", *path) if rule.events else path


def _finishes(fields: Fields) -> tuple[Finish, ...]:
    where = f"{fields.where}.finish"
    if "finish" not in fields:
        return ()
    raw = fields.raw("finish")
    if not isinstance(raw, list):
        return (_finish(raw, where),)
    return tuple(_finish(item, place) for item, place in fields.items("finish"))


def _finish(raw: object, where: str) -> Finish:
    fields = Fields(raw, where, known=("at", "of", "in", "channels"))
    at = pattern(fields.text("at"), where) if "at" in fields else ()
    name = fields.text("channels", "")
    channels = channel_name(name)
    # A part is told by a number: that of the path's *, or what an event has at a {member}.
    if len(channels.gaps) > 1 or channels.stars != at.count(ANY):
        raise ConfigError(f"{where}.channels needs a * for the * of its path, or a {{member}}")
    return Finish(
        name=name,
        channels=channels,
        at=at,
        events=frozenset(fields.texts("of")),
        within=frozenset(fields.texts("in")),
    )


def _ending(raw: object, where: str, finishes: Sequence[Finish]) -> Ending:
    fields = Fields(raw, where, known=("data", "event", "when", "each_part", "of", "otherwise"))
    of = fields.text("of", "")
    names = [finish.name for finish in finishes]
    if of and of not in names:
        raise ConfigError(f"{where}.of: no part is called {of!r}{nearest(of, names)}")
    check_template(fields.raw("data"), ANSWER | {"index"}, f"{where}.data")
    otherwise = fields.raw("otherwise")
    if otherwise is not None and type(otherwise) is not int:
        raise ConfigError(f"{where}.otherwise must be a whole number")
    return Ending(
        data=fields.raw("data"),
        name=fields.text("event", ""),
        when=one_of(When, fields.text("when", When.ALWAYS.value), f"{where}.when"),
        each_part=fields.flag("each_part", default=False),
        of=of,
        otherwise=otherwise,
    )


def _usage(fields: Fields) -> UsageSpec:
    where, at, finish = fields.where, _places(fields, "at"), fields.texts("finish")
    read, wrote, reasons = fields.texts("input"), fields.texts("output"), fields.texts("reasons")
    if bool(at) != bool(read or wrote):
        raise ConfigError(f"{where} needs both at and what is counted there: input, output")
    if bool(finish) != bool(reasons):
        # What isn't listed could be anything: free text never goes into telemetry.
        raise ConfigError(f"{where} needs both finish and the reasons that may stand there")
    return UsageSpec(
        at=at,
        input=read,
        output=wrote,
        model=_places(fields, "model"),
        finish=tuple(pattern(path, f"{where}.finish") for path in finish),
        reasons=frozenset(reasons),
        adds=fields.flag("adds", default=False),
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


def _places(fields: Fields, name: str) -> tuple[Place, ...]:
    return tuple(place_of(path, f"{fields.where}.{name}") for path in fields.texts(name))


def place_of(path: str, where: str) -> Place:
    """Return a path without wildcards as a place.

    Raises:
        ConfigError: it has one.
    """
    parts = pattern(path, where)
    if any(ANY in part or part.startswith(OF_TYPE) for part in parts):
        raise ConfigError(f"{where} must lead to one place: no *")
    return parts
