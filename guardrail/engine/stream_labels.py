"""Labels of streamed replies: what it is at the start, and at the end a signature over what left.

They stand in comments, which every reader of server-sent events passes over (WHATWG HTML 9.2.6).
Framings without comments are labelled in headers alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import orjson

from guardrail.disclose import LabelSigner, Signed, Texts
from guardrail.disclose.marks.claim import members
from guardrail.facts import Label

FIRST, LAST = b"guardrail-disclosure", b"guardrail-label"
"""What the comments begin with."""
_BOM = b"\xef\xbb\xbf"


class StreamLabels(Protocol):
    """Labels one stream."""

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

    def first(self, data: bytes, *, end: bool = False) -> bytes:
        """Return the stream's next bytes, or those of its end, with the labels before them."""
        ...

    def last(self) -> bytes:
        """Return the signed label; nothing where nothing of the stream has left."""
        ...


def member(label: Label, signed: Signed | None, log: str = "") -> bytes:
    """Return a label as JSON, in one line.

    Args:
        label: what is said.
        signed: its signature; None for none.
        log: id of the entry of evidence, where it is known before the label leaves.
    """
    said = members(label) | ({"log": log} if log else {})
    return orjson.dumps(said if signed is None else said | signed.members())


class Unlabelled:
    """Labels nothing, for streams that can't carry a label or need none."""

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

    def first(self, data: bytes, *, end: bool = False) -> bytes:  # noqa: ARG002 - as above
        """Return the bytes as they are."""
        return data

    def last(self) -> bytes:
        """Return nothing."""
        return b""


class CommentLabels:
    """Labels a stream in comments."""

    def __init__(
        self,
        comment: Callable[[bytes], bytes],
        label: Callable[[], Label],
        signer: LabelSigner,
        *,
        is_exempt: Callable[[], bool] = lambda: False,
    ) -> None:
        """Take how the stream writes a comment, what it is labelled as by now, and who signs.

        Args:
            comment: writes an event that readers pass over.
            label: returns what the stream is labelled as by now.
            signer: signs the last label.
            is_exempt: tells whether the stream needs no label by now: what it turns out to hold may
                change that.
        """
        self._comment = comment
        self._is_exempt = is_exempt
        self._label = label
        self._signer = signer
        self._begun = False
        self._log = ""
        self._texts: Texts | None = Texts()
        self._heard: list[tuple[str, str]] = []

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

    def first(self, data: bytes, *, end: bool = False) -> bytes:
        """Return the stream's next bytes, or those of its end, with the labels before them."""
        if not data or (self._begun and not end):
            return data
        # A mark of the byte order is one at the very start only.
        mark = b""
        said = b""
        if not self._begun:
            self._begun = True
            mark = _BOM if data.startswith(_BOM) else b""
            said = self._said(FIRST, None)
        if end:
            # Before the event that ends the stream: some readers stop at it.
            said += self.last()
        return b"".join((mark, said, data[len(mark) :]))

    def last(self) -> bytes:
        """Return the signed label; nothing where nothing of the stream has left."""
        if not self._begun:
            return b""
        sha256 = self._texts.sha256 if self._texts is not None else ""
        signed = self._signer.sign(self._label(), sha256) if sha256 else None
        return self._said(LAST, signed)

    def _said(self, name: bytes, signed: Signed | None) -> bytes:
        if self._is_exempt():
            return b""
        label = signed.label if signed is not None else self._label()
        return self._comment(name + b" " + member(label, signed, self._log))
