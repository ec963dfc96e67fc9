"""Sign media with C2PA: the mark goes into the file, or beside it where a format has no place.

Plain synchronous functions over values that can be pickled: to be run in worker processes, since
the library's work isn't helped by threads. Each process makes its context and signer once.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from guardrail.disclose.c2pa import timestamps
from guardrail.disclose.c2pa.certificates import Credential, days_left, newest
from guardrail.disclose.c2pa.library import MAX_BYTES, Unsigned, context, elsewhere, library
from guardrail.disclose.c2pa.local import local
from guardrail.disclose.c2pa.manifest import Generator, Manifest, for_label
from guardrail.facts import Label

Remote = Callable[[bytes], bytes]
"""Signs a message with the credential's key, wherever that is; ECDSA as DER or as r and s.

An object that can be pickled and hashed. It has a time limit of its own, and raises where it fails.
"""
Authority = Callable[[bytes], bytes]
"""Sends an RFC 3161 request and returns the response, or raises: the shell's, with its time limit.
"""

_ECDSA = {"es256": 32, "es384": 48, "es512": 66}
_ALIASES = {
    "image/jpg": "image/jpeg",
    "image/x-png": "image/png",
    "audio/x-flac": "audio/flac",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
}
_PROBES = (b"c2pa", b"C2PA", b"dcterms:provenance")
_ALWAYS_PROBED = frozenset({"application/pdf"})
"""Their marks may lie in compressed parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs: certificates, one of which is valid now, and what they are read back with."""

    credentials: tuple[Credential, ...]
    """The valid one that lasts longest signs: a new one is added before the old one ends."""
    anchors: bytes = b""
    """PEM of trusted roots; what is signed is read back with them."""
    generator: Generator = Generator()  # noqa: RUF009 - frozen
    remote: Remote | None = None
    """For credentials without a key."""
    authority: Authority | None = None
    """Of time-stamps; without one nothing is asked and marks live as long as the certificate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A marked medium."""

    data: bytes
    """The file, with its mark; as it was where the mark is a sidecar."""
    store: bytes
    """The manifest store: the sidecar (``application/c2pa``), and what a later time-stamp needs."""
    embedded: bool
    marked_before: bool
    """It had a mark already, which is kept as its parent."""
    timestamped: bool
    why_not: str = ""
    """Why there is no time-stamp: ``no_authority``, ``authority_failed`` or a reason of
    `timestamps`; to be counted, and asked again later."""
    fingerprint: str = ""
    """Of the certificate."""
    days_left: int = 0
    """Of the certificate."""


@dataclass(frozen=True, slots=True)
class _Work:
    data: bytes
    kind: str
    manifest: Manifest
    before: bool
    embed: bool
    parent: Parent | None


def embeds(mime: str) -> bool:
    """Tell whether a format has a place for a mark; else it gets a sidecar."""
    return plain(mime) in _embeddable()


def plain(mime: str) -> str:
    """Return a MIME type without parameters, in lower case, by its usual name."""
    bare = mime.split(";", 1)[0].strip().lower()
    return _ALIASES.get(bare, bare)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """The file that the one to be signed was made from: as it was before a label was drawn."""

    data: bytes
    mime: str


def sign(  # noqa: PLR0913 - a file, who says what of it, and how
    data: bytes,
    mime: str,
    label: Label,
    signer: Signer,
    now: datetime,
    *,
    embed: bool = True,
    parent: Parent | None = None,
) -> Signed:
    """Sign a medium as what `label` says.

    A file that has a mark keeps it as the parent of the new one (EU code of practice 1.2), broken
    marks that can be read at all included.

    Args:
        data: The whole file; nothing may be written into it afterwards.
        mime: Its type by content.
        label: What is said of it.
        signer: Who says it.
        now: Chooses the certificate.
        embed: Write the mark into the file; else make a sidecar, for which any type will do.
        parent: Where the file was encoded anew, and so has lost its mark: the old one, whose mark
            is kept if it has one.

    Raises:
        Unsigned: ``unsupported_format``, ``too_large``, ``empty``, ``unreadable``, or
            ``signer_failed``.
        ConfigError: No certificate is valid, or the library is missing.
        ValueError: The label can't be written: see `for_label`.
    """
    kind = plain(mime) or "application/octet-stream"
    _check(data, kind, embed=embed)
    credential = newest(signer.credentials, now)
    old = Parent(data=data, mime=mime) if parent is None else parent
    _check(old.data, plain(old.mime), embed=False)
    before = _marked(old.data, plain(old.mime), signer.anchors)
    manifest = for_label(label, signer.generator, marked_before=before)
    work = _Work(data, kind, manifest, before, embed, parent if before else None)
    file, store = _signed(work, signer, credential)
    file, store, why_not = _stamped(file, store, signer.authority, embed=embed)
    return Signed(
        data=file if embed else data,
        store=store,
        embedded=embed,
        marked_before=before,
        timestamped=not why_not,
        why_not=why_not,
        fingerprint=credential.fingerprint,
        days_left=days_left(credential, now),
    )


def raw(signature: bytes, algorithm: str) -> bytes:
    """Return a signature as COSE has it: ECDSA's DER, which key stores give, as r and s.

    Raises:
        ValueError: It is neither.
    """
    size = _ECDSA.get(algorithm)
    if size is None or len(signature) == 2 * size:
        return signature
    r, s = decode_dss_signature(signature)
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def _check(data: bytes, kind: str, *, embed: bool) -> None:
    if not data:
        raise Unsigned("empty")
    if len(data) > MAX_BYTES:
        raise Unsigned("too_large")
    if embed and kind not in _embeddable():
        raise Unsigned("unsupported_format")


def _marked(data: bytes, kind: str, anchors: bytes) -> bool:
    if kind not in _embeddable():
        return False
    if kind not in _ALWAYS_PROBED and not any(probe in data for probe in _PROBES):
        return False
    lib = library()
    try:
        reader = lib.Reader.try_create(kind, BytesIO(data), context=context(anchors))
    except lib.C2paError as error:
        if elsewhere(error):
            return True
        raise Unsigned("unreadable") from None
    if reader is None:
        return False
    reader.close()
    return True


def _signed(work: _Work, signer: Signer, credential: Credential) -> tuple[bytes, bytes]:
    lib = library()
    target = BytesIO()
    stamped = signer.authority is not None
    native, failures = _native(credential, signer.remote, stamped, os.getpid())
    failures.clear()
    try:
        with lib.Builder(work.manifest, context=context(signer.anchors)) as builder:
            if work.before:
                builder.set_intent(lib.C2paBuilderIntent.EDIT)
            if work.parent:
                builder.add_ingredient(
                    {"relationship": "parentOf"},
                    plain(work.parent.mime),
                    BytesIO(work.parent.data),
                )
            if not work.embed:
                builder.set_no_embed()
            store = builder.sign(native, work.kind, BytesIO(work.data), target)
    except lib.C2paError.NotSupported:
        raise Unsigned("unsupported_format") from None
    except (lib.C2paError.Signature, lib.C2paError.Verify):
        raise Unsigned("signer_failed") from None
    except lib.C2paError:
        raise Unsigned("signer_failed" if failures else "unreadable") from None
    return target.getvalue(), bytes(store)


def _stamped(
    file: bytes, store: bytes, authority: Authority | None, *, embed: bool
) -> tuple[bytes, bytes, str]:
    if authority is None:
        return file, store, "no_authority"
    try:
        response = authority(timestamps.request(store))
    except Exception:  # noqa: BLE001 - its network fails in ways of its own; a mark goes out all the same
        return file, store, "authority_failed"
    try:
        token = timestamps.token(response, store)
        file, store = timestamps.stamp(file if embed else b"", store, token)
    except timestamps.BadStampError as error:
        return file, store, error.reason
    return file, store, ""


@lru_cache(maxsize=1)
def _embeddable() -> frozenset[str]:
    found = library().Builder.get_supported_mime_types()
    return frozenset(one for one in found if "/" in one) - {
        "application/c2pa",
        "application/x-c2pa-manifest-store",
    }


@lru_cache(maxsize=8)
def _native(
    credential: Credential,
    remote: Remote | None,
    stamped: bool,  # noqa: FBT001 - a cache's key
    _process: int,
) -> tuple[object, list[bool]]:
    """Return the library's signer, and a list that isn't empty after its key failed.

    For a key that is here, too, a callback is used where a time-stamp is wanted: only then does
    the library leave room for one, 9 KB.
    """
    lib = library()
    failures: list[bool] = []
    try:
        if credential.key and not stamped:
            info = lib.C2paSignerInfo(credential.algorithm, credential.chain, credential.key, None)
            return lib.Signer.from_info(info), failures
        algorithm = lib.C2paSigningAlg[credential.algorithm.upper()]
        chain = credential.chain.decode("ascii")
        signs = _signs(credential, remote, failures)
        return lib.Signer.from_callback(signs, algorithm, chain), failures
    except lib.C2paError:
        raise Unsigned("signer_failed") from None


def _signs(
    credential: Credential, remote: Remote | None, failures: list[bool]
) -> Callable[[bytes], bytes]:
    key = remote if remote and not credential.key else local(credential)

    def signature(message: bytes) -> bytes:
        try:
            return raw(key(message), credential.algorithm)
        except Exception:  # noqa: BLE001 - the library would log its words; `failures` tells us
            failures.append(True)
            return b""

    return signature
