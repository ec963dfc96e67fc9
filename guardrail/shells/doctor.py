"""`guardrail doctor`: is everything in order that serving would need?"""

from __future__ import annotations

import asyncio
import os
import secrets
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509

from guardrail.detect import IntentDetector
from guardrail.errors import ConfigError, GuardrailError
from guardrail.facts import Verdict
from guardrail.policy import failures, load_cases, load_packs, strictest_thresholds
from guardrail.settings import Settings
from guardrail.shells.assembly import judge_for, media_pool
from guardrail.shells.detectors import detectors_for
from guardrail.shells.media import is_installed
from guardrail.shells.media.worker import PIXEL
from guardrail.shells.serve import make_upstream
from guardrail.shipped import shipped
from guardrail.stores.keys import load_public_key
from guardrail.stores.state import State
from guardrail.wire import load_wires

EXPIRY_WARNING_DAYS = 14


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
        ("state directory", _state),
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
    root = shipped("policies")
    cases = 0
    for pack in load_packs(root, settings.policy):
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
        floors = strictest_thresholds(load_packs(shipped("policies"), settings.policy))
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
