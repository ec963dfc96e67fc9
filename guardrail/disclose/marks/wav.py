"""WAV sound: a RIFF chunk ``AIGC`` (TC260-PG-202510A). XMP in ``_PMX`` is read as well."""

from __future__ import annotations

from collections.abc import Iterator

from guardrail.disclose.marks import aigc, riff, xmp
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Layer, Unmarkable

_KIND = b"AIGC"


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks in the chunks.

    Raises:
        Unmarkable: as `riff.read` and `xmp.read`.
    """
    sound = riff.read(data)
    for chunk in sound.chunks:
        if chunk.kind == _KIND:
            yield aigc.read(_text(sound.body(chunk)))
        elif chunk.kind == b"C2PA":
            yield Found(layer=Layer.SIGNED, technique="c2pa")
        elif chunk.kind == b"_PMX":
            yield from xmp.read(sound.body(chunk))


def write(data: bytes, claim: Claim) -> bytes:
    """Return the sound with the chunk behind its last one, or before samples without a size.

    Raises:
        Unmarkable: ``truncated``, ``broken_wav``, ``too_many_parts``, ``too_large``.
    """
    sound = riff.read(data)
    held = sound.first(_KIND)
    if held is not None:
        before = _text(sound.body(held))
        after = aigc.merged(before, claim.aigc)
        if after == before:
            return data
        return sound.edited([(held.start, held.end, riff.chunk(_KIND, after.encode()))])
    written = riff.chunk(_KIND, claim.aigc.encode())
    samples = sound.first(b"data")
    if samples is None:
        raise Unmarkable("broken_wav")
    if samples.is_open:
        return sound.edited([(samples.start, samples.start, written)])
    last = sound.chunks[-1]
    # Writers leave the last padding out; behind that no chunk would be found.
    missing = bytes(last.stop - last.start & 1) if last.end == last.stop else b""
    return sound.edited([(last.end, sound.end, missing + written)])


def _text(body: bytes) -> str:
    return body.decode("utf-8", "replace")
