"""One wire format: reads requests and replies, patches them, answers in its own way.

An `Adapter` holds the compiled spec and nothing of any request, so all requests share it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import orjson

from guardrail.errors import BadInput, UpstreamError
from guardrail.facts import (
    NO_USAGE,
    Edit,
    Exchange,
    Headers,
    Place,
    Refusal,
    Reply,
    Segment,
    Usage,
)
from guardrail.wire.bodies import reply_notation, request_notation
from guardrail.wire.framing import SSE, Framing
from guardrail.wire.limits import LIMITS, Limits
from guardrail.wire.members import Spot, spot_of
from guardrail.wire.notation import JSON, Notation, unread_in
from guardrail.wire.places import value_at
from guardrail.wire.read import Found, read_tree
from guardrail.wire.routes import RouteTable
from guardrail.wire.shape import ANY
from guardrail.wire.spec import BODILESS, Asks, Side, Spec
from guardrail.wire.stream import StreamCodec
from guardrail.wire.template import fill, refusal_values
from guardrail.wire.usage import usage_in

Echo = Mapping[str, object]
NO_ECHO: Echo = MappingProxyType({})

_MAX_NAME = 512
"""Characters of an id of a conversation or an answer; those in use have under 100."""

_JSON: Headers = ((b"content-type", b"application/json; charset=utf-8"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a request asks for."""

    name: str
    examined: bool = True
    """False where neither request nor reply carries content, as for a list of models."""
    bodiless: bool = False
    """True where the request may have no body: what it asks for was begun by another one."""
    array: bool = False
    """True where a reply in JSON is a stream: an array of its events."""


