"""The real server in a process of its own, between the real SDK and upstreams one can look into."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import uvicorn
import yaml
from openai import AsyncOpenAI, OpenAI

from guardrail.testing import Assistant, FakeUpstream, Step, recorded
from guardrail.testing.upstream import answer
from guardrail.verify import open_files, verify_log

T = TypeVar("T")

IIN, OTHER_IIN = "900101300017", "850505401234"
PHONE, EMAIL = "+7 701 555 01 23", "aigerim@example.kz"
SUBJECT = "person-u-17"
PERSONAL = (IIN, OTHER_IIN, "7015550123", "701 555 01 23", "555 01 23", EMAIL, "aigerim", SUBJECT)
"""Made up, of the form of real ones. No sink but the caller's and the upstream's may hold them."""

NODE = Path(__file__).parent / "node"
KEPT = Path(__file__).parents[2] / ".venv" / "node"
"""Where Node's installed packages stay for the next run; `make clean` takes them away."""
DEBIAN = Path(__file__).parents[2] / ".venv" / "debian"
"""The same for what is unpacked of Debian's packages."""

START_SECONDS = 60.0
"""Generous: the machine may be busy."""
PACKS = ("--policy", "kz-230-viii", "--policy", "eu-ai-act")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


USUAL = {"GUARDRAIL_DETECT__EMBEDDINGS": "false"}
"""They take seconds and memory at each start, and matter only to what asks for prohibited uses."""


