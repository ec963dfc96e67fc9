"""What an operator can set, by subject: type, default, meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

PLAIN_PATH = re.compile(r"(?:/(?!\.+(?:/|\Z))[A-Za-z0-9_~.,:@+=\-]+)+/?")
"""Means the same to everybody: nothing escaped, doubled, or leading upwards."""
Port = Annotated[int, Field(ge=0, le=65_535)]
Seconds = Annotated[float, Field(gt=0, le=3_600)]
Score = Annotated[float, Field(gt=0, le=1)]


class Section(BaseModel):
    """Keys of one subject; an unknown one is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Limits(Section):
    """What the guard takes at most. A larger, deeper or slower message is refused, not cut."""

    body_bytes: Annotated[int, Field(gt=0)] = 8 << 20
    """A request body, after decoding."""
    reply_bytes: Annotated[int, Field(gt=0)] = 32 << 20
    """A reply that isn't streamed, after decoding."""
    inflate_ratio: Annotated[int, Field(gt=0)] = 100
    """How many times larger a compressed body may grow."""
    json_depth: Annotated[int, Field(gt=0, le=512)] = 64
    """Levels of nesting in a JSON document."""
    json_values: Annotated[int, Field(gt=0)] = 500_000
    """Values in a JSON document, each number of an embedding among them."""
    body_seconds: Seconds = 30.0
    """How long a caller may take to send the body."""
    connect_seconds: Seconds = 5.0
    """How long the upstream may take to accept a connection."""
    first_byte_seconds: Seconds = 120.0
    """How long the upstream may take to begin its reply."""
    idle_seconds: Seconds = 60.0
    """How long the upstream may pause inside its reply."""
    media_seconds: Annotated[float, Field(gt=0, le=60)] = 2.0
    """How long one image, recording or file may take to be looked into."""
    media_bytes: Annotated[int, Field(gt=0, le=1 << 30)] = 20 << 20
    """The largest image, recording or file that is looked into."""
    concurrent_requests: Annotated[int, Field(gt=0)] = 1_000
    """Requests in work at once in each worker; more are answered 503 at once."""


class HoldBack(Section):
    """Text of a stream that waits, in each channel, since its end could still become a finding."""

    chars: Annotated[int, Field(ge=3600, le=65_536)] = 4096
    """How much text may wait for its end to be seen, in each channel of a stream."""
    seconds: Annotated[float, Field(gt=0, le=3_600)] = 5.0
    """How long it may wait for the upstream to go on with it."""
    at_chars: Literal["release", "refuse"] = "release"
    """What happens with more text. ``release`` lets its beginning go, no complete finding with it;
    ``refuse`` ends the stream."""
    at_seconds: Literal["wait", "release"] = "wait"
    """What happens after `seconds`. ``wait`` goes on waiting, for `limits.idle_seconds` at most;
    ``release`` lets the text go, and a value that turns out to go on behind it ends the stream."""


class Unmatched(Section):
    """What happens with a request that no wire format matches."""

    ai: Literal["refuse", "generic", "pass"] = "refuse"
    """On AI paths. ``generic`` examines every string of a body: JSON, a form, text or a page."""
    other: Literal["refuse", "generic", "pass"] = "pass"
    """On all other paths."""


