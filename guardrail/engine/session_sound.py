"""The sound of a voice session: how it is written, what of it waits to be listened to.

A caller's frames are held for a second at most, until somebody has listened. Once a voice was heard
for certain and nothing is against it, frames go on at once: that there is a voice is known, and is
weighed anew with every second, as consent may end.

What the model says aloud is nobody's voice. It goes on unheard, but for what isn't sound.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from guardrail.detect.media.raw_sound import (
    ALAW,
    PCM,
    ULAW,
    Coding,
    Hearing,
    RawSound,
    coding_of,
    frame_of,
)
from guardrail.engine.session_rhythm import Rhythm, kind_of
from guardrail.facts import Inspected, Opaque, Refusal, Tier, Verdict
from guardrail.wire import NOTHING_CHANGED, EventLabels, StreamCodec, StreamEvent
from guardrail.wire.places import value_at

WIRE = "openai-realtime"
"""The format whose sound comes in raw frames."""
MOST_CODINGS = 4
"""Ways in which frames may be meant at one time."""
NOT_INSTALLED = "media_extra_missing"

_APPENDS = frozenset({"input_audio_buffer.append", "session.input_audio_buffer.append"})
_FRAME = frozenset({"type", "event_id", "audio"})
_SPOKEN = frozenset(
    {
        "response.audio.delta",
        "response.output_audio.delta",
        "session.output_audio.delta",
        "response.content_part.added",
        "response.content_part.done",
    }
)
"""Events whose sound the model makes. An item's may be the caller's own, told once more."""
_SETTLES = frozenset(
    {
        "session.created",
        "session.updated",
        "transcription_session.created",
        "transcription_session.updated",
    }
)
_FORMATS = (
    ("session", "audio", "input", "format"),
    ("session", "input_audio_format"),
)
"""Where a session's events say how the caller's sound is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A message that brings sound and nothing else."""

    raw: bytes
    """The message."""
    data: bytes
    echo: Mapping[str, object]
    """What a refusal repeats of it."""


def frame_in(
    tree: object, raw: bytes, opaque: Sequence[Opaque], echo: Mapping[str, object]
) -> Frame | None:
    """Return the sound that a message brings, where it brings nothing else."""
    if not isinstance(tree, dict) or kind_of(tree) not in _APPENDS or tree.keys() - _FRAME:
        return None
    if len(opaque) != 1 or opaque[0].place != ("audio",) or not isinstance(opaque[0].data, str):
        return None
    data = frame_of(opaque[0].data)
    return None if data is None else Frame(raw=raw, data=data, echo=echo)


class Codings:
    """How a caller's frames may be meant: as the upstream says, or as the caller just asked."""

    def __init__(self) -> None:
        """Know nothing: any of them."""
        self._told: tuple[Coding | None, ...] = ()
        self._asked: tuple[Coding | None, ...] = ()

    @property
    def possible(self) -> tuple[Coding, ...]:
        """Every way that frames may be meant; empty where one of them can't be listened to."""
        every = tuple(dict.fromkeys((*(self._told or (PCM, ULAW, ALAW)), *self._asked)))
        known = tuple(one for one in every if one is not None)
        return known if len(known) == len(every) <= MOST_CODINGS else ()

    def ask(self, codings: Sequence[Coding | None]) -> None:
        """Take what a message of the caller's asks for. The upstream may not follow it."""
        self._asked = tuple(dict.fromkeys((*self._asked, *codings)))[: MOST_CODINGS + 1]

    def tell(self, tree: object) -> None:
        """Take an event of the upstream's."""
        if kind_of(tree) not in _SETTLES:
            return
        said = codings_in(tree)
        self._told = said or self._told or (PCM,)
        self._asked = tuple(one for one in self._asked if one not in said)


def codings_in(tree: object) -> tuple[Coding | None, ...]:
    """Return how an event says that the caller's sound is written; None for what isn't known."""
    found = [value_at(tree, place) for place in _FORMATS]
    return tuple(
        coding_of(one.get("type"), one.get("rate")) if isinstance(one, dict) else coding_of(one)
        for one in found
        if one is not None
    )


class CallerSound:
    """A caller's frames on their way."""

    def __init__(self) -> None:
        """Take none yet."""
        self.codings = Codings()
        self._held: deque[Frame] = deque()
        self._hearings: list[Hearing] = []
        self._listens: Hearing | None = None
        self._known: Inspected | None = None
        self._since = 0
        self._anew = False

    @property
    def holds(self) -> bool:
        """Whether frames wait to be listened to."""
        return bool(self._held)

    @property
    def echo(self) -> Mapping[str, object]:
        """What a refusal repeats of the frames that wait."""
        return self._held[-1].echo if self._held else {}

    def take(self, frame: Frame) -> bool:
        """Take a frame; return False where there is nobody who could listen to such."""
        codings = self.codings.possible
        if not codings:
            return False
        if frozenset(one.coding for one in self._hearings) != frozenset(codings):
            self._hearings = [self._begun(Hearing(coding)) for coding in codings]
        if len(frame.data) % 2 and all(one.joins for one in self._hearings):
            wide = [one.coding for one in self._hearings if one.coding.width > 1]
            self._hearings += [self._begun(Hearing(coding, joins=False)) for coding in wide]
        self._held.append(frame)
        self._since += len(frame.data)
        if self._known is None:
            for one in self._hearings:
                one.take(frame.data)
        return True

    def _begun(self, hearing: Hearing) -> Hearing:
        for frame in self._held:
            hearing.take(frame.data)
        return hearing

    def due(self, *, last: bool = False) -> RawSound | None:
        """Return what must be listened to, or weighed anew, before frames go on.

        Args:
            last: wait for no more of it.
        """
        if not self._held:
            return None
        if self._known is not None:
            if not self._anew and self._since < min(one.coding.second for one in self._hearings):
                return None
            return RawSound(b"", known=self._known)
        for one in self._hearings:
            sound = one.due(last=last)
            if sound is not None:
                self._listens = one
                return sound
        return None

    def heard(self, sound: RawSound, inspected: Inspected) -> None:
        """Take note that nothing is against what was due."""
        if self._known is not None:
            self._since, self._anew = 0, False
            return
        if self._listens is not None:
            self._listens.heard(sound)
        if _settles(inspected):
            self._known, self._since = inspected, 0

    def free(self) -> list[bytes]:
        """Return the messages that may go on now, in their order."""
        waiting = 0
        if self._known is None:
            waiting = max((one.waiting for one in self._hearings), default=0)
        return [self._held.popleft().raw for _ in range(len(self._held) - waiting)]

    def reweigh(self) -> None:
        """Take note that something was said that may change what is thought of a voice."""
        self._anew = True

    def drop(self) -> None:
        """Forget the frames that wait, and what was heard."""
        self._held.clear()
        self._hearings = []
        self._known = None


