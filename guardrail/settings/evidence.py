"""What an operator can set of the evidence: where it is kept, its name, how often it is sealed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from guardrail.settings.sections import Section, parts


class EvidenceSettings(Section):
    """Where evidence is kept, and how."""

    store: str = Field(default="", repr=False)
    """Where: empty for ``evidence`` in `state`, ``postgresql://user@host/database``, or
    ``s3://bucket/prefix?region=…``. Guards with one store write one log: see
    docs/evidence-stores.md."""
    origin: Annotated[str, Field(pattern=r"^[!-*\--:<-~]{1,128}$")] = "guardrail"
    """The log's name, which its keys sign under. Without spaces, pluses, commas and semicolons; an
    address of yours is good, as ``example.kz/guard``."""
    key: Path | None = None
    """The log's root key (PEM), where it isn't ``keys/evidence.pem`` in `state`. Guards with one
    store need the same; the file may be read-only."""
    seal_seconds: Annotated[float, Field(gt=0, le=3_600)] = 60.0
    """How often the totals of what was done are put on record, while there is something to tell."""
    beat_seconds: Annotated[float, Field(gt=0, le=15)] = 10.0
    """How often each process says that it is there. Silence over 30 seconds is told by whoever
    verifies."""
    retention_days: Annotated[int, Field(ge=0, le=36_600)] = 0
    """For how many days entries are kept, before whole bundles of them are deleted. 0: for as long
    as the strictest of the packs asks. Less than a pack allows, or than 183, is an error at
    start."""
    details: Literal["off", "refused"] = "off"
    """Whether the bodies of refused and held messages are kept, encrypted, for a person to look at:
    see docs/evidence-erasure.md."""
    details_days: Annotated[int, Field(ge=1, le=366)] = 30
    """For how many days they are kept at most."""
    wait_entries: Annotated[int, Field(gt=0, le=10_000_000)] = 10_000
    """Entries that may wait to be durable in each process; more are refused, or passed unrecorded
    where `fail` is ``open``."""
    ml_dsa: bool = False
    """Whether checkpoints are signed a second time, with ML-DSA-44 (FIPS 204): signatures that a
    quantum computer doesn't forge. The key follows from the log's own."""
    anchor_minutes: Annotated[float, Field(gt=0, le=10_080)] = 10.0
    """How often a checkpoint leaves the house, to `timestamps`, `witnesses` and `push`."""
    anchor_seconds: Annotated[float, Field(gt=0, le=600)] = 10.0
    """How long each of those may take."""
    timestamps: str = Field(default="", repr=False)
    """URL of a time-stamp authority (RFC 3161) that stamps checkpoints."""
    witnesses: tuple[str, ...] = ()
    """Who cosigns checkpoints: a URL, a space and the witness's public key (a C2SP vkey)."""
    push: tuple[str, ...] = Field(default=(), repr=False)
    """Where copies of checkpoints go: URLs that take a POST, or directories."""

    @field_validator("witnesses", "push", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return parts(value)