class Guard:
    """`guardrail serve` as a subprocess, ready when made; `stop` looks into every sink."""

    def __init__(
        self,
        folder: Path,
        upstream: str,
        *flags: str,
        config: Mapping[str, object] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.state = folder / "state"
        self.config = folder / "guardrail.yaml"
        self.config.write_text(yaml.safe_dump(dict(config or {})), encoding="utf-8")
        evidence = (config or {}).get("evidence")
        self.store = str(evidence.get("store", "")) if isinstance(evidence, dict) else ""
        self.environment = {**os.environ, **USUAL, **(environment or {})}
        self._lines: list[str] = []
        command = [
            *(sys.executable, "-m", "guardrail", "serve", *PACKS, "--upstream", upstream),
            *("--config", str(self.config), "--state", str(self.state), *flags),
            *("--port", "0", "--admin-port", "0"),
        ]
        started = time.monotonic()
        # Read through a pipe: a log file would feel the limits that tests put on writing.
        self.process = subprocess.Popen(
            command,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=self.environment,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.url = self._announced(r"guardrail \S+ on (http://\S+) ")
        self.admin = self._announced(r"metrics on (http://[^\s\"]+)")
        self.until(self.ready)
        self.startup_seconds = time.monotonic() - started

    def _read(self) -> None:
        assert self.process.stderr is not None
        self._lines.extend(self.process.stderr)

    def _announced(self, pattern: str) -> str:
        found: list[str] = []

        def seen() -> bool:
            found[:] = re.findall(pattern, self.stderr)
            return bool(found)

        self.until(seen)
        return found[0]

    def until(self, condition: Callable[[], object], seconds: float = START_SECONDS) -> None:
        """Wait until `condition` holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"waited in vain; the server said:\n{self.stderr}")
            time.sleep(0.05)

    @property
    def stderr(self) -> str:
        return "".join(self._lines)

    def ready(self) -> bool:
        return httpx.get(f"{self.admin}/readyz").status_code == 200

    def metrics(self) -> str:
        return httpx.get(f"{self.admin}/metrics").text

    def counted(self, sample: str) -> float:
        """Return the sum of a metric's samples with some labels, as ``…_total{code="…"}``."""
        name, _, told = sample.rstrip("}").partition("{")
        labels = set(told.split(",")) - {""}
        lines = re.findall(rf"^{name}(?:{{(.*)}})? (\S+)$", self.metrics(), re.MULTILINE)
        return sum(float(value) for given, value in lines if labels <= set(given.split(",")))

    def openai(self, api_key: str = "sk-caller", **headers: str) -> OpenAI:
        return OpenAI(
            base_url=f"{self.url}/v1",
            api_key=api_key,
            default_headers=_named(headers),
            max_retries=0,
            timeout=15.0,
        )

    def async_openai(self) -> AsyncOpenAI:
        return AsyncOpenAI(
            base_url=f"{self.url}/v1", api_key="sk-caller", max_retries=0, timeout=15.0
        )

    def post(
        self, content: object, path: str = "/v1/chat/completions", **headers: str
    ) -> httpx.Response:
        """Post bytes as they are, or anything else as JSON; names of headers with underscores."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return httpx.post(
            self.url + path,
            content=body,
            headers={"content-type": "application/json"} | _named(headers),
            timeout=15.0,
        )

    def chat(self, text: str, *, stream: bool = False, **headers: str) -> httpx.Response:
        messages = [{"role": "user", "content": text}]
        return self.post({"model": "m", "stream": stream, "messages": messages}, **headers)

    def raw(self, *pieces: bytes | float, leave: bool = False) -> tuple[int, dict[str, str], bytes]:
        """Send bytes as they are, numbers being seconds of silence; return the first answer."""
        host, _, port = self.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=15.0) as connection:
            for piece in pieces:
                if isinstance(piece, bytes):
                    connection.sendall(piece)
                else:
                    time.sleep(piece)
            if leave:
                return 0, {}, b""
            with http.client.HTTPResponse(connection) as answer:
                answer.begin()
                headers = {name.lower(): value for name, value in answer.getheaders()}
                return answer.status, headers, answer.read()

    def entries(self) -> list[dict[str, Any]]:
        """Return all evidence, writer by writer."""
        return recorded(self.state / "evidence")

    def entry(self, entry_id: str) -> dict[str, Any]:
        """Return the entry that a ``guardrail-evidence`` header names."""
        writer, _, number = entry_id.rpartition("-")
        (entry,) = [e for e in self.entries() if (e["w"], e["n"]) == (writer, int(number))]
        return entry

    def of_request(self, reply: httpx.Response) -> list[dict[str, Any]]:
        """Return the evidence of the request that a reply's headers name."""
        request_id = reply.headers["guardrail-request-id"]
        return [entry for entry in self.entries() if entry.get("req") == request_id]

    def cli(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "guardrail", *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=60,
            env=self.environment,
        )

    @property
    def vkey(self) -> str:
        return (self.state / "keys" / "evidence.pem.vkey").read_text("utf-8").strip()

    def verify(self) -> str:
        log = (self.store, "--vkey", self.vkey) if self.store else (str(self.state),)
        done = self.cli("evidence", "verify", *log)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def stop(self) -> None:
        """End it gently; assert that it ends well, that evidence verifies and nothing leaked."""
        metrics = self.metrics()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(40) == 0, self.stderr
        self._reader.join(5)
        self.assert_verified()
        self.assert_silent(metrics)

    def assert_verified(self) -> None:
        """Assert that its evidence verifies, without a command's start if it is in a folder."""
        if self.store:
            self.verify()
            return
        with open_files(self.state) as files:
            report = verify_log(files, self.vkey)
        assert report.ok, str(report)

    def assert_silent(self, metrics: str) -> None:
        """Assert that no sink holds a personal value."""
        sinks = {"metrics": metrics.encode(), "stderr": self.stderr.encode()}
        sinks |= {str(p): p.read_bytes() for p in self.state.rglob("*") if p.is_file()}
        for sink, content in sinks.items():
            for value in PERSONAL:
                assert value.encode() not in content, f"{sink} holds a personal value"
        assert "Traceback" not in self.stderr

    def kill(self) -> None:
        """End what is left of it, workers included."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._reader.join(5)
        if self.process.stderr is not None:
            self.process.stderr.close()


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


class Stage:
    """An event loop in a thread, for upstreams that tests look into."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()


class Scripted(FakeUpstream):
    """A fake upstream whose script can be changed under way."""

    def play(self, *steps: Step) -> None:
        """Do this with the requests that come now; forget those that came."""
        self.requests.clear()
        self._steps = steps


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.close()


@pytest.fixture(scope="session")
def serve_assistant(stage: Stage) -> Iterator[Callable[[Assistant], str]]:
    """Return a function that serves an assistant and returns its address."""
    servers: list[tuple[uvicorn.Server, Any]] = []

    def serve(app: Assistant) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none")
        server = uvicorn.Server(config)
        task = asyncio.run_coroutine_threadsafe(server.serve([listener]), stage.loop)
        servers.append((server, task))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield serve
    for server, task in servers:
        server.should_exit = True
        task.result(30)


@pytest.fixture(scope="session")
def the_assistant(serve_assistant: Callable[[Assistant], str]) -> tuple[Assistant, str]:
    app = Assistant()
    return app, serve_assistant(app)


@pytest.fixture
def assistant(the_assistant: tuple[Assistant, str]) -> Assistant:
    """The scripted assistant that most servers guard; it has received nothing yet."""
    app, _ = the_assistant
    app.received.clear()
    return app


@contextmanager
def _starting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Guard]]:
    """Give a function that starts a server; all are stopped at the end, their sinks searched."""
    running: list[Guard] = []

    def begin(
        upstream: str,
        *flags: str,
        config: Mapping[str, object] | None = None,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> Guard:
        folder = folder or tmp_path_factory.mktemp("guard")
        guard = Guard(folder, upstream, *flags, config=config, environment=environment)
        running.append(guard)
        return guard

    yield begin

    def end(guard: Guard) -> BaseException | None:
        try:
            if guard.process.poll() is None:
                guard.stop()
        except BaseException as problem:  # noqa: BLE001 - the others must be stopped too
            return problem
        finally:
            guard.kill()
        return None

    with ThreadPoolExecutor(8) as enders:
        problems = [problem for problem in enders.map(end, running) if problem]
    if problems:
        raise problems[0]


@pytest.fixture(scope="session")
def share(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Guard]]:
    """Return a function that starts a server which many files' tests may ask."""
    with _starting(tmp_path_factory) as begin:
        yield begin


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Guard]]:
    """Return a function that starts a server for the tests of one file."""
    with _starting(tmp_path_factory) as begin:
        yield begin


