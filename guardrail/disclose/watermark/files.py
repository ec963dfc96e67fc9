"""Watermarks in pictures' files: each frame is marked, colours and transparency stay."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
from PIL import Image

from guardrail.disclose.visible.overlay import frames, repaint
from guardrail.disclose.visible.unlabelled import Bounds
from guardrail.disclose.watermark.port import MESSAGE_BYTES, Reading, Watermark

_LOOKED_AT = 4
"""Frames of an animation that are read: each has the same mark."""


def message_of(label_id: str) -> bytes:
    """Return the message that stands for a label: what evidence is looked up by.

    40 bits: of a million labels two have the same one with a probability of about a third, so
    that a message leads to a short list rather than to one entry.
    """
    return hashlib.sha256(label_id.encode("utf-8", "replace")).digest()[:MESSAGE_BYTES]


def painter(watermark: Watermark, message: bytes) -> Callable[[Image.Image], Image.Image]:
    """Return what marks a frame: for `guardrail.disclose.visible.overlay`, to encode once."""

    def paint(frame: Image.Image) -> Image.Image:
        own = frame.mode if frame.mode in {"L", "RGB"} else ""
        pixels = np.asarray(frame if own else frame.convert("RGB"), np.uint8)
        marked = Image.fromarray(watermark.embed(pixels, message))
        marked.info = dict(frame.info)
        if own:
            return marked
        return _like(frame, marked)

    return paint


def embedded(
    data: bytes,
    watermark: Watermark,
    message: bytes,
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
) -> tuple[bytes, str]:
    """Mark a picture's file, and return it with its MIME type.

    Raises:
        Unlabelled: It can't be decoded or encoded.
        Unmarked: It can't hold a mark.
    """
    return repaint(data, painter(watermark, message), bounds)


def detected(
    data: bytes,
    watermark: Watermark,
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
) -> Reading | None:
    """Return the mark of a picture's file; None proves nothing.

    Raises:
        Unlabelled: It can't be decoded.
    """
    for number, frame in enumerate(frames(data, bounds)):
        if number == _LOOKED_AT:
            break
        plain = frame if frame.mode in {"L", "RGB"} else frame.convert("RGB")
        found = watermark.detect(np.asarray(plain, np.uint8))
        if found:
            return found
    return None


def _like(frame: Image.Image, marked: Image.Image) -> Image.Image:
    """Return marked colours in the mode of the frame, with its transparency."""
    if frame.mode == "LA":
        done = marked.convert("LA")
    elif frame.mode == "RGBA":
        done = marked.convert("RGBA")
    else:
        return marked.convert(frame.mode)
    done.putalpha(frame.getchannel("A"))
    return done
