"""All that an operator can set, and how it must agree."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from guardrail.settings.evidence import EvidenceSettings
from guardrail.settings.sections import (
    PLAIN_PATH,
    ConsentSettings,
    Detection,
    Disclosure,
    Generic,
    HoldBack,
    Labels,
    Limits,
    Port,
    Section,
    Service,
    Unmatched,
    pairs_in,
    parts,
)
from guardrail.settings.telemetry import Telemetry


class Settings(Section):
    """All of it."""

    upstream: str = ""
    """The AI endpoint, as ``http://127.0.0.1:11434`` or ``https://api.example.com/v1``."""
    upstream_key: str = Field(default="", repr=False)
    """Sent to the upstream as ``Authorization: Bearer …`` in place of what the caller sent."""
    upstream_ca: Path | None = None
    """Certificates (PEM) to trust for the upstream; the system's where empty."""
    policy: tuple[str, ...] = ("kz-230-viii",)
    """Policy packs. Several apply together: the strictest wins."""
    policies: Path | None = None
    """Folder with policy packs of your own, a folder each, as in docs/policy.md. All of them apply
    beside those of `policy`; they can add and tighten, never soften."""
    policies_key: Path | None = None
    """Public key (PEM) that the folder must be signed with, by `guardrail policy bundle`."""
    policy_reload_seconds: Annotated[float, Field(ge=0, le=3_600)] = 0.0
    """How often to look whether packs have changed, and to take them over. 0: never. SIGHUP does it
    at once."""
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
    """Pictures, sound and films of a reply that can't be labelled, for people and for machines: in
    Kazakhstan what is synthetic may be spread with both only."""
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
    evidence: EvidenceSettings = EvidenceSettings()
    limits: Limits = Limits()
    hold_back: HoldBack = HoldBack()
    telemetry: Telemetry = Telemetry()
    disclosure: Disclosure = Disclosure()
    labels: Labels = Labels()

    @field_validator("policy", "ai_paths", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return parts(value)

    @field_validator("wires", mode="before")
    @classmethod
    def _pairs(cls, value: object) -> object:
        return pairs_in(value)

    @model_validator(mode="after")
    def _agree(self) -> Settings:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key go together: set both or neither")
        if not self.policy:
            raise ValueError("policy is empty: name at least one pack, such as kz-230-viii")
        if self.policies is None and self.policies_key is not None:
            raise ValueError("policies_key is set but policies isn't: name the folder of packs")
        for prefix in self.ai_paths:
            if not prefix.startswith("/"):
                raise ValueError(f"ai_paths: {prefix!r} matches no path: begin it with a slash")
        for prefix in self.wires:
            if prefix != "/" and not PLAIN_PATH.fullmatch(prefix):
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
        if path != "/" and not PLAIN_PATH.fullmatch(path):
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


def _is_under(path: str, prefixes: Sequence[str]) -> bool:
    plain = "/" + path.replace("\\", "/").lower().lstrip("/")
    simple = posixpath.normpath(plain) + ("/" if plain.endswith("/") else "")
    return any(simple.startswith(prefix.lower()) for prefix in prefixes)
