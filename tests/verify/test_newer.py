"""A log of guards of two versions: an older sequencer carries what a newer writer says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from guardrail.evidence.tree import leaf_hash
from guardrail.testing.raw_entries import START, record
from guardrail.verify import verify_log

if TYPE_CHECKING:
    from tests.verify.conftest import Story


def lines(*bodies: bytes) -> bytes:
    return b"".join(b"%b %b\n" % (leaf_hash(one).hex().encode(), one) for one in bodies)


@pytest.mark.parametrize(
    "newer",
    [
        {"t": "handover"},
        {"t": "Handover!"},
        {"t": "request", "dir": "request", "act": "delay",
         "hits": [{"rule": "kz.pd.1", "action": "delay"}]},
        {"t": "request", "dir": "sideways", "hits": [{"rule": "kz.pd.1", "action": "mask"}]},
        {"t": "request", "dir": "request", "hits": [{"rule": "a rule", "action": "mask"}]},
        {"t": "request", "dir": "request", "hits": [{"because": 1}, "a text", 7]},
        {"t": "request", "dir": 7, "hits": [{"rule": "kz.pd.1", "action": "mask"}]},
        {"t": "error", "hits": {"kz.pd.1": "mask"}, "weather": ["fine"]},
    ],
)  # fmt: skip
def test_nothing_that_a_newer_writer_says_cuts_it_off(
    story: Story, newer: dict[str, object]
) -> None:
    strange = record("request", 1, START, req="r-1", **newer)
    after = record("error", 2, strange, req="r-1", code="client_gone")
    story.objects.create("wal/x/0000000000000000", lines(START, strange, after))
    story.tick()
    story.now += 61_000_000
    story.tick()
    bodies = story.bodies("2026h2")
    assert strange in bodies
    assert after in bodies
    assert not any(b'"t":"incident"' in one for one in bodies)
    report = verify_log(story.objects, story.vkey)
    assert report.problems == ()
