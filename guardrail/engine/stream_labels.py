"""Labels of streamed replies: what it is at the start, and at the end a signature over what left.

They stand in comments, which every reader of server-sent events passes over (WHATWG HTML 9.2.6),
or, where there are none, in events that the format says have room for them (`member_labels`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

import orjson

from guardrail.disclose import LabelSigner, Signed, Texts
from guardrail.disclose.marks.claim import members
from guardrail.facts import Label
from guardrail.wire import StreamEvent

FIRST, LAST = b"guardrail-disclosure", b"guardrail-label"
"""What the comments begin with."""
CORRECTION = "correction"
"""The member of a label that puts a reply right in whose texts no words for people may stand."""
NO_WORDS: Mapping[str, str] = MappingProxyType({})
_BOM = b"\xef\xbb\xbf"


class StreamLabels(Protocol):
    """Labels one stream."""

    def correct(self, words: Mapping[str, str]) -> None:
        """Take what puts the stream right, by language, where it can't stand in its texts."""
        ...

    def logged(self, entry: str) -> None:
        """Take the id of the entry of evidence that the stream began with."""
        ...

    def heard(self, channel: str, text: str) -> None:
        """Take note of an answer's text that is about to leave in a channel."""
        ...

    def left(self) -> None:
        """Take note that what was heard has left."""
        ...

    def drop(self) -> None:
        """Forget what was heard and hasn't left."""
        ...

    def lose(self) -> None:
        """Take note that nobody knows any more what has left: no signature stands at the end."""
        ...

    def first(self, data: bytes, event: StreamEvent | None = None) -> bytes:
        """Return the stream's next bytes with the labels that belong there.

        Args:
            data: the bytes.
            event: which they end with, as it was read; None where they are the guard's own.
        """
        ...

    def last(self, data: bytes = b"", end: bytes = b"") -> bytes:
        """Return the stream's last bytes, with the signed label where anything has left.

        Args:
            data: what it still says.
            end: how it is ended after a refusal.
        """
        ...


def member(
    label: Label, signed: Signed | None, log: str = "", words: Mapping[str, str] = NO_WORDS
) -> bytes:
    """Return a label as JSON, in one line.

    Args:
        label: what is said.
        signed: its signature; None for none.
        log: id of the entry of evidence, where it is known before the label leaves.
        words: what puts the reply right, by language; empty where nothing has to be.
    """
    said = members(label) | ({"log": log} if log else {}) | _correction(words)
    return orjson.dumps(said if signed is None else said | signed.members())


def _correction(words: Mapping[str, str]) -> dict[str, object]:
    return {CORRECTION: dict(words)} if words else {}


class Unlabelled:
    """Labels nothing, for streams that can't carry a label or need none."""

    def correct(self, words: Mapping[str, str]) -> None:
        """Take no note."""

    def logged(self, entry: str) -> None:
        """Take no note."""

    def heard(self, channel: str, text: str) -> None:
        """Take no note."""

    def left(self) -> None:
        """Take no note."""

    def drop(self) -> None:
        """Forget nothing."""

    def lose(self) -> None:
        """Take no note."""

    def first(self, data: bytes, event: StreamEvent | None = None) -> bytes:  # noqa: ARG002
        """Return the bytes as they are."""
        return data

    def last(self, data: bytes = b"", end: bytes = b"") -> bytes:
        """Return the bytes as they are."""
        return data + end


class Signing:
    """What a stream's label says, signed over what left. What places it builds on this."""

    def __init__(
        self,
        label: Callable[[], Label],
        signer: LabelSigner,
        *,
        is_exempt: Callable[[], bool] = lambda: False,
    ) -> None:
        """Take what the stream is labelled as by now, and who signs.

        Args:
            label: returns what the stream is labelled as by now.
            signer: signs the last label.
            is_exempt: tells whether the stream needs no label by now: what it turns out to hold may
                change that.
        """
        self.is_exempt = is_exempt
        self.begun = False
        """Whether the stream has its first label, or would have if it weren't exempt."""
        self._label = label
        self._signer = signer
        self._log = ""
        self._texts: Texts | None = Texts()
        self._heard: list[tuple[str, str]] = []
        self._words = NO_WORDS

    def correct(self, words: Mapping[str, str]) -> None:
        """Take what puts the stream right, by language, where it can't stand in its texts."""
        self._words = words

    def logged(self, entry: str) -> None:
        """Take the id of the entry of evidence that the stream began with."""
        self._log = entry

    def heard(self, channel: str, text: str) -> None:
        """Take note of an answer's text that is about to leave in a channel."""
        if text:
            self._heard.append((channel, text))

    def left(self) -> None:
        """Take note that what was heard has left."""
        if self._texts is not None:
            for channel, text in self._heard:
                self._texts.feed(channel, text)
        self._heard.clear()

    def drop(self) -> None:
        """Forget what was heard and hasn't left."""
        self._heard.clear()

    def lose(self) -> None:
        """Take note that nobody knows any more what has left: no signature stands at the end."""
        self._texts = None

    def unsigned(self) -> bytes:
        """Return what the stream is labelled as by now, as JSON; nothing where it is exempt."""
        return b"" if self.is_exempt() else member(self._label(), None, self._log)

    def signed(self, sha256: str | None = None) -> bytes:
        """Return the same with a signature, where there is something to sign, for the end.

        Of a stream that is exempt it is what puts it right alone; empty where nothing has to be.

        Args:
            sha256: the hash of what is signed, in hex, empty for nothing; what left of the stream
                where it is None.
        """
        if self.is_exempt():
            return orjson.dumps(said) if (said := _correction(self._words)) else b""
        hashed = self._texts.sha256 if sha256 is None and self._texts is not None else sha256
        signed = self._signer.sign(self._label(), hashed) if hashed else None
        label = self._label() if signed is None else signed.label
        return member(label, signed, self._log, self._words)


class CommentLabels(Signing):
    """Labels a stream in comments."""

    def __init__(
        self,
        comment: Callable[[bytes], bytes],
        label: Callable[[], Label],
        signer: LabelSigner,
        *,
        is_exempt: Callable[[], bool] = lambda: False,
    ) -> None:
        """Take how the stream writes an event that readers pass over; else as `Signing`."""
        super().__init__(label, signer, is_exempt=is_exempt)
        self._comment = comment

    def first(self, data: bytes, event: StreamEvent | None = None) -> bytes:
        """Return the stream's next bytes, or those of its end, with the labels before them."""
        end = event is not None and event.done
        if not data or (self.begun and not end):
            return data
        # A mark of the byte order is one at the very start only.
        mark = b""
        said = b""
        if not self.begun:
            self.begun = True
            mark = _BOM if data.startswith(_BOM) else b""
            said = self._said(FIRST, self.unsigned)
        if end:
            # Before the event that ends the stream: some readers stop at it.
            said += self._said(LAST, self.signed)
        return b"".join((mark, said, data[len(mark) :]))

    def last(self, data: bytes = b"", end: bytes = b"") -> bytes:
        """Return the stream's last bytes, with the signed label before its end."""
        return b"".join((data, self._said(LAST, self.signed) if self.begun else b"", end))

    def _said(self, name: bytes, value: Callable[[], bytes]) -> bytes:
        said = value()
        return self._comment(name + b" " + said) if said else b""
