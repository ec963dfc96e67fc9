"""Wire specs: what ``adapters/<name>/wire.yaml`` says, checked and compiled.

A spec selects and points; it never computes:

``name``, ``version``   as evidence names it; the name is also the folder's
``routes``              method (``WEBSOCKET`` for sessions: each message of the caller's is a
                        request, each of the upstream's an event of ``stream``) and paths (``{x}``
                        is one segment, ``{x*}`` the rest), the operation,
                        ``examined: false`` where no content travels, ``bodiless: true`` where
                        a request may have no body, as it may with GET and DELETE, and
                        ``array: true`` where a reply in JSON is an array of a stream's events
``operation``           what is asked for on any other path
``request``             ``root`` (object or any), ``bodies`` (the ways in which they may be
                        written: json, form, multipart, text, html, other; json alone where it
                        says nothing), ``model``, ``stream`` (``stream_default: true``
                        where silence asks for one), ``machine_read`` (places that ask for an
                        answer that programs read, with the values that do),
                        ``continued`` (places that hold earlier turns in a form that isn't read),
                        ``conversation`` (places that name earlier turns which are kept elsewhere),
                        ``speakers`` (which objects name their author, in which member, or by their
                        ``types``), ``strings``
``reply``               ``root``, ``model``, ``answers`` (the place of one of several answers),
                        ``label`` (``at`` which place it may say of its origin what the format
                        doesn't know of: made where it isn't there, if there is something
                        ``beside`` it and nothing at ``unless``; one, or a list of which the first
                        that fits counts),
                        ``conversation`` (places of what a later request calls it by),
                        ``speakers``, ``strings``
``stream``              ``type`` (the member that says what an event is; ``@event`` for the name
                        that the framing has), ``event_bytes`` (of the largest event, where media
                        are streamed), ``end`` and ``done`` (what ends the stream),
                        ``error``, ``finish`` (what ends which channels: one `Finish` or a list),
                        ``alone`` (where each event is a whole message: no text goes on in another),
                        ``answers`` (the channels of one of several answers), ``numbered`` (items
                        that carry their index, or with ``ids: true`` their id), ``carry`` (what an
                        event made in another's likeness takes over), ``conversation`` (as in
                        ``reply``), ``refusal`` (events, see `Ending`), ``comments: true`` (where
                        clients are known to pass over them), ``label`` (where they aren't: ``at``
                        which place the ``first`` event says of its origin what the format doesn't
                        know of, and each ``last`` one has the signature; which events these are is
                        told by their type, ``of``, or by what has a value in them, ``given``; with
                        ``own: true`` the signature is over what that event tells once more),
                        ``strings`` by path, each with its channel's name
``usage``               what whole replies and events say that they took: ``at`` (the objects that
                        have counts of tokens; ``$`` is the whole), ``input`` and ``output`` (their
                        members that add up to what was read and written), ``model``, ``finish``
                        (why an answer ended) with the ``reasons`` that there are, ``adds: true``
                        where each count is of another reply
``errors``              ``types`` by status or class of statuses, ``status`` (where it is always
                        the same, as long as the request that ``body`` repeats is known), ``body``
                        (a template; ``$like`` is the request, too)

``strings`` is a list of rules; the first that covers a place decides. See `guardrail.wire.shape`
for paths, `guardrail.wire.rules` for what a rule may say, `guardrail.wire.template` for templates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from guardrail.facts import Place
from guardrail.wire.event_labels import LabelSpec
from guardrail.wire.members import Member
from guardrail.wire.naming import ChannelName
from guardrail.wire.shape import Pattern, State
from guardrail.wire.usage import UsageSpec
from guardrail.wire.walk import Speakers

WEBSOCKET = "WEBSOCKET"
"""Stands for the method of requests that open a WebSocket."""
BODILESS = frozenset({"GET", "HEAD", "DELETE", WEBSOCKET})
"""Methods whose requests may have no body."""


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
    bodiless: bool
    """Whether the request may have no body."""
    array: bool
    """Whether a reply in JSON is a stream: an array of its events."""


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
    bodies: frozenset[str] = frozenset({"json"})
    """The ways in which requests may be written."""
    model: Place = ()
    stream: Place = ()
    stream_default: bool = False
    """What a request asks for that doesn't say whether it is streamed."""
    machine_read: tuple[Asks, ...] = ()
    continued: tuple[Place, ...] = ()
    """Where a request holds earlier turns in a form that isn't read, as a model's own tokens."""
    conversation: tuple[Place, ...] = ()
    """Where a message names turns that are kept elsewhere: a request those before it, a reply what
    a later request calls it by."""
    speakers: Speakers = field(default_factory=Speakers)
    answers: Pattern = ()
    """Where one of several answers stands; a reply is one answer where it is empty."""
    labels: tuple[Member, ...] = ()
    """Where a reply may say of its origin what the format doesn't know of: the first that fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """What ends some channels of a stream: the parts of a reply that end one by one."""

    name: str
    """The channels as the file names them; all there are where it is empty."""
    channels: ChannelName
    """What the names of a part's channels begin with; its one gap is the part's number. Without a
    gap they are no part: what ends them says nothing of what may follow."""
    at: Pattern = ()
    """The member that has a value where a part ends; an event has a part where it has what the
    member is in."""
    events: frozenset[str] = frozenset()
    """The types of events that end a part, where it is named by a member."""
    within: frozenset[str] = frozenset()
    """The types of events that have such a part; all that have the member where it is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """One of the events that end a stream after a refusal."""

    data: object
    """A template."""
    name: str = ""
    when: When = When.ALWAYS
    each_part: bool = False
    """Whether there is one for each part that has begun and not ended, …"""
    of: str = ""
    """… of those that the `Finish` of this name ends, or of all where it is empty, …"""
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
    event_bytes: int = 0
    """The bytes of the largest event; 0 where all are of text, and small."""
    alone: bool = False
    """Whether each event is a whole message: no text goes on in another."""
    end: bytes = b""
    """The data of the event that ends the stream, or nothing."""
    done: Place = ()
    """What has a value in an event that ends the stream, …"""
    done_events: frozenset[str] = frozenset()
    """… and the types of such."""
    error: Place = ()
    finish: tuple[Finish, ...] = ()
    answers: ChannelName | None = None
    """What the channels of one answer begin with; a stream is one answer where it is None."""
    number: str = ""
    """The member in which an array's item carries its index, …"""
    by_id: bool = False
    """… or its id."""
    repeats: bool = False
    """Whether events repeat what others brought."""
    refusal: tuple[Ending, ...] = ()
    comments: bool = False
    """Whether the format's clients are known to pass over comments, as they should."""
    label: LabelSpec | None = None
    """Which events say of the stream's origin what the format doesn't know of."""
    conversation: tuple[Place, ...] = ()
    """Where an event says what a later request calls this reply by."""
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
    usage: UsageSpec = field(default_factory=UsageSpec)
    error_status: int | None = None
    """The HTTP status of every refusal, where the format has its errors in the body alone."""
    echo: Mapping[str, Place] = field(default_factory=dict)
    """What refusals repeat of the request: paths, and the same as places."""
