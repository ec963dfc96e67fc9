"""Made-up values in every part of what passes a real guard, and every way for it to fail.

Then all that it left behind is searched: log, telemetry, metrics, pages, files, tables, archives.
`tests/contracts/test_sinks.py` tries every place of every format.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import shutil
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import orjson
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from guardrail.shipped import shipped
from guardrail.testing import FakeWebSocketUpstream, Then, pictures
from guardrail.testing.leaks import Planted
from guardrail.testing.planted import (
    asked,
    bad_replies,
    bad_streams,
    events,
    fields,
    form,
    replied,
    unreadable,
)
from guardrail.testing.upstream import answer, reset, stream
from guardrail.testing.web import Web
from guardrail.testing.websocket import echo

if TYPE_CHECKING:
    from tests.conftest import PostgresServer
    from tests.e2e.conftest import Guard, Scripted, Stage

Json = Any
pytestmark = [
    pytest.mark.timeout(400),
    # The server is killed in the midst of things, and so are connections to it.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]

BUG = "boomboomboom"
"""A word at which a detector fails, and says so with the whole text."""
CUSTOMIZE = f"""
import sys
if "serve" in sys.orig_argv:
    from guardrail.detect.text import detector
    was = detector.TextDetector.examine
    def examine(self, segments):
        for segment in segments:
            if "{BUG}" in segment.text:
                raise ValueError("can't look at " + segment.text)
        return was(self, segments)
    detector.TextDetector.examine = examine
