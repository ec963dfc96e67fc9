"""Raw AAC with its speech replaced by silent frames; all other frames stay byte for byte."""

from __future__ import annotations

from collections.abc import Sequence

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.layouts.adts import Frame, frames
from guardrail.detect.media.sound.decode import recording, samples
from guardrail.detect.media.sound.speech import Speech, Stretch

_SAMPLES = 1_024
_SILENT = {1: bytes.fromhex("00000007"), 2: bytes.fromhex("2000000000000e")}
"""A block without a band, by channels (ISO/IEC 14496-3, 4.4.2.1: one element, and the end)."""
_ROUNDS = 3


def silence_aac(
    data: bytes, mime: str, stretches: Sequence[Stretch], speech: Speech, budget: Budget
) -> bytes:
    """Return the recording with silence where `stretches` are, without its tags.

    Args:
        data: raw AAC-LC of one or two channels (ADTS), all of which could be listened to.
        mime: what it is by its content.
        stretches: start and end in seconds, as of `Speech.stretches`.
        speech: proves that nothing is left.
        budget: how long it may be.

    Raises:
        Uninspectable: ``cannot_redact`` (another AAC, or longer than what is listened to),
            ``redaction_unproven``, or as `recording`.
    """
    kept = frames(data)
    silent = _SILENT.get(kept[0].channels)
    longest = budget.sound_seconds * kept[0].rate
    if silent is None or len({one.head[2:3] for one in kept}) > 1:
        raise Uninspectable("cannot_redact")
    if len(kept) * _SAMPLES > longest:
        raise Uninspectable("cannot_redact")
    left: Sequence[Stretch] = stretches
    for _ in range(_ROUNDS):
        kept = _cut(kept, left, silent)
        redacted = b"".join(one.with_block(one.block) for one in kept)
        if not speech.find(recording(redacted, mime, budget)):
            return redacted
        left = speech.stretches(samples(redacted, mime, budget))
    raise Uninspectable("redaction_unproven")


def _cut(kept: list[Frame], stretches: Sequence[Stretch], silent: bytes) -> list[Frame]:
    """Return frames, those that are heard in a stretch silent. Each is heard in the next, too."""
    cut = list(kept)
    for begin, end in stretches:
        first, last = (int(at * kept[0].rate) // _SAMPLES for at in (begin, end))
        for index in range(max(0, first - 1), min(len(kept), last + 1)):
            cut[index] = Frame(kept[index].head, silent)
    return cut
