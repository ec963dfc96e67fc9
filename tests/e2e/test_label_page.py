"""What does a file carry? The data port tells machines and people, and keeps nothing of it."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from PIL import Image

from guardrail.disclose import c2pa, label, marks
from guardrail.shells.label_page import PATH
from guardrail.testing import Assistant

if TYPE_CHECKING:
    from tests.e2e.conftest import Guard

SECONDS = 60.0
"""To start the process that reads, on a busy machine."""
EMAIL = "aigerim@example.kz"
"""Made up. No sink may hold it: the server's are searched when it stops."""


def picture() -> bytes:
    target = io.BytesIO()
    Image.effect_mandelbrot((96, 96), (-2, -1, 1, 1), 20).convert("RGB").save(target, "JPEG")
    return target.getvalue()


@pytest.fixture(scope="module")
def signed() -> bytes:
    # The library reads the clock itself: certificates must be valid when the test runs.
    now = datetime.now(UTC)  # noqa: TID251
    said = label(id="urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10", model="m", provider=EMAIL)
    tagged = marks.write(picture(), said)
    assert isinstance(tagged, marks.Marked)
    signer = c2pa.Signer(credentials=(c2pa.development(now).credential,))
    return c2pa.sign(tagged.data, "image/jpeg", said, signer, now).data


def post(guard: Guard, data: bytes, **headers: str) -> httpx.Response:
    return httpx.post(guard.url + PATH, content=data, headers=headers, timeout=SECONDS)


def asked(guard: Guard) -> list[dict[str, Any]]:
    """Return the evidence of requests: the log says some things of itself, too."""
    return [entry for entry in guard.entries() if "req" in entry]


def test_a_file_is_told_of_and_neither_forwarded_nor_kept(
    masking: Guard, assistant: Assistant, signed: bytes
) -> None:
    before = len(asked(masking))
    told = post(masking, signed).json()
    assert told["conclusion"] == "declares_ai"
    assert [one["layer"] for one in told["found"]][:2] == ["signed", "metadata"]
    assert told["found"][0]["producer"] == EMAIL
    assert post(masking, picture()).json()["conclusion"] == "no_mark"
    broken = bytearray(signed)
    broken[-30] ^= 1
    assert post(masking, bytes(broken)).json()["conclusion"] == "mark_invalid"
    assert list(assistant.received) == []
    assert len(asked(masking)) == before
    kept = [path for path in masking.state.rglob("*") if path.is_file()]
    assert not any(EMAIL.encode() in path.read_bytes() for path in kept)


def test_files_that_come_at_once_are_told_of_or_refused_at_once(
    masking: Guard, signed: bytes
) -> None:
    with ThreadPoolExecutor(24) as threads:
        replies = list(threads.map(lambda _: post(masking, signed), range(48)))
    assert {reply.status_code for reply in replies} <= {200, 503}
    assert all(r.json()["conclusion"] == "declares_ai" for r in replies if r.status_code == 200)
    assert masking.chat("Hi").status_code == 200


def test_a_file_over_the_bound_is_refused(impatient: Guard) -> None:
    reply = post(impatient, bytes(65_537))
    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "body_too_large")


def test_a_browser_gets_a_page(masking: Guard, assistant: Assistant) -> None:
    reply = httpx.get(masking.url + PATH, headers={"accept": "text/html"})
    assert reply.status_code == 200
    assert "Файлды таңдау" in reply.text
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert httpx.put(masking.url + PATH, content=b"x").status_code == 405
    assert list(assistant.received) == []
