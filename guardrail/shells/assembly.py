"""Puts a guard together from settings: first what forked workers can share, then the rest."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.consent import Signer, Terms, TrustedKey, keyring
from guardrail.detect.media.budget import Budget
from guardrail.disclose import LabelSigner
from guardrail.engine import Guard
from guardrail.engine.authorship import Registrar
from guardrail.evidence import Entry, EntryKind, EvidenceLog
from guardrail.facts import Action, Direction
from guardrail.policy import Judge, strictest_thresholds
from guardrail.rights import Owner, Service, information
from guardrail.rights import Pack as KnownPack
from guardrail.settings import Settings
from guardrail.shells.detectors import detectors_for
from guardrail.shells.label_kit import label_writer, signing
from guardrail.shells.label_writer import LabelWriter
from guardrail.shells.media import MediaPool
from guardrail.shells.packs import judge_for
from guardrail.shells.ports import LoopPorts, Ports
from guardrail.shells.runner import Runner
from guardrail.shipped import shipped
from guardrail.stores.keys import (
    load_or_create_secret,
    load_or_create_signing_key,
    load_public_key,
)
from guardrail.stores.segments import SegmentLog, load_or_create_key
from guardrail.stores.sqlite import SqliteConsents
from guardrail.stores.state import ORIGIN, State
from guardrail.telemetry import Metrics
from guardrail.wire import Limits, load_wires


@dataclass(slots=True, kw_only=True)
class Assembly:
    """A guard with its stores, for one process."""

    settings: Settings
    guard: Guard
    consents: SqliteConsents
    evidence: EvidenceLog
    metrics: Metrics
    ports: LoopPorts
    media: MediaPool
    """Looks into media; its processes start at the first one."""
    labels: LabelWriter
    """Labels media; likewise."""
    roots: bytes
    """Certificates (PEM) that labels of media are trusted by."""
    registrar: Registrar | None = None
    """Puts prompts on record for their authors."""

    def runner(self, ports: Ports | None = None) -> Runner:
        """Return a runner: for an event loop, unless other `ports` are given."""
        fail_open = self.settings.fail == "open"
        return Runner(
            self.guard,
            ports or self.ports,
            self.metrics,
            fail_open=fail_open,
            registrar=self.registrar,
        )

    async def adopt(self, judge: Judge) -> None:
        """Decide by other packs from now on, once that is on record.

        Raises:
            EvidenceError: it can't be put on record.
        """
        await self.ports.append([loaded(judge)])
        self.guard.use(judge)

    def close(self) -> None:
        """Seal the evidence, close the consents, and let the threads end."""
        self.ports.close()
        self.evidence.close()
        self.consents.close()


def prepare(settings: Settings) -> Guard:
    """Load packs, wire formats, detectors and keys: everything that workers can share.

    Raises:
        ConfigError: something that `settings` name can't be used.
    """
    state = State(settings.state)
    state.make()
    key = load_or_create_secret(state.pseudonym_key)
    load_or_create_key(state.evidence_key, origin=ORIGIN)
    limits = Limits(depth=settings.limits.json_depth, values=settings.limits.json_values)
    own = Signer(issuer=ORIGIN, key=load_or_create_signing_key(state.consent_key)).trusted
    others = [
        TrustedKey(issuer=issuer, key=load_public_key(path))
        for issuer, path in settings.consent.issuers.items()
    ]
    terms = Terms(
        purpose=settings.service.purpose,
        recipient=settings.service.recipient,
        country=settings.service.country,
        audience=settings.consent.audience,
        issuers=keyring([own, *others]),
    )
    judge = judge_for(settings)
    floors = strictest_thresholds(judge.packs)
    detectors = detectors_for(settings.detect, key=key, floors=floors)
    guard = Guard(
        settings,
        wires=load_wires(
            shipped("adapters"),
            own=settings.formats,
            generic_text=settings.generic.text,
            limits=limits,
        ),
        detector=detectors.usual,
        detectors=detectors.routes,
        judge=judge,
        terms=terms,
        key=key,
        signer=label_signer(state.label_key),
    )
    guard.intent.load()
    return guard


def label_signer(path: Path) -> LabelSigner:
    """Return what signs labels with the key at `path`, made at the first call.

    Raises:
        ConfigError: as `load_or_create_signing_key`.
    """
    key = load_or_create_signing_key(path)
    private = key.private_key
    assert isinstance(private, Ed25519PrivateKey)  # noqa: S101 - `stores.keys` looked
    return LabelSigner(private, key.thumbprint())


def assemble(settings: Settings, guard: Guard | None = None) -> Assembly:
    """Open the stores and put the guard of one process together. After forking, not before.

    Raises:
        ConfigError: a store can't be opened, or `settings` can't be used.
    """
    guard = guard or prepare(settings)
    state = State(settings.state)
    consents = SqliteConsents(state.consents)
    signer = load_or_create_key(state.evidence_key, origin=ORIGIN)
    evidence = SegmentLog(
        state.evidence,
        signer=signer,
        origin=ORIGIN,
        clock=lambda: time.time_ns() // 1_000,
    )
    evidence.append([loaded(guard.judge)])
    metrics = Metrics()
    metrics.policy_loaded(time.time())
    who = signing(settings, datetime.now(UTC))
    metrics.certified(who.until)
    media, labels = media_pool(settings), label_writer(settings, who)
    return Assembly(
        settings=settings,
        guard=guard,
        consents=consents,
        evidence=evidence,
        metrics=metrics,
        ports=LoopPorts(consents, evidence, media, labels),
        media=media,
        labels=labels,
        roots=who.anchors,
        registrar=Registrar(guard, signer),
    )


def media_pool(settings: Settings) -> MediaPool:
    """Return what looks into media; nothing of it runs yet."""
    limits = settings.limits
    return MediaPool(
        settings.media_workers,
        seconds=limits.media_seconds,
        budget=Budget(encoded_bytes=limits.media_bytes),
    )


def loaded(judge: Judge) -> Entry:
    """Return the entry that says which packs a process decides by from now on."""
    return Entry(kind=EntryKind.POLICY_LOAD, fields={"pol": judge.listed})


def public_information(guard: Guard) -> dict[str, object]:
    """Return the document that tells people how the service works."""
    service = guard.settings.service
    kinds = tuple(sorted(guard.detector.entities))
    return information(
        Service(
            name=service.name,
            owner=Owner(name=service.owner, bin=service.bin, contact=service.contact),
            packs=tuple(
                KnownPack(ref=pack.ref, title=dict(pack.title)) for pack in guard.judge.packs
            ),
            examined={Direction.REQUEST: kinds, Direction.REPLY: kinds},
            unconsented=Action(guard.settings.personal_data),
            languages=guard.judge.languages,
        )
    )
