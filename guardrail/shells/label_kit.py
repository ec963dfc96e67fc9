"""What an operator's settings, files and keys mean for labels of media."""

from __future__ import annotations

import importlib.util
import logging
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from guardrail import __version__
from guardrail.detect.media.budget import Budget
from guardrail.disclose.c2pa import Credential, Owner
from guardrail.disclose.c2pa.certificates import from_chain, from_pem, from_pkcs12, roots
from guardrail.errors import ConfigError
from guardrail.settings import MediaLabels, Settings
from guardrail.shells.label_development import for_development
from guardrail.shells.label_writer import Kit, LabelWriter
from guardrail.shells.late_stamps import Count, LateStamps
from guardrail.shells.time_authority import authority
from guardrail.stores.keys import load_or_create_secret
from guardrail.stores.manifests import Manifests
from guardrail.stores.state import State

log = logging.getLogger("guardrail")

T = TypeVar("T")

MOST_FILE = 1 << 20
"""Bytes of certificates and keys."""
MOST_SPOKEN = 16 << 20
_PEM = b"-----BEGIN "
_KEY = b"PRIVATE KEY-----"
_ENCRYPTED = b"ENCRYPTED"
"""In PEM, of PKCS #8 and of the older forms."""
_NOT_VALID = "no_valid_certificate"
_FUNCTION = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*:[^\W\d]\w*\Z")
_FORMAT = struct.pack("<IHHIIHH", 16, 1, 1, 8_000, 16_000, 2, 16)
_SILENCE = b"RIFF\x2c\0\0\0WAVEfmt " + _FORMAT + b"data\x08\0\0\0" + bytes(8)
"""A WAV: what is spoken is tried with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Who signs media, and whom readers are to trust."""

    credentials: tuple[Credential, ...] = ()
    """Empty without the extra ``labels``."""
    anchors: bytes = b""
    """PEM."""
    for_development: bool = False
    """Nobody else trusts it."""

    @property
    def until(self) -> float:
        """Until when there is a valid certificate, as Unix seconds; 0 without one."""
        until = None
        for one in sorted(self.credentials, key=lambda one: one.not_before):
            if until is None or one.not_before <= until:
                until = one.not_after if until is None else max(until, one.not_after)
        return until.timestamp() if until else 0.0


def is_installed() -> bool:
    """Tell whether the extra ``labels`` is installed."""
    return all(importlib.util.find_spec(name) for name in ("c2pa", "PIL", "soundfile", "pypdfium2"))


def signing(settings: Settings, now: datetime) -> Signing:
    """Return who signs.

    Raises:
        ConfigError: a certificate or key can't be used; the words name the fix.
    """
    told = settings.labels.media
    anchors = _checked(told.roots, roots) if told.roots else b""
    if told.signer and not _FUNCTION.match(told.signer):
        raise ConfigError(
            "labels.media.signer names no function", fix="as in package.module:function"
        )
    if told.signer and told.certificate is None:
        raise ConfigError(
            "labels.media.signer signs for no certificate",
            fix="name the file of its certificates with labels.media.certificate",
        )
    if told.signer and not _is_there(told.signer.partition(":")[0]):
        raise ConfigError(
            "labels.media.signer: there is no such module",
            fix="install it where guardrail is installed: it runs in processes of their own, which "
            "have none of this one's environment",
        )
    if not importlib.util.find_spec("c2pa"):
        if told.certificate:
            raise ConfigError(
                "media can't be signed: c2pa-python isn't installed",
                fix="pip install 'guardrail-gateway[labels]'",
            )
        return Signing(anchors=anchors)
    if told.certificate is None:
        root, credential = for_development(State(settings.state), settings.service.owner, now)
        return Signing(credentials=(credential,), anchors=anchors + root, for_development=True)
    return Signing(credentials=_credentials(told, now), anchors=anchors)


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def kit_for(settings: Settings, who: Signing) -> Kit:
    """Return what media are labelled with.

    Raises:
        ConfigError: something that `settings` name can't be used.
    """
    told, service = settings.labels.media, settings.service
    watermarked = told.watermark and is_installed()
    if told.timestamps:
        authority(told.timestamps, told.timestamp_seconds)
    return Kit(
        visible=told.visible,
        place=told.place,
        spoken=_spoken(told.spoken) if told.spoken else b"",
        watermark_key=watermark_key(settings) if watermarked else b"",
        credentials=who.credentials,
        anchors=who.anchors,
        signer=told.signer,
        authority=told.timestamps,
        authority_seconds=told.timestamp_seconds,
        owner=Owner(name=service.owner, number=service.bin),
        version=__version__,
    )


