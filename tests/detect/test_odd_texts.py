"""Texts put together of scraps, on which streams are most likely to differ from the whole."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from guardrail.detect import TextDetector, Tier, text_detector
from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.normalise import fold
from guardrail.detect.text.recognizer import TextRecognizer
from guardrail.detect.text.recognizers import recognizers_of
from guardrail.detect.text.sweep import UNBROKEN
from guardrail.testing.chunkings import cut
from guardrail.testing.windows import spans, streamed

_SCRAPS = json.loads(Path(__file__).with_name("fragments.json").read_text("utf-8"))
_BY_NAME = {one.name: one for one in recognizers_of("fast") if one.name != "NameRecognizer"}
"""The network of names looks at whole texts: the windows below try it."""


def _texts(seed: object, count: int) -> Iterator[str]:
    """Yield texts of scraps, the same for the same seed."""
    chance = random.Random(repr(seed))  # noqa: S311 - no secret
    words, everything = _SCRAPS["words"], _SCRAPS["words"] + _SCRAPS["phrases"]
    joints = [" "] * 12 + _SCRAPS["joints"]
    for _ in range(count):
        scraps = chance.choices(
            words if chance.random() < 0.6 else everything, k=chance.randint(2, 12)
        )
        yield "".join(scrap + chance.choice(joints) for scrap in scraps)


def _cuts(text: str) -> Iterator[tuple[str, ...]]:
    """Yield ways to feed a text: by words as models do, by characters, and anyhow."""
    chance = random.Random(text)  # noqa: S311 - no secret
    yield tuple(re.findall(r" ?[^ ]*", text))
    yield tuple(text)
    yield cut(text, chance.choices(range(len(text) + 1), k=chance.randint(1, 6)))


def _agrees(detector: TextDetector, text: str) -> bool:
    wanted = spans(detector.find(text))
    return all(streamed(detector, feeds) == (text, wanted) for feeds in _cuts(text))


@cache
def _detector(tier: Tier) -> TextDetector:
    return text_detector(memo_key=b"odd", tier=tier)


@pytest.mark.parametrize("tier", ["fast", "standard"])
@pytest.mark.parametrize("seed", range(4))
def test_a_stream_of_scraps_finds_what_the_whole_finds(tier: Tier, seed: int) -> None:
    wrong = [text for text in _texts(seed, 8) if not _agrees(_detector(tier), text)]
    assert wrong == []


@pytest.mark.thorough
@pytest.mark.parametrize("tier", ["fast", "standard"])
@pytest.mark.parametrize("seed", range(100, 120))
def test_streams_of_many_scraps_find_what_the_whole_finds(tier: Tier, seed: int) -> None:
    wrong = [text for text in _texts(seed, 100) if not _agrees(_detector(tier), text)]
    assert wrong == []


def _settled(one: TextRecognizer, text: str) -> int:
    """Return up to where a recognizer's findings stand, whatever follows `text`."""
    patterns = [UNBROKEN, *([one.BACKWARD] if one.BACKWARD else [])]
    matches = (re.match(pattern, text[::-1]) for pattern in patterns)
    open_ = max(match.end() for match in matches if match)
    settled = len(text) - open_
    return min(settled, one.opens(text, 0)) if one.OPENS else settled


def _found(one: TextRecognizer, text: str) -> set[tuple[int, int, str, float]]:
    def of(found: RecognizerResult) -> tuple[int, int, str, float]:
        return found.start, found.end, found.entity_type, round(found.score, 4)

    return {of(found) for found in one.scan(text, 0)}


def _broken(one: TextRecognizer, text: str) -> Iterator[str]:
    """Yield the beginnings of a text behind which something settled turns out otherwise."""
    wanted = _found(one, text)
    for end in range(1, len(text) if wanted else 0):
        begun = text[:end]
        settled, known = _settled(one, begun), _found(one, begun)
        gone = any(first < settled and end <= last for first, last, _, _ in wanted - known)
        if gone or any(found[1] <= settled for found in wanted ^ known):
            yield begun


@pytest.mark.parametrize("name", _BY_NAME)
def test_what_a_recognizer_calls_settled_stays_so_whatever_follows(name: str) -> None:
    texts = (fold(text).text for text in _texts(name, 60))
    assert [begun for text in texts for begun in _broken(_BY_NAME[name], text)] == []


@pytest.mark.thorough
@pytest.mark.parametrize("name", _BY_NAME)
def test_what_a_recognizer_calls_settled_stays_so_in_many_texts(name: str) -> None:
    texts = (fold(text).text for text in _texts((name, "many"), 5_000))
    assert [begun for text in texts for begun in _broken(_BY_NAME[name], text)] == []
