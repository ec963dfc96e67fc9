"""Raw AAC (ADTS): the rhythm, and spoken words, before the stream's own frames, byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from guardrail.disclose.marks import adts
from guardrail.disclose.marks.adts import Header
from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.marks.id3 import tag_of
from guardrail.disclose.visible.aac.encoder import FRAME, LAYOUTS, encoded
from guardrail.disclose.visible.aac.extended import is_extended
from guardrail.disclose.visible.sound import beginning
from guardrail.disclose.visible.unlabelled import Bounds, Labelled, Unlabelled

_LOOKED_AT = 8
"""Frames that tell what the rest is."""
_VARIABLE = 0x7FF
"""For how full a decoder's buffer is, where nobody counts."""


def preface(
    data: bytes,
    words: str,
    *,
    spoken: bytes = b"",
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
) -> Labelled:
    """Put the rhythm, and spoken words, before a stream of AAC-LC.

    Its tag ID3v2 stays first, its frames stay as they are, and are decoded to the same samples.

    Args:
        data: The whole file.
        words: What the label says, as text: handed back for those who can't hear.
        spoken: The operator's recording of these words.
        bounds: Of size.

    Raises:
        Unlabelled: ``unsupported_format``: another profile than AAC-LC, frames with checksums, or
            channels in a layout of their own; ``unreadable``, ``too_large``.
        ConfigError: `spoken` can't be read or is too long.
    """
    if len(data) > bounds.encoded_bytes:
        raise Unlabelled("too_large")
    at = _start(data)
    first = _usable(data, list(islice(adts.frames(data, at), _LOOKED_AT)))
    rate = adts.RATES[first.rate]
    blocks = encoded(beginning(rate, spoken, bounds), first.rate, first.channels)
    before = b"".join(_frame(first, block) for block in blocks)
    return Labelled(
        data=data[:at] + before + data[at:],
        mime="audio/aac",
        words=words,
        seconds=len(blocks) * FRAME / rate,
    )


def _start(data: bytes) -> int:
    """Return where the frames start: behind a tag."""
    try:
        tag = tag_of(data)
    except Unmarkable:
        raise Unlabelled("unreadable") from None
    return tag.end if tag else 0


def _usable(data: bytes, found: Sequence[Header]) -> Header:
    """Return the first frame of a stream that ours can stand before."""
    if not found:
        raise Unlabelled("unreadable")
    first = found[0]
    if first.profile != adts.LOW_COMPLEXITY or first.is_checked or first.channels not in LAYOUTS:
        raise Unlabelled("unsupported_format")
    if any(one.fixed != first.fixed for one in found):
        raise Unlabelled("unsupported_format")
    if is_extended([data[one.body : one.end] for one in found if one.blocks == 1]):
        raise Unlabelled("unsupported_format")
    return first


def _frame(like: Header, block: bytes) -> bytes:
    """Return a frame whose header is like that of the stream's own."""
    size = adts.HEAD + len(block)
    rest = size << 13 | _VARIABLE << 2
    head = bytes((like.fixed[3] | rest >> 24,)) + (rest & 0xFFFFFF).to_bytes(3, "big")
    return like.fixed[:3] + head + block
