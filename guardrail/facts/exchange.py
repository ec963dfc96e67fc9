"""What travels: raw messages, and what a wire spec read in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from guardrail.facts.usage import NO_USAGE, Usage

Headers = tuple[tuple[bytes, bytes], ...]
"""Header fields in their order, names in lower case (as ASGI has them)."""

Place = tuple[str | int, ...]
"""A position in a JSON document: object keys and array indices from the root."""


class Direction(StrEnum):
    """Which way a message goes."""

    REQUEST = "request"
    REPLY = "reply"


class Author(StrEnum):
    """Who wrote a piece of content."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What a piece of content is for."""

    TEXT = "text"
    REASONING = "reasoning"
    """What a model thinks aloud beside its answer; some surfaces show it."""
    NAME = "name"
    TOOL_DEFINITION = "tool_definition"
    TOOL_ARGUMENTS = "tool_arguments"
    TOOL_RESULT = "tool_result"
    METADATA = "metadata"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRequest:
    """A request as a shell received it, its body already freed of content encodings."""

    method: str
    path: str
    query: str = ""
    """What follows the address's question mark, still percent-encoded."""
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: bytes) -> bytes | None:
        """Return the first field called `name` (lower case), or None."""
        return _header(self.headers, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawReply:
    """A whole reply as a shell received it, its body already freed of content encodings."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: bytes) -> bytes | None:
        """Return the first field called `name` (lower case), or None."""
        return _header(self.headers, name)


def _header(headers: Headers, name: bytes) -> bytes | None:
    for key, value in headers:
        if key == name:
            return value
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of text with its place in the wire format.

    `place` leads to a JSON string, or to a number long enough to be an identifier: an edit puts a
    string there. Where that string itself holds a JSON document (tool-call
    arguments), `inside` leads on from that document's root to the string that `text` is. Where
    `key` is true, `text` is the name of the object member that the place leads to, not its value.
    """

    place: Place
    text: str
    author: Author = Author.UNKNOWN
    kind: Kind = Kind.TEXT
    inside: Place | None = None
    key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """A position that isn't text: an image, a sound, a file, a remote address."""

    place: Place
    medium: str
    reason: str
    """How it is there: ``data_url``, ``encoded`` (base64), ``unread`` (bytes, or what nothing
    reads), ``reference`` (an address or an id, never fetched)."""
    data: bytes | str = field(default=b"", repr=False)
    """What is there: a string as it stands, or bytes. Empty for references, and where it is
    neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request, as its wire spec reads it."""

    wire: str
    """The spec and its version, as ``openai-chat@1``."""
    operation: str
    """What is asked for, as ``chat``."""
    segments: tuple[Segment, ...]
    opaque: tuple[Opaque, ...] = ()
    model: str = ""
    stream: bool = False
    first_turn: bool = True
    """True where the request carries no earlier answer of the assistant. Where it names turns that
    are kept elsewhere, what is known of these decides."""
    conversation: tuple[str, ...] = ()
    """What names the turns before this one where they are kept elsewhere: ids of the upstream's."""
    machine_read: bool = False
    """True where a program reads the answer (JSON mode, structured output)."""
    echo: Mapping[str, object] = field(default_factory=dict)
    """What a refusal in this format repeats of the request, by its path: a JSON-RPC id, say."""
    tree: object = field(default=None, repr=False, compare=False)
    """The parsed document: lists of numbers in it are no segments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One whole reply, as its wire spec reads it."""

    segments: tuple[Segment, ...]
    opaque: tuple[Opaque, ...] = ()
    model: str = ""
    conversation: tuple[str, ...] = ()
    """What a later request calls it by, and the conversation it is in."""
    usage: Usage = NO_USAGE
    """What it took, where it says so."""
    documents: tuple[Segment, ...] = ()
    """The JSON documents that stand in strings as tools' arguments, whole: the strings in them are
    `segments`."""
    tree: object = field(default=None, repr=False, compare=False)
    """The parsed document."""