"""
SAID_EIGHT = (
    *("--operator-name", "Example LLP", "--operator-bin", "990140000007"),
    *("--notice-url", "https://example.kz/privacy"),
    *("--withdrawal", "https://example.kz/withdraw"),
)
LIMITS = {
    "body_bytes": 65_536,
    "reply_bytes": 262_144,
    "body_seconds": 1.0,
    "first_byte_seconds": 1.0,
    "idle_seconds": 1.0,
    "connect_seconds": 1.0,
}


class Receiver(Web):
    """Takes telemetry; fails when it is told to, and at status 0 it hangs."""

    def __init__(self) -> None:
        self.status = 200
        super().__init__(self._taken)

    def _taken(self, _path: str, _body: bytes) -> tuple[int, str, bytes]:
        if not self.status:
            time.sleep(3)
        return self.status or 200, "", b""


class Driven:
    """A guard that gets everything, and what is to be searched afterwards."""

    def __init__(self, guard: Guard, script: Scripted, receiver: Receiver, folder: Path) -> None:
        self.guard, self.script, self.receiver, self.folder = guard, script, receiver, folder
        self.planted = Planted()
        self.answers: list[httpx.Response] = []
        self.pages: list[bytes] = []
        self.said: list[str] = []

    # ---------------------------------------------------------------- what callers do

    def post(self, body: object, path: str = "/v1/chat/completions", **headers: str) -> None:
        """Send a request whose head says something in every field."""
        said = {name.replace("-", "_"): value for name, value in fields(self.planted).items()}
        # Some are cut off, and the server is killed at times.
        with suppress(httpx.TransportError):
            self.answers.append(self.guard.post(body, path, **(said | headers)))

    def chat(self, text: str = "", *, stream: bool = False, **headers: str) -> None:
        """Say something, or a word that no detector knows."""
        self.post(asked(self.planted, text, streams=stream), **headers)

    # ---------------------------------------------------------------- what is done to it

    def ask_badly(self) -> None:
        """Send what can't be read, and personal data where none may be."""
        for path in ("/v1/files", "/v1/audio/transcriptions", "/v1/images/edits"):
            body, kind = form(self.planted)
            self.post(body, path, content_type=kind)
        for body in unreadable(self.planted):
            self.post(body)
        text = self.planted.text()
        self.post(text.encode(), content_type="text/plain", content_encoding="gzip")
        self.post({"a": text}, content_type=f"application/{self.planted.word()}")
        self.post({"a": text}, f"/v1/{self.planted.word()}")
        self.post({"a": text}, f"/v1/unheard/{quote(text)}?q={quote(text)}")
        self.post({"a": text}, f"/v1/chat/completions?q={quote(text)}")
        self.post({"a": text}, x_note=quote(text))
        slow = (
            f"POST /v1/chat/completions?{self.planted.word()} HTTP/1.1\r\nhost: x\r\n"
            f"content-length: 99999\r\nx-a: {self.planted.word()}\r\n\r\n{self.planted.word()}"
        )
        with suppress(OSError):
            self.guard.raw(slow.encode(), 1.5)
        with suppress(OSError):
            self.guard.raw(f"{self.planted.word()} {self.planted.text()}\r\n\r\n".encode())

    def fail_upstream(self) -> None:
        """Let the upstream answer badly, and say something in every part of it."""
        for steps, streams in ((bad_replies, False), (bad_streams, True)):
            for step in steps(self.planted):
                self.script.play(step)
                self.chat(stream=streams)
        self.script.play(answer(200, replied(self.planted)))

    def consent(self) -> None:
        """Ask with a person's consent, and for an author's prompt to be put on record."""
        word = self.planted.word()
        subject = f"{word}@mail.example.kz"
        state = ("--state", str(self.guard.state), "--config", str(self.guard.config))
        done = self.guard.cli(
            *("consent", "grant", "--subject", subject, "--pii", "KZ_IIN", "--days", "1"),
            *(*SAID_EIGHT, *state),
        )
        assert done.returncode == 0, done.stderr
        record, token = (line.partition(" ")[2] for line in done.stdout.splitlines())
        self.chat(self.planted.text(), guardrail_consent=token)
        self.chat(self.planted.text(), guardrail_consent=token, guardrail_subject=subject)
        self.chat(guardrail_consent=f"{word}.{base64.b64encode(word.encode()).decode()}.{word}")
        self.chat(guardrail_authorship="register")
        self.chat(stream=True, guardrail_authorship=f"register; parent={word}")
        for arguments in (("show", "--record", record), ("receipt", record), ("withdraw", record)):
            self.said.append(self.guard.cli("consent", *arguments, *state).stdout)

    def show(self) -> None:
        """Send pictures that say something, and let the upstream answer with one."""
        told = PngInfo()
        told.add_text(self.planted.word(), self.planted.text())
        made = BytesIO()
        Image.fromarray(pictures.portrait()).save(made, "PNG", pnginfo=told)
        for data in (made.getvalue(), b"\x89PNG\r\n\x1a\n" + self.planted.text().encode()):
            self.ask_of(f"data:image/png;base64,{base64.b64encode(data).decode()}")
            held = {"data": [{"b64_json": base64.b64encode(data).decode()}]}
            self.script.play(answer(200, orjson.dumps(held)))
            drawn = {"model": "m", "prompt": self.planted.word()}
            self.post(drawn, "/v1/images/generations")
            for worker in self.media_workers():
                with suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)
        url = f"https://example.kz/{self.planted.word()}.png?u={quote(self.planted.text())}"
        self.ask_of(url)
        self.script.play(answer(200, replied(self.planted)))

    def ask_of(self, picture: str) -> None:
        """Ask who is to be seen at an address, or in what it holds."""
        parts = [
            {"type": "text", "text": "Who is in the photo?"},
            {"type": "image_url", "image_url": {"url": picture}},
        ]
        self.post({"model": "m", "messages": [{"role": "user", "content": parts}]})

    def lose_telemetry(self) -> None:
        """Let the receiver fail, and then hang."""
        for status in (500, 400, 0):
            self.receiver.status = status
            self.chat(self.planted.text())
            time.sleep(1.2)
        self.receiver.status = 200

    def renew(self, packs: Path) -> None:
        """Read a broken pack, which is mended then."""
        pack = packs / "kz-own" / "pack.yaml"
        good = pack.read_text("utf-8")
        pack.write_text(good.replace("refuse", f"refuse{self.planted.word()}"), "utf-8")
        self.guard.process.send_signal(signal.SIGHUP)
        self.guard.until(lambda: "weren't taken over" in self.guard.stderr, 20)
        pack.write_text(good, "utf-8")
        # The operator's own word in the operator's own pack is told where it is wrong.
        self.planted = Planted(f"{self.planted.stem}2")

    def kill(self) -> None:
        """Abort a worker in mid-stream, and kill another; others take their place."""
        self.script.play(stream(events(self.planted)[:2], then=Then.HANG))
        for how in (signal.SIGABRT, signal.SIGKILL):
            caller = threading.Thread(target=lambda: self.chat(self.planted.text()))
            caller.start()
            caller.join(5)
            workers = children(self.guard.process.pid)
            os.kill(workers[0], how)
            self.guard.until(lambda was=workers: self.replaced(was), 30)  # type: ignore[misc]
        self.script.play(answer(200, replied(self.planted)))

    def replaced(self, workers: list[int]) -> bool:
        """Tell whether the first of some processes has another in its place, which is ready."""
        now = children(self.guard.process.pid)
        return workers[0] not in now and len(now) == len(workers) and self.guard.ready()

    def end(self) -> None:
        """Stop it in mid-stream."""
        self.script.play(stream(events(self.planted)[:2], then=Then.HANG))
        caller = threading.Thread(target=lambda: self.chat(stream=True))
        caller.start()
        time.sleep(0.3)
        self.look()
        self.guard.process.send_signal(signal.SIGTERM)
        assert self.guard.process.wait(40) == 0, self.guard.stderr
        caller.join(20)

    def media_workers(self) -> list[int]:
        own = children(self.guard.process.pid)
        return [inner for worker in own for inner in children(worker)]

    # ---------------------------------------------------------------- what is left of it

    def look(self) -> None:
        """Keep what a guard tells while it runs."""
        openmetrics = {"accept": "application/openmetrics-text; version=1.0.0"}
        for path in ("/metrics", "/status", "/readyz", "/livez"):
            self.pages.append(httpx.get(self.guard.admin + path, headers=openmetrics).content)
        self.pages.append(self.guard.metrics().encode())
        ids = [one.headers.get("guardrail-request-id", "") for one in self.answers]
        for name in filter(None, ids[::10]):
            page = f"{self.guard.url}/.well-known/guardrail/evidence/{name}"
            self.pages.append(httpx.get(page).content)

    def archives(self) -> Iterator[tuple[str, bytes]]:
        """Give what auditors and authorities are given, and what commands say."""
        state = ("--state", str(self.guard.state), "--config", str(self.guard.config))
        made = self.folder / "pack.zip"
        asked: tuple[tuple[str, ...], ...] = (
            ("evidence", "pack", "--whole-log", "--lang", "ru", "--out", str(made)),
            *(("evidence", "export", "--format", form) for form in ("ocsf", "csv", "jsonl")),
            ("config", "show"),
            ("doctor",),
        )
        for arguments in asked:
            done = self.guard.cli(*arguments, *(state if arguments[0] != "config" else state[2:]))
            yield " ".join(arguments[:4]), (done.stdout + done.stderr).encode()
            assert arguments[0] != "evidence" or done.returncode == 0, done.stderr
        yield "the audit pack", made.read_bytes()

    def sinks(self) -> Iterator[tuple[str, bytes]]:
        """Give everything that is left of the guard."""
        yield "the log", self.guard.stderr.encode()
        for path, data in self.receiver.asked:
            yield "telemetry", path.encode() + data
            yield "telemetry", data
        for data in self.pages:
            yield "a page", data
        for said in self.said:
            yield "a command", said.encode()
        for file in self.folder.rglob("*"):
            # The audit pack is made of the log: it is looked at where it was made.
            if file.is_file() and file.parent != self.folder:
                yield str(file.relative_to(self.folder)), file.name.encode() + file.read_bytes()
        for reply in self.answers:
            if reply.headers.get("guardrail-decision") in {"refused", "held"}:
                fields = b"".join(b"%b: %b\n" % pair for pair in reply.headers.raw)
                yield "a refusal", fields + reply.content

    def leaks(self, *more: tuple[str, bytes]) -> list[str]:
        """Return where something is that mustn't be."""
        return [
            f"{name}: {leak}"
            for name, data in (*self.sinks(), *more)
            for leak in self.planted.leaks(data)
        ]


