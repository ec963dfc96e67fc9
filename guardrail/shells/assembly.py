"""Puts a guard together from settings: first what forked workers can share, then the rest."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.consent import Signer, Terms, TrustedKey, keyring
from guardrail.detect.media.budget import Budget
from guardrail.disclose import LabelSigner
from guardrail.engine import Guard
from guardrail.engine.authorship import Registrar
from guardrail.evidence import Entry, EntryKind, EvidenceLog, Objects
from guardrail.facts import Action, Direction
from guardrail.policy import Judge, strictest_thresholds
from guardrail.rights import Owner, Service, information
from guardrail.rights import Pack as KnownPack
from guardrail.settings import Settings
from guardrail.shells.detectors import detectors_for
from guardrail.shells.erasing import epoch_keys, open_keeper
from guardrail.shells.evidence_log import check_keys, log_keys, now_us, open_writer
from guardrail.shells.label_kit import label_writer, signing
from guardrail.shells.label_writer import LabelWriter
from guardrail.shells.media import MediaPool
from guardrail.shells.packs import judge_for
from guardrail.shells.ports import LoopPorts, Ports
from guardrail.shells.runner import Runner
from guardrail.shells.steps import note_packs
from guardrail.shells.tending import Tending
from guardrail.shipped import shipped
from guardrail.stores.evidence_home import open_objects
from guardrail.stores.keys import (
    load_or_create_secret,
    load_or_create_signing_key,
    load_public_key,
)
from guardrail.stores.label_keys import retired_keys
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
    objects: Objects
    """Where evidence is kept."""
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
    tending: Tending | None = None
    """Tends the evidence log; None where another process of this guard does."""

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
        card = card_of(public_document(self.guard, judge))
        await self.ports.append([loaded(judge, card)])
        self.guard.use(judge)
        self.guard.card = card
        note_packs(self.metrics, judge)

    def close(self) -> None:
        """Seal the evidence, close the consents, and let the threads end."""
        self.ports.close()
        if self.tending is not None:  # it writes, too
            self.tending.close()
        self.evidence.close()
        self.objects.close()
        self.consents.close()


def prepare(settings: Settings) -> Guard:
    """Load packs, wire formats, detectors and keys: everything that workers can share.

    Raises:
        ConfigError: something that `settings` name can't be used.
    """
    state = State(settings.state)
    state.make()
    key = load_or_create_secret(state.pseudonym_key)
    log_keys(settings).root  # noqa: B018 - made before the workers want it at once
    pseudonyms = epoch_keys(settings)
    pseudonyms.ahead(now_us())  # likewise; later there may be no room on the disk
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
            generic_label=settings.generic.label,
            limits=limits,
        ),
        detector=detectors.usual,
        detectors=detectors.routes,
        judge=judge,
        terms=terms,
        key=key,
        signer=label_signer(state),
        pseudonyms=pseudonyms,
    )
    guard.intent.load()
    guard.card = card_of(public_document(guard, judge))
    return guard


def label_signer(state: State) -> LabelSigner:
    """Return what signs labels with the key of a state directory, made at the first call.

    Raises:
        ConfigError: as `load_or_create_signing_key`, and as `retired_keys`.
    """
    key = load_or_create_signing_key(state.label_key)
    private = key.private_key
    assert isinstance(private, Ed25519PrivateKey)  # noqa: S101 - `stores.keys` looked
    signer = LabelSigner(private, key.thumbprint())
    retired = retired_keys(state.label_keys, signer.public, int(time.time()))
    return LabelSigner(private, signer.kid, retired)


def assemble(settings: Settings, guard: Guard | None = None, *, tends: bool = True) -> Assembly:
    """Open the stores and put the guard of one process together. After forking, not before.

    Args:
        settings: what the operator wants.
        guard: what `prepare` gave, where it was asked before.
        tends: whether this process tends the evidence log, if no other one does.

    Raises:
        ConfigError: a store can't be opened, the log in it is of another key, or `settings` can't
            be used.
    """
    guard = guard or prepare(settings)
    state = State(settings.state)
    consents = SqliteConsents(state.consents)
    metrics = Metrics()
    metrics.policy_loaded(time.time())
    objects = open_objects(settings.evidence.store, state)
    check_keys(settings, objects)
    evidence = open_writer(settings, objects, metrics)
    evidence.append([loaded(guard.judge, guard.card)])
    who = signing(settings, datetime.now(UTC))
    metrics.certified(who.until)
    media, labels = media_pool(settings), label_writer(settings, who)
    ports = LoopPorts(consents, evidence, media, labels)
    ports.keeper = open_keeper(settings)
    return Assembly(
        settings=settings,
        guard=guard,
        consents=consents,
        evidence=evidence,
        objects=objects,
        metrics=metrics,
        ports=ports,
        media=media,
        labels=labels,
        roots=who.anchors,
        registrar=Registrar(guard, log_keys(settings).root),
        tending=Tending(settings, metrics, evidence, lambda: guard.judge.packs) if tends else None,
    )


def media_pool(settings: Settings) -> MediaPool:
    """Return what looks into media; nothing of it runs yet."""
    limits = settings.limits
    return MediaPool(
        settings.media_workers,
        seconds=limits.media_seconds,
        budget=Budget(encoded_bytes=limits.media_bytes, irises=settings.detect.irises),
    )


def loaded(judge: Judge, card: str) -> Entry:
    """Return the entry that says which packs a process decides by from now on, and what it tells.

    Args:
        judge: of the packs.
        card: as `card_of` gives it.
    """
    return Entry(kind=EntryKind.POLICY_LOAD, fields={"pol": judge.listed, "card": card})


def card_of(document: bytes) -> str:
    """Return the digest of a `public_document`, as decisions name it."""
    return hashlib.sha256(document).hexdigest()


def public_document(guard: Guard, judge: Judge) -> bytes:
    """Return what `public_information` says, byte for byte as it is served."""
    return orjson.dumps(public_information(guard, judge), option=orjson.OPT_INDENT_2)


def public_information(guard: Guard, judge: Judge) -> dict[str, object]:
    """Return the document that tells people how the service works, deciding by `judge`."""
    service = guard.settings.service
    kinds = tuple(sorted(guard.detector.entities))
    return information(
        Service(
            name=service.name,
            owner=Owner(name=service.owner, bin=service.bin, contact=service.contact),
            packs=tuple(KnownPack(ref=pack.ref, title=dict(pack.title)) for pack in judge.packs),
            examined={Direction.REQUEST: kinds, Direction.REPLY: kinds},
            unconsented=Action(guard.settings.personal_data),
            languages=judge.languages,
        )
    )