class Generic(Section):
    """How bodies are read that no wire format matches."""

    text: tuple[str, ...] = ()
    """Paths of what people say in requests, and the AI in replies, as ``messages.*.content``: a
    notice goes before these, and their language is the person's. Other strings are examined all the
    same, but nobody's."""
    label: str = ""
    """The path of a member for the label in JSON replies and streams that hold one of these texts,
    and in the first message of a WebSocket that does, as ``meta.ai_disclosure``. Empty: headers
    alone."""

    @field_validator("label")
    @classmethod
    def _one_place(cls, value: str) -> str:
        if value and not all(part and not set(part) & set("*<>") for part in value.split(".")):
            raise ValueError("is a path of names with dots between them, as meta.ai_disclosure")
        return value

    @field_validator("text", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return parts(value)


Context = Literal["work", "education", "bank-identification"]


class Service(Section):
    """Who operates the AI system, in the law's own words: told to people and put into labels."""

    name: str = "AI assistant"
    """The system's name."""
    owner: str = ""
    """The owner or possessor of the AI system."""
    bin: str = ""
    """The owner's business identification number (БИН)."""
    contact: str = ""
    """Where a person reaches a human being."""
    purpose: str = "assistant.answer"
    """The purpose that a consent must name."""
    recipient: str = ""
    """Id of the upstream's provider, as consents name it; empty where it is the operator's own."""
    country: str = ""
    """Where the upstream processes data, as ``KZ``; a consent must name it, where this is set."""
    provider: str = ""
    """The model's provider, as labels name it."""
    contexts: tuple[Context, ...] = ()
    """Where the system is used. Some uses are forbidden there that are lawful elsewhere."""

    @field_validator("contexts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return parts(value)


class ConsentSettings(Section):
    """How consent reaches the guard."""

    audience: str = "guardrail"
    """What a token's ``aud`` must be."""
    trust_subject_header: bool = False
    """True where only a trusted hop can set ``Guardrail-Subject``: then no token is needed."""
    issuers: dict[str, Path] = Field(default_factory=dict)
    """Further issuers of consent tokens: ``iss`` to a file with the public key (PEM)."""


class Entities(Section):
    """Which entities are looked for."""

    only: tuple[str, ...] = ()
    """These only; all where empty."""
    without: tuple[str, ...] = ()
    """All but these."""

    @field_validator("only", "without", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return parts(value)


class Looking(Section):
    """What is looked for, and from when on it is found."""

    profile: Literal["default", "code", "strict"] = "default"
    """What the rest adds to: ``code`` is for assistants that read programs and logs, ``strict``
    takes what is only likely, too."""
    allow: tuple[str, ...] = ()
    """Values that are never findings, such as your own phone; behind ``regex:`` an RE2 pattern of
    whole values."""
    thresholds: dict[str, Score] = Field(default_factory=dict)
    """Entity, or ``*`` for all others, to the least score of a finding: ``PERSON=0.8, *=0.6``.
    Without, it is 0.5."""
    entities: Entities = Entities()

    @field_validator("allow", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return parts(value)

    @field_validator("thresholds", mode="before")
    @classmethod
    def _pairs(cls, value: object) -> object:
        value = pairs_in(value)
        if not isinstance(value, Mapping):
            return value
        # Variables of the environment come in small letters.
        return {str(name).upper(): score for name, score in value.items()}


class Detection(Looking):
    """How text is looked at."""

    tier: Literal["fast", "standard"] = "standard"
    """How much is spent on a text: `standard` asks a larger model about English names, too."""
    embeddings: bool = True
    """Whether sentence embeddings help to tell prohibited uses: surer, for 120 MB of memory."""
    irises: bool = False
    """Whether pictures without a face are searched for close-ups of an eye: experimental, and a
    suspicion at most."""
    recognizers: Path | None = None
    """A YAML file with recognizers of your own, in Presidio's form."""
    routes: dict[str, Looking] = Field(default_factory=dict)
    """Paths, with a ``*`` at the end for all below, to what is different there: `profile`, `allow`,
    `thresholds`, `entities`."""

    def route_of(self, path: str) -> str | None:
        """Return the most precise of `routes` for a request's path, decoded; None for none.

        A path that the upstream could simplify into another has none: nobody gets another route's
        profile by a detour.
        """
        if not PLAIN_PATH.fullmatch(path):
            return None
        return _nearest(path, self.routes)


class Disclosure(Section):
    """What people are told, beside that an AI answers."""

    remind_hours: Annotated[float, Field(ge=0, le=720)] = 0
    """Hours of a conversation after which people are told again, before an answer; 0: as the policy
    packs ask for, and none of them is told less often."""
    on_behalf_of: Annotated[str, Field(max_length=128)] = ""
    """For whom the AI acts as an agent: told with the first answer."""
    decision: bool = False
    """True where answers take part in decisions about people: told with the first answer, and what
    they can ask for."""
    first_frame: bool = False
    """True to send the notice as the first event of Realtime sessions, ``guardrail.notice``, for
    applications that play sound and show no transcript."""


class MediaLabels(Section):
    """What pictures, recordings and documents of whole replies are labelled with."""

    visible: bool = True
    """Words on pictures, films and documents, a rhythm before sound: in Kazakhstan what is
    synthetic may be spread with a warning only that anybody can perceive."""
    place: Literal["top-left", "top-right", "bottom-left", "bottom-right"] = "bottom-left"
    """The corner of pictures and films that words stand in."""
    spoken: Path | None = None
    """A recording of the words, put behind the rhythm: WAV, FLAC, MP3 or Ogg, 30 seconds at most.
    """
    watermark: bool = True
    """A mark in the pixels of pictures that nobody sees and `guardrail label verify` reads."""
    certificate: Path | None = None
    """Certificates (PEM, or PKCS #12) that manifests (C2PA) are signed with. Without, one is made
    in `state` that nobody else trusts: for development."""
    key: Path | None = None
    """The certificate's private key (PEM), where it isn't in the same file."""
    password: str = Field(default="", repr=False)
    """Of the certificate's key, where that is encrypted."""
    next_certificate: Path | None = None
    """The certificate after that, with its key in the same file: both sign while they are valid,
    the one that lasts longer first. It is taken up when it becomes valid."""
    next_password: str = Field(default="", repr=False)
    """Of the next certificate's key; without one it is `password`."""
    roots: Path | None = None
    """Certificates (PEM) that signatures are trusted by, in labels that are read."""
    signer: str = ""
    """A function of yours that signs in the key's stead, as ``package.module:function``: it takes
    bytes and returns their signature."""
    timestamps: str = ""
    """URL of a time-stamp authority (RFC 3161): marks outlive the certificate then."""
    timestamp_seconds: Annotated[float, Field(gt=0, le=60)] = 2.0
    """How long it may take; marks go out without a time-stamp then."""
    seconds: Annotated[float, Field(gt=0, le=60)] = 10.0
    """How long one medium may take to be labelled, its time-stamp included. A second of a film of
    1280 x 720 takes about half a second."""
    manifest_days: Annotated[int, Field(gt=0, le=36_500)] = 365
    """For how many days manifests of what has no place for one, as recordings, can be had."""

    @model_validator(mode="after")
    def _leaves_time(self) -> MediaLabels:
        if self.timestamps and self.seconds < self.timestamp_seconds + 1:
            raise ValueError(
                "timestamp_seconds takes all of seconds: leave a second for the label itself"
            )
        return self


Exemption = Literal[
    "assistive_editing",
    "short_strings",
    "source_code",
    "machine_to_machine",
    "editorial_responsibility",
]
"""What the AI Act exempts: art. 50(2) and its guidelines, and art. 50(4) for reviewed texts."""


class Labels(Section):
    """Where labels stand that machines read, beside the headers of a reply."""

    json_member: bool = True
    """A member ``ai_disclosure`` in whole replies in JSON, and in two events of streams without
    comments, where the format's clients pass over what they don't know."""
    stream_comments: bool = True
    """Comments at the start and the end of streams of server-sent events; readers pass over
    them."""
    documents: tuple[Literal["html", "markdown", "plain"], ...] = ("html", "markdown")
    """Whole replies of unknown formats that are marked by what they are: attributes and JSON-LD in
    HTML, front matter and a line in Markdown, a line before plain text."""
    manifests: tuple[Literal["html", "markdown", "plain"], ...] = ("html", "markdown")
    """Whole replies of unknown formats that get a signed manifest (C2PA) beside them: a ``Link``
    leads to it, and one in a page's head, too. Each waits some milliseconds for it. Needs the extra
    ``labels``; empty for none."""
    manifests_kept: Annotated[int, Field(gt=0, le=10_000_000)] = 20_000
    """How many manifests of texts can be had, some 16 KB each on disk; the oldest go first, and all
    after ``media.manifest_days``."""
    level: Literal["ai-generated", "ai-assisted", "ai-autonomous"] = "ai-generated"
    """AI's part in what leaves: ``ai-assisted`` where a person made the work and AI helped,
    ``ai-autonomous`` where nobody prompts it or looks at it."""
    exempt: dict[str, Exemption] = Field(default_factory=dict)
    """Paths, with a ``*`` at the end for all below, to why the law wants no label there: replies
    are labelled in headers alone then. Never pictures, sound and films."""
    editor: Annotated[str, Field(max_length=128)] = ""
    """Who has reviewed the texts of ``editorial_responsibility`` and answers for them: a name or a
    function, for your records."""
    text_watermark: Annotated[str, Field(max_length=128)] = ""
    """Name of a watermark that the model's provider says is in its texts: labels of texts hand that
    on, as the provider's word. No proxy can put one in, and this one looks for none."""
    media: MediaLabels = MediaLabels()

    @field_validator("documents", "manifests", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return parts(value)

    @field_validator("exempt", mode="before")
    @classmethod
    def _pairs(cls, value: object) -> object:
        return pairs_in(value)

    @model_validator(mode="after")
    def _agree(self) -> Labels:
        for path in self.exempt:
            if not path.startswith("/") or "*" in path[:-1]:
                raise ValueError(
                    f"exempt: {path!r} is no path: begin it with a slash, and let a * stand at its "
                    "end only"
                )
        if "editorial_responsibility" in self.exempt.values() and not self.editor.strip():
            raise ValueError(
                "exempt: editorial_responsibility needs somebody who answers for the texts (AI Act "
                "art. 50(4)): set labels.editor to a name or a function, as `editor: chief editor`"
            )
        return self

    def exempt_of(self, path: str) -> str:
        """Return why replies at a path, decoded, need no label in themselves; empty where they do.

        A path that the upstream could simplify into another is never exempt.
        """
        if not self.exempt or not PLAIN_PATH.fullmatch(path):
            return ""
        found = _nearest(path, self.exempt)
        return self.exempt[found] if found is not None else ""


def _nearest(path: str, routes: Iterable[str]) -> str | None:
    """Return the most precise of `routes`, with a ``*`` at the end for all below; None for none."""
    found = [
        route
        for route in routes
        if (path.startswith(route[:-1]) if route.endswith("*") else path == route)
    ]
    return max(found, key=len, default=None)


def parts(value: object) -> object:
    """Return what stands between commas; what isn't text as it is."""
    if not isinstance(value, str):
        return value
    return [part for one in value.split(",") if (part := one.strip())]


def pairs_in(value: object) -> object:
    """Return ``a=b, c=d`` as a mapping; what isn't text as it is."""
    if not isinstance(value, str):
        return value
    pairs = (part.partition("=") for part in value.split(",") if part.strip())
    return {name.strip(): said.strip() for name, _, said in pairs}