Begin = Callable[..., Guard]


@pytest.fixture(scope="session")
def guard(share: Begin, the_assistant: tuple[Assistant, str]) -> Guard:
    """All defaults: personal data without consent is refused."""
    return share(the_assistant[1], environment={"GUARDRAIL_DETECT__EMBEDDINGS": "true"})


@pytest.fixture(scope="session")
def masking(share: Begin, the_assistant: tuple[Assistant, str]) -> Guard:
    """Masks personal data; examines every AI path, known or not."""
    return share(
        the_assistant[1], "--personal-data", "mask", config={"unmatched": {"ai": "generic"}}
    )


@pytest.fixture(scope="session")
def pseudonymising(share: Begin, the_assistant: tuple[Assistant, str]) -> Guard:
    """Pseudonymises, lets media pass, and holds the upstream's key itself."""
    return share(
        the_assistant[1],
        *("--personal-data", "pseudonymise"),
        config={"media": "pass", "service": {"name": "Көмекші", "provider": "example"}},
        environment={"GUARDRAIL_UPSTREAM_KEY": "sk-server"},
    )


@pytest.fixture(scope="session")
def the_script(stage: Stage) -> Iterator[Scripted]:
    async def begin() -> Scripted:
        return await Scripted().__aenter__()

    fake = stage.run(begin())
    yield fake
    stage.run(fake.__aexit__(None, None, None))


@pytest.fixture(scope="session")
def impatient(share: Begin, the_script: Scripted) -> Guard:
    """In front of the scripted upstream, with small limits."""
    limits = {
        "body_bytes": 65_536,
        "reply_bytes": 262_144,
        "body_seconds": 1.0,
        "first_byte_seconds": 1.0,
        "idle_seconds": 1.0,
        "connect_seconds": 1.0,
        "concurrent_requests": 16,
    }
    return share(the_script.url, config={"limits": limits})


