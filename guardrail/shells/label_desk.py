"""Signs for the processes that label media, and asks for time-stamps in their stead.

Those parse what an upstream sent, so they hold no key: in the midst of a medium they ask for a
signature, by the pipe that the medium came by. Whoever took one of them over gets one signature a
medium, on nothing but a claim about that medium's label; and the process is killed where it asks
for anything else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from guardrail.disclose.c2pa import Credential, Generator
from guardrail.disclose.c2pa.claim import Claim, NotAClaimError, checked
from guardrail.disclose.c2pa.local import local
from guardrail.disclose.c2pa.signer import Authority, raw
from guardrail.disclose.c2pa.timestamps import request_of
from guardrail.shells.workers import ASK, Message

log = logging.getLogger("guardrail")

SIGN, STAMP = "sign", "stamp"
"""What may be asked for."""
TASK = "task"
"""In the head of a medium and of all that is asked for it: a name that is used once, so that
nothing can be asked before there is a medium, or after it."""
VOUCH = "vouch"
"""In the head of a text that gets a manifest beside it and nothing else; the answer's bytes are
that manifest."""
FAILED: Message = ({"ok": False}, b"")

SignsIn = Callable[[bytes, float], bytes]
"""Signs a message within so many seconds, with a key that is elsewhere; raises where it fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who signs, and who says when. For any number of threads."""

    credentials: Sequence[Credential]
    generator: Generator
    """The program that claims must name."""
    elsewhere: SignsIn | None = None
    """For credentials without a key."""
    authority: Authority | None = None
    """Of time-stamps."""
    _keys: dict[str, Callable[[bytes], bytes]] = field(default_factory=dict, repr=False)
    """What signs here, by the certificate's fingerprint: a key is read once."""

    def key(self, credential: Credential) -> Callable[[bytes], bytes]:
        """Return what signs with a key that is here; ECDSA as DER.

        Raises:
            ConfigError: there is none.
        """
        known = self._keys.get(credential.fingerprint)
        return known or self._keys.setdefault(credential.fingerprint, local(credential))

    def task(self, head: Mapping[str, object]) -> Task:
        """Return what answers while one medium is labelled.

        Args:
            head: of the medium, with ``task`` and the label's id.
        """
        label = head["label"]
        label_id = str(label["id"]) if isinstance(label, Mapping) else ""
        return Task(self, str(head[TASK]), label_id)


class Task:
    """Answers what is asked for one medium, and not twice."""

    def __init__(self, desk: Desk, name: str, label_id: str) -> None:
        """Take who signs, the task's name, and the id of the medium's label."""
        self._desk = desk
        self._name = name
        self._label_id = label_id
        self._left = [SIGN, STAMP]
        """What may still be asked for, in this order."""
        self._request = b""
        """For a time-stamp of what was signed."""

    def __call__(self, head: Mapping[str, object], data: bytes, seconds: float) -> Message:
        """Answer.

        Raises:
            ValueError: nothing that labels a medium asks for this, now.
        """
        what = head.get(ASK)
        if head.get(TASK) != self._name:
            raise _amiss("another_task")
        if what not in self._left:
            raise _amiss("not_now")
        del self._left[: self._left.index(what) + 1]
        return self._signed(data, seconds) if what == SIGN else self._stamped()

    def _signed(self, message: bytes, seconds: float) -> Message:
        try:
            claim = checked(message, self._desk.credentials, self._desk.generator, self._label_id)
        except NotAClaimError as refused:
            raise _amiss(refused.reason) from None
        if not _is_valid(claim.credential):
            return FAILED
        try:
            signature = self._signature(claim, message, seconds)
        except Exception as error:  # noqa: BLE001 - a key store fails in ways of its own
            log.warning("a label of a medium can't be signed: %s", type(error).__name__)
            return FAILED
        self._request = request_of(claim.protected, signature)
        return {"ok": True}, signature

    def _signature(self, claim: Claim, message: bytes, seconds: float) -> bytes:
        credential = claim.credential
        if credential.key or self._desk.elsewhere is None:
            made = self._desk.key(credential)(message)
        else:
            made = self._desk.elsewhere(message, seconds)
        return raw(made, credential.algorithm)

    def _stamped(self) -> Message:
        if self._desk.authority is None or not self._request:
            raise _amiss("not_now")
        try:
            return {"ok": True}, self._desk.authority(self._request)
        except Exception:  # noqa: BLE001 - its network fails in ways of its own
            return FAILED


def _is_valid(credential: Credential) -> bool:
    return credential.not_before <= datetime.now(UTC) <= credential.not_after


def _amiss(reason: str) -> ValueError:
    log.warning("a process that labels media asks for what it mustn't, and is ended: %s", reason)
    return ValueError(reason)
