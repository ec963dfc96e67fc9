"""`guardrail mcp`: the guard between an MCP client and a server that it starts, over pipes.

Each line either way is one JSON-RPC message, or a batch of them. What may pass does; a request that
may not is answered in the other's place, so that nobody waits in vain, and a notification is left
out. One thread for each way: what waits for one doesn't hold up the other.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import orjson

from guardrail.engine import Handling, Route
from guardrail.errors import BadInput, ConfigError, GuardrailError, UpstreamError
from guardrail.facts import RawReply, RawRequest, Refusal
from guardrail.settings import ENV_PREFIX, Settings
from guardrail.shells.answers import Admitted, Answer
from guardrail.shells.assembly import assemble
from guardrail.shells.ports import DirectPorts, run_directly
from guardrail.shells.runner import Runner
from guardrail.shells.silence import keep_silent
from guardrail.wire import NO_ECHO

log = logging.getLogger("guardrail")

MCP = "mcp"
_JSON = ((b"content-type", b"application/json"),)
_CHUNK = 65_536
LAST_LINES_SECONDS = 2.0
"""For what the server wrote before it ended: a child of its own may hold the pipe open."""

Write = Callable[[bytes], None]
Message = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """A request that the server hasn't answered yet."""

    admitted: Admitted
    echo: Mapping[str, object]


class McpStdio:
    """Guards the lines of one client and one server; does no I/O itself."""

    def __init__(
        self, runner: Runner, settings: Settings, *, to_client: Write, to_server: Write
    ) -> None:
        """Take the guard, its limits, and where messages go.

        Raises:
            ConfigError: the guard can't work: no evidence can be written, say.
        """
        self._runner = runner
        self._adapter = runner.guard.wires.named(MCP)
        self._to_client = to_client
        self._to_server = to_server
        self._limits = settings.limits
        self._lock = threading.Lock()
        self._waiting: dict[bytes, _Waiting] = {}
        # What the server says unasked belongs to an exchange, too: as one that only listens.
        admitted = self._admit("GET", b"")
        if isinstance(admitted, Answer):
            raise ConfigError("no evidence can be written, so nothing may pass")
        self._unasked = admitted

    def from_client(self, line: bytes | None) -> None:
        """Take a line of the client's; None for one that is longer than `Limits.body_bytes`."""
        if line is None:
            limit = self._limits.body_bytes
            error = BadInput(
                f"the message is larger than {limit} bytes", code="body_too_large", status=413
            )
            self._to_client(self._fault(error).body)
            return
        messages = _messages(line)
        admitted = self._admit("POST", line)
        if isinstance(admitted, Answer):
            self._refuse(messages, admitted, back=self._to_client, onward=self._to_server)
            return
        with self._lock:
            for message in messages:
                if "method" in message and (key := _key(message)):
                    echo = self._adapter.echo(orjson.dumps(message))
                    self._waiting[key] = _Waiting(admitted=admitted, echo=echo)
            while len(self._waiting) > self._limits.concurrent_requests:
                del self._waiting[next(iter(self._waiting))]
        self._to_server(admitted.body)

    def from_server(self, line: bytes | None) -> None:
        """Take a line of the server's; None for one that is longer than `Limits.reply_bytes`."""
        if line is None:
            limit = self._limits.reply_bytes
            self._lost(UpstreamError(f"larger than {limit} bytes", code="upstream_too_large"))
            return
        messages = _messages(line)
        answered = [key for one in messages if "method" not in one and (key := _key(one))]
        with self._lock:
            found = [self._waiting.pop(key) for key in answered if key in self._waiting]
            # The one that waits is what the server works at.
            one = found or (list(self._waiting.values()) if len(self._waiting) == 1 else [])
        admitted = one[0].admitted if one else self._unasked
        answer = run_directly(self._runner.answer(admitted, RawReply(status=200, body=line)))
        if answer.refusal is None:
            self._to_client(answer.body)
            self._runner.delivered(answer)
            return
        echoes = {_key(one.echo): one.echo for one in found}
        self._refuse(messages, answer, back=self._to_server, onward=self._to_client, echoes=echoes)

    def _admit(self, method: str, body: bytes) -> Admitted | Answer:
        operation = self._adapter.operation(method, "/mcp")
        route = Route(
            handling=Handling.EXAMINE, adapter=self._adapter, operation=operation, tells=False
        )
        raw = RawRequest(method=method, path="/mcp", headers=_JSON if body else (), body=body)
        return run_directly(self._runner.admit(raw, route))

    def _refuse(
        self,
        messages: Sequence[Message],
        answer: Answer,
        *,
        back: Write,
        onward: Write,
        echoes: Mapping[bytes, Mapping[str, object]] | None = None,
    ) -> None:
        """Answer for those who are not to see some messages, so that nobody waits for ever."""
        refusal = answer.refusal
        assert refusal is not None  # noqa: S101 - asked before
        if not messages and back is self._to_client:
            back(answer.body)  # it can't be read, and has no id: the sender is told all the same
        for message in messages:
            key = _key(message)
            if not key:
                log.warning("a notification was left out: %s", refusal.code)
            elif "method" in message:
                back(self._told(refusal, self._adapter.echo(orjson.dumps(message))))
            else:
                echo = (echoes or {}).get(key) or self._adapter.echo(orjson.dumps(message))
                onward(self._told(refusal, echo))

    def _lost(self, error: UpstreamError) -> None:
        """Tell all who wait: nobody knows whose answer it was."""
        with self._lock:
            waiting = [*self._waiting.values()]
            self._waiting.clear()
        answer = self._fault(error)
        assert answer.refusal is not None  # noqa: S101 - a fault is one
        for one in waiting:
            self._to_client(self._told(answer.refusal, one.echo))

    def _fault(self, error: GuardrailError) -> Answer:
        request_id = self._unasked.request_id
        return run_directly(self._runner.fault(self._adapter, request_id, error, echo=NO_ECHO))

    def _told(self, refusal: Refusal, echo: Mapping[str, object]) -> bytes:
        return self._adapter.error(refusal, echo)[2]


