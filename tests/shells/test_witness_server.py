"""A witness over HTTP says what a witness says, and nobody can keep it busy."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.testclient import TestClient

from guardrail.errors import ConfigError
from guardrail.evidence.witness import SUBMISSION_LIMIT, Submission, origin_hash
from guardrail.shells.incoming import HEAD_BYTES
from guardrail.shells.witness import Witness
from guardrail.shells.witness_server import Bounds, serve_witness, witness_app, witness_config
from guardrail.testing.log_of_tiles import LogOfTiles
from guardrail.testing.objects import MemoryObjects

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
POST = b"POST /add-checkpoint HTTP/1.1\r\nhost: w\r\ncontent-length: 100\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nhost: w\r\n\r\n"


@pytest.fixture
def log() -> LogOfTiles:
    return LogOfTiles()


@pytest.fixture
def witness(log: LogOfTiles) -> Witness:
    return Witness(MemoryObjects(), name="witness.example/w1", key=KEY, logs=[log.shard_key])


@pytest.fixture
def client(witness: Witness) -> Iterator[TestClient]:
    with TestClient(witness_app(witness)) as one:
        yield one


def test_over_http_it_says_the_same(log: LogOfTiles, client: TestClient) -> None:
    name = origin_hash(log.shard_key.name)
    assert client.get(f"/{name}/checkpoint").status_code == 404
    note = log.grow(5)
    answer = client.post("/add-checkpoint", content=bytes(Submission(old=0, proof=(), note=note)))
    assert answer.status_code == 200
    assert answer.text.startswith("— witness.example/w1 ")
    seen = client.get(f"/{name}/checkpoint")
    assert seen.content == note + answer.content
    behind = client.post("/add-checkpoint", content=bytes(Submission(old=0, proof=(), note=note)))
    assert behind.headers["content-type"].startswith("text/x.tlog.size")


def test_over_http_its_keys_can_be_had(client: TestClient, witness: Witness) -> None:
    assert client.get("/").text.split() == [str(one) for one in witness.cosigners]


def test_over_http_too_much_is_refused(client: TestClient) -> None:
    answer = client.post("/add-checkpoint", content=bytes(SUBMISSION_LIMIT + 1))
    assert answer.status_code == 413


@pytest.mark.parametrize("name", ["..%2fkey", "A" * 64, "0" * 63])
def test_over_http_nothing_else_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"/{name}/checkpoint").status_code == 404


def test_nothing_is_cosigned_that_cant_be_kept(log: LogOfTiles) -> None:
    objects = MemoryObjects()
    client = TestClient(
        witness_app(Witness(objects, name="witness.example/w1", key=KEY, logs=[log.shard_key]))
    )
    objects.failing = True
    answer = client.post(
        "/add-checkpoint", content=bytes(Submission(old=0, proof=(), note=log.grow(5)))
    )
    assert answer.status_code == 503
    assert "—" not in answer.text
    seen = client.get(f"/{origin_hash(log.shard_key.name)}/checkpoint")
    assert seen.status_code == 503


@contextmanager
def served(witness: Witness, bounds: Bounds) -> Iterator[int]:
    """Serve a witness on a free port, and give the port."""
    server = uvicorn.Server(witness_config(witness, "127.0.0.1", 0, bounds=bounds))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def all_of(one: socket.socket) -> bytes:
    """Read until the other side ends, be it politely or not."""
    said = b""
    try:
        while piece := one.recv(65_536):
            said += piece
    except ConnectionResetError:
        pass
    return said


@pytest.mark.parametrize("sent", [b"", GET[:20], POST, POST + b"a" * 50])
def test_who_takes_his_time_is_cut_off(witness: Witness, sent: bytes) -> None:
    with served(witness, Bounds(seconds=0.4)) as port, connected(port) as slow:
        begun = time.monotonic()
        slow.sendall(sent)
        assert b" 200 " not in all_of(slow)
        assert 0.1 < time.monotonic() - begun < 3


def _dribble(to: socket.socket, data: bytes) -> None:
    for byte in data:
        to.sendall(bytes([byte]))
        time.sleep(0.02)


def test_a_byte_now_and_then_buys_no_time(witness: Witness) -> None:
    with served(witness, Bounds(seconds=0.5)) as port, connected(port) as slow:
        begun = time.monotonic()
        with pytest.raises(OSError, match=r"reset|[Bb]roken"):
            _dribble(slow, POST + b"a" * 99)
        assert time.monotonic() - begun < 3


def test_an_answer_ends_its_connection(witness: Witness) -> None:
    with served(witness, Bounds()) as port, connected(port) as one:
        one.sendall(GET)
        said = all_of(one)
    assert said.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close" in said


def test_one_address_has_only_so_many_connections_and_those_that_end_make_room(
    witness: Witness,
) -> None:
    """Each of the tests' callers has the address 127.0.0.1: so all share the room of one."""
    with served(witness, Bounds(of_one=3)) as port, ExitStack() as held:
        slow = [held.enter_context(connected(port)) for _ in range(3)]
        assert all_of(held.enter_context(connected(port))) == b""
        slow[0].close()
        time.sleep(0.1)
        fourth = held.enter_context(connected(port))
        fourth.sendall(GET)
        assert all_of(fourth).startswith(b"HTTP/1.1 200 ")


def test_there_are_only_so_many_connections_at_once(witness: Witness) -> None:
    with served(witness, Bounds(connections=2)) as port, ExitStack() as held:
        for _ in range(2):
            held.enter_context(connected(port))
        assert all_of(held.enter_context(connected(port))) == b""


def test_a_head_may_be_only_so_long(witness: Witness) -> None:
    with served(witness, Bounds()) as port, connected(port) as one:
        one.sendall(b"GET / HTTP/1.1\r\nx: " + b"a" * (HEAD_BYTES + 1))
        assert all_of(one).startswith(b"HTTP/1.1 431 ")


def test_a_certificate_that_isnt_there_is_told(witness: Witness, tmp_path: Path) -> None:
    missing = tmp_path / "missing.pem"
    with pytest.raises(ConfigError, match=r"can't serve on 127\.0\.0\.1:0"):
        serve_witness(witness, "127.0.0.1", 0, missing, missing)