class Adapter:
    """A wire spec at work."""

    def __init__(self, spec: Spec, limits: Limits = LIMITS) -> None:
        """Take a spec and the limits on what it reads."""
        self._spec = spec
        self._limits = limits
        self._operations: RouteTable[Operation] = RouteTable()
        for route in spec.routes:
            operation = Operation(
                name=route.operation,
                examined=route.examined,
                bodiless=route.bodiless,
                array=route.array,
            )
            self._operations.add(route.method, route.path, operation)
        self._otherwise = Operation(name=spec.operation)
        self._begun = Operation(name=spec.operation, bodiless=True)
        self.name = spec.name
        self.version = spec.version
        self.digest = spec.digest
        """SHA-256 of the spec file, in hex."""
        self.ref = f"{spec.name}@{spec.version}"
        """As evidence names it: ``openai-chat@1``."""

    def operation(self, method: str, path: str) -> Operation:
        """Return what a request asks for; on a path of no route, what the spec says of others."""
        otherwise = self._begun if method in BODILESS else self._otherwise
        return self._operations.find(method, path) or otherwise

    def request_notation(self, content_type: str, body: bytes) -> Notation:
        """Return how a request's body is written.

        Raises:
            BadInput: ``unsupported_media_type``, where this format isn't written so.
        """
        return request_notation(content_type, body, self._limits, self._spec.request.bodies)

    def reply_notation(self, content_type: str, body: bytes) -> Notation:
        """Return how a whole reply's body is written.

        Raises:
            UpstreamError: ``upstream_nonsense``, where it can't be read.
        """
        try:
            return reply_notation(content_type, body, self._limits)
        except BadInput as problem:
            raise _nonsense(problem) from None

    def read_request(
        self, operation: Operation, body: bytes, notation: Notation = JSON
    ) -> Exchange:
        """Return what a request holds.

        Raises:
            BadInput: it isn't of this format, can be read in two ways, or is over a limit.
        """
        if operation.bodiless and not body:
            # Which turn the answer is of, and who reads it, was said to whoever asked for it: here
            # people are told in a header.
            return Exchange(wire=self.ref, operation=operation.name, segments=(), machine_read=True)
        side = self._spec.request
        tree, found = self._read(side, body, notation)
        model = value_at(tree, side.model)
        streamed = value_at(tree, side.stream) if side.stream else False
        if notation.kind != "json" and streamed == "true":
            # Forms have but strings.
            streamed = True
        return Exchange(
            wire=self.ref,
            operation=operation.name,
            segments=tuple(found.segments),
            opaque=tuple(found.opaque),
            model=model if side.model and isinstance(model, str) else "",
            stream=side.stream_default if streamed is None else streamed is True,
            first_turn=not (found.answered or _is_continued(side, tree)),
            conversation=_names_in(side.conversation, tree),
            machine_read=any(_asks_for_data(asks, tree) for asks in side.machine_read),
            echo=self._echo(tree),
            tree=tree,
        )

    def read_reply(self, body: bytes, notation: Notation = JSON) -> Reply:
        """Return what a whole reply holds.

        Raises:
            UpstreamError: ``upstream_nonsense``, where it can't be read.
        """
        if not body:
            return Reply(segments=())
        try:
            tree, found = self._read(self._spec.reply, body, notation)
        except BadInput as problem:
            raise _nonsense(problem) from None
        model = value_at(tree, self._spec.reply.model)
        return Reply(
            segments=tuple(found.segments),
            opaque=tuple(found.opaque),
            model=model if self._spec.reply.model and isinstance(model, str) else "",
            conversation=_names_in(self._spec.reply.conversation, tree),
            usage=self.usage_in(tree),
            documents=tuple(found.documents),
            tree=tree,
        )

    def usage_in(self, tree: object, before: Usage = NO_USAGE) -> Usage:
        """Return what a reply took, where a whole one or a parsed event says so.

        Args:
            tree: the reply or the event, parsed.
            before: what the events of the stream before it said.
        """
        return usage_in(tree, self._spec.usage, before)

    def conversation_in(self, event: object) -> tuple[str, ...]:
        """Return what a later request calls a streamed reply by, where a parsed event says it."""
        places = self._spec.stream.conversation
        return _names_in(places, event) if places else ()

    def label_spot(self, tree: object) -> Spot | None:
        """Return where a label goes in a whole reply, parsed; None where this format has no place.

        None, too, for errors, and for replies that have a label already.
        """
        spots = (spot_of(tree, label) for label in self._spec.reply.labels)
        return next((spot for spot in spots if spot is not None), None)

    def patch(
        self,
        body: bytes,
        segments: Sequence[Segment],
        edits: Sequence[Edit],
        notation: Notation = JSON,
    ) -> bytes:
        """Return `body` with `edits` made to the `segments` that were read in it.

        All bytes outside the edited strings stay; without edits the very same object returns.

        Raises:
            ValueError: the segments are of another body, or the edits overlap.
        """
        return notation.patch(body, segments, edits)

    def error(self, refusal: Refusal, echo: Echo = NO_ECHO) -> tuple[int, Headers, bytes]:
        """Return status, header fields and body of a refusal in the caller's format.

        Args:
            refusal: why.
            echo: what the request has that the answer repeats, as `Exchange.echo` holds it.
        """
        values = refusal_values(refusal, self._spec.error_types)
        body = fill(self._spec.error_body, values, echo.get, echo.get)
        # What can't be told by its body to be the answer of a request is told by its status.
        known = bool(echo) or not self._spec.echo
        status = (known and self._spec.error_status) or refusal.status
        return status, _JSON, orjson.dumps(body)

    def echo(self, body: bytes) -> Echo:
        """Return what a refusal repeats of a request that wasn't read; nothing where it can't be.

        What `read_request` has read has it in `Exchange.echo`.
        """
        if not (body and self._spec.echo):
            return NO_ECHO
        try:
            tree = JSON.read(body, self._limits)
        except BadInput:
            return NO_ECHO
        return self._echo(tree)

    def _echo(self, tree: object) -> Echo:
        found = {path: value_at(tree, place) for path, place in self._spec.echo.items()}
        return {path: value for path, value in found.items() if value is not None}

    def answer_of(self, place: Place) -> Place:
        """Return which of a whole reply's answers a place is in: the place where it begins."""
        at = self._spec.reply.answers
        inside = len(place) >= len(at) and all(
            part in (ANY, there) for part, there in zip(at, place, strict=False)
        )
        return place[: len(at)] if inside else ()

    def stream(self, framing: Framing = SSE, echo: Echo = NO_ECHO) -> StreamCodec:
        """Return a codec for one streamed reply, cut into events as `framing` says.

        `echo` is what a refusal may repeat of the request, as `Exchange.echo` holds it.
        """
        return StreamCodec(self._spec.stream, self._spec.error_types, self._limits, framing, echo)

    def _read(self, side: Side, body: bytes, notation: Notation) -> tuple[object, Found]:
        tree = notation.read(body, self._limits)
        is_json = notation.kind == "json"
        if side.is_object and is_json and not isinstance(tree, dict):
            raise BadInput(
                "the body is not a JSON object", code="not_an_object", fix="send a JSON object"
            )
        found = read_tree(tree, side.shape, side.speakers, self._limits)
        if not is_json:
            found.opaque += unread_in(tree)
        return tree, found


def _nonsense(problem: BadInput) -> UpstreamError:
    return UpstreamError(f"the upstream's reply can't be read: {problem}", code="upstream_nonsense")


def _asks_for_data(asks: Asks, tree: object) -> bool:
    value = value_at(tree, asks.at)
    if not asks.values:
        return value is not None and value is not False and value != ""
    return isinstance(value, str) and value in asks.values


def _names_in(places: Sequence[Place], tree: object) -> tuple[str, ...]:
    """Return the ids at some places. A longer text is none: nobody's memory holds such."""
    found = (value_at(tree, place) for place in places)
    return tuple(one for one in found if isinstance(one, str) and 0 < len(one) <= _MAX_NAME)


def _is_continued(side: Side, tree: object) -> bool:
    return any(value_at(tree, place) for place in side.continued)