def children(process: int) -> list[int]:
    try:
        told = Path(f"/proc/{process}/task/{process}/children").read_text("ascii")
    except OSError:
        return []
    return [int(child) for child in told.split()]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    yield one
    one.close()


@pytest.fixture
def cores() -> Iterator[None]:
    """Let processes leave core files."""
    was = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (was[1], was[1]))
    yield
    resource.setrlimit(resource.RLIMIT_CORE, was)


@pytest.fixture
def drive(
    start: Callable[..., Guard],
    script: Scripted,
    receiver: Receiver,
    cores: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., Driven]:
    """Return what starts a guard that writes all that it can."""

    def begin(*flags: str, upstream: str = "", **config: Json) -> Driven:
        folder = tmp_path_factory.mktemp("sinks")
        for name in ("code", "tmp", "packs"):
            (folder / name).mkdir()
        (folder / "code" / "sitecustomize.py").write_text(CUSTOMIZE, encoding="utf-8")
        evidence = config.pop("evidence", {})
        settings = {
            "telemetry": {
                **dict.fromkeys(("traces", "metrics", "logs"), "otlp"),
                "log_level": "debug",
                "log_format": "json",
                "flush_seconds": 1.0,
            },
            "evidence": {"details": "refused", "seal_seconds": 1.0, **evidence},
            "consent": {"trust_subject_header": True},
            "service": {"name": "Көмекші", "owner": "Мысал ЖШС", "bin": "990140001234"},
            "limits": LIMITS,
            "drain_seconds": 1.0,
            **config,
        }
        environment = {
            "PYTHONPATH": str(folder / "code"),
            "TMPDIR": str(folder / "tmp"),
            "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
            "OTEL_EXPORTER_OTLP_TIMEOUT": "1",
            "OTEL_METRIC_EXPORT_INTERVAL": "500",
        }
        guard = start(upstream or script.url, *flags, config=settings, environment=environment)
        shutil.copy(guard.config, folder / "code")
        driven = Driven(guard, script, receiver, guard.state.parent)
        script.play(answer(200, replied(driven.planted)))
        return driven

    return begin


