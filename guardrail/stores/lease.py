"""A lease: who may do something for now. Clocks go wrong, so nothing may rest on it but speed."""

from __future__ import annotations

import secrets

import orjson

from guardrail.evidence import Objects

SLACK = 10
"""Lengths of a lease by which its holder's clock may be ahead of ours. Were it none, two guards
whose clocks differ by a blink would take it from each other again and again."""


class Lease:
    """An object that says who holds it until when; held by one of many processes."""

    def __init__(self, objects: Objects, name: str, length: int) -> None:
        """Take the object's name, and for how many microseconds one is held without renewal."""
        self._objects = objects
        self._name = name
        self._length = length
        self._holder = secrets.token_hex(8)
        self._mine = b""
        self._until = 0

    def hold(self, now: int) -> bool:
        """Keep the lease, renew it when half of it is over, or take it if nobody has it.

        One that ends long after any could that was given by now is nobody's: a clock was wrong.

        Raises:
            EvidenceError: the store failed.
        """
        if self._mine and self._length // 2 < self._until - now <= self._length:
            return True
        held = self._objects.read(self._name)
        if held is not None and self._is_anothers(held, now):
            self._mine = b""
            return False
        lease = self._lease(now + self._length)
        if not self._objects.swap(self._name, lease, expected=held):
            self._mine = b""
            return False
        self._mine, self._until = lease, now + self._length
        return True

    def release(self) -> None:
        """Let others have it at once.

        Raises:
            EvidenceError: the store failed; others have it when it is over.
        """
        mine, self._mine = self._mine, b""
        if mine:
            self._objects.swap(self._name, self._lease(0), expected=mine)

    def _lease(self, until: int) -> bytes:
        return orjson.dumps({"holder": self._holder, "until": until})

    def _is_anothers(self, held: bytes, now: int) -> bool:
        try:
            lease = orjson.loads(held)
            holder, until = lease["holder"], int(lease["until"])
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            return False  # nobody's: it may be taken
        return bool(holder != self._holder and now <= until <= now + self._length * SLACK)
