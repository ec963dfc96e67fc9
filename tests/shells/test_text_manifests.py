"""Manifests of texts are made and kept while their text waits, and never make it wait for long."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from guardrail.disclose import label
from guardrail.disclose.layers import Layered, Said
from guardrail.shells.text_manifests import MOST_WAITING, PAUSE_SECONDS, TextManifests
from guardrail.stores.manifests import Manifests

UUID = "00000000-0000-4000-8000-00000000000{}"


def said(number: int = 0) -> Said:
    return Said(label=label(id=f"urn:uuid:{UUID.format(number)}"))


class Signs:
    """Signs what it is given, or fails; waits where it is told to."""

    signs = True

    def __init__(self) -> None:
        self.reason = ""
        self.asked = 0
        self.goes_on = threading.Event()
        self.goes_on.set()

    def vouch(self, data: bytes, said: Said, media_type: str) -> Layered:
        self.asked += 1
        self.goes_on.wait(10)
        if self.reason:
            return Layered(data=b"", medium=media_type, missing={"signed": self.reason})
        return Layered(data=b"", medium=media_type, written=("beside",), store=b"of " + data)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def signs() -> Signs:
    return Signs()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept(tmp_path: Path) -> Manifests:
    return Manifests(tmp_path / "texts")


@pytest.fixture
def texts(signs: Signs, kept: Manifests, clock: Clock) -> TextManifests:
    return TextManifests(signs, kept, most=100, seconds=clock)


async def test_a_manifest_is_kept_by_the_id_of_its_label(
    texts: TextManifests, kept: Manifests
) -> None:
    made = await texts.take(b"a page", said(1), "text/html")
    assert made.is_signed
    assert kept.read(UUID.format(1)) == b"of a page"
    texts.close()


async def test_after_a_failure_nobody_is_asked_for_a_while(
    texts: TextManifests, signs: Signs, clock: Clock
) -> None:
    signs.reason = "crashed"
    reasons = [(await texts.take(b"x", said(), "text/html")).missing for _ in range(3)]
    assert reasons == [{"signed": "crashed"}, {"signed": "paused"}, {"signed": "paused"}]
    assert signs.asked == 1
    clock.now += PAUSE_SECONDS
    assert (await texts.take(b"x", said(), "text/html")).missing == {"signed": "crashed"}
    clock.now += PAUSE_SECONDS
    assert (await texts.take(b"x", said(), "text/html")).missing == {"signed": "paused"}
    signs.reason = ""
    clock.now += PAUSE_SECONDS
    assert (await texts.take(b"x", said(), "text/html")).is_signed
    signs.reason = "crashed"
    await texts.take(b"x", said(), "text/html")
    clock.now += PAUSE_SECONDS
    signs.reason = ""
    assert (await texts.take(b"x", said(), "text/html")).is_signed


async def test_a_text_that_is_too_large_stops_nobody_else(
    texts: TextManifests, signs: Signs
) -> None:
    signs.reason = "too_large"
    await texts.take(b"x", said(), "text/html")
    signs.reason = ""
    assert (await texts.take(b"x", said(), "text/html")).is_signed


async def test_who_signs_too_slowly_is_waited_for_once(
    signs: Signs, kept: Manifests, clock: Clock
) -> None:
    texts = TextManifests(signs, kept, most=100, patience=0.01, seconds=clock)
    signs.goes_on.clear()
    made = await texts.take(b"x", said(), "text/html")
    assert made.missing == {"signed": "timeout"}
    assert (await texts.take(b"x", said(), "text/html")).missing == {"signed": "paused"}
    signs.goes_on.set()
    texts.close()


async def test_only_so_many_texts_wait_at_once(texts: TextManifests, signs: Signs) -> None:
    signs.goes_on.clear()
    waiting = [
        asyncio.ensure_future(texts.take(b"x", said(), "text/html")) for _ in range(MOST_WAITING)
    ]
    await asyncio.sleep(0)
    assert (await texts.take(b"x", said(), "text/html")).missing == {"signed": "busy"}
    signs.goes_on.set()
    assert all(one.is_signed for one in await asyncio.gather(*waiting))


async def test_what_cant_be_kept_isnt_there(signs: Signs, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    texts = TextManifests(signs, Manifests(tmp_path / "file" / "texts"), most=100)
    made = await texts.take(b"x", said(), "text/html")
    assert (made.is_signed, made.missing) == (False, {"signed": "not_kept"})


async def test_there_are_never_many_more_than_are_kept(signs: Signs, tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    texts = TextManifests(signs, Manifests(folder), most=4)
    for number in range(10):
        await texts.take(b"x", said(number), "text/html")
        assert len(list(folder.iterdir())) <= 5
    assert Manifests(folder).read(UUID.format(9)) is not None


def test_nobody_is_asked_where_nobody_signs(kept: Manifests) -> None:
    nobody = Signs()
    nobody.signs = False
    assert not TextManifests(nobody, kept, most=1).is_ready
