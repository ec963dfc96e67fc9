"""`@guarded`: the guard around a Python function.

    @guarded(settings=Settings(policy=("kz-230-viii",)))
    def answer(question: str) -> str: ...

Texts in the arguments are examined before the function runs, texts in its result before the caller
gets them; both may come out masked. Functions, coroutines, generators and asynchronous generators
alike. A refusal raises `Refused`: the one place where a decision becomes an exception.

What isn't text, a number, or a list or dict of these can't be examined, and is a `TypeError`
unless `skip` names the argument. The guard can't tell a person anything here: disclosure is the
surface's own.
"""

from __future__ import annotations

import atexit
import functools
import inspect
import threading
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import aclosing, closing, contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar, cast

import orjson

from guardrail.errors import UpstreamError
from guardrail.facts import (
    Author,
    Decision,
    Headers,
    Kind,
    RawReply,
    RawRequest,
    Refusal,
)
from guardrail.settings import Settings
from guardrail.shells.answers import Admitted, Answer, Streaming
from guardrail.shells.assembly import Assembly, assemble
from guardrail.shells.ports import DirectPorts, run_directly
from guardrail.shells.runner import Runner
from guardrail.wire import NOTHING_CHANGED, Delta, StreamEvent

P = ParamSpec("P")
R = TypeVar("R")

_SPEAKER: ContextVar[Headers] = ContextVar("guardrail_speaker", default=())


class Refused(Exception):  # noqa: N818 - a refusal is no error
    """The guard let the call, or its result, not pass.

    Attributes:
        refusal: code, message for the person, rule ids. Holds no personal value.
        decision: the rules that applied; None where a fault of the guard refused.
    """

    def __init__(self, refusal: Refusal, decision: Decision | None) -> None:
        """Take why."""
        super().__init__(refusal.message)
        self.refusal = refusal
        self.decision = decision

    def __reduce__(self) -> tuple[type[Refused], tuple[Refusal, Decision | None]]:
        """Let it travel between processes: an exception is made again from its message else."""
        return type(self), (self.refusal, self.decision)


@contextmanager
def speaker(*, consent: str = "", subject: str = "") -> Iterator[None]:
    """Say whose data guarded calls inside the block carry.

    A generator is called when its first item is asked for: iterate it inside the block.

    Args:
        consent: a consent token, as ``Guardrail-Consent`` carries it.
        subject: the person's id; counts only with `consent.trust_subject_header`.
    """
    headers = tuple(
        (name, value.encode())
        for name, value in ((b"guardrail-consent", consent), (b"guardrail-subject", subject))
        if value
    )
    mark = _SPEAKER.set(headers)
    try:
        yield
    finally:
        _SPEAKER.reset(mark)