def _messages(line: bytes) -> list[Message]:
    """Return the messages of a line, as far as they can be told."""
    try:
        tree = orjson.loads(line)
    except orjson.JSONDecodeError:
        return []
    return [one for one in (tree if isinstance(tree, list) else [tree]) if isinstance(one, dict)]


def _key(message: Message) -> bytes:
    """Return a message's id, told apart by its type: 1 is not "1"; empty where it has none."""
    own = message.get("id")
    return b"" if own is None else orjson.dumps(own)


def lines(fd: int, limit: int) -> Iterator[bytes | None]:
    """Yield the lines that can be read from `fd`, without their ends; None for a longer one."""
    rest = bytearray()
    too_long = False
    while chunk := os.read(fd, _CHUNK):
        *whole, last = chunk.split(b"\n")
        for piece in whole:
            rest += piece
            long = too_long or len(rest) > limit
            line = None if long else bytes(rest).strip()
            rest.clear()
            too_long = False
            if line is None or line:
                yield line
        rest += last
        if len(rest) > limit:
            rest.clear()
            too_long = True
    if too_long or len(rest) > limit:
        yield None
    elif line := bytes(rest).strip():
        yield line


class _Outlet:
    """Writes lines in the order they come, in a thread of its own: no reader holds up another."""

    def __init__(self, fd: int, closed: Callable[[], None]) -> None:
        """Take where to write, and what to do once nobody reads there any more."""
        self._fd = fd
        self._closed = closed
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def write(self, line: bytes) -> None:
        """Write a line some time."""
        self._lines.put(line + b"\n")

    def settle(self) -> None:
        """Wait until all has been written."""
        self._lines.join()

    def close(self, seconds: float | None = None) -> None:
        """Write what is left, and then the end; wait for it so long."""
        self._lines.put(None)
        self._thread.join(seconds)

    def _run(self) -> None:
        broken = False
        while (line := self._lines.get()) is not None:
            try:
                while line and not broken:
                    line = line[os.write(self._fd, line) :]
            except OSError:
                broken = True
                self._closed()
            self._lines.task_done()
        self._lines.task_done()
        if not broken:
            self._closed()


def run(settings: Settings, command: Sequence[str]) -> int:
    """Run a server and guard it until it ends; return its exit code.

    Raises:
        ConfigError: the server can't be started, or `settings` can't be used.
    """
    keep_silent()
    assembly = assemble(settings)
    try:
        ports = DirectPorts(assembly.consents, assembly.evidence, assembly.media, assembly.labels)
        runner = assembly.runner(ports)
        return _guard(runner, settings, command)
    finally:
        assembly.close()


def _guard(runner: Runner, settings: Settings, command: Sequence[str]) -> int:
    kept = {key: said for key, said in os.environ.items() if not key.startswith(ENV_PREFIX)}
    try:
        server = subprocess.Popen(  # noqa: S603 - the operator names the command
            command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=kept
        )
    except (OSError, ValueError) as error:
        raise ConfigError(f"can't start {command[0]}: {error}") from None
    assert server.stdin is not None  # noqa: S101 - both are pipes
    assert server.stdout is not None  # noqa: S101 - as above
    stdin, stdout = server.stdin, server.stdout
    patience = _timer(settings.drain_seconds, server.terminate)
    end = _timer(settings.drain_seconds, server.kill)

    def stop(*_: object) -> None:
        server.terminate()
        with suppress(RuntimeError):  # it was asked to before
            end.start()

    def hang_up() -> None:
        with suppress(OSError):
            stdin.close()
        patience.start()

    def pump(fd: int, limit: int, take: Callable[[bytes | None], None], *settling: _Outlet) -> None:
        try:
            for line in lines(fd, limit):
                take(line)
                for outlet in settling:
                    outlet.settle()
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing more may pass
            log.error("the guard failed: %s", type(error).__name__)  # noqa: TRY400 - no values
            stop()

    to_server = _Outlet(stdin.fileno(), hang_up)
    to_client = _Outlet(sys.stdout.fileno(), stop)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        guard = McpStdio(runner, settings, to_client=to_client.write, to_server=to_server.write)

        def from_client() -> None:
            limit = settings.limits.body_bytes
            pump(sys.stdin.fileno(), limit, guard.from_client, to_server, to_client)
            to_server.close()

        def from_server() -> None:
            # It may not read on while nobody reads what it writes: so what goes to it never waits.
            pump(stdout.fileno(), settings.limits.reply_bytes, guard.from_server, to_client)

        threading.Thread(target=from_client, daemon=True).start()
        reading = threading.Thread(target=from_server, daemon=True)
        reading.start()
        code = server.wait()
        reading.join(LAST_LINES_SECONDS)
        to_client.close(LAST_LINES_SECONDS)
    finally:
        patience.cancel()
        end.cancel()
        server.kill()
    return code if code >= 0 else 128 - code


def _timer(seconds: float, work: Callable[[], None]) -> threading.Timer:
    timer = threading.Timer(seconds, work)
    timer.daemon = True
    return timer
