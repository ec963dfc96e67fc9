"""`guardrail doctor`: is everything in order that serving would need?"""

from __future__ import annotations

import asyncio
import os
import secrets
import ssl
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cryptography import x509

from guardrail.detect import IntentDetector
from guardrail.disclose import label
from guardrail.disclose.c2pa import verify
from guardrail.disclose.c2pa.certificates import UNTRUSTED, newest
from guardrail.disclose.layers import SIGNED, TAGS, Said
from guardrail.errors import ConfigError, GuardrailError
from guardrail.facts import Verdict
from guardrail.policy import failures, load_cases, strictest_thresholds
from guardrail.settings import Settings
from guardrail.shells.assembly import media_pool
from guardrail.shells.confinement import held_back, level
from guardrail.shells.detectors import detectors_for
from guardrail.shells.evidence_log import check_keys
from guardrail.shells.label_kit import is_installed as labels_installed
from guardrail.shells.label_kit import kit_for, signing
from guardrail.shells.label_writer import LabelWriter
from guardrail.shells.media import is_installed
from guardrail.shells.media.worker import PIXEL
from guardrail.shells.packs import folder_of, judge_for
from guardrail.shells.serve import make_upstream
from guardrail.shipped import shipped
from guardrail.stores.evidence_home import open_objects, rehearse
from guardrail.stores.keys import load_public_key
from guardrail.stores.state import State
from guardrail.wire import load_wires

EXPIRY_WARNING_DAYS = 14
_UNKNOWN = "; leads to none of labels.media.roots, so the label page won't call it trusted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at."""

    name: str
    ok: bool
    said: str
    """What was seen; or what is wrong and what mends it."""


def examine(settings: Settings) -> Iterator[Check]:
    """Look at one thing after another; a fault ends none of the others."""
    for name, look in (
        ("policy packs", _packs),
        ("wire formats", _wires),
        ("detector", _detector),
        ("prohibited uses", _uses),
        ("media", _media),
        ("labels of media", _labels),
        ("confinement of media", _confinement),
        ("state directory", _state),
        ("evidence store", _evidence),
        ("consent issuers", _issuers),
        ("certificate", _certificate),
        ("upstream", _upstream),
    ):
        yield _checked(name, look, settings)


def _checked(name: str, look: Callable[[Settings], str], settings: Settings) -> Check:
    try:
        return Check(name=name, ok=True, said=look(settings))
    except GuardrailError as error:
        said = f"{error} → {error.fix}" if error.fix else str(error)
        return Check(name=name, ok=False, said=said)
    except Exception as error:  # noqa: BLE001 - a check that fails must not hide the next ones
        return Check(name=name, ok=False, said=f"{type(error).__name__}: {error}")


def _packs(settings: Settings) -> str:
    judge = judge_for(settings)
    root = folder_of(settings)
    cases = 0
    for pack in judge.packs:
        known = load_cases(root, pack.id)
        cases += len(known)
        wrong = failures(pack, known)
        if wrong:
            raise ConfigError(f"{pack.ref}: {wrong[0]}")
    unread = "" if "personal_data" in judge.settings else "; personal_data has no effect with these"
    return f"{', '.join(judge.refs)}: {cases} cases hold{unread}"


def _wires(settings: Settings) -> str:
    wires = load_wires(shipped("adapters"), own=settings.formats)
    return ", ".join(adapter.ref for adapter in wires.adapters)


def _detector(settings: Settings) -> str:
    floors: Mapping[str, float] = {}
    with suppress(ConfigError, OSError):  # what is wrong with the packs is told by their own check
        floors = strictest_thresholds(judge_for(settings).packs)
    started = time.perf_counter()
    made = detectors_for(settings.detect, key=secrets.token_bytes(32), floors=floors)
    seconds = time.perf_counter() - started
    routes = f", {len(made.routes)} routes of their own" if made.routes else ""
    kinds = len(made.usual.entities)
    return f"{settings.detect.tier}: {kinds} kinds{routes}, loaded in {seconds:.1f} s"


def _uses(settings: Settings) -> str:
    detector = IntentDetector(embedded=settings.detect.embeddings)
    detector.load()
    return detector.version


def _media(settings: Settings) -> str:
    if not is_installed():
        what = "refused" if settings.media == "refuse" else "passed unexamined"
        return f"not looked into, so {what}: the extra is guardrail-gateway[media]"
    from guardrail.detect.media.pictures.opencv import check_cv2  # noqa: PLC0415 - only if it's there

    try:
        check_cv2()
    except ImportError as error:
        said, _, fix = str(error).partition(" Fix: ")
        raise ConfigError(said, fix=fix) from None
    pool = media_pool(settings)
    started = time.perf_counter()
    inspected = pool.inspect(PIXEL)
    pool.close()
    if inspected.verdict is not Verdict.INSPECTED:
        raise ConfigError(f"a worker can't look into a picture: {inspected.reason}")
    return f"looked into by {settings.media_workers}, in {time.perf_counter() - started:.1f} s"


