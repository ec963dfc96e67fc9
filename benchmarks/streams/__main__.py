"""``python -m benchmarks.streams``: how early streamed answers leave the guard, and at what cost.

Answers in three languages, written in an assistant's manner and cut into pieces of a model's size
(``recorded/``), go through the engine as OpenAI chat events, one by one. Printed for each:

at once     share of the characters that leave in the very event that brought them
held        characters held back after an event: half of the events, 95 of 100, the most
late        events that a character waits: 95 of 100, the most
first       events before the first character leaves, and the processor time that takes
an event    processor time of an event: half of them, 95 of 100
ratio       the same against reading and writing the events alone, in the same run
"""

from __future__ import annotations

import argparse
import json
import re
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from typing import Literal

from guardrail.consent import Terms
from guardrail.detect import text_detector
from guardrail.engine import Decided, Guard, ReplyStream
from guardrail.facts import RawRequest
from guardrail.policy import Choices, Judge, load_packs
from guardrail.settings import Settings
from guardrail.shipped import shipped
from guardrail.wire import load_wires

RECORDED = Path(__file__).parent / "recorded"
CHAT = "/v1/chat/completions"
_WORD = re.compile(r"\s?\w+|\s?[^\w\s]+|\s+")


def pieces_of(text: str, rng: Random) -> list[str]:
    """Return a text cut as models cut it: short words whole, long ones in pieces of 2 to 5."""
    pieces = []
    for word in _WORD.findall(text):
        rest = word
        while len(rest) > 6:
            size = rng.randint(2, 5)
            pieces.append(rest[:size])
            rest = rest[size:]
        pieces.append(rest)
    return pieces


def event_of(piece: str) -> bytes:
    """Return a chunk of a chat completion."""
    choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
    data = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return b"data: " + json.dumps({**data, "choices": [choice]}).encode() + b"\n\n"


@dataclass
class Run:
    """What was seen of one stream."""

    characters: int = 0
    at_once: int = 0
    held: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    first_event: int = 0
    first_seconds: float = 0.0
    seconds: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


def run(guard: Guard, decided: Decided, pieces: list[str]) -> Run:
    """Send a stream through the engine, event by event."""
    adapter = decided.examined.case.route.adapter
    stream = ReplyStream(guard, decided, adapter.stream(), datetime.now(UTC))
    reader, bare = adapter.stream(), adapter.stream()
    seen = Run()
    waiting: list[int] = []  # the event in which each held character came
    for number, piece in enumerate(pieces):
        event = event_of(piece)
        begun = time.process_time()
        outs = stream.receive(event, datetime.now(UTC))
        seen.seconds.append(time.process_time() - begun)
        begun = time.process_time()
        for one in bare.feed(event):
            bare.rewrite(one, {0: piece})
        seen.bare.append(time.process_time() - begun)
        said = [d.text for out in outs for one in reader.feed(out.data) for d in one.deltas]
        left = sum(map(len, said))
        waiting += [number] * len(piece)
        gone, waiting = waiting[:left], waiting[left:]
        seen.characters += len(piece)
        seen.at_once += sum(came == number for came in gone)
        seen.late += [number - came for came in gone]
        seen.held.append(len(waiting))
        if gone and not seen.first_seconds:
            seen.first_event = number
            seen.first_seconds = sum(seen.seconds)
    stream.finish(datetime.now(UTC))
    return seen


def guard_of(tier: Literal["fast", "standard"]) -> tuple[Guard, Decided]:
    """Return a guard that masks, and a decided request that doesn't open a conversation."""
    settings = Settings(personal_data="mask", policy=("kz-230-viii",))
    guard = Guard(
        settings,
        wires=load_wires(shipped("adapters")),
        detector=text_detector(memo_key=secrets.token_bytes(32), tier=tier),
        judge=Judge(load_packs(shipped("policies"), ("kz-230-viii",)), Choices()),
        terms=Terms(purpose="assistant.answer", audience="guardrail", issuers={}),
        key=secrets.token_bytes(32),
    )
    messages = [{"role": "assistant", "content": "Hi"}, {"role": "user", "content": "Hello"}]
    raw = RawRequest(
        method="POST",
        path=CHAT,
        headers=((b"content-type", b"application/json"),),
        body=json.dumps({"model": "m", "messages": messages}).encode(),
    )
    examined = guard.examine(raw, guard.route("POST", CHAT), request_id="r", label_id="l")
    return guard, guard.decide(examined, (), datetime.now(UTC))


def quantile(values: list[float] | list[int], share: float) -> float:
    """Return the value below which a share of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main() -> None:
    """Print a row for each recorded answer."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--tier", choices=("fast", "standard"), default="standard")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    guard, decided = guard_of(chosen.tier)
    print(f"Tier: {chosen.tier}. Times are of this machine: only the ratio travels.")
    heads = (
        ("answer", -10), ("events", 7), ("at once", 9), ("held 50", 9), ("95", 5), ("most", 6),
        ("late 95", 9), ("most", 6), ("first", 7), ("us", 7), ("event us 50", 13), ("95", 7),
        ("ratio", 7),
    )  # fmt: skip
    print("".join(f"{name:{'<' if width < 0 else '>'}{abs(width)}}" for name, width in heads))
    for file in sorted(RECORDED.glob("*.txt")):
        text = file.read_text(encoding="utf-8").strip()
        runs = [
            run(guard, decided, pieces_of(text, Random(seed))) for seed in range(chosen.rounds + 1)
        ][1:]
        held = [one for each in runs for one in each.held]
        late = [one for each in runs for one in each.late]
        spent = [one for each in runs for one in each.seconds]
        bare = [one for each in runs for one in each.bare]
        at_once = sum(each.at_once for each in runs) / sum(each.characters for each in runs)
        print(
            f"{file.stem:10}{len(spent) // len(runs):7}{at_once:9.1%}{quantile(held, 0.5):9.0f}"
            f"{quantile(held, 0.95):5.0f}{max(held):6}{quantile(late, 0.95):9.0f}{max(late):6}"
            f"{median(each.first_event for each in runs):7.0f}"
            f"{median(each.first_seconds for each in runs) * 1e6:7.0f}"
            f"{quantile(spent, 0.5) * 1e6:13.0f}{quantile(spent, 0.95) * 1e6:7.0f}"
            f"{sum(spent) / sum(bare):7.1f}"
        )


if __name__ == "__main__":
    main()
