"""What an operator can set, declared once: type, default, meaning.

Order of precedence, the first that says something wins:

1. a command-line flag
2. an environment variable: ``GUARDRAIL_`` and the key in capitals, ``__`` between levels
   (``GUARDRAIL_PORT``, ``GUARDRAIL_LIMITS__BODY_BYTES``), lists comma-separated
3. the YAML file named by ``--config`` or ``GUARDRAIL_CONFIG``
4. the default

An unknown key is an error that names the nearest known one, wherever it stands.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from guardrail.errors import ConfigError, nearest

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

_PLAIN_PATH = re.compile(r"(?:/(?!\.+(?:/|\Z))[A-Za-z0-9_~.,:@+=\-]+)+/?")
"""Means the same to everybody: nothing escaped, doubled, or leading upwards."""
_NO_SETTINGS = frozenset({"GUARDRAIL_CONFIG", "GUARDRAIL_VAULT_KEY"})
"""Variables of commands."""

Port = Annotated[int, Field(ge=0, le=65_535)]
Seconds = Annotated[float, Field(gt=0, le=3_600)]
Score = Annotated[float, Field(gt=0, le=1)]
Tree = dict[str, object]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Limits(_Section):
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


class HoldBack(_Section):
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


class Unmatched(_Section):
    """What happens with a request that no wire format matches."""

    ai: Literal["refuse", "generic", "pass"] = "refuse"
    """On AI paths. ``generic`` examines every string of a body: JSON, a form, text or a page."""
    other: Literal["refuse", "generic", "pass"] = "pass"
    """On all other paths."""


class Generic(_Section):
    """How bodies are read that no wire format matches."""

    text: tuple[str, ...] = ()
    """Paths of what people say in requests, and the AI in replies, as ``messages.*.content``: a
    notice goes before these, and their language is the person's. Other strings are examined all the
    same, but nobody's."""

    @field_validator("text", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return _parts(value)


Context = Literal["work", "education", "bank-identification"]


class Service(_Section):
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
        return _parts(value)


class ConsentSettings(_Section):
    """How consent reaches the guard."""

    audience: str = "guardrail"
    """What a token's ``aud`` must be."""
    trust_subject_header: bool = False
    """True where only a trusted hop can set ``Guardrail-Subject``: then no token is needed."""
    issuers: dict[str, Path] = Field(default_factory=dict)
    """Further issuers of consent tokens: ``iss`` to a file with the public key (PEM)."""


class Entities(_Section):
    """Which entities are looked for."""

    only: tuple[str, ...] = ()
    """These only; all where empty."""
    without: tuple[str, ...] = ()
    """All but these."""

    @field_validator("only", "without", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return _parts(value)


class Looking(_Section):
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
        return _parts(value)

    @field_validator("thresholds", mode="before")
    @classmethod
    def _pairs(cls, value: object) -> object:
        value = _pairs_in(value)
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
        if not _PLAIN_PATH.fullmatch(path):
            return None
        found = [
            route
            for route in self.routes
            if (path.startswith(route[:-1]) if route.endswith("*") else path == route)
        ]
        return max(found, key=len, default=None)


class Telemetry(_Section):
    """What operators can watch."""

    traces: Literal["off", "console", "otlp"] = "off"
    """``otlp`` needs ``guardrail-gateway[otlp]`` and reads the OTEL_EXPORTER_OTLP_… variables."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """What reaches standard error."""
    log_format: Literal["text", "json"] = "text"
    """``json`` for log collectors."""


class Settings(_Section):
    """All of it."""

    upstream: str = ""
    """The AI endpoint, as ``http://127.0.0.1:11434`` or ``https://api.example.com/v1``."""
    upstream_key: str = Field(default="", repr=False)
    """Sent to the upstream as ``Authorization: Bearer …`` in place of what the caller sent."""
    upstream_ca: Path | None = None
    """Certificates (PEM) to trust for the upstream; the system's where empty."""
    policy: tuple[str, ...] = ("kz-230-viii",)
    """Policy packs. Several apply together: the strictest wins."""
    personal_data: Literal["refuse", "mask", "pseudonymise"] = "refuse"
    """What happens to personal data that no consent covers."""
    reply_personal_data: Literal["refuse", "mask"] | None = None
    """The same for what the model says; follows `personal_data` where empty."""
    pseudonym_days: Annotated[int, Field(ge=0, le=3_660)] = 30
    """For how many days a value has the same pseudonym; another follows then. 0: for ever."""
    media: Literal["refuse", "pass"] = "refuse"
    """Images, sound and files that can't be looked into: broken, too large, of an unknown format,
    or all of them where the extra ``media`` isn't installed."""
    remote_media: Literal["refuse", "pass"] | None = None
    """Media that a message points at, by an address or an id: they are never fetched. Follows
    `media` where empty."""
    unlabelled_media: Literal["refuse", "pass"] = "refuse"
    """Media of a whole reply that no label can be written into: in Kazakhstan what is synthetic may
    be spread with a mark only. Those of streamed replies carry none of their own yet."""
    media_workers: Annotated[int, Field(ge=1, le=64)] = 1
    """Processes that look into media, for each of `workers`; started at the first medium."""
    suspected_use: Literal["hold", "pass"] = "hold"
    """Messages that may ask for a prohibited use, when that isn't sure."""
    host: str = "127.0.0.1"
    """Where the guard listens."""
    port: Port = 8080
    """The data port."""
    admin_host: str = "127.0.0.1"
    """Where health and metrics are served."""
    admin_port: Port = 8081
    """The admin port."""
    workers: Annotated[int, Field(ge=1, le=256)] = 1
    """Processes that share the data port."""
    state: Path = Path("guardrail-state")
    """Directory for keys, consents and evidence."""
    fail: Literal["closed", "open"] = "closed"
    """What happens while evidence can't be written: ``closed`` refuses, ``open`` passes and says
    so."""
    tls_certificate: Path | None = None
    """Serve the data port over TLS with this certificate chain (PEM)."""
    tls_key: Path | None = None
    """The certificate's private key (PEM)."""
    ai_paths: tuple[str, ...] = (
        *("/v1/", "/v1alpha", "/v1beta", "/v2/", "/api/", "/compatibility/", "/openai/"),
        *("/chat/", "/completion", "/embedding", "/generate", "/invocations", "/model/"),
        *("/upload/", "/a2a", "/mcp"),
    )
    """Path prefixes that carry AI traffic."""
    formats: Path | None = None
    """Folder with wire formats of your own, a folder each, as in docs/wire-formats.md. One with a
    shipped format's name stands in its place."""
    wires: dict[str, str] = Field(default_factory=dict)
    """Paths to the wire format that is spoken there and below, as ``/tools/weather: mcp``: the
    longest that fits wins, and wins over the formats' own paths. They carry AI traffic."""
    drain_seconds: Annotated[float, Field(ge=0, le=3_600)] = 25.0
    """How long open requests and streams may finish after a stop signal."""
    detect: Detection = Detection()
    unmatched: Unmatched = Unmatched()
    generic: Generic = Generic()
    service: Service = Service()
    consent: ConsentSettings = ConsentSettings()
    limits: Limits = Limits()
    hold_back: HoldBack = HoldBack()
    telemetry: Telemetry = Telemetry()

    @field_validator("policy", "ai_paths", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return _parts(value)

    @field_validator("wires", mode="before")
    @classmethod
    def _pairs(cls, value: object) -> object:
        return _pairs_in(value)

    @model_validator(mode="after")
    def _agree(self) -> Settings:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key go together: set both or neither")
        if not self.policy:
            raise ValueError("policy is empty: name at least one pack, such as kz-230-viii")
        for prefix in self.ai_paths:
            if not prefix.startswith("/"):
                raise ValueError(f"ai_paths: {prefix!r} matches no path: begin it with a slash")
        for prefix in self.wires:
            if prefix != "/" and not _PLAIN_PATH.fullmatch(prefix):
                raise ValueError(f"wires: {prefix!r} is no plain path, as /tools/weather")
        for route in self.detect.routes:
            if not route.startswith("/") or "*" in route[:-1]:
                raise ValueError(
                    f"detect.routes: {route!r} is no path: begin it with a slash, and let a * "
                    "stand at its end only"
                )
        return self

    def is_ai_path(self, path: str) -> bool:
        """Tell whether a request's path, decoded, carries AI traffic.

        A path that the upstream could simplify, or join to its own prefix, into one that does
        counts as one: else it would pass unexamined.
        """
        prefix = urlsplit(self.upstream).path.rstrip("/")
        if any(_is_under(own, self.ai_paths) for own in (path, prefix + path)):
            return True
        return any(_is_under(path + "/", [f"{own.rstrip('/')}/"]) for own in self.wires)

    def wire_of(self, path: str) -> tuple[str, str]:
        """Return the wire format that `wires` names for a request's path, and the path below it.

        The format is empty for a path under none, and for one that isn't plain: what it means to
        the upstream is anybody's guess.
        """
        if path != "/" and not _PLAIN_PATH.fullmatch(path):
            return "", path
        found = [own for own in self.wires if f"{path}/".startswith(f"{own.rstrip('/')}/")]
        if not found:
            return "", path
        prefix = max(found, key=len)
        return self.wires[prefix], path[len(prefix.rstrip("/")) :] or "/"

    @property
    def for_replies(self) -> Literal["refuse", "mask"]:
        """What happens to personal data in a reply: hiding it behind a key would help nobody."""
        if self.reply_personal_data is not None:
            return self.reply_personal_data
        return "refuse" if self.personal_data == "refuse" else "mask"


def _parts(value: object) -> object:
    """Return what stands between commas; what isn't text as it is."""
    if not isinstance(value, str):
        return value
    return [part for one in value.split(",") if (part := one.strip())]


def _pairs_in(value: object) -> object:
    """Return ``a=b, c=d`` as a mapping; what isn't text as it is."""
    if not isinstance(value, str):
        return value
    pairs = (part.partition("=") for part in value.split(",") if part.strip())
    return {name.strip(): said.strip() for name, _, said in pairs}


def _is_under(path: str, prefixes: Sequence[str]) -> bool:
    plain = "/" + path.replace("\\", "/").lower().lstrip("/")
    simple = posixpath.normpath(plain) + ("/" if plain.endswith("/") else "")
    return any(simple.startswith(prefix.lower()) for prefix in prefixes)


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