def _labels(settings: Settings) -> str:
    if not labels_installed():
        kept = "refused" if settings.unlabelled_media == "refuse" else "passed"
        return f"tags alone, so AI's media are {kept}: the extra is guardrail-gateway[labels]"
    now = datetime.now(UTC)
    who = signing(settings, now)
    writer = LabelWriter(kit_for(settings, who), seconds=settings.labels.media.seconds)
    started = time.perf_counter()
    made = writer.write(PIXEL, Said(label=label(id=f"urn:uuid:{uuid.uuid4()}")))
    seconds = time.perf_counter() - started
    writer.close()
    if SIGNED not in made.written:
        reason = made.missing.get(SIGNED) or made.missing.get(TAGS)
        raise ConfigError(f"a picture can't be signed: {reason}")
    told = verify(made.data, made.medium, anchors=who.anchors)
    if not any(one.valid for one in told.found):
        # As where the authority's certificate isn't for what C2PA wants of it.
        raise ConfigError(
            "what is signed can't be read back as valid",
            fix="ask another time-stamp authority with labels.media.timestamps"
            if settings.labels.media.timestamps
            else "ask the certificate's issuer whether it is for claims of C2PA",
        )
    credential = newest(who.credentials, now)
    left = int(who.until - now.timestamp()) // 86_400  # with the next one
    if left < EXPIRY_WARNING_DAYS:
        raise ConfigError(
            f"the certificate for labels expires in {left} days",
            fix="name the next one with labels.media.next_certificate",
        )
    if who.for_development or UNTRUSTED in credential.subject:
        return f"signed in {seconds:.1f} s, for development: nobody else trusts it"
    known = "" if any(one.trusted for one in told.found) else _UNKNOWN
    return f"signed by {credential.subject} in {seconds:.1f} s, for {left} days{known}"


def _confinement(_: Settings) -> str:
    version = level()
    if not version:
        return "none: no Landlock here, so what takes media apart could read the guard's files"
    return f"Landlock {version}: what takes media apart can't {', '.join(held_back(version))}"


def _state(settings: Settings) -> str:
    state = State(settings.state)
    state.make()
    probe = state.evidence / f".probe-{os.getpid()}"
    try:
        with probe.open("wb") as file:
            file.write(b"\0" * 4_096)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise ConfigError(f"{settings.state}: {error.strerror}") from None
    finally:
        probe.unlink(missing_ok=True)
    free = os.statvfs(settings.state)
    return f"{settings.state}, {free.f_bavail * free.f_frsize >> 20} MiB free"


def _evidence(settings: Settings) -> str:
    objects = open_objects(settings.evidence.store, State(settings.state))
    try:
        started = time.perf_counter()
        rehearse(objects)
        seconds = time.perf_counter() - started
        begun = check_keys(settings, objects)
    finally:
        objects.close()
    log = f"the log of {begun} is of this guard's key" if begun else "no log yet"
    where = urlsplit(settings.evidence.store).scheme or "a directory in state"
    return f"{where}: written, swapped and read back in {seconds * 1_000:.0f} ms; {log}"


def _issuers(settings: Settings) -> str:
    for path in settings.consent.issuers.values():
        load_public_key(path)
    return ", ".join(("this guard", *settings.consent.issuers))


def _certificate(settings: Settings) -> str:
    if settings.tls_certificate is None:
        return "none: the data port speaks plain HTTP"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(settings.tls_certificate, settings.tls_key)
        leaf = x509.load_pem_x509_certificate(settings.tls_certificate.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(f"{settings.tls_certificate}: {error}") from None
    left = (leaf.not_valid_after_utc - datetime.now(UTC)).days
    if left < 0:
        raise ConfigError(f"{settings.tls_certificate}: has expired")
    if left < EXPIRY_WARNING_DAYS:
        raise ConfigError(f"{settings.tls_certificate}: expires in {left} days")
    return f"valid for {left} days"


def _upstream(settings: Settings) -> str:
    if not settings.upstream:
        raise ConfigError("none", fix="name the AI endpoint with --upstream URL")

    async def ask() -> tuple[int, float]:
        upstream = make_upstream(settings)
        started = time.perf_counter()
        try:
            reply = await upstream.send("GET", "/v1/models", ((b"accept", b"application/json"),))
            await reply.aclose()
            return reply.status, time.perf_counter() - started
        finally:
            await upstream.close()

    status, seconds = asyncio.run(ask())
    return f"{settings.upstream} answers GET /v1/models with {status} in {seconds * 1_000:.0f} ms"