def guarded(
    *, settings: Settings | None = None, assembly: Assembly | None = None, skip: Sequence[str] = ()
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Guard a function.

    Args:
        settings: what the operator sets; stores are opened at the first call.
        assembly: a guard put together already, in place of `settings`; share one between functions.
        skip: names of arguments that carry no text to be examined. `self` and `cls` never do.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        call = _Call(function, settings or Settings(), assembly, frozenset(skip))
        # A real function of the same kind: `inspect` must still see a coroutine or a generator.
        if inspect.isasyncgenfunction(function):

            async def asynchronous_generator(*args: Any, **kwargs: Any) -> AsyncIterator[str]:
                async with aclosing(call.stream_async(args, kwargs)) as texts:
                    async for text in texts:
                        yield text

            wrapper: Callable[..., Any] = asynchronous_generator
        elif inspect.iscoroutinefunction(function):

            async def coroutine(*args: Any, **kwargs: Any) -> Any:
                return await call.run_async(args, kwargs)

            wrapper = coroutine
        elif inspect.isgeneratorfunction(function):

            def generator(*args: Any, **kwargs: Any) -> Iterator[str]:
                yield from call.stream(args, kwargs)

            wrapper = generator
        else:

            def plain(*args: Any, **kwargs: Any) -> Any:
                return call.run(args, kwargs)

            wrapper = plain
        return cast("Callable[P, R]", functools.wraps(function)(wrapper))

    return decorate


class _Call:
    """How one function is called under guard."""

    def __init__(
        self,
        function: Callable[..., Any],
        settings: Settings,
        assembly: Assembly | None,
        skip: frozenset[str],
    ) -> None:
        self._function = function
        self._settings = settings
        self._assembly = assembly
        self._runner: Runner | None = None
        """For functions that wait for nothing."""
        self._skip = skip | {"self", "cls"}
        self._signature = inspect.signature(function)
        self._opening = threading.Lock()

    def run(self, args: Any, kwargs: Any) -> Any:
        runner = self._direct()
        bound, admitted = run_directly(self._admit(runner, args, kwargs))
        result = self._function(*bound.args, **bound.kwargs)
        return run_directly(self._answer(runner, admitted, result))

    async def run_async(self, args: Any, kwargs: Any) -> Any:
        runner = self._opened().runner()
        bound, admitted = await self._admit(runner, args, kwargs)
        result = await self._function(*bound.args, **bound.kwargs)
        return await self._answer(runner, admitted, result)

    def stream(self, args: Any, kwargs: Any) -> Iterator[str]:
        runner = self._direct()
        bound, admitted = run_directly(self._admit(runner, args, kwargs))
        streaming = run_directly(self._open(runner, admitted))
        try:
            with closing(self._function(*bound.args, **bound.kwargs)) as pieces:
                for piece in pieces:
                    yield from _texts(run_directly(runner.receive(streaming, _encoded(piece))))
                    _raise_refused(streaming)
            yield from _texts(run_directly(runner.finish(streaming)))
            _raise_refused(streaming)
        except Exception:
            run_directly(runner.break_off(streaming, _failed()))
            raise
        finally:
            if not streaming.stream.ended:
                run_directly(runner.caller_gone(admitted))

    async def stream_async(self, args: Any, kwargs: Any) -> AsyncGenerator[str]:
        runner = self._opened().runner()
        bound, admitted = await self._admit(runner, args, kwargs)
        streaming = await self._open(runner, admitted)
        try:
            async with aclosing(self._function(*bound.args, **bound.kwargs)) as pieces:
                async for piece in pieces:
                    for text in _texts(await runner.receive(streaming, _encoded(piece))):
                        yield text
                    _raise_refused(streaming)
            for text in _texts(await runner.finish(streaming)):
                yield text
            _raise_refused(streaming)
        except Exception:
            await runner.break_off(streaming, _failed())
            raise
        finally:
            if not streaming.stream.ended:
                await runner.caller_gone(admitted)

    def _opened(self) -> Assembly:
        with self._opening:
            if self._assembly is None:
                self._assembly = assemble(self._settings)
                atexit.register(self._assembly.close)
        return self._assembly

    def _direct(self) -> Runner:
        assembly = self._opened()
        with self._opening:
            if self._runner is None:
                ports = DirectPorts(
                    assembly.consents, assembly.evidence, assembly.media, assembly.labels
                )
                self._runner = assembly.runner(ports)
        return self._runner

    async def _admit(
        self,
        runner: Runner,
        args: Any,
        kwargs: Any,
    ) -> tuple[inspect.BoundArguments, Admitted]:
        bound = self._signature.bind(*args, **kwargs)
        texts = {name: v for name, v in bound.arguments.items() if name not in self._skip}
        raw = RawRequest(
            method="CALL",
            path=f"/{self._function.__module__}.{self._function.__qualname__}",
            headers=((b"content-type", b"application/json"), *_SPEAKER.get()),
            body=orjson.dumps(_examinable(texts, "")),
        )
        admitted = await runner.admit(raw, runner.guard.function_route())
        if isinstance(admitted, Answer):
            raise _refused(admitted)
        bound.arguments.update(_replaced(texts, orjson.loads(admitted.body)))
        return bound, admitted

    async def _answer(self, runner: Runner, admitted: Admitted, result: Any) -> Any:
        body = orjson.dumps({"result": _examinable(result, "result")})
        answer = await runner.answer(admitted, RawReply(status=200, body=body))
        if answer.refusal is not None:
            raise _refused(answer)
        runner.delivered(answer)
        return _replaced(result, orjson.loads(answer.body)["result"])

    async def _open(self, runner: Runner, admitted: Admitted) -> Streaming:
        streaming = await runner.open_stream(admitted, _TextCodec())
        if isinstance(streaming, Answer):
            raise _refused(streaming)
        return streaming


class _TextCodec:
    """A stream of texts as a wire format: each text is an event with one delta."""

    repeats = False
    gap = b""

    def feed(self, chunk: bytes) -> list[StreamEvent]:
        text = chunk.decode("utf-8", "surrogatepass")
        delta = Delta(place=(), channel="", text=text, author=Author.ASSISTANT, kind=Kind.TEXT)
        return [StreamEvent(raw=chunk, deltas=(delta,))]

    def close(self) -> list[StreamEvent]:
        return []

    def comment(self, text: bytes) -> bytes:  # noqa: ARG002 - a codec's method
        return b""  # the texts are a function's: nothing stands between them

    @property
    def labels(self) -> None:
        return None  # nor in them

    def rewrite(
        self,
        event: StreamEvent,  # noqa: ARG002 - a codec's method
        texts: Mapping[int, str],
        media: Mapping[int, str] = NOTHING_CHANGED,  # noqa: ARG002 - there are none
    ) -> bytes:
        return _encoded(texts[0])

    def carry(self, event: StreamEvent, delta: int, text: str) -> bytes:  # noqa: ARG002
        return _encoded(text)

    def refuse(
        self,
        like: StreamEvent | None,  # noqa: ARG002
        refusal: Refusal,  # noqa: ARG002
        parts: Iterable[int | str] = (),  # noqa: ARG002
        *,
        begun: bool = True,  # noqa: ARG002
    ) -> bytes:
        return b""


def _encoded(piece: Any) -> bytes:
    if isinstance(piece, str):
        # What can't be encoded passes: the error would quote the text.
        return piece.encode("utf-8", "surrogatepass")
    raise TypeError(f"a guarded generator yields str, not {type(piece).__name__}")


def _texts(data: bytes) -> Iterator[str]:
    if data:
        yield data.decode("utf-8", "surrogatepass")


def _failed() -> UpstreamError:
    return UpstreamError("the guarded function failed", code="upstream_reset")


def _refused(answer: Answer) -> Refused:
    assert answer.refusal is not None  # noqa: S101 - an answer in a call's stead always has one
    return Refused(answer.refusal, answer.decision)


def _raise_refused(streaming: Streaming) -> None:
    stream = streaming.stream
    if stream.refusal is not None:
        raise Refused(stream.refusal, stream.refused_by)


def _examinable(value: Any, name: str) -> Any:
    """Return `value` as JSON has it."""
    if isinstance(value, str | int | float | bool | None):
        return value
    if isinstance(value, list | tuple):
        return [_examinable(item, name) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _examinable(item, name or key) for key, item in value.items()}
    raise TypeError(
        f"{name!r} is a {type(value).__name__}, which can't be examined: "
        f"pass texts, numbers, lists and dicts, or name it in skip=({name!r},)"
    )


def _replaced(value: Any, text: Any) -> Any:
    """Return `value` with its strings as `text`, its JSON form, has them now."""
    if isinstance(value, list | tuple):
        items = [_replaced(a, b) for a, b in zip(value, text, strict=True)]
        # A named tuple is made from its items one by one.
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    if isinstance(value, dict):
        # A name that was masked has changed, but the order hasn't.
        return {
            key: _replaced(a, b) for a, (key, b) in zip(value.values(), text.items(), strict=True)
        }
    # What didn't change stays the very object: an enum's member is a string too. A number that was
    # hidden has become a string.
    return text if isinstance(text, str) and text != value else value
