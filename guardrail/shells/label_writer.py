"""Labels are written into media by processes beside the guard: killed when stuck, and replaced.

They parse what the upstream sent, and hold no key that signs: the guard signs for them, or, where
the key is elsewhere, a process that sees no media. Nothing of a medium stays.
"""

from __future__ import annotations

import re
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

import orjson

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.payload import payload, respelt
from guardrail.disclose.c2pa import Credential, Generator, Owner
from guardrail.disclose.layers import BESIDE, SIGNED, Layered, Said
from guardrail.engine.labels import Labelled
from guardrail.shells.label_desk import TASK, VOUCH, Desk
from guardrail.shells.label_signer_worker import MOST_SIGNATURE
from guardrail.shells.media.told import is_slug
from guardrail.shells.time_authority import authority, patient
from guardrail.shells.workers import Job, LostError, Serve, Workers, plain

_MORE = 16 << 20
"""Bytes that a label may add: a picture that was well compressed is written anew."""
_LAYERS = frozenset({"visible", "watermark", "tags", "signed", "beside"})
_MOST_STORE = 1 << 20
_MOST_VOUCH_SECONDS = 2.0
"""For a manifest of a text, which takes milliseconds: a page waits for it."""
_MEDIUM = re.compile(r"(?:[a-z0-9][a-z0-9.+-]{0,126}/[a-z0-9][a-z0-9.+-]{0,126})?\Z")
"""RFC 6838, 4.2; or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What an operator labels with. A process is told of it what `_told` says, and no key."""

    visible: bool = True
    place: str = "bottom-left"
    spoken: bytes = b""
    """A recording."""
    watermark_key: bytes = field(default=b"", repr=False)
    """16 bytes or more; empty for no watermark."""
    credentials: tuple[Credential, ...] = ()
    """To sign with; empty for no manifests."""
    anchors: bytes = b""
    """PEM of roots: what is signed is read back with them."""
    signer: str = ""
    """``package.module:function`` that signs, for credentials without a key."""
    authority: str = ""
    """URL of an RFC 3161 time-stamp authority; empty for none."""
    authority_seconds: float = 2.0
    owner: Owner = field(default_factory=Owner)
    version: str = ""
    """Of this program."""


class LabelWriter:
    """Labels media. For any number of threads."""

    def __init__(
        self,
        kit: Kit,
        *,
        size: int = 1,
        seconds: float = 10.0,
        budget: Budget | None = None,
    ) -> None:
        """Start nothing yet.

        Args:
            kit: what is labelled with.
            size: how many processes there may be.
            seconds: how long one medium may take; the process is killed then.
            budget: how much of a medium is taken.
        """
        self._budget = budget or Budget()
        self.size = size
        self._most = self._budget.encoded_bytes + _MORE
        most = self._most + _MOST_STORE
        self._kit = kit
        self._signers = Workers(
            _signing(kit), size=size, seconds=seconds, most_bytes=MOST_SIGNATURE
        )
        self._workers = Workers(self._job(kit), size=size, seconds=seconds, most_bytes=most)
        # A page doesn't wait behind films.
        self._vouchers = Workers(
            self._job(kit),
            seconds=min(seconds, _MOST_VOUCH_SECONDS),
            wait_seconds=_MOST_VOUCH_SECONDS,
            most_bytes=_MOST_STORE,
        )

    def use(self, kit: Kit) -> bool:
        """Label with this kit from the next medium on; tell whether it is another one.

        Raises:
            ConfigError: its authority can't be asked.
        """
        if kit == self._kit:
            return False
        job = self._job(kit)
        self._signers.use(_signing(kit))
        self._kit = kit
        self._vouchers.use(job)
        return self._workers.use(job)

    @property
    def signs(self) -> bool:
        """Whether there is anybody who signs manifests."""
        return bool(self._kit.credentials)

    def write(self, data: bytes, said: Said, media_type: str = "") -> Layered:
        """Label a medium; whatever goes wrong is a layer that is missing. Blocks.

        Args:
            data: the whole medium.
            said: what is said of it.
            media_type: what it is said to be.
        """
        if len(data) > self._budget.encoded_bytes:
            return _unlabelled(data, "too_large")
        order = {**_order(said), "media_type": plain(media_type), TASK: secrets.token_hex(16)}
        try:
            return self._workers.ask(order, data, _read)
        except LostError as lost:
            return _unlabelled(data, lost.reason)

    def vouch(self, data: bytes, said: Said, media_type: str) -> Layered:
        """Sign a manifest that goes beside a text; whatever goes wrong is told as missing. Blocks.

        Args:
            data: the whole text as it leaves.
            said: what is said of it.
            media_type: what it leaves as, as ``text/html``.
        """
        if len(data) > self._budget.encoded_bytes:
            return _unsigned(media_type, "too_large")
        head = {"media_type": plain(media_type), TASK: secrets.token_hex(16), VOUCH: True}
        try:
            return self._vouchers.ask({**_order(said), **head}, data, _vouched)
        except LostError as lost:
            return _unsigned(media_type, lost.reason)

    def close(self) -> None:
        """Kill the processes that are idle; the others go when they have answered."""
        self._workers.close()
        self._vouchers.close()
        self._signers.close()

    def _job(self, kit: Kit) -> Job:
        desk = self._desk(kit)

        def serves(head: Mapping[str, object]) -> Serve:
            if kit.signer:
                self._signers.warm()
            return desk.task(head)

        return Job(
            module="guardrail.shells.label_writer_worker",
            arguments=(str(self._most),),
            greeting=orjson.dumps(_told(kit)),
            name="labels",
            serves=serves if kit.credentials else None,
        )

    def _desk(self, kit: Kit) -> Desk:
        asked = kit.authority and patient(authority(kit.authority, kit.authority_seconds))
        return Desk(
            credentials=kit.credentials,
            generator=Generator(version=kit.version, owner=kit.owner),
            elsewhere=self._signed_elsewhere if kit.signer else None,
            authority=asked or None,
        )

    def _signed_elsewhere(self, message: bytes, seconds: float) -> bytes:
        return self._signers.ask({}, message, _signature, seconds)

    def respelt(self, held: bytes | str, now: bytes | str, said: Said) -> Labelled:
        """Label a medium of a message; return it spelt as it was, and what became of it. Blocks.

        Args:
            held: how the message holds it.
            now: what stands in its place by now.
            said: what is said of it.
        """
        if isinstance(held, bytes) and isinstance(now, str):
            now = now.encode("latin-1")
        try:
            one = payload(now, self._budget)
        except Uninspectable as verdict:
            return Labelled(held="", layered=_unlabelled(b"", verdict.reason))
        made = self.write(one.data, said, one.declared)
        return Labelled(held=respelt(held, made.data) if made.written else "", layered=made)


