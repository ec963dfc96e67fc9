"""``python -m benchmarks.streams``: how early streamed answers leave the guard, and at what cost.

Answers in three languages, written in an assistant's manner and cut into pieces of a model's size
(``recorded/``), go through the engine as OpenAI chat events, one by one. Printed for each:

at once     share of the characters that leave in the very event that brought them
in time     share of those that leave by the event that ends their word: until then it may go on as
            an address (``info`` as ``info@…``), so no exact guard lets it go before
later 95    events beyond that one: 95 of 100 characters
held        characters held back after an event: half of the events, 95 of 100, the most
late        events that a character waits: 95 of 100, the most
first       events before the first character leaves, and the processor time that takes
an event    processor time of an event: half of them, 95 of 100
ratio       the same against reading and writing the events alone, in the same run

Then prose without numbers, names and code (``prose/``) comes word by word. Printed is which share
of the words leaves in the very event that ends them (the next one's beginning), and in the next.

With ``--server`` they go word by word, a hundred a second, through ``guardrail serve`` and past it,
in turns. Printed for both are the milliseconds from a request to the first event, and those that an
event is under way: half of them, 95 of 100.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from typing import Literal

import uvloop

from benchmarks.load import Sample, load, quantile
from benchmarks.processes import guard, stay_on, upstream
from guardrail.consent import Terms
from guardrail.detect import TextDetector, Window, text_detector
from guardrail.engine import Decided, Guard, ReplyStream
from guardrail.facts import RawRequest
from guardrail.policy import Choices, Judge, load_packs
from guardrail.settings import Settings
from guardrail.shipped import shipped
from guardrail.wire import load_wires

RECORDED = Path(__file__).parent / "recorded"
CHAT = "/v1/chat/completions"
PROSE = Path(__file__).parent / "prose"
_UNFINISHED = re.compile(r"[\w.+\-@%'’()]+\Z")
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
    later: list[float] = field(default_factory=list)
    held: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
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
    ended: list[int] = []  # the event in which each character's word was known to end
    text = ""
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
        text += piece
        unfinished = _UNFINISHED.search(text)
        whole = unfinished.start() if unfinished else len(text)
        ended += [number] * (whole - len(ended))
        first = len(text) - len(waiting)
        seen.later += [
            number - ended[place] for place in range(first, min(first + left, len(ended)))
        ]
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


def waits(detector: TextDetector, text: str) -> list[int]:
    """Return how many events each word waits behind the one that ends it, word by word."""
    window, waiting, waited = Window(detector), [], []
    for number, word in enumerate(text.split()):
        left = len(window.feed(f" {word}").text)
        waiting.append((number + 1, len(word) + 1))
        while waiting and left >= waiting[0][1]:
            ended, size = waiting.pop(0)
            left -= size
            waited.append(max(0, number - ended))
        if waiting and left:  # a part of a word, such as its bracket
            waiting[0] = (waiting[0][0], waiting[0][1] - left)
    return waited


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


async def measured(direct: int, guarded: int, rounds: int) -> list[Sample]:
    """Return what a caller sees of the streams that go past the guard, and of those through it."""
    seen = [Sample(), Sample()]
    for number in range(rounds + 1):
        for sample, port in zip(seen, (direct, guarded), strict=True):
            one = await load(port, connections=1, seconds=4.0, stream=True)
            if one.broken:
                sys.exit("an answer wasn't whole")
            if number:
                sample.latencies += one.latencies
                sample.delays += one.delays
    return seen


def served(tier: str, rounds: int) -> None:
    """Print what the real server adds to each recorded answer."""
    stay_on(1)
    columns = [f"{name} {share}" for name in ("first ms", "event ms") for share in ("50", "95")]
    print(f"{'answer':10}{'':10}" + "".join(f"{name:>13}" for name in columns))
    for file in sorted(RECORDED.glob("*.txt")):
        with tempfile.TemporaryDirectory() as made, upstream(str(file)) as direct:
            os.environ["GUARDRAIL_DETECT__TIER"] = tier
            with guard(direct, Path(made, "state"), "--personal-data", "mask") as (port, _):
                samples = uvloop.run(measured(direct, port, rounds))
        for name, one in zip(("direct", "guardrail"), samples, strict=True):
            told = (
                quantile(values, share) * 1e3
                for values in (one.latencies, one.delays)
                for share in (0.5, 0.95)
            )
            print(f"{file.stem:10}{name:10}" + "".join(f"{each:13.2f}" for each in told))


def main() -> None:
    """Print a row for each recorded answer."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--tier", choices=("fast", "standard"), default="standard")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--server", action="store_true", help="through a real server")
    chosen = parser.parse_args()
    if chosen.server:
        served(chosen.tier, chosen.rounds)
        return
    masking, decided = guard_of(chosen.tier)
    print(f"Tier: {chosen.tier}. Times are of this machine: only the ratio travels.")
    heads = (
        ("answer", -10), ("events", 7), ("at once", 9), ("in time", 9), ("later 95", 10),
        ("held 50", 9), ("95", 5), ("most", 6),
        ("late 95", 9), ("most", 6), ("first", 7), ("us", 7), ("event us 50", 13), ("95", 7),
        ("ratio", 7),
    )  # fmt: skip
    print("".join(f"{name:{'<' if width < 0 else '>'}{abs(width)}}" for name, width in heads))
    for file in sorted(RECORDED.glob("*.txt")):
        text = file.read_text(encoding="utf-8").strip()
        runs = [
            run(masking, decided, pieces_of(text, Random(seed)))
            for seed in range(chosen.rounds + 1)
        ][1:]
        held = [one for each in runs for one in each.held]
        late = [one for each in runs for one in each.late]
        spent = [one for each in runs for one in each.seconds]
        bare = [one for each in runs for one in each.bare]
        at_once = sum(each.at_once for each in runs) / sum(each.characters for each in runs)
        later = [one for each in runs for one in each.later]
        print(
            f"{file.stem:10}{len(spent) // len(runs):7}{at_once:9.1%}"
            f"{later.count(0) / len(later):9.1%}{quantile(later, 0.95):10.0f}"
            f"{quantile(held, 0.5):9.0f}"
            f"{quantile(held, 0.95):5.0f}{max(held):6.0f}"
            f"{quantile(late, 0.95):9.0f}{max(late):6.0f}"
            f"{median(each.first_event for each in runs):7.0f}"
            f"{median(each.first_seconds for each in runs) * 1e6:7.0f}"
            f"{quantile(spent, 0.5) * 1e6:13.0f}{quantile(spent, 0.95) * 1e6:7.0f}"
            f"{sum(spent) / sum(bare):7.1f}"
        )
    print("prose      words  as they end  a word later")
    detector = text_detector(memo_key=secrets.token_bytes(32), tier=chosen.tier)
    for file in sorted(PROSE.glob("*.txt")):
        waited = waits(detector, file.read_text(encoding="utf-8"))
        shares = [sum(one <= most for one in waited) / len(waited) for most in (0, 1)]
        print(f"{file.stem:10}{len(waited):6}{shares[0]:13.1%}{shares[1]:14.1%}")


if __name__ == "__main__":
    main()