@pytest.fixture
def script(the_script: Scripted) -> Scripted:
    """The scripted upstream: it has received nothing yet, and answers with an empty object."""
    the_script.play(answer())
    return the_script


@pytest.fixture
def slow_assistant() -> Assistant:
    """An assistant that takes its time between two pieces of a stream."""
    return Assistant(pause=0.004)


@pytest.fixture(scope="session")
def node_programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the programs of `NODE`, and with what its lock asks for beside them."""
    tool("node")
    folder = tmp_path_factory.mktemp("node")
    for program in NODE.glob("*.mjs"):
        shutil.copy(program, folder)
    (folder / "node_modules").symlink_to(installed() / "node_modules")
    return folder


def tool(name: str) -> str:
    found = shutil.which(name)
    return found or pytest.fail(
        f"{name} is missing. These tests run programs of Node.js: install version 20 or newer, with"
        " npm."
    )


def installed() -> Path:
    """Return a folder with what the lock asks for; install it where it isn't yet."""
    files = [NODE / name for name in ("package.json", "package-lock.json", ".npmrc")]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]
    folder = KEPT / digest
    if not folder.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=KEPT) as made:
            install(files, Path(made, "packages"))
            # Only what is whole gets the name; of two runs at once the slower finds it taken.
            with suppress(OSError):
                Path(made, "packages").rename(folder)
    return folder


def install(files: Iterable[Path], folder: Path) -> None:
    folder.mkdir()
    for path in files:
        shutil.copy(path, folder)
    done = subprocess.run(
        [tool("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    if done.returncode != 0:
        pytest.fail(f"npm couldn't install Node's packages:\n{done.stderr}")


@pytest.fixture(scope="session")
def from_debian() -> Callable[..., Path]:
    """A function that unpacks a package of Debian under .venv, and returns the folder.

    apt checks the package by the signature of its archive, and nothing is installed. With
    ``libraries`` those that the system lacks are unpacked with it. Where the package isn't to be
    had, the test is skipped and says why.
    """

    def unpack(package: str, *, libraries: bool = False) -> Path:
        kept = DEBIAN / package
        if not kept.exists():
            DEBIAN.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=DEBIAN) as made:
                tree = downloaded(package, Path(made), libraries=libraries)
                # Only what is whole gets the name; of two runs at once the slower finds it taken.
                with suppress(OSError):
                    tree.rename(kept)
        return kept

    return unpack


def downloaded(package: str, folder: Path, *, libraries: bool) -> Path:
    """Download a package of Debian, unpack it, and return where; skip the test if that fails."""
    archives = folder / "cache" / "archives"
    (folder / "lists" / "partial").mkdir(parents=True)
    (archives / "partial").mkdir(parents=True)
    options = [f"Dir::State::Lists={folder}/lists", f"Dir::Cache={folder}/cache"]
    options += ["Acquire::Retries=1", "Acquire::http::Timeout=20", "APT::Sandbox::User=root"]
    options += ["Debug::NoLocking=true"]  # the system's own state is only read
    apt = ["apt-get", "-qq", *(part for option in options for part in ("-o", option))]
    wanted = ["download", package]
    if libraries:
        wanted = ["install", "-y", "--no-install-recommends", "--download-only", package]
    missing = f"no {package} on the PATH"
    try:
        for command in ([*apt, "update"], [*apt, *wanted]):
            subprocess.run(
                command, cwd=archives, check=True, capture_output=True, text=True, timeout=120
            )
        for one in archives.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", one, folder / "tree"], check=True, timeout=60)
    except FileNotFoundError as program:
        pytest.skip(f"{missing}, and no {program.filename} to get it with")
    except subprocess.TimeoutExpired:
        pytest.skip(f"{missing}, and apt-get couldn't get it in time")
    except subprocess.CalledProcessError as failed:
        pytest.skip(f"{missing}, and apt-get can't get it: {(failed.stderr or '')[-300:]}")
    return folder / "tree"
