"""Where checkpoints are taken so that nobody in the house can write another history unseen.

An anchor is somebody outside who confirms or keeps a checkpoint: a time-stamp authority (RFC 3161),
a witness (C2SP tlog-witness), or whoever takes copies.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

from guardrail.errors import ConfigError, EvidenceError
from guardrail.evidence import Checkpoint, Objects
from guardrail.evidence.checkpoint import parse_checkpoint
from guardrail.evidence.cosignature import Cosigner, cosigned, parse_cosigner
from guardrail.evidence.entry import token
from guardrail.evidence.note import note_parts, signature_line
from guardrail.evidence.proof import Hashes
from guardrail.evidence.time_stamp import query, read_answer
from guardrail.evidence.witness import SIZE_TYPE, Submission, parse_size
from guardrail.settings.evidence import EvidenceSettings
from guardrail.shells.posting import Answered, Post, poster
from guardrail.shells.time_authority import authority
from guardrail.stores.vault import replace_file

ATTEMPTS = 4
"""Questions to a witness for one checkpoint: it may not know the log's key, nor we what it saw."""
_CODES: Mapping[int, str] = {
    HTTPStatus.NOT_FOUND: "witness_unknown_log",
    HTTPStatus.UNPROCESSABLE_ENTITY: "witness_refused",
}
"""What a witness's refusals are called: the second means that it saw another history."""
_NOTE_TYPE = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A checkpoint that is to be anchored."""

    objects: Objects
    shard: str
    note: bytes
    """As the log signed it, without anybody else's signatures."""
    checkpoint: Checkpoint

    @property
    def name(self) -> str:
        """The object that it is kept in."""
        return f"{self.shard}/anchors/{self.checkpoint.size}.note"

    def read(self, name: str) -> bytes | None:
        """Return an object of the shard."""
        return self.objects.read(f"{self.shard}/{name}")


class Anchor(Protocol):
    """Somebody outside."""

    @property
    def name(self) -> str:
        """What evidence calls it."""
        ...

    def anchor(self, held: Held) -> None:
        """Have a checkpoint confirmed, and keep what came back.

        Raises:
            EvidenceError: it wasn't; the code says why.
        """
        ...


def anchors(settings: EvidenceSettings) -> tuple[Anchor, ...]:
    """Return the anchors that settings name, those that get copies last.

    Raises:
        ConfigError: a URL or a key can't be used.
    """
    seconds = settings.anchor_seconds
    stamps = [TimeStamps(authority(settings.timestamps, seconds))] if settings.timestamps else []
    return (
        *stamps,
        *(Witness(*_witness(one), seconds=seconds) for one in settings.witnesses),
        *(_pushed(number, where, seconds) for number, where in enumerate(settings.push)),
    )


class TimeStamps:
    """A time-stamp authority: ``anchors/<size>.tsr`` is its answer over the note as we signed it.

    Attributes:
        name: ``timestamp``.
    """

    def __init__(self, ask: Callable[[bytes], bytes]) -> None:
        """Take what sends a question and returns the answer, or raises OSError."""
        self.name = "timestamp"
        self._ask = ask

    def anchor(self, held: Held) -> None:
        """Have the checkpoint stamped."""
        nonce = secrets.randbits(64)
        try:
            answer = self._ask(query(held.note, nonce))
        except OSError as error:
            raise _failed("the time-stamp authority doesn't answer", "time_stamp_failed") from error
        read_answer(answer, held.note, nonce)
        held.objects.create(f"{held.shard}/anchors/{held.checkpoint.size}.tsr", answer)


