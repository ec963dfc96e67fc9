from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import html.parser
import io
import logging
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from PIL import Image

from guardrail.disclose import c2pa, label, marks
from guardrail.errors import ConfigError
from guardrail.settings import Limits
from guardrail.shells import label_page
from guardrail.shells.label_page import PATH, LabelPage
from guardrail.shells.manifest_link import address, uuid_of
from guardrail.stores.manifests import Manifests
from guardrail.testing import Answer, call

ID = "urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10"
SAID = label(id=ID, model="demo-model", provider="ТОО Пример")
# The library reads the clock itself: certificates must be valid when the test runs.
NOW = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251
MADE = c2pa.development(NOW)
LIMITS = Limits(body_bytes=100_000, media_seconds=60, body_seconds=0.2)


def picture() -> bytes:
    target = io.BytesIO()
    Image.effect_mandelbrot((48, 48), (-2, -1, 1, 1), 20).convert("RGB").save(target, "PNG")
    return target.getvalue()


def signed() -> bytes:
    signer = c2pa.Signer(credentials=(MADE.credential,))
    return c2pa.sign(picture(), "image/png", SAID, signer, NOW).data


@pytest.fixture(scope="module")
def page() -> Iterator[LabelPage]:
    made = LabelPage(LIMITS, anchors=MADE.root)
    yield made
    made.close()


async def ask(page: LabelPage, method: str, *chunks: bytes, **headers: str) -> Answer:
    fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return await call(page, method, PATH, tuple(fields), chunks)


def told(answer: Answer) -> dict[str, Any]:
    assert answer.header(b"content-type") == b"application/json"
    found: dict[str, Any] = orjson.loads(answer.body)
    return found


# ---------------------------------------------------------------- the endpoint


async def test_a_signed_file_is_told_of(page: LabelPage) -> None:
    data = signed()
    answer = await ask(page, "POST", data[:1_000], data[1_000:])
    document = told(answer)
    assert (answer.status, document["conclusion"]) == (200, "declares_ai")
    (own,) = document["found"]
    assert (own["layer"], own["valid"], own["trusted"]) == ("signed", True, True)
    assert own["producer"] == "ТОО Пример"
    assert answer.header(b"cache-control") == b"no-store"


async def test_a_page_of_the_guards_own_is_read_with_its_manifest(tmp_path: Path) -> None:
    manifests = Manifests(tmp_path)
    reads = LabelPage(LIMITS, anchors=MADE.root, manifests=manifests)
    html = b"<!doctype html><html><head></head><body>A</body></html>"
    details = marks.Details(manifest=address(SAID.id))
    made = marks.write(html, SAID, media_type="text/html", details=details)
    assert isinstance(made, marks.Marked)
    before = told(await ask(reads, "POST", made.data, content_type="text/html"))
    assert not any(one["layer"] == "signed" and one["valid"] for one in before["found"])
    signer = c2pa.Signer(credentials=(MADE.credential,))
    store = c2pa.sign(made.data, "text/html", SAID, signer, NOW, embed=False).store
    manifests.keep(uuid_of(SAID.id), store)
    own = told(await ask(reads, "POST", made.data, content_type="text/html"))["found"][0]
    assert (own["layer"], own["valid"], own["trusted"]) == ("signed", True, True)
    changed = told(await ask(reads, "POST", made.data + b" ", content_type="text/html"))
    assert changed["conclusion"] == "mark_invalid"
    reads.close()


async def test_a_file_without_a_mark_proves_nothing(page: LabelPage) -> None:
    document = told(await ask(page, "POST", picture(), content_type="image/png"))
    assert document["conclusion"] == "no_mark"
    assert document["words"]["ru"] == (
        "Метка не найдена. Это не значит, что материал создан человеком."
    )


async def test_a_broken_signature_is_told(page: LabelPage) -> None:
    changed = bytearray(signed())
    changed[-30] ^= 1
    assert told(await ask(page, "POST", bytes(changed)))["conclusion"] == "mark_invalid"


