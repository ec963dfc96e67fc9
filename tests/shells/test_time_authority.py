"""An authority is asked over HTTP, where the operator says and only for so long."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from guardrail.errors import ConfigError
from guardrail.shells.time_authority import MOST_BYTES, authority, patient

TYPE = b"content-type: application/timestamp-reply\r\n"
GOOD = b"HTTP/1.1 200 OK\r\n" + TYPE + b"content-length: 5\r\n\r\ntoken"


class Server:
    """Takes one request at a time and answers with bytes; numbers are seconds of silence."""

    def __init__(self) -> None:
        self.answer: tuple[bytes | float, ...] = (GOOD,)
        self.requests: list[bytes] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        # Closing it doesn't wake a thread that waits in it.
        socket.create_connection(self.socket.getsockname()).close()
        self._thread.join(10)
        assert not self._thread.is_alive()
        self.socket.close()

    def _serve(self) -> None:
        while True:
            connection, _ = self.socket.accept()
            with connection:
                if self._stop.is_set():
                    return
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        try:
            request = b""
            while b"\r\n\r\n" not in request or not request.endswith(b"asked"):
                if not (more := connection.recv(1 << 16)):
                    return
                request += more
            self.requests.append(request)
            for piece in self.answer:
                if isinstance(piece, bytes):
                    connection.sendall(piece)
                else:
                    self._stop.wait(piece)
        except OSError:
            pass  # who asked went away


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    yield one
    one.close()


def test_a_request_goes_there_and_the_response_comes_back(server: Server) -> None:
    assert authority(server.url + "/tsr?kind=a", 5)(b"asked") == b"token"
    [request] = server.requests
    assert request.startswith(b"POST /tsr?kind=a HTTP/1.1\r\n")
    assert b"content-type: application/timestamp-query\r\n" in request.lower()
    assert request.endswith(b"\r\n\r\nasked")


def test_a_url_without_a_path_is_the_root(server: Server) -> None:
    assert authority(server.url, 5)(b"asked") == b"token"
    assert server.requests[0].startswith(b"POST / HTTP/1.1\r\n")


def test_no_proxy_of_the_environment_is_asked(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    assert authority(server.url, 5)(b"asked") == b"token"


def test_a_response_may_be_as_large_as_the_bound_and_no_larger(server: Server) -> None:
    head = b"HTTP/1.1 200 OK\r\n" + TYPE + b"connection: close\r\n\r\n"
    server.answer = (head, bytes(MOST_BYTES))
    assert authority(server.url, 5)(b"asked") == bytes(MOST_BYTES)
    server.answer = (head, bytes(MOST_BYTES + 1))
    with pytest.raises(OSError, match="many bytes"):
        authority(server.url, 5)(b"asked")


def drip(data: bytes) -> tuple[bytes | float, ...]:
    return tuple(piece for byte in data for piece in (bytes([byte]), 0.05))


@pytest.mark.parametrize(
    "answer",
    [
        (60.0,),
        (GOOD[:9], 60.0),
        (GOOD[:-2], 60.0),
        drip(GOOD * 9),
        (GOOD[: GOOD.index(b"\r\n\r\n") - 17], b"\r\n\r\n", *drip(b"t" * 900)),
    ],
    ids=["silence", "half a line", "half a body", "a head byte by byte", "a body byte by byte"],
)
def test_one_that_is_slow_costs_no_more_than_the_bound(
    server: Server, answer: tuple[bytes | float, ...]
) -> None:
    server.answer = answer
    begun = time.monotonic()
    with pytest.raises(OSError, match=r"."):
        authority(server.url, 0.3)(b"asked")
    assert time.monotonic() - begun < 10
    # What waited for it goes, too.
    for _ in range(200):
        if "time-stamp" not in {one.name for one in threading.enumerate()}:
            return
        time.sleep(0.02)
    pytest.fail("a thread waits on")


@pytest.mark.parametrize(
    "answer",
    [
        GOOD.replace(b"timestamp-reply", b"timestamp-query"),
        GOOD.replace(TYPE, b""),
        GOOD.replace(b"200 OK", b"500 Internal Server Error"),
        GOOD.replace(b"200 OK", b"201 Created"),
        b"no HTTP at all\r\n\r\n",
        b"HTTP/1.1 twohundred OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\n" + TYPE + b"transfer-encoding: chunked\r\n\r\nzz\r\ntoken\r\n",
        b"",
    ],
    ids=[
        "wrong type",
        "no type",
        "500",
        "201",
        "no HTTP",
        "no status",
        "headers",
        "chunks",
        "gone",
    ],
)
def test_any_other_answer_is_an_oserror(server: Server, answer: bytes) -> None:
    server.answer = (answer,)
    with pytest.raises(OSError, match=r"."):
        authority(server.url, 5)(b"asked")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_arent_followed(server: Server, status: int) -> None:
    to = f"{server.url}/elsewhere".encode()
    server.answer = (
        b"HTTP/1.1 %d Moved\r\nlocation: %b\r\ncontent-length: 0\r\n\r\n" % (status, to),
    )
    with pytest.raises(OSError, match=str(status)):
        authority(server.url, 5)(b"asked")
    assert len(server.requests) == 1


def test_where_nobody_listens_it_is_an_oserror() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(OSError, match=r"."):
        authority(f"http://127.0.0.1:{port}/", 5)(b"asked")


def test_what_isnt_tls_is_an_oserror(server: Server) -> None:
    with pytest.raises(OSError, match=r"."):
        authority(server.url.replace("http", "https"), 1)(b"asked")


@pytest.mark.parametrize(
    "url",
    [
        "file://{path}",
        "ftp://127.0.0.1{path}",
        "data:application/timestamp-reply,token",
        "{path}",
        "",
        "timestamps.example.kz",
        "http://",
        "http:///tsr",
        "http://[::1",
        "http://a.example:port/",
    ],
)
def test_what_is_no_web_address_is_never_opened(tmp_path: Path, url: str) -> None:
    path = tmp_path / "response"
    path.write_bytes(GOOD)
    with pytest.raises(ConfigError, match="time-stamp authority"):
        authority(url.format(path=path), 5)


def test_one_that_failed_is_left_alone_for_a_while() -> None:
    asked: list[bytes] = []
    now = [100.0]

    def dead(request: bytes) -> bytes:
        asked.append(request)
        if now[0] < 200:
            raise TimeoutError("no time-stamp in time")
        return b"a time-stamp"

    ask = patient(dead, 60, lambda: now[0])
    for at, count in ((100.0, 1), (159.0, 1), (161.0, 2), (200.0, 2)):
        now[0] = at
        with pytest.raises(OSError, match=r"time|moment"):
            ask(b"?")
        assert len(asked) == count
    now[0] = 230.0
    assert ask(b"?") == b"a time-stamp"
    assert ask(b"?") == b"a time-stamp"
