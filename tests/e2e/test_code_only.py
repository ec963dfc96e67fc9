"""Through the real proxy: an answer of code alone stays as it is, told of beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from guardrail.testing.upstream import answer, stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from openai import OpenAI

    from tests.e2e.conftest import Guard, Scripted

    Get = Callable[[OpenAI, Scripted, str], tuple[str, Mapping[str, str]]]

NOTICE = "You are talking to an artificial intelligence system, not a person."
FENCE = "```python\nprint(1)\n```"
JSON = '{\n  "a": [1, 2]\n}'
ASKED: Any = {"model": "m", "messages": [{"role": "user", "content": "Print a number, please"}]}


def events(text: str) -> Iterator[bytes]:
    about = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    for part in [*text, None]:
        said = {"content": part} if part is not None else {}
        choice = {"index": 0, "delta": said, "finish_reason": None if said else "stop"}
        yield b"data: " + json.dumps({**about, "choices": [choice]}).encode() + b"\n\n"
    yield b"data: [DONE]\n\n"


def whole(client: OpenAI, script: Scripted, text: str) -> tuple[str, Mapping[str, str]]:
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text},
        "finish_reason": "stop",
    }
    about = {"id": "c", "object": "chat.completion", "created": 1, "model": "m"}
    script.play(answer(200, json.dumps({**about, "choices": [choice]}).encode()))
    raw = client.chat.completions.with_raw_response.create(**ASKED)
    return raw.parse().choices[0].message.content or "", raw.headers


def streamed(client: OpenAI, script: Scripted, text: str) -> tuple[str, Mapping[str, str]]:
    script.play(stream(events(text)))
    raw = client.chat.completions.with_raw_response.create(**ASKED, stream=True)
    chunks = [choice for chunk in raw.parse() for choice in chunk.choices]
    return "".join(choice.delta.content or "" for choice in chunks), raw.headers


def disclosed(guard: Guard, headers: Mapping[str, str]) -> object:
    own = [e for e in guard.entries() if e.get("req") == headers["guardrail-request-id"]]
    return own[-1]["disclosed"]


@pytest.mark.parametrize("text", [FENCE, JSON])
@pytest.mark.parametrize("get", [whole, streamed])
def test_code_alone_stays_as_it_is_and_the_notice_stands_in_the_header(
    impatient: Guard, script: Scripted, get: Get, text: str
) -> None:
    with impatient.openai() as client:
        said, headers = get(client, script, text)
    assert said == text
    assert headers["guardrail-notice"]
    assert headers["ai-disclosure"]
    assert disclosed(impatient, headers) == "header"


@pytest.mark.parametrize("get", [whole, streamed])
def test_behind_code_the_notice_stands_before_the_explanation(
    impatient: Guard, script: Scripted, get: Get
) -> None:
    with impatient.openai() as client:
        said, headers = get(client, script, f"{FENCE}\n\nIt prints a number.")
    assert said.startswith(f"{FENCE}\n\n{NOTICE}")
    assert said.endswith("\n\nIt prints a number.")
    assert disclosed(impatient, headers) == "text"