class Witness:
    """A witness: its cosignature becomes a line of ``anchors/<size>.note``.

    Attributes:
        name: ``witness:`` and the name that it signs under, or the key's id where evidence can't
            have that name.
    """

    def __init__(self, url: str, by: Cosigner, *, seconds: float) -> None:
        """Ask nobody yet.

        Args:
            url: the witness's submission prefix.
            by: its name and key.
            seconds: for each question.

        Raises:
            ConfigError: it is no such URL.
        """
        name = f"witness:{by.name}"
        self.name = name if token(name) else f"witness:{by.key_id.hex()}"
        self._by = by
        self._seen: dict[str, int] = {}
        prefix = url.rstrip("/")
        self._add = _poster(f"{prefix}/add-checkpoint", seconds)
        self._teach = _poster(f"{prefix}/add-key", seconds)

    def anchor(self, held: Held) -> None:
        """Have the checkpoint cosigned."""
        lines = self._asked(held)
        for _ in range(ATTEMPTS):
            kept = held.objects.read(held.name) or held.note
            if lines in kept or held.objects.swap(held.name, kept + lines, expected=kept):
                return
        raise EvidenceError("a cosignature can't be kept")

    def _asked(self, held: Held) -> bytes:
        """Return the witness's line, after telling it what it didn't know."""
        size, status = held.checkpoint.size, 0
        for _ in range(ATTEMPTS):
            old = min(self._seen.get(held.shard, 0), size)
            sent = Submission(old=old, proof=_consistency(held, old), note=held.note)
            answer = _sent(self._add, bytes(sent))
            if answer.status == HTTPStatus.OK:
                self._seen[held.shard] = size
                return self._line(held, answer)
            if answer.status == HTTPStatus.CONFLICT and answer.kind == SIZE_TYPE:
                self._seen[held.shard] = _not_ahead(parse_size(answer.body), old, held)
            elif answer.status == HTTPStatus.NOT_FOUND and status != HTTPStatus.NOT_FOUND:
                _sent(self._teach, held.read("key") or b"")
            else:
                raise _turned_away(answer.status)
            status = answer.status
        raise _turned_away(status)

    def _line(self, held: Held, answer: Answered) -> bytes:
        whole = held.note + answer.body
        try:
            found = cosigned(whole, [self._by])
        except EvidenceError as error:
            raise _failed(f"the witness's answer: {error}", "witness_invalid") from error
        if self._by not in found:
            raise _failed("the witness answered without its cosignature", "witness_invalid")
        _, signatures = note_parts(whole)
        by = self._by.name, self._by.key_id
        ours = [signature_line(name, data) for name, data in signatures if (name, data[:4]) == by]
        return ours[0].encode()


class PushUrl:
    """Whoever takes a POST of the note, with all cosignatures that there are.

    Attributes:
        name: ``push:`` and its place in the settings: an address may hold a password.
    """

    def __init__(self, number: int, url: str, *, seconds: float) -> None:
        """Send nothing yet; ConfigError where it is no URL."""
        self.name = f"push:{number}"
        self._post = _poster(url, seconds)

    def anchor(self, held: Held) -> None:
        """Send a copy."""
        try:
            status = self._post(held.objects.read(held.name) or held.note).status
        except OSError as error:
            raise _failed("a copy of the checkpoint wasn't taken", "push_failed") from error
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise _failed(f"a copy of the checkpoint was answered {status}", "push_failed")


class PushFolder:
    """A directory, of another machine one hopes, that gets a file for each checkpoint.

    Attributes:
        name: ``push:`` and its place in the settings.
    """

    def __init__(self, number: int, folder: Path) -> None:
        """Write nothing yet."""
        self.name = f"push:{number}"
        self._folder = folder

    def anchor(self, held: Held) -> None:
        """Write a copy."""
        origin = held.checkpoint.origin.replace("/", "_")
        path = self._folder / f"{origin}-{held.checkpoint.size}.note"
        try:
            replace_file(path, held.objects.read(held.name) or held.note, mode=0o644)
        except ConfigError as error:
            raise _failed("a copy of the checkpoint can't be written", "push_failed") from error


def _consistency(held: Held, old: int) -> tuple[bytes, ...]:
    return Hashes(held.read, held.checkpoint.size).consistency(old) if old else ()


def _not_ahead(seen: int, told: int, held: Held) -> int:
    """Return what the witness saw last; a witness that saw more than there is can't be followed.

    It may have seen a later checkpoint than the one that is sent: from another guard, a command, or
    anybody, since checkpoints are public.
    """
    if seen > held.checkpoint.size:
        if seen <= parse_checkpoint(note_parts(held.read("checkpoint") or held.note)[0]).size:
            raise _failed("the witness saw a later checkpoint of this log", "witness_later")
        raise _failed("the witness saw a larger log than this one is", "witness_ahead")
    if seen == told:
        raise _failed("the witness contradicts itself", "witness_invalid")
    return seen


def _turned_away(status: int) -> EvidenceError:
    code = _CODES.get(status, "witness_failed")
    return _failed(f"the witness answered {status}", code)


def _sent(post: Post, body: bytes) -> Answered:
    try:
        return post(body)
    except OSError as error:
        raise _failed("the witness doesn't answer", "witness_unreachable") from error


def _witness(said: str) -> tuple[str, Cosigner]:
    url, _, vkey = said.strip().partition(" ")
    try:
        return url, parse_cosigner(vkey)
    except EvidenceError as error:
        raise ConfigError(
            f"evidence.witnesses: {error}",
            fix="write URL, space, and the vkey that the witness publishes",
        ) from None


def _pushed(number: int, where: str, seconds: float) -> Anchor:
    if "://" in where:
        return PushUrl(number, where, seconds=seconds)
    return PushFolder(number, Path(where))


def _poster(url: str, seconds: float) -> Post:
    try:
        return poster(url, seconds=seconds, kind=_NOTE_TYPE, thread="anchoring")
    except ValueError as error:
        raise ConfigError(f"a checkpoint can't be sent: {error}") from None


def _failed(message: str, code: str) -> EvidenceError:
    return EvidenceError(message, code=code, status=502)
