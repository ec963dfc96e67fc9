"""One WebSocket in work: what each message becomes, in the runner's one order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from guardrail.engine import Session
from guardrail.engine.session import BINARY
from guardrail.engine.session_sound import Frame
from guardrail.errors import GuardrailError
from guardrail.facts import Headers
from guardrail.shells.answers import Admitted, Answer, Streaming
from guardrail.shells.overdue import until_over
from guardrail.shells.runner import Runner
from guardrail.wire.frames import framed, messages

Message = str | bytes
"""A text message, or a binary one."""

SOUND_SECONDS = 1.0
"""How long a frame of the caller's sound waits to be listened to with those behind it."""
LARGE = 64 << 10
"""Bytes of a message that is read in a thread, so that the loop stays responsive."""

NORMAL, POLICY_VIOLATION, INTERNAL_ERROR = 1000, 1008, 1011
"""How a session ends that is over, refused, or failed (RFC 6455 section 7.4.1)."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the caller is told in place of a message of his that doesn't go on."""

    text: str


class LiveSession:
    """Both ways of a WebSocket through the guard."""

    def __init__(
        self, runner: Runner, admitted: Admitted, session: Session, streaming: Streaming
    ) -> None:
        """Take what `open_session` made."""
        self._runner = runner
        self._admitted = admitted
        self._session = session
        self._streaming = streaming
        # Both ways change what is known of the case, one of them in a thread at times.
        self._lock = streaming.lock
        self._held_since = 0.0
        self._greets = True

    @property
    def headers(self) -> Headers:
        """What the handshake's answer says of the guard."""
        return self._streaming.headers

    @property
    def close_code(self) -> int | None:
        """How the session must end now; None while it goes on."""
        stream = self._streaming.stream
        if not stream.ended:
            return None
        if stream.refusal is None:
            return NORMAL
        return POLICY_VIOLATION if stream.refused_by is not None else INTERNAL_ERROR

    @property
    def patience(self) -> float | None:
        """Seconds after which `let_go` is to be called, unless a message comes; None for never."""
        if not self._session.sound.holds:
            return None
        return max(0.0, self._held_since + SOUND_SECONDS - self._runner.seconds())

    async def take(self, message: Message) -> list[Message | Told]:
        """Take a message of the caller's; return what goes on, and what he is told instead.

        Sound may wait; whatever comes behind it makes it go first.
        """
        async with self._lock:
            if isinstance(message, bytes) and not self._session.is_text(message):
                return [*await self._listened(last=True), await self._unread(message)]
            raw = framed(_text_of(message))
            frame = await self._frame(raw)
            if frame is not None and self._hold(frame):
                return await self._listened()
            return [*await self._listened(last=True), await self._text(message, raw)]

    async def let_go(self) -> list[Message | Told]:
        """Return what goes on of the sound that has waited for long enough."""
        async with self._lock:
            return await self._listened(last=True)

    async def _frame(self, raw: bytes) -> Frame | None:
        if len(raw) <= LARGE:
            return self._session.frame(raw)
        return await asyncio.to_thread(self._session.frame, raw)

    def _hold(self, frame: Frame) -> bool:
        sound = self._session.sound
        if not sound.holds:
            self._held_since = self._runner.seconds()
        return sound.take(frame)

    async def _listened(self, *, last: bool = False) -> list[Message | Told]:
        """Have sound listened to as it is due; return what goes on of it."""
        session = self._session
        went: list[Message | Told] = []
        while (sound := session.sound.due(last=last)) is not None:
            enacted = await self._runner.message(
                self._admitted, session, partial(session.examine_sound, sound), sound.fresh
            )
            if isinstance(enacted, Answer):
                session.sound.drop()
                return [*went, _told(enacted)]
            went += self._free(session.heard(sound, enacted))
        return [*went, *self._free(session.sound.free())]

    def _free(self, raw: Sequence[bytes]) -> list[Message]:
        if raw:
            self._held_since = self._runner.seconds()
        return [message for one in raw for message in messages(one)]

    async def _unread(self, message: bytes) -> Message | Told:
        session = self._session
        enacted = await self._runner.message(
            self._admitted, session, lambda: session.examine_unread(message), 0
        )
        return _told(enacted) if isinstance(enacted, Answer) else message

    async def _text(self, message: Message, raw: bytes) -> Message | Told:
        session = self._session
        enacted = await self._runner.message(
            self._admitted, session, lambda: session.examine(raw), len(raw)
        )
        if isinstance(enacted, Answer):
            return _told(enacted)
        sent = session.sent(raw, enacted)
        return message if sent is raw else _as_was(message, messages(sent))[0]

    async def bring(self, message: Message) -> list[Message]:
        """Take a message of the upstream's; return what the caller gets now."""
        async with self._lock:
            if isinstance(message, bytes) and not self._session.is_text(message):
                end = await self._runner.unread(self._streaming, BINARY)
                return [*messages(end)] if self._streaming.stream.ended else [message]
            greeting = self._session.greeting(self._streaming.stream) if self._greets else ""
            self._greets = False
            data = await self._runner.receive(self._streaming, framed(_text_of(message)))
            self._session.refresh(self._streaming.stream)
        went = _as_was(message, messages(data))
        return [greeting, *went] if greeting else went

    async def until_over(self, tell: Callable[[Message], Awaitable[None]]) -> None:
        """Let text that waits too long go to the caller; return when that has ended the session."""

        async def told(data: bytes) -> None:
            for one in messages(data):
                await tell(one)

        await until_over(self._runner, self._streaming, told)

    async def finish(self) -> list[Message]:
        """Take the upstream's end; return what was held back."""
        async with self._lock:
            return [*messages(await self._runner.finish(self._streaming))]

    async def break_off(self, error: GuardrailError) -> list[Message]:
        """End the session after a fault of the upstream; return what the caller is told."""
        async with self._lock:
            return [*messages(await self._runner.break_off(self._streaming, error))]

    async def hang_up(self, how: str) -> None:
        """Put on record that nobody listens any more."""
        await self._runner.hung_up(self._streaming, how)


async def open_session(runner: Runner, admitted: Admitted) -> LiveSession | Answer:
    """Return the session that an admitted request opens, or the answer in its stead."""
    decided = admitted.decided
    assert decided is not None  # noqa: S101 - shells pass what is unexamined on by themselves
    session = Session(runner.guard, decided)
    streaming = await runner.open_stream(admitted, session.codec())
    if isinstance(streaming, Answer):
        return streaming
    return LiveSession(runner, admitted, session, streaming)


def _text_of(message: Message) -> str:
    return message if isinstance(message, str) else message.decode()


def _as_was(message: Message, texts: Sequence[str]) -> list[Message]:
    """Return what a message became, binary where that was."""
    return [*texts] if isinstance(message, str) else [text.encode() for text in texts]


def _told(answer: Answer) -> Told:
    return Told(answer.body.decode())
