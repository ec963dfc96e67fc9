"""``python -m benchmarks.labels``: what it costs to label a reply, by format and size.

Printed are microseconds, the median of many and 95 of 100: the whole of what a label adds to a
reply that was read and judged already, that is the hash of its texts, the signature, the member put
into the body, and the header fields. ``signature`` is the part of Ed25519 alone, ``stream`` what
the label's hash adds to one event of a stream.
"""

from __future__ import annotations

import argparse
import json
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.load import quantile
from guardrail.consent import Terms
from guardrail.detect import text_detector
from guardrail.disclose import LabelSigner, Texts, hash_of, label
from guardrail.engine import Decided, Guard
from guardrail.facts import RawReply, RawRequest
from guardrail.policy import Choices, Judge, load_packs
from guardrail.settings import Settings
from guardrail.shipped import shipped
from guardrail.wire import load_wires

_TEXT = "Қайырлы таң! Бүгін Алматыда күн ашық. Сегодня в Алматы ясно. It is sunny in Almaty. "
_SAID = [{"role": "assistant", "content": "Hi"}, {"role": "user", "content": "Hello"}]
_PACK = "kz-230-viii"


def bodies(text: str) -> dict[str, tuple[str, object, str, bytes]]:
    """Return path, request, content type and reply of each format, by its name."""
    chat = {"model": "m", "messages": _SAID}
    block = {"type": "text", "text": text}
    output = [{"type": "message", "role": "assistant", "content": [{**block, "annotations": []}]}]
    page = f"<!doctype html><html><head></head><body><p>{text}</p></body></html>"
    said = {"role": "assistant", "content": text}
    json_type = "application/json"
    return {
        "openai-chat": (
            "/v1/chat/completions", chat, json_type,
            _json({"id": "c", "model": "m", "choices": [{"index": 0, "message": said}]}),
        ),
        "openai-responses": (
            "/v1/responses", {"model": "m", "input": _SAID}, json_type,
            _json({"id": "r", "model": "m", "error": None, "output": output}),
        ),
        "anthropic": (
            "/v1/messages", {**chat, "max_tokens": 9}, json_type,
            _json({"id": "m", "model": "m", "role": "assistant", "content": [block]}),
        ),
        "ollama-chat": (
            "/api/chat", chat, json_type, _json({"model": "m", "message": said, "done": True}),
        ),
        "text/plain": ("/v1/other", {"prompt": "Hello"}, "text/plain", text.encode()),
        "text/markdown": ("/v1/other", {"prompt": "Hello"}, "text/markdown", text.encode()),
        "text/html": ("/v1/other", {"prompt": "Hello"}, "text/html", page.encode()),
    }  # fmt: skip


def _json(tree: object) -> bytes:
    return json.dumps(tree, ensure_ascii=False).encode()


def guard_of(signer: LabelSigner) -> Guard:
    """Return a guard that labels whatever it can."""
    settings = Settings.model_validate(
        {
            "policy": (_PACK,),
            "unmatched": {"ai": "generic"},
            "labels": {"documents": ("html", "markdown", "plain")},
        }
    )
    return Guard(
        settings,
        wires=load_wires(shipped("adapters")),
        detector=text_detector(memo_key=secrets.token_bytes(32)),
        judge=Judge(load_packs(shipped("policies"), (_PACK,)), Choices()),
        terms=Terms(purpose="assistant.answer", audience="guardrail", issuers={}),
        key=secrets.token_bytes(32),
        signer=signer,
    )


def judged(guard: Guard, path: str, request: object, stated: str, reply: bytes) -> Decided:
    """Return a reply that was read and judged."""
    now = datetime.now(UTC)
    raw = RawRequest(
        method="POST",
        path=path,
        headers=((b"content-type", b"application/json"),),
        body=_json(request),
    )
    asked = guard.examine(
        raw, guard.route("POST", path), request_id="r", label_id="urn:uuid:1", now=now
    )
    case = guard.decide(asked, (), now).examined.case
    told = RawReply(status=200, headers=((b"content-type", stated.encode()),), body=reply)
    return guard.decide(guard.examine_reply(case, told), (), now)


def spent(work: Callable[[], object], rounds: int) -> list[float]:
    """Return the microseconds of each round."""
    seen = []
    for _ in range(rounds):
        begun = time.perf_counter_ns()
        work()
        seen.append((time.perf_counter_ns() - begun) / 1e3)
    return seen


def labels_one(guard: Guard, decided: Decided) -> Callable[[], object]:
    """Return what labels a reply once."""
    examined = decided.examined
    now = int(time.time())

    def work() -> object:
        made = guard.labels.labelled(decided, examined.body, (examined.segments, ()), now)
        return guard.reply_headers(
            examined.case, decided.decision, examined.model, now, made.signed
        )

    return work


def row(name: str, size: int, seen: list[float]) -> None:
    """Print one line of figures."""
    print(f"{name:18}{size:8}{quantile(seen, 0.5):10.1f}{quantile(seen, 0.95):10.1f}")


def main() -> None:
    """Print a row for each format and size."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=2_000)
    rounds = parser.parse_args().rounds
    signer = LabelSigner(Ed25519PrivateKey.generate(), "kid")
    guard = guard_of(signer)
    print(f"{'format':18}{'bytes':>8}{'us 50':>10}{'95':>10}")
    for times in (1, 14, 140):
        for name, (path, request, stated, reply) in bodies(_TEXT * times).items():
            decided = judged(guard, path, request, stated, reply)
            row(name, len(reply), spent(labels_one(guard, decided), rounds))
    one = label(id="urn:uuid:1", created=1)
    row("signature", 0, spent(lambda: signer.sign(one, hash_of(["a"])), rounds))
    texts = Texts()
    row("stream", 12, spent(lambda: texts.feed("a", "ясно сегодня"), rounds))


if __name__ == "__main__":
    main()