def own_pack(folder: Path) -> Path:
    """Write a pack of the operator's own; return the folder of packs."""
    own = folder / "kz-own"
    shutil.copytree(Path(str(shipped("policies"))) / "kz-230-viii", own)
    for name in ("pack.yaml", "cases.yaml"):
        text = (own / name).read_text("utf-8").replace("id: kz-230-viii\n", "id: kz-own\n", 1)
        text = text.replace("id: kz.", "id: own.").replace("rule: kz.", "rule: own.")
        (own / name).write_text(text, encoding="utf-8")
    return folder


def everything(driven: Driven) -> None:
    for text in ("", driven.planted.text(), f"{BUG} {driven.planted.text()}"):
        driven.chat(text)
        driven.chat(text, stream=True)
    driven.ask_badly()
    driven.fail_upstream()
    driven.consent()
    driven.show()
    driven.lose_telemetry()


CODES = {
    *("upstream_reset", "upstream_nonsense", "upstream_timeout", "upstream_too_large"),
    *("guard_failed", "personal_data_in_head", "body_too_large"),
}
"""What must have come to pass, or less was tried than it seems."""


def codes(driven: Driven) -> Counter[str]:
    return Counter(str(one.get("code", one["t"])) for one in driven.guard.entries())


def test_nothing_personal_is_left_in_files_logs_telemetry_and_archives(
    drive: Callable[..., Driven], tmp_path: Path
) -> None:
    before = set(Path.cwd().glob("core*"))
    packs = own_pack(tmp_path)
    driven = drive("--workers", "2", policies=str(packs))
    everything(driven)
    driven.kill()
    with full_disk(driven.guard):
        driven.chat()
        driven.chat(driven.planted.text())
    driven.renew(packs)
    driven.chat(driven.planted.text())
    driven.end()
    found = codes(driven)
    assert found.keys() >= CODES, found
    assert sqlite3.connect(driven.guard.state / "details.sqlite").execute(
        "SELECT count(*) > 5 FROM details"
    ).fetchone() == (1,)
    archives = list(driven.archives())
    assert not driven.leaks(*archives)
    assert set(Path.cwd().glob("core*")) == before
    assert not list(driven.folder.rglob("core*"))
    assert "Traceback" not in driven.guard.stderr

    assert driven.leaks(("the audit pack", driven.planted.word().encode()))
    (driven.guard.state / "evidence" / "leak").write_text(driven.planted.word(), "utf-16")
    assert any("evidence/leak" in leak for leak in driven.leaks())
    httpx.post(driven.receiver.url, content=base64.b64encode(driven.planted.word().encode()))
    assert any("telemetry" in leak for leak in driven.leaks())


@contextmanager
def full_disk(guard: Guard) -> Iterator[None]:
    """Let the server's workers write no byte more to any file."""
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    workers = children(guard.process.pid)
    for worker in workers:
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    yield
    for worker in workers:
        with suppress(ProcessLookupError):
            resource.prlimit(worker, resource.RLIMIT_FSIZE, unlimited)


