"""Every format whose replies say what they took is read so, whole and streamed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from guardrail.facts import NO_USAGE, Usage
from guardrail.shipped import shipped
from guardrail.testing.wires import shipped_wires
from guardrail.wire import Adapter
from guardrail.wire.framing import framing_of

ROOT = Path(str(shipped("adapters")))
WIRES = shipped_wires()
FRAMING = {
    ".sse": framing_of("text/event-stream"),
    ".ndjson": framing_of("application/x-ndjson"),
    ".array": framing_of("application/json", array=True),
    ".eventstream": framing_of("application/vnd.amazon.eventstream"),
}

TOLD: dict[str, tuple[int | None, int | None]] = {
    "anthropic-messages/reply-tools.json": (12, 30),
    "anthropic-messages/stream-tools.sse": (12, 30),
    "bedrock-converse/reply-text.json": (30, 628),
    "bedrock-converse/stream-text.eventstream": (9, 5),
    # What is billed, though 71 were read.
    "cohere-chat/reply-text.json": (5, 418),
    "cohere-chat/stream-text.sse": (3, 9),
    "gemini/reply-text.json": (5, 4),
    "gemini/stream-text.sse": (5, 4),
    "ollama-chat/reply-text.json": (26, 259),
    "ollama-chat/stream-tools.ndjson": (26, 282),
    "ollama-embed/reply-vectors.json": (8, None),
    "ollama-generate/reply-text.json": (14, 129),
    "ollama-generate/stream-text.ndjson": (26, 259),
    "openai-audio/reply-json.json": (14, 9),
    "openai-audio/stream-text.sse": (14, 9),
    "openai-chat/reply-text.json": (9, 5),
    "openai-chat/reply-mistral.json": (9, 5),
    "openai-chat/stream-text.sse": (9, 5),
    "openai-chat/stream-mistral.sse": (9, 5),
    "openai-completions/reply-text.json": (9, 5),
    "openai-completions/stream-text.sse": (9, 5),
    "openai-embeddings/reply-floats.json": (8, None),
    "openai-images/reply-images.json": (50, 50),
    "openai-images/stream-images.sse": (50, 50),
    "openai-realtime/stream-audio.ndjson": (13, 9),
    "openai-realtime/stream-text.ndjson": (127, 148),
    "openai-responses/reply-items.json": (12, 30),
    "openai-responses/stream-text.sse": (12, 30),
    "openai-speech/reply-audio.json": (14, 101),
    "openai-speech/stream-audio.sse": (14, 101),
}
"""What was read and what was written, by sample."""

ENDED: dict[str, tuple[str, ...]] = {
    "anthropic-messages/stream-tools.sse": ("tool_use",),
    "bedrock-converse/stream-text.eventstream": ("end_turn",),
    "cohere-chat/stream-text.sse": ("COMPLETE",),
    "gemini/reply-text.json": ("STOP", "MAX_TOKENS"),
    "gemini/stream-text.sse": ("STOP",),
    "ollama-chat/stream-tools.ndjson": ("stop",),
    "ollama-generate/reply-text.json": ("stop",),
    "openai-chat/reply-text.json": ("stop", "content_filter"),
    "openai-chat/stream-text.sse": ("stop", "length"),
    "openai-completions/stream-text.sse": ("stop", "length"),
    "openai-responses/reply-failed.json": ("failed",),
    "openai-responses/stream-tools.sse": ("incomplete", "max_output_tokens"),
}
"""Why the answers ended, by sample."""

COUNTS = re.compile(
    rb'"(?:input_?tokens|prompt_?token(?:s|count)|prompt_eval_count)" ?: ?[0-9]', re.IGNORECASE
)
"""What a count of tokens that were read looks like, whatever the format."""
NO_REPLY_TOOK_THEM = {
    "anthropic-messages/reply-count.json": "was asked how many a request would have",
    "openai-responses/reply-count.json": "was asked how many a request would have",
}


def usage_of(sample: str) -> Usage:
    folder, name = sample.split("/")
    adapter, path = WIRES.named(folder), ROOT / folder / "samples" / name
    if name.startswith("reply"):
        return adapter.read_reply(path.read_bytes()).usage
    return _streamed(adapter, path)


def _streamed(adapter: Adapter, path: Path) -> Usage:
    framing = FRAMING[path.suffix]
    assert framing is not None
    codec, told = adapter.stream(framing), NO_USAGE
    for event in codec.feed(path.read_bytes()) + codec.close():
        told = adapter.usage_in(event.data, told)
    return told


@pytest.mark.parametrize("sample", TOLD)
def test_a_sample_says_what_it_took(sample: str) -> None:
    told = usage_of(sample)
    assert (told.input, told.output) == TOLD[sample]


@pytest.mark.parametrize("sample", ENDED)
def test_a_sample_says_why_its_answers_ended(sample: str) -> None:
    assert usage_of(sample).finished == ENDED[sample]


def test_a_streams_events_name_the_model() -> None:
    assert usage_of("openai-responses/stream-text.sse").model == "gpt-5.1-2025-11-13"
    assert usage_of("anthropic-messages/stream-tools.sse").model == "claude-sonnet-4-5-20250929"


def test_every_sample_with_a_count_in_it_is_read() -> None:
    for path in sorted(ROOT.glob("*/samples/*")):
        sample = f"{path.parts[-3]}/{path.name}"
        if path.suffix == ".yaml" or path.name.startswith("request"):
            continue
        if COUNTS.search(path.read_bytes()) and sample not in NO_REPLY_TOOK_THEM:
            assert usage_of(sample).input is not None, sample


def test_every_format_that_says_where_has_a_sample_of_each_kind_with_it() -> None:
    saying = {
        path.parts[-2] for path in ROOT.glob("*/wire.yaml") if b"\nusage:" in path.read_bytes()
    }
    for folder in saying:
        kinds = {path.name.partition("-")[0] for path in (ROOT / folder / "samples").iterdir()}
        shown = {
            one.split("/")[1].partition("-")[0] for one in TOLD if one.startswith(f"{folder}/")
        }
        # A session's replies are its events; what answers it beside them are errors and secrets.
        assert shown == kinds & ({"stream"} if folder == "openai-realtime" else {"reply", "stream"})