def _settles(inspected: Inspected) -> bool:
    """Tell whether more listening would change nothing."""
    return inspected.reason == NOT_INSTALLED or (
        inspected.verdict is Verdict.INSPECTED
        and any(one.entity == "VOICE" and one.tier is Tier.CERTAIN for one in inspected.seen)
    )


def recordings(opaque: Sequence[Opaque], codings: Sequence[Coding]) -> tuple[Opaque, ...]:
    """Return media of which an item's sound is what it is under every coding."""
    out: list[Opaque] = []
    for one in opaque:
        data = frame_of(one.data) if _is_item(one) and isinstance(one.data, str) else None
        if data is None:
            out.append(one)
            continue
        out += (replace(one, data=RawSound(data, coding, whole=True)) for coding in codings)
        out += () if codings else (one,)
    return tuple(out)


def _is_item(one: Opaque) -> bool:
    return one.medium == "audio" and bool(one.data) and "content" in one.place


class Listening:
    """A codec that knows what the sound in an upstream's events is. It is a `Codec`."""

    def __init__(
        self,
        codec: StreamCodec,
        codings: Codings,
        *,
        speaks: bool = True,
        rhythm: Rhythm | None = None,
    ) -> None:
        """Take what reads the events, and what learns from them how sound is written.

        Args:
            codec: reads the events.
            codings: learns from them.
            speaks: whether it is a format whose sound comes in raw frames at all.
            rhythm: what stands before the first of the model's sound.
        """
        self._rhythm = rhythm or Rhythm()
        self._codec = codec
        self._codings = codings
        self._speaks = speaks

    @property
    def repeats(self) -> bool:
        """Whether events may repeat what others brought."""
        return self._codec.repeats

    @property
    def gap(self) -> bytes:
        """What the last event lacks of its end, once the stream is closed."""
        return self._codec.gap

    @property
    def crowded(self) -> bool:
        """Whether so much was told apart that there will soon be no room for more."""
        return self._codec.crowded

    def feed(self, chunk: bytes) -> list[StreamEvent]:
        """Return the events that are whole with `chunk`.

        Raises:
            UpstreamError: as `StreamCodec.feed`.
        """
        return [self._known(event) for event in self._codec.feed(chunk)]

    def close(self) -> list[StreamEvent]:
        """Return what is left at the end.

        Raises:
            UpstreamError: as `StreamCodec.close`.
        """
        return [self._known(event) for event in self._codec.close()]

    def rewrite(
        self,
        event: StreamEvent,
        texts: Mapping[int, str],
        media: Mapping[int, str] = NOTHING_CHANGED,
    ) -> bytes:
        """Return the event with new texts for some deltas, and for some media."""
        return self._codec.rewrite(event, texts, media)

    def carry(self, event: StreamEvent, delta: int, text: str) -> bytes:
        """Return a new event in the likeness of `event` for one delta's text."""
        return self._codec.carry(event, delta, text)

    def comment(self, text: bytes) -> bytes:
        """Return an event that readers pass over; nothing where the framing has none."""
        return self._codec.comment(text)

    @property
    def labels(self) -> EventLabels | None:
        """What puts labels into events; None where the format has no place for them there."""
        return self._codec.labels

    def refuse(
        self,
        like: StreamEvent | None,
        refusal: Refusal,
        parts: Iterable[int | str] = (),
        *,
        begun: bool = True,
    ) -> bytes:
        """Return the stream's proper end after a refusal, for the parts still open."""
        return self._codec.refuse(like, refusal, parts, begun=begun)

    def _known(self, event: StreamEvent) -> StreamEvent:
        if event.error:
            # Of one message, as a rule: answers go on behind it.
            event = replace(event, error=False)
        if not self._speaks:
            return event
        self._codings.tell(event.data)
        self._rhythm.tell(event.data)
        if not event.opaque:
            return event
        opaque = event.opaque
        if kind_of(event.data) in _SPOKEN:
            event = self._begun(event)
            opaque = tuple(one for one in opaque if not _is_spoken(one))
        return replace(event, opaque=recordings(opaque, self._codings.possible))

    def _begun(self, event: StreamEvent) -> StreamEvent:
        """Return an event of the model's sound, with the rhythm where it is the first."""
        for index, one in enumerate(event.opaque):
            text = self._rhythm.begin(event.data, one) if _is_spoken(one) else None
            if text is not None:
                return replace(event, raw=self._codec.rewrite(event, {}, {index: text}))
        return event


def _is_spoken(one: Opaque) -> bool:
    return one.medium == "audio" and isinstance(one.data, str) and frame_of(one.data) is not None