@pytest.mark.parametrize("declared", ["application/x-www-form-urlencoded", ""])
async def test_what_curl_says_of_a_file_says_nothing(page: LabelPage, declared: str) -> None:
    done = marks.write(b'{"a": 1}', SAID, media_type="application/json")
    assert isinstance(done, marks.Marked)
    document = told(await ask(page, "POST", done.data, content_type=declared))
    assert document["conclusion"] == "declares_ai"


async def test_a_packed_body_is_unpacked(page: LabelPage) -> None:
    answer = await ask(page, "POST", gzip.compress(signed()), content_encoding="gzip")
    assert told(answer)["conclusion"] == "declares_ai"


@pytest.mark.parametrize(
    ("chunks", "headers", "status", "code"),
    [
        ([b"x" * 60_000] * 2, {}, 413, "body_too_large"),
        ([b""], {"content_length": "100001"}, 413, "body_too_large"),
        ([b""], {"content_length": "9" * 5_000}, 413, "body_too_large"),
        ([gzip.compress(bytes(200_000))], {"content_encoding": "gzip"}, 413, "body_too_large"),
        ([b"x"], {"content_encoding": "gzip"}, 400, "bad_encoding"),
        ([b"x"], {"content_encoding": "lzma"}, 415, "unsupported_encoding"),
        ([b""], {}, 400, "bad_input"),
    ],
)
async def test_what_cant_be_taken_is_refused(
    page: LabelPage, chunks: list[bytes], headers: dict[str, str], status: int, code: str
) -> None:
    answer = await ask(page, "POST", *chunks, **headers)
    assert (answer.status, told(answer)["error"]["code"]) == (status, code)
    assert answer.header(b"connection") is None


async def test_a_caller_who_asks_first_is_told_to_begin_anew(page: LabelPage) -> None:
    answer = await ask(page, "POST", content_length="100001", expect="100-continue")
    assert (answer.status, answer.header(b"connection")) == (413, b"close")


async def test_a_body_that_doesnt_arrive_isnt_waited_for(page: LabelPage) -> None:
    async def nothing() -> dict[str, object]:
        await asyncio.Event().wait()
        raise AssertionError

    sent: list[Any] = []

    async def send(message: Any) -> None:  # noqa: ANN401 - ASGI's
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": PATH, "headers": []}
    await page(scope, nothing, send)
    assert sent[0]["status"] == 408


async def test_a_caller_who_leaves_gets_nothing(page: LabelPage) -> None:
    answer = await call(page, "POST", PATH, (), b"half", cut=True)
    assert (answer.left, answer.status) == (True, 0)


async def test_so_many_files_at_once_and_no_more() -> None:
    busy = LabelPage(Limits(concurrent_requests=1, body_seconds=60))
    begun, end = asyncio.Event(), asyncio.Event()

    async def slowly() -> dict[str, object]:
        begun.set()
        await end.wait()
        return {"type": "http.disconnect"}

    async def ignore(_: object) -> None:
        raise AssertionError

    scope = {"type": "http", "method": "POST", "path": PATH, "headers": []}
    first = asyncio.ensure_future(busy(scope, slowly, ignore))
    await begun.wait()
    answer = await ask(busy, "POST", b"x")
    assert (answer.status, told(answer)["error"]["code"]) == (503, "overloaded")
    assert answer.header(b"retry-after")
    assert (await ask(busy, "GET")).status == 200
    end.set()
    await first
    assert (await ask(busy, "POST", b"")).status == 400
    busy.close()


async def test_the_loop_goes_on_while_a_file_is_read(page: LabelPage) -> None:
    busy = threading.Event()
    page._work.submit(busy.wait, 60)
    reading = asyncio.ensure_future(ask(page, "POST", signed()))
    for _ in range(100):
        await asyncio.sleep(0)
    assert not reading.done()
    busy.set()
    assert (await reading).status == 200