@pytest.mark.thorough
def test_nothing_personal_is_left_in_a_database(
    drive: Callable[..., Driven], fresh_postgres: PostgresServer
) -> None:
    store = {"store": fresh_postgres.url}
    driven = drive("--workers", "2", evidence=store, personal_data="mask", media="pass")
    for text in ("", driven.planted.text(), f"{BUG} {driven.planted.text()}"):
        driven.chat(text)
        driven.chat(text, stream=True)
    for step in (
        stream(events(driven.planted)),
        reset(replied(driven.planted)),
        answer(500, replied(driven.planted)),
    ):
        driven.script.play(step)
        driven.chat(driven.planted.text(), stream=True)
    driven.script.play(answer(200, replied(driven.planted)))
    driven.consent()
    driven.post(suspected(driven.planted.text()), "/api/chat")
    fresh_postgres.stop()
    driven.chat(driven.planted.text())
    driven.chat(driven.planted.text(), stream=True)
    fresh_postgres.start()
    driven.guard.until(driven.guard.ready, 60)
    driven.chat(driven.planted.text())
    driven.end()
    assert any(one.status_code == 503 for one in driven.answers), "the database was missed"
    words = {one.headers.get("guardrail-decision") for one in driven.answers}
    assert words >= {"allowed", "masked", "held", "refused"}
    secret = ("the password", driven.guard.stderr.encode())
    assert b"secret-word" not in secret[1]
    tables = list(in_database(fresh_postgres))
    assert sum(len(data) for _, data in tables) > 100_000
    assert not driven.leaks(*tables, *driven.archives())

    word = driven.planted.word()
    fresh_postgres.sql(f"INSERT INTO guardrail_objects VALUES ('leak', '{word}')")  # noqa: S608 - ours
    leaks = driven.leaks(*in_database(fresh_postgres))
    assert {leak.partition(":")[0] for leak in leaks} >= {"a table", "a file of the database"}


def suspected(text: str) -> Json:
    """Return a request of Ollama's that may ask for a prohibited use, which a person has to see."""
    described = {"type": "string", "description": "The person's name"}
    return {
        "model": "m",
        "messages": [{"role": "user", "content": "Who is in the photo?", "images": [text]}],
        "format": {"type": "object", "properties": {"who": described}, "required": ["who"]},
    }


def in_database(server: PostgresServer) -> Iterator[tuple[str, bytes]]:
    """Give what tables hold, and what stands in their files and in those of the log of writes."""
    server.sql("CHECKPOINT")
    for name in ("guardrail_objects", "guardrail_schema"):
        for row in server.sql(f"TABLE {name}"):
            yield (
                "a table",
                b"\n".join(one if isinstance(one, bytes) else str(one).encode() for one in row),
            )
        [(path,)] = server.sql(f"SELECT pg_relation_filepath('{name}')")
        yield "a file of the database", (server.root / "data" / path).read_bytes()
    toast = "SELECT pg_relation_filepath(reltoastrelid) FROM pg_class WHERE relname = "
    for (path,) in server.sql(f"{toast}'guardrail_objects'"):
        yield "a file of the database", (server.root / "data" / path).read_bytes()
    for file in (server.root / "data/pg_wal").glob("0*"):
        yield "a file of the database", file.read_bytes()
    yield "the database's log", (server.root / "log").read_bytes()


@pytest.mark.thorough
def test_nothing_personal_of_a_websocket_is_left(
    drive: Callable[..., Driven], stage: Stage
) -> None:
    async def begin() -> FakeWebSocketUpstream:
        return await FakeWebSocketUpstream(subprotocols=["realtime"]).__aenter__()

    line = stage.run(begin())
    line.play(echo)
    driven = drive(upstream=line.url, unmatched={"ai": "generic"})
    planted = driven.planted
    address = f"{driven.guard.url.replace('http', 'ws')}/v1/realtime?model={planted.word()}"
    for text in (planted.word(), planted.text(), f"{BUG} {planted.text()}"):
        item = {
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": text}],
        }
        for said in (
            json.dumps({"type": "conversation.item.create", "event_id": text, "item": item}),
            json.dumps({"type": text, "session": {"instructions": text}}),
            text,
            f'{{"type": "{text}',
            text.encode() + b"\xff",
        ):
            headers = {"authorization": f"Bearer {planted.word()}", "x-a": planted.word()}
            with (
                suppress(WebSocketException, TimeoutError),
                connect(
                    address,
                    additional_headers=headers,
                    subprotocols=[Subprotocol("realtime")],
                    user_agent_header=planted.word(),
                ) as session,
            ):
                session.send(said)
                session.recv(timeout=2)
                session.close(4_001, planted.word())
    driven.end()
    stage.run(line.__aexit__(None, None, None))
    assert any(one.received for one in line.lines), "something passed"
    assert "guard_failed" in codes(driven)
    assert not driven.leaks(*driven.archives())
