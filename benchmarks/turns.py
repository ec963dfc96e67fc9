"""``python -m benchmarks.turns``: what a conversation's turns cost as its history grows.

Each request brings the whole history and two new messages of 80 words. Printed for each format are
the milliseconds of processor time to read and examine the requests of the first turns and of the
last, and how many times longer the last request is. Where texts seen before are free the last ones
cost about what the first do.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from random import Random
from statistics import mean

from benchmarks.streams.__main__ import RECORDED, guard_of
from guardrail.engine import Guard
from guardrail.facts import RawRequest

TURNS, COMPARED, WORDS = 20, 5, 80

Said = Sequence[tuple[str, str]]
"""Who says what."""


def chat(said: Said) -> dict[str, object]:
    """Return a body as OpenAI's chat has it, and Ollama's."""
    return {"model": "m", "messages": [{"role": a, "content": t} for a, t in said]}


FORMATS: Mapping[str, tuple[str, Callable[[Said], dict[str, object]]]] = {
    "openai-chat": ("/v1/chat/completions", chat),
    "openai-responses": (
        "/v1/responses",
        lambda said: {"model": "m", "input": [{"role": a, "content": t} for a, t in said]},
    ),
    "anthropic-messages": (
        "/v1/messages",
        lambda said: {
            "model": "m",
            "max_tokens": 9,
            "messages": [{"role": a, "content": [{"type": "text", "text": t}]} for a, t in said],
        },
    ),
    "gemini": (
        "/v1beta/models/m:generateContent",
        lambda said: {
            "contents": [
                {"role": "model" if a == "assistant" else a, "parts": [{"text": t}]}
                for a, t in said
            ]
        },
    ),
    "ollama-chat": ("/api/chat", chat),
}


def seconds(guard: Guard, path: str, body: bytes) -> float:
    """Return the processor time that a request's examination takes."""
    sent = ((b"content-type", b"application/json"),)
    raw = RawRequest(method="POST", path=path, headers=sent, body=body)
    begun = time.process_time()
    guard.examine(raw, guard.route("POST", path), request_id="r", label_id="l")
    return time.process_time() - begun


def main() -> None:
    """Print a row for each format."""
    guard, _ = guard_of("standard")
    for file in RECORDED.glob("*.txt"):
        guard.detector.find(file.read_text("utf-8"))  # loads what is loaded when first needed
    words = [word for file in RECORDED.glob("*.txt") for word in file.read_text("utf-8").split()]
    print(f"{'':20}{'first turns ms':>15}{'last ms':>9}{'ratio':>7}{'length ratio':>14}")
    for seed, (name, (path, body_of)) in enumerate(FORMATS.items()):
        rng = Random(seed)  # texts of its own: nothing is remembered of another format's
        authors = ("user", "assistant")
        said = [
            (authors[number % 2], " ".join(rng.choices(words, k=WORDS)))
            for number in range(2 * TURNS + 1)
        ]
        bodies = [
            json.dumps(body_of(said[: 2 * turn + 1]), ensure_ascii=False).encode()
            for turn in range(TURNS + 1)
        ]
        spent = [seconds(guard, path, body) * 1e3 for body in bodies][1:]
        first, last = mean(spent[:COMPARED]), mean(spent[-COMPARED:])
        longer = sum(map(len, bodies[-COMPARED:])) / sum(map(len, bodies[1 : COMPARED + 1]))
        print(f"{name:20}{first:15.1f}{last:9.1f}{last / first:7.2f}{longer:14.2f}")


if __name__ == "__main__":
    main()
