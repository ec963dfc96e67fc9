"""A WebSocket: many messages each way, and one case.

What the caller sends is examined message by message, each like a small request; what the upstream
sends is a stream without an end (`guardrail.engine.reply_stream`). They share what consent covers,
the values met, and the pseudonyms given.

Nothing of a message is kept but the ends of texts, to see values that stand across two messages
where any text may go on in the next, and the last seconds of the caller's voice
(`guardrail.engine.session_sound`).
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

from guardrail.detect.media.raw_sound import RawSound
from guardrail.engine.case import Case, Decided, Enacted, Examined
from guardrail.engine.documents import LOOKED_BACK
from guardrail.engine.guard import GENERIC_MESSAGES, Guard
from guardrail.engine.reply_stream import ReplyStream
from guardrail.engine.session_rhythm import Rhythm
from guardrail.engine.session_sound import (
    WIRE,
    CallerSound,
    Frame,
    Listening,
    codings_in,
    frame_in,
    recordings,
)
from guardrail.errors import BadInput
from guardrail.facts import (
    Action,
    Author,
    Duty,
    Exchange,
    Finding,
    Opaque,
    Place,
    Segment,
)
from guardrail.wire import AnyFrames, JsonFrames

BINARY = "binary"
_CONTROLS = bytes({*range(32), 127} - {*b"\t\n\r"})
"""Bytes that no text has. Each second of sound has some."""
"""What a message is as a medium whose bytes mean something to the two ends alone."""

_LABELS = 10_000
"""Labels whose values are known, so that pseudonyms can be put back."""

_TEXTS = 256
"""Places whose last texts are known; the one used longest ago is forgotten."""


class Session:
    """What the two ways of a WebSocket share, and the caller's messages one by one."""

    def __init__(self, guard: Guard, opened: Decided) -> None:
        """Take the decided request that opened it."""
        self._guard = guard
        self._case = opened.examined.case
        # Who opens it says nothing yet; people read what comes of what is said later.
        self._case.exchange = replace(self._case.exchange, machine_read=False)
        self._speaks = self._case.route.adapter.name == WIRE
        self._case.speaks = self._speaks
        self._generic = self._case.route.adapter.name == GENERIC_MESSAGES
        self._framing = AnyFrames() if self._generic else JsonFrames()
        self._ends: OrderedDict[Place, str] = OrderedDict()
        self._media: set[str] = set()
        self._purposes = self._case.purposes
        self._materials = self._case.materials
        self._asked = codings_in(None)
        self.sound = CallerSound()
        """What the caller says aloud, on its way."""
        self._rhythm = Rhythm()
        self._cuts = False
        self._codec = self.codec()

    def codec(self) -> Listening:
        """Return a fresh codec for what the upstream sends."""
        codec = self._case.route.adapter.stream(self._framing)
        self._codec = Listening(codec, self.sound.codings, speaks=self._speaks, rhythm=self._rhythm)
        return self._codec

    def greeting(self, stream: ReplyStream) -> str:
        """Return the event to send before the upstream's first one; empty for none. Call it first.

        Only a format whose clients pass over events that they don't know has one.
        """
        if self._guard.settings.labels.media.visible and Duty.LABEL in stream.decision.duties:
            self._rhythm.want(stream.sounded)
        return stream.notice.frame(stream.decision) if self._speaks else ""

    def refresh(self, stream: ReplyStream) -> None:
        """Keep a stream without an end from filling up; to be called between two messages."""
        if self._codec.crowded and stream.settled:
            stream.renew(self.codec())

    def examine(self, raw: bytes) -> Examined:
        """Read a text message of the caller's, framed as an event, and find what is in it.

        Raises:
            BadInput: it can't be read.
        """
        route = self._case.route
        data = self._framing.data_of(raw)
        exchange = route.adapter.read_request(route.operation, data)
        if self._speaks:
            self._asked = codings_in(exchange.tree)
            self._cuts = self._rhythm.is_cut(exchange.tree)
            opaque = recordings(exchange.opaque, self.sound.codings.possible)
            exchange = replace(exchange, opaque=opaque)
        return self._guard.examined_request(self._case_of(exchange), data)

    def is_text(self, data: bytes) -> bool:
        """Tell whether a binary message can be read as text.

        Many services send JSON so. In a format of its own a binary message is something else.
        """
        if not self._generic or data.translate(None, _CONTROLS) != data:
            return False
        try:
            data.decode()
        except UnicodeDecodeError:
            return False
        return True

    def frame(self, raw: bytes) -> Frame | None:
        """Return the sound that a text message brings; None where it isn't sound and no more."""
        if not self._speaks or b'"audio"' not in raw:
            return None
        route = self._case.route
        try:
            exchange = route.adapter.read_request(route.operation, self._framing.data_of(raw))
        except BadInput:
            return None  # `examine` says why
        return frame_in(exchange.tree, raw, exchange.opaque, exchange.echo)

    def examine_sound(self, sound: RawSound) -> Examined:
        """Take some seconds of the caller's sound, which were due."""
        route = self._case.route
        opaque = (Opaque(place=("audio",), medium="audio", reason="encoded", data=sound),)
        exchange = Exchange(
            wire=route.adapter.ref,
            operation=route.operation.name,
            segments=(),
            opaque=opaque,
            echo=self.sound.echo,
        )
        fresh = bytes(sound[len(sound) - sound.fresh :])
        return self._guard.examined_request(self._case_of(exchange), fresh)

    def heard(self, sound: RawSound, enacted: Enacted) -> list[bytes]:
        """Take note that nothing is against what was due; return the messages that go on."""
        examined = enacted.decided.examined
        self._keep(examined)
        self.sound.heard(sound, examined.inspected[0])
        return self.sound.free()

    def examine_unread(self, data: bytes) -> Examined:
        """Take a binary message of the caller's, which can't be read."""
        route = self._case.route
        opaque = (Opaque(place=(), medium=BINARY, reason="unread", data=data),)
        exchange = Exchange(
            wire=route.adapter.ref, operation=route.operation.name, segments=(), opaque=opaque
        )
        return self._guard.examined_request(self._case_of(exchange), data)

    def across(self, examined: Examined) -> Examined | None:
        """Return what stands across the border to the message before, or None.

        No edit can hide it any more: unless it is allowed, the message must not go on.
        """
        segments: list[Segment] = []
        findings: list[Finding] = []
        for segment in examined.segments:
            before = self._ends.get(segment.place, "")
            if not before or segment.key:
                continue
            whole = replace(segment, text=before + segment.text)
            # The same looks at what two messages say together as at what one says.
            found = self._guard.detector_for(self._case.route).examine([whole])
            over = [one for one in found if one.start < len(before) < one.end]
            findings += (replace(one, segment=len(segments)) for one in over)
            segments.append(whole)
        if not findings:
            return None
        return replace(
            examined,
            segments=tuple(segments),
            media=(),
            vectors=(),
            inspected=(),
            findings=tuple(findings),
            body=b"",
        )

    def sent(self, raw: bytes, enacted: Enacted) -> bytes:
        """Return a text message as it goes on, and take note of it."""
        examined = enacted.decided.examined
        self._follow(examined)
        self.sound.codings.ask(self._asked)
        self.sound.reweigh()
        for segment in examined.segments if self._generic else ():
            if not segment.key:
                self._ends.pop(segment.place, None)
                self._ends[segment.place] = segment.text[-LOOKED_BACK:]
        while len(self._ends) > _TEXTS:
            self._ends.popitem(last=False)
        self._case.masker.forget(_LABELS)
        body = self._rhythm.without(enacted.body) if self._cuts else enacted.body
        if body is examined.body:
            return raw
        return self._framing.with_data(raw, body)

    def tells(self, enacted: Enacted) -> bool:
        """Tell whether a message's decision is to be put on record.

        It is where there is text in it, or it is the first that has or shows such: sound comes in
        some fifty messages a second.
        """
        examined, decision = enacted.decided.examined, enacted.decided.decision
        media = {item.opaque.medium for item in examined.media}
        media |= {seen.entity for one in examined.inspected for seen in one.seen}
        new = media - self._media
        if decision.action is Action.ALLOW:
            self._media |= new
        return bool(examined.segments or new or decision.action is not Action.ALLOW)

    def _case_of(self, exchange: Exchange) -> Case:
        """Return the case with another exchange: one message of the session's."""
        return replace(
            self._case,
            exchange=exchange,
            records=(),
            languages=(),
            # What the answers showed is nothing that the caller showed.
            purposes=self._purposes,
            materials=self._materials,
        )

    def _keep(self, examined: Examined) -> None:
        """Remember what was asked for and shown, which belongs to what comes later, too."""
        self._purposes |= examined.case.purposes
        self._materials |= examined.case.materials

    def _follow(self, examined: Examined) -> None:
        """Let the answers follow what was said last: its language, its consent, its turn."""
        self._keep(examined)
        case, said = self._case, examined.case
        exchange = said.exchange
        if any(one.author is Author.USER for one in exchange.segments):
            self._guard.disclosure.languages(said)
            case.languages = said.languages
        if not exchange.first_turn:
            case.exchange = replace(case.exchange, first_turn=False)
        case.records = said.records or case.records
