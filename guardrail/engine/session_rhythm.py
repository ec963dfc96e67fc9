"""The rhythm at the head of what a voice session's model says first, as recordings have it.

It is put before the first piece of sound, in the same event, where the session's sound is raw
samples: 16 bits, 24 kHz, one channel. Callers count it among what they have played of that item; so
where they cut it off, they are understood without.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from guardrail.detect.media.raw_sound import PCM, coding_of
from guardrail.engine.stream_media import rhythm, rhythm_ms
from guardrail.facts import Opaque
from guardrail.wire.places import value_at

_BEGINS = frozenset({"response.audio.delta", "response.output_audio.delta"})
_TELLS = frozenset({"session.created", "session.updated", "response.created"})
_FORMATS = (
    ("session", "audio", "output", "format"),
    ("session", "output_audio_format"),
    ("response", "audio", "output", "format"),
    ("response", "output_audio_format"),
)
"""Where events say how the model's sound is written."""
_CUTS = "conversation.item.truncate"
_PLAYED = re.compile(rb'("audio_end_ms"\s*:\s*)([0-9]{1,12})(?=\s*[,}])')


class Rhythm:
    """The rhythm of one session."""

    def __init__(self) -> None:
        """Want none yet."""
        self._count: Callable[[], None] | None = None
        self._is_raw = False
        self._item = ""
        self._said = False

    def want(self, count: Callable[[], None]) -> None:
        """Put it before the next sound; `count` is told once it stands there."""
        self._count = count

    def tell(self, tree: object) -> None:
        """Take an event of the upstream's, which may say how sound is written."""
        if kind_of(tree) not in _TELLS:
            return
        found = [one for place in _FORMATS if (one := value_at(tree, place)) is not None]
        if found:
            self._is_raw = all(_coding(one) == PCM for one in found)

    def begin(self, tree: object, sound: Opaque) -> str | None:
        """Return a piece of sound with the rhythm before it; None for one that stays as it is."""
        if self._said or self._count is None or not self._is_raw:
            return None
        if kind_of(tree) not in _BEGINS or sound.place != ("delta",):
            return None
        if not (isinstance(sound.data, str) and sound.data):
            return None
        self._said = True
        item = value_at(tree, ("item_id",))
        self._item = item if isinstance(item, str) else ""
        self._count()
        return rhythm() + sound.data

    def is_cut(self, tree: object) -> bool:
        """Tell whether a message of the caller's cuts off what began with the rhythm."""
        if not self._item or kind_of(tree) != _CUTS:
            return False
        return value_at(tree, ("item_id",)) == self._item

    def without(self, body: bytes) -> bytes:
        """Return such a message as the upstream understands it: without the rhythm's time."""
        return _PLAYED.sub(lambda found: found[1] + _less(found[2]), body, count=1)


def kind_of(tree: object) -> str:
    """Return the type of an event; empty where it tells none."""
    kind = value_at(tree, ("type",))
    return kind if isinstance(kind, str) else ""


def _less(played: bytes) -> bytes:
    return str(max(0, int(played) - rhythm_ms())).encode()


def _coding(said: object) -> object:
    if isinstance(said, dict):
        return coding_of(said.get("type"), said.get("rate"))
    return coding_of(said)
