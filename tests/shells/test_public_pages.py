"""Which requests are for the guard's own pages, and what these say of time."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from guardrail.settings import Labels, MediaLabels
from guardrail.shells.assembly import Assembly
from guardrail.shells.public_pages import PublicPages, is_public, prune, publish
from guardrail.stores.manifests import Manifests
from guardrail.stores.state import State
from guardrail.testing import MemoryLog, call
from guardrail.testing.asgi import Message, Receive, Send

Assembled = Callable[..., tuple[Assembly, MemoryLog]]
NAME = "6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10"
KEYS = "/.well-known/guardrail/label-keys"
TOLD = "/.well-known/ai-transparency.json"
MANIFEST = f"/.well-known/guardrail/m/{NAME}.c2pa"


class Echo:
    """A page that says its name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.closed = False
        self.trusted = b""

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": self.name.encode()})

    def trust(self, anchors: bytes) -> None:
        self.trusted = anchors

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def manifests(tmp_path: Path) -> Manifests:
    return Manifests(tmp_path / "manifests")


@pytest.fixture
def label() -> Echo:
    return Echo("label")


@pytest.fixture
def evidence() -> Echo:
    return Echo("evidence")


@pytest.fixture
def pages(manifests: Manifests, label: Echo, evidence: Echo) -> PublicPages:
    return PublicPages(
        b'{"a": 1}', label_keys={"keys": []}, label=label, evidence=evidence, manifests=manifests
    )


@pytest.mark.parametrize(
    ("method", "path", "public"),
    [
        ("GET", KEYS, True),
        ("HEAD", TOLD, True),
        ("POST", TOLD, False),
        ("GET", MANIFEST, True),
        ("PUT", MANIFEST, False),
        ("GET", "/.well-known/guardrail/label", True),
        ("POST", "/.well-known/guardrail/label", True),
        ("DELETE", "/.well-known/guardrail/label", True),
        ("GET", "/.well-known/guardrail/evidence/req_1", True),
        ("GET", "/.well-known/guardrail/", False),
        ("GET", "/v1/chat/completions", False),
        ("GET", f"/v1{KEYS}", False),
    ],
)
def test_it_is_known_which_requests_never_reach_the_upstream(
    method: str,
    path: str,
    public: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    assert is_public(method, path) is public


async def test_each_page_is_at_its_address(pages: PublicPages, manifests: Manifests) -> None:
    manifests.keep(NAME, b"a manifest")

    async def body(path: str) -> bytes:
        return (await call(pages, "GET", path)).body

    assert orjson.loads(await body(KEYS)) == {"keys": []}
    assert orjson.loads(await body(TOLD)) == {"a": 1}
    assert await body("/.well-known/guardrail/label") == b"label"
    assert await body("/.well-known/guardrail/evidence/x") == b"evidence"
    assert await body(MANIFEST) == b"a manifest"


async def test_people_get_the_document_as_a_page_and_programs_as_it_is(pages: PublicPages) -> None:
    pages.inform(orjson.dumps({"service": "Көмекші", "how_it_works": {"ru": "Так."}}))
    page = await call(pages, "GET", TOLD, ((b"accept", b"text/html"), (b"accept-language", b"ru")))
    assert page.header(b"content-type") == b"text/html; charset=utf-8"
    assert page.header(b"content-language") == b"ru, kk, en"
    assert "Көмекші" in page.body.decode()
    plain = await call(pages, "GET", TOLD, ((b"accept", b"*/*"),))
    assert plain.header(b"content-type") == b"application/json; charset=utf-8"
    assert page.header(b"vary") == plain.header(b"vary") == b"accept, accept-language"
    pages.inform(b"{}")
    assert (
        "Көмекші"
        not in (await call(pages, "GET", TOLD, ((b"accept", b"text/html"),))).body.decode()
    )


async def test_another_document_and_other_roots_hold_from_now_on(
    pages: PublicPages, label: Echo
) -> None:
    pages.inform(b'{"a": 2}')
    pages.trust(b"roots")
    assert orjson.loads((await call(pages, "GET", TOLD)).body) == {"a": 2}
    assert label.trusted == b"roots"


async def test_nobody_keeps_a_manifest_for_ever_that_may_get_a_time_stamp(
    pages: PublicPages, manifests: Manifests
) -> None:
    manifests.keep(NAME, b"a manifest")
    answer = await call(pages, "GET", MANIFEST)
    assert answer.header(b"cache-control") == b"max-age=3600"


def test_all_that_pages_hold_is_let_go(pages: PublicPages, label: Echo, evidence: Echo) -> None:
    pages.close()
    assert (label.closed, evidence.closed) == (True, True)


async def test_old_manifests_go(manifests: Manifests, tmp_path: Path) -> None:
    other = NAME.replace("6f", "00")
    for name, days in ((NAME, 8), (other, 6)):
        manifests.keep(name, b"a manifest")
        then = time.time() - days * 86_400  # noqa: TID251 - files have the clock's time
        os.utime(tmp_path / "manifests" / f"{name}.c2pa", (then, then))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await prune(manifests, 7)
    assert manifests.read(NAME) is None
    assert manifests.read(other) is not None


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:9/"])
def test_time_stamps_are_asked_for_again_only_where_there_is_an_authority(
    assembled: Assembled, url: str
) -> None:
    assembly, _ = assembled()
    labels = Labels(media=MediaLabels(timestamps=url))
    assembly.settings = assembly.settings.model_copy(update={"labels": labels})
    publish(assembly, "/ai")
    assert assembly.ports.publishes
    assert assembly.ports.published_at == "/ai"
    assert (assembly.ports.stamps is not None) is bool(url)


def test_manifests_of_texts_are_served_beside_those_of_media(assembled: Assembled) -> None:
    assembly, _ = assembled()
    manifests = publish(assembly)
    name = NAME.replace("6f", "11")
    Manifests(State(assembly.settings.state).text_manifests).keep(name, b"of a page")
    assert manifests.read(name) == b"of a page"
    assert not assembly.ports.vouches  # its kit has no certificate