def _unlabelled(data: bytes, reason: str) -> Layered:
    return Layered(data=data, medium="", missing={"tags": reason})


def _unsigned(medium: str, reason: str) -> Layered:
    return Layered(data=b"", medium=medium, missing={SIGNED: reason})


def _told(kit: Kit) -> dict[str, object]:
    """Return what a process is told: each thing by its name, so that no key slips in."""
    return {
        "visible": kit.visible,
        "place": kit.place,
        "spoken": b64encode(kit.spoken).decode(),
        "watermark_key": kit.watermark_key.hex(),
        "credentials": [one.chain.decode() for one in kit.credentials],
        "anchors": kit.anchors.decode(),
        "stamped": bool(kit.authority),
        "owner": asdict(kit.owner),
        "version": kit.version,
    }


def _signing(kit: Kit) -> Job:
    """Return the job of processes in which the operator's function signs."""
    return Job(
        module="guardrail.shells.label_signer_worker",
        arguments=(kit.signer,),
        # For other certificates another process: what a function remembers of its key goes.
        greeting=orjson.dumps([one.fingerprint for one in kit.credentials]),
        name="signatures",
    )


def _signature(head: Mapping[str, object], data: bytes) -> bytes:
    if head.get("ok") is not True:
        raise LostError("signer_failed")
    return data


def _order(said: Said) -> dict[str, object]:
    return {
        "label": asdict(said.label),
        "details": asdict(said.details),
        "words": list(said.words),
        "beside": said.beside,
    }


def _read(head: Mapping[str, object], data: bytes) -> Layered:
    """Return what a process answered.

    Raises:
        ValueError: it is no answer.
    """
    written, missing = head.get("written"), head.get("missing")
    medium, why_not, store = head.get("medium"), head.get("why_not"), head.get("store", 0)
    if not isinstance(store, int) or not 0 <= store <= min(len(data), _MOST_STORE):
        raise ValueError("no label")
    end = len(data) - store
    if not isinstance(written, list) or not isinstance(missing, dict):
        raise ValueError("no label")  # noqa: TRY004 - one error for all that it may lack
    if not isinstance(medium, str) or not _MEDIUM.match(medium):
        raise ValueError("no label")
    layers = [*written, *missing]
    if not all(isinstance(one, str) and one in _LAYERS for one in layers):
        raise ValueError("no label")
    reasons = [*missing.values(), *([] if why_not in (None, "") else [why_not])]
    if len(layers) > len(set(layers)) or (written and not end) or not all(map(is_slug, reasons)):
        raise ValueError("no label")
    return Layered(
        data=data[:end],
        medium=medium,
        written=tuple(written),
        missing=missing,
        store=data[end:],
        why_not=str(why_not or ""),
    )


def _vouched(head: Mapping[str, object], data: bytes) -> Layered:
    """Return a manifest that a process answered with, as `Layered.store`.

    Raises:
        ValueError: it is no answer.
    """
    made = _read(head, data)
    if made.written not in ((), (BESIDE,)) or bool(made.written) != bool(data):
        raise ValueError("no label")
    return replace(made, data=b"", store=data)