def watermark_key(settings: Settings) -> bytes:
    """Return the secret of this state's watermarks, 32 bytes.

    Raises:
        ConfigError: it can't be read or made.
    """
    state = State(settings.state)
    state.make()
    return load_or_create_secret(state.watermark_key)


def label_writer(settings: Settings, who: Signing) -> LabelWriter:
    """Return what labels media; nothing of it runs yet.

    Raises:
        ConfigError: something that `settings` name can't be used.
    """
    return LabelWriter(
        kit_for(settings, who),
        size=settings.media_workers,
        seconds=settings.labels.media.seconds,
        budget=Budget(encoded_bytes=settings.limits.media_bytes),
    )


def late_stamps(settings: Settings, manifests: Manifests, count: Count) -> LateStamps | None:
    """Return what asks for time-stamps again; None where nobody is asked.

    Raises:
        ConfigError: the authority can't be asked.
    """
    told = settings.labels.media
    if not told.timestamps:
        return None
    return LateStamps(authority(told.timestamps, told.timestamp_seconds), manifests, count)


def _credentials(told: MediaLabels, now: datetime) -> tuple[Credential, ...]:
    """Return those that haven't ended, where one is valid: the next is taken up when it is, too.

    Raises:
        ConfigError: none is valid now, or a file can't be used.
    """
    after = told.next_password or told.password
    files = [(told.certificate, told.key, told.password), (told.next_certificate, None, after)]
    usable, valid, others = [], False, []
    for path, key, password in files:
        if path is None:
            continue
        reads = partial(_credential, path, key, password, signer=told.signer)
        try:
            usable.append(reads(now))
            valid = True
        except ConfigError as error:
            if error.code != _NOT_VALID:
                raise
            others.append(error)
            usable += [one for one in [reads(None)] if one.not_before > now]
    if not valid:
        raise others[0]
    for other in others:
        log.warning("media are signed with the other certificate: %s", other)
    return tuple(usable)


def _credential(
    path: Path, key: Path | None, password: str, now: datetime | None, *, signer: str
) -> Credential:
    def made(data: bytes) -> Credential:
        if _PEM not in data:
            return from_pkcs12(data, password.encode() or None, now)
        if signer:
            return from_chain(data, now)
        secret = _read(key) if key else data
        if _KEY not in secret:
            raise ConfigError(
                f"no private key in {key or path}",
                fix="name its file with labels.media.key, or a function with labels.media.signer",
            )
        # One without a password is no mistake: the other file's may have one.
        opens = password.encode() if _ENCRYPTED in secret else b""
        return from_pem(data, secret, now, password=opens or None)

    return _checked(path, made)


def _spoken(path: Path) -> bytes:
    def made(data: bytes) -> bytes:
        if is_installed():
            from guardrail.disclose.visible.sound import preface  # noqa: PLC0415 - of an extra

            preface(_SILENCE, "", spoken=data)
        return data

    return _checked(path, made, MOST_SPOKEN)


def _checked(path: Path, make: Callable[[bytes], T], most: int = MOST_FILE) -> T:
    """Return what is made of a file; what is wrong with it is told with its name."""
    data = _read(path, most)
    try:
        return make(data)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}", code=error.code, fix=error.fix) from None


def _read(path: Path, most: int = MOST_FILE) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise ConfigError(f"can't read {path}: {error.strerror}") from None
    if len(data) > most:
        raise ConfigError(f"{path} is larger than {most} bytes")
    return data