async def test_a_file_that_cant_be_read_is_refused() -> None:
    short = LabelPage(LIMITS, watermark_key=b"short")  # its process refuses to start with it
    answer = await ask(short, "POST", picture())
    assert (answer.status, told(answer)["error"]["code"]) == (400, "bad_input")
    short.close()


async def test_nothing_of_a_file_is_logged(
    page: LabelPage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await ask(page, "POST", b'{"ai_disclosure": {"provider": "900101300017"}}')
    assert [record for record in caplog.records if record.name != "asyncio"] == []


def test_roots_that_arent_are_told_at_once() -> None:
    with pytest.raises(ConfigError):
        LabelPage(LIMITS, anchors=b"x")


async def test_other_scopes_arent_answered(page: LabelPage) -> None:
    async def never(*_: object) -> Any:  # noqa: ANN401 - nobody calls it
        raise AssertionError

    await page({"type": "websocket"}, never, never)


# ---------------------------------------------------------------- the page


@pytest.fixture
async def shown(page: LabelPage) -> Answer:
    return await ask(page, "GET")


async def test_the_page_comes_with_its_policy(shown: Answer, page: LabelPage) -> None:
    assert shown.status == 200
    assert shown.header(b"content-type") == b"text/html; charset=utf-8"
    policy = (shown.header(b"content-security-policy") or b"").decode()
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", shown.body.decode(), re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    head = await ask(page, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.header(b"content-length") == str(len(shown.body)).encode()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_other_methods_arent_allowed(page: LabelPage, method: str) -> None:
    answer = await ask(page, method)
    assert (answer.status, answer.header(b"allow")) == (405, b"GET, HEAD, POST")


class Elements(html.parser.HTMLParser):
    """Collects elements with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


async def test_the_page_needs_nothing_from_elsewhere(shown: Answer) -> None:
    text = shown.body.decode()
    assert "://" not in text
    for _, attributes in Elements(text).found:
        assert not {"src", "href", "action", "style"} & attributes.keys()
        assert not any(name.startswith("on") for name in attributes)
    assert "innerHTML" not in text
    assert "{{" not in text
    assert 'data-most="100000"' in text


@pytest.mark.parametrize(
    ("asked", "order"),
    [("", ["kk", "ru", "en"]), ("ru-KZ,en", ["ru", "kk", "en"]), ("en,ru", ["en", "ru", "kk"])],
)
async def test_every_language_is_everywhere_the_persons_own_first(
    page: LabelPage, asked: str, order: list[str]
) -> None:
    shown = await ask(page, "GET", accept_language=asked)
    assert shown.header(b"vary") == b"accept-language"
    (whole, *found) = [attributes["lang"] for _, attributes in Elements(shown.body.decode()).found
                       if "lang" in attributes]  # fmt: skip
    assert whole == order[0]
    assert len(found) >= 15
    assert found == order * (len(found) // 3)
    assert f"const LANGUAGES = {orjson.dumps(order).decode()}" in shown.body.decode().replace(
        '", "', '","'
    )


async def test_what_can_be_chosen_has_a_name_and_answers_are_announced(shown: Answer) -> None:
    elements = Elements(shown.body.decode()).found
    (field,) = [attributes for tag, attributes in elements if tag == "input"]
    assert [a["for"] for tag, a in elements if tag == "label"] == [field["id"]]
    assert any(a.get("aria-live") == "polite" for _, a in elements)
    assert any(a.get("name") == "viewport" for _, a in elements)
    assert {"main", "h1", "noscript"} <= {tag for tag, _ in elements}


async def test_every_language_has_the_same_words(shown: Answer) -> None:
    (told,) = re.findall(r"const WORDS = (.*);\n", shown.body.decode())
    keys = [set(words) for words in orjson.loads(told).values()]
    assert len(keys) == 3
    assert keys[0] == keys[1] == keys[2]
    assert {"ai-generated", "ai-assisted", "ai-autonomous", "none", "watermark"} <= keys[0]


def test_the_path_is_a_well_known_one() -> None:
    assert PATH.startswith("/.well-known/")
    assert label_page.AT_ONCE <= 64
