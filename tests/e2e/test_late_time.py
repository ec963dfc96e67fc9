"""A real authority of time, asked by a real server: slow, then down, then up again."""

from __future__ import annotations

import base64
import io
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import c2pa
import httpx
import pytest

from guardrail.testing import pictures
from guardrail.testing.time_authority import TimeAuthority
from guardrail.testing.upstream import answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.e2e.conftest import Guard, Scripted

# The guard asks again a minute after it missed an answer.
pytestmark = [pytest.mark.thorough, pytest.mark.timeout(240)]


class Authority:
    """OpenSSL's, behind HTTP."""

    def __init__(self, folder: Path) -> None:
        self.mood = "slow"
        self.asked: list[str] = []
        own, stamps, one_at_a_time = self, TimeAuthority(folder), threading.Lock()

        class Desk(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = self.rfile.read(int(self.headers["content-length"]))
                own.asked.append(own.mood)
                if own.mood == "slow":
                    time.sleep(3)
                if own.mood == "down":
                    self.send_error(503)
                    return
                with one_at_a_time:
                    told = stamps.answer(query)
                self.send_response(200)
                self.send_header("content-type", "application/timestamp-reply")
                self.send_header("content-length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
        self.url = f"http://127.0.0.1:{self.server.server_port}/tsr"


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    folder = tmp_path / "authority"
    folder.mkdir()
    one = Authority(folder)
    thread = threading.Thread(target=one.server.serve_forever, daemon=True)
    thread.start()
    yield one
    one.server.shutdown()
    one.server.server_close()
    thread.join()


def drawn(guard: Guard, script: Scripted, seed: int) -> tuple[bytes, str]:
    """Return a picture as it left, and the UUID of its label."""
    spelt = base64.b64encode(pictures.encoded(pictures.scene(320, 240, seed))).decode()
    script.play(answer(200, json.dumps({"created": 1, "data": [{"b64_json": spelt}]}).encode()))
    began = time.monotonic()
    reply = guard.post({"prompt": "A meadow", "model": "m"}, "/v1/images/generations")
    assert reply.status_code == 200, reply.text
    assert time.monotonic() - began < 10, "no authority holds a picture up"
    told: Any = reply.json()
    data = base64.b64decode(told["data"][0]["b64_json"])
    return data, told["ai_disclosure"]["id"].removeprefix("urn:uuid:")


def stamped(data: bytes, store: bytes = b"") -> str:
    """Return when a picture was signed, by a reader that isn't ours; empty for nobody knows."""
    if store:
        reader = c2pa.Reader("image/png", io.BytesIO(data), store)
    else:
        reader = c2pa.Reader("image/png", io.BytesIO(data))
    with reader:
        assert reader.get_validation_state() == "Valid"
        told: Any = json.loads(reader.json())
    signature = told["manifests"][told["active_manifest"]]["signature_info"]
    return str(signature.get("time") or "")


def test_what_left_without_a_time_stamp_has_one_once_the_authority_answers(
    start: Callable[..., Guard], script: Scripted, authority: Authority
) -> None:
    media = {"timestamps": authority.url, "timestamp_seconds": 1}
    guard = start(script.url, config={"labels": {"media": media}})

    def counted(result: str) -> float:
        return guard.counted(f'guardrail_label_timestamps_total{{result="{result}"}}')

    slow, slow_id = drawn(guard, script, 1)
    authority.mood = "down"
    down, down_id = drawn(guard, script, 2)
    assert (stamped(slow), stamped(down)) == ("", "")
    assert counted("missed") == 2
    authority.mood = "up"
    guard.until(lambda: counted("late") == 2, 150)
    for data, which in ((slow, slow_id), (down, down_id)):
        store = httpx.get(f"{guard.url}/.well-known/guardrail/m/{which}.c2pa")
        assert store.status_code == 200
        assert stamped(data, store.content)
    last, _ = drawn(guard, script, 3)
    assert stamped(last)
    assert counted("stamped") == 1
    assert counted("lost") == 0
    guard.stop()
