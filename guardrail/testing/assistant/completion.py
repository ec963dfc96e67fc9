"""The assistant's answers in the form of OpenAI's chat completions, whole or as stream events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from guardrail.testing.assistant.script import MODEL, last_user_text, pieces, say, tool_to_call

MOST_CHOICES = 8


class Malformed(ValueError):  # noqa: N818 - it says whose fault it is
    """The payload isn't a chat completion request."""


def completion(payload: Any, *, number: int, created: int) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """Return the whole answer; Malformed where `payload` asks for none."""
    text, tool = _read(payload)
    choices = []
    for index in range(_choices(payload)):
        message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
        if tool is None:
            message["content"] = say(text)
        else:
            message["tool_calls"] = [_tool_call(number, index, tool, _arguments(text))]
        finish = "stop" if tool is None else "tool_calls"
        choices.append(
            {"index": index, "message": message, "logprobs": None, "finish_reason": finish}
        )
    frame = _frame("chat.completion", payload, number, created)
    return {**frame, "choices": choices, "usage": _usage(text, len(choices))}


def events(payload: Any, *, number: int, created: int) -> list[dict[str, Any]]:  # noqa: ANN401 - any JSON
    """Return the stream's events but the last, ``[DONE]``; Malformed as in `completion`."""
    text, tool = _read(payload)
    frame = _frame("chat.completion.chunk", payload, number, created)
    total = _choices(payload)
    streams = [_deltas(text, tool, number, index) for index in range(total)]
    told = [
        {**frame, "choices": [_choice(index, delta)]}
        # Choices come interleaved, as from a model that writes them side by side.
        for turn in zip(*streams, strict=True)
        for index, delta in enumerate(turn)
    ]
    finish = "stop" if tool is None else "tool_calls"
    told += [{**frame, "choices": [_choice(index, {}, finish)]} for index in range(total)]
    options = payload.get("stream_options")
    if isinstance(options, dict) and options.get("include_usage"):
        told = [{**event, "usage": None} for event in told]
        told.append({**frame, "choices": [], "usage": _usage(text, total)})
    return told


def _read(payload: Any) -> tuple[str, str | None]:  # noqa: ANN401 - any JSON
    messages = payload.get("messages") if isinstance(payload, dict) else None
    if not isinstance(messages, list) or not messages:
        raise Malformed("A chat completion needs messages.")
    text = last_user_text(messages)
    answered = isinstance(messages[-1], dict) and messages[-1].get("role") == "tool"
    return text, None if answered else tool_to_call(payload, text)


def _choices(payload: Mapping[str, Any]) -> int:
    wanted = 1 if payload.get("n") is None else payload["n"]
    if not isinstance(wanted, int) or not 1 <= wanted <= MOST_CHOICES:
        raise Malformed(f"n must be a number from 1 to {MOST_CHOICES}.")
    return wanted


def _frame(kind: str, payload: Mapping[str, Any], number: int, created: int) -> dict[str, Any]:
    model = payload.get("model") or MODEL
    return {"id": f"chatcmpl-{number:06d}", "object": kind, "created": created, "model": model}


def _choice(index: int, delta: Mapping[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}


def _arguments(text: str) -> str:
    return json.dumps({"location": "Алматы", "unit": "celsius", "asked": text}, ensure_ascii=False)


def _tool_call(number: int, index: int, name: str, arguments: str) -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {"id": f"call_{number}_{index}", "type": "function", "function": function}


def _deltas(text: str, tool: str | None, number: int, index: int) -> Iterator[dict[str, Any]]:
    if tool is None:
        yield {"role": "assistant", "content": "", "refusal": None}
        yield from ({"content": piece} for piece in pieces(say(text)))
        return
    yield {"role": "assistant", "content": None}
    yield {"tool_calls": [{"index": 0, **_tool_call(number, index, tool, "")}]}
    for piece in pieces(_arguments(text)):
        yield {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}


def _usage(text: str, choices: int) -> dict[str, int]:
    asked, said = len(text.split()), choices * len(say(text).split())
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def complete_text(stream: Sequence[Mapping[str, Any]], index: int = 0) -> str:
    """Return the content that a stream's events add up to for one choice."""
    return "".join(
        choice["delta"].get("content") or ""
        for event in stream
        for choice in event["choices"]
        if choice["index"] == index
    )
