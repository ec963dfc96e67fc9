"""Labels of texts, read by the official SDKs and checked by whoever keeps a reply."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anthropic
import httpx
import pytest
from joserfc.jwk import OKPKey
from typer.testing import CliRunner

from guardrail.cli.label import app
from guardrail.disclose import Signed, hash_of, label, read_signed
from guardrail.disclose.signature import message, verify
from guardrail.testing.upstream import answer, stream
from guardrail.wire.aws_event_stream import AwsEventStream

if TYPE_CHECKING:
    from guardrail.testing import Assistant
    from tests.e2e.conftest import Guard, Scripted

MODEL = "scripted-assistant"
ASKED: Any = [{"role": "user", "content": "Сәлем! !long"}]
MESSAGE: dict[str, Any] = {
    "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [],
    "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1},
}  # fmt: skip
KEYS = "/.well-known/guardrail/label-keys"


def keys(guard: Guard) -> dict[str, Any]:
    told = httpx.get(guard.url + KEYS)
    assert told.headers["content-type"].startswith("application/json")
    return {one["kid"]: one for one in told.json()["keys"]}


def holds(guard: Guard, signed: Signed | None, *texts: str) -> bool:
    assert signed is not None
    key: Any = OKPKey.import_key(keys(guard)[signed.kid]).public_key
    return verify(signed, texts, key)


def in_json(member: dict[str, Any], created: int) -> Signed:
    said = label(id=member["id"], level=member["level"], kind=member["class"], created=created)
    return Signed(
        label=said, sha256="", signature=base64.b64decode(member["sig"]), kid=member["kid"]
    )


def comment(lines: list[str], word: str) -> dict[str, Any]:
    head = f": guardrail-{word} "
    (line,) = [one for one in lines if one.startswith(head)]
    told: dict[str, Any] = json.loads(line.removeprefix(head))
    return told


def event(kind: str, **more: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **more})}\n\n".encode()


@pytest.fixture(autouse=True)
def _ready(assistant: Assistant) -> None:
    """Let the assistant answer anew."""


def test_an_answers_signature_holds_by_the_published_key(guard: Guard) -> None:
    with guard.openai() as client:
        raw = client.chat.completions.with_raw_response.create(model=MODEL, messages=ASKED)
    reply = raw.parse()
    content = reply.choices[0].message.content or ""
    signed = read_signed(tuple((k.encode(), v.encode()) for k, v in raw.headers.items()))
    assert holds(guard, signed, content)
    assert not holds(guard, signed, content + ".")
    member: Any = reply.model_extra["ai_disclosure"] if reply.model_extra else None
    assert signed is not None
    assert base64.b64decode(member["sig"]) == signed.signature
    assert "d" not in keys(guard)[signed.kid]


def test_a_streams_last_label_is_of_what_the_client_read(guard: Guard) -> None:
    with guard.openai() as client:
        stream = client.chat.completions.create(model=MODEL, messages=ASKED, stream=True)
        read = "".join(one.choices[0].delta.content or "" for one in stream if one.choices)
    body = {"model": MODEL, "messages": ASKED, "stream": True}
    raw = httpx.post(f"{guard.url}/v1/chat/completions", json=body)
    lines = raw.text.split("\n\n")
    first, last = comment(lines, "disclosure"), comment(lines, "label")
    assert lines[0].startswith(": guardrail-disclosure")
    assert first["id"] == last["id"]
    assert first["log"] == last["log"] == raw.headers["guardrail-evidence"]
    assert last["sha256"] == hash_of([read])
    (date,) = [
        part.removeprefix("date=@")
        for part in raw.headers["ai-disclosure"].split("; ")
        if part.startswith("date=@")
    ]
    assert holds(guard, in_json(last, int(date)), read)


def test_anthropics_client_reads_a_labelled_message(impatient: Guard, script: Scripted) -> None:
    body = {**MESSAGE, "content": [{"type": "text", "text": "Жақсы."}], "stop_reason": "end_turn"}
    script.play(answer(200, json.dumps(body).encode()))
    with anthropic.Anthropic(base_url=impatient.url, api_key="k", max_retries=0) as client:
        told = client.messages.create(model="m", max_tokens=9, messages=ASKED)
    assert told.model_extra
    assert told.model_extra["ai_disclosure"]["level"] == "ai-generated"


def test_anthropics_client_reads_a_labelled_stream(impatient: Guard, script: Scripted) -> None:
    delta = {"type": "text_delta", "text": "Жақсы."}
    ended = {"stop_reason": "end_turn", "stop_sequence": None}
    played = [
        event("message_start", message=MESSAGE),
        event("content_block_start", index=0, content_block={"type": "text", "text": ""}),
        event("content_block_delta", index=0, delta=delta),
        event("content_block_stop", index=0),
        event("message_delta", delta=ended, usage={"output_tokens": 1}),
        event("message_stop"),
    ]
    script.play(stream(played), stream(played))
    with (
        anthropic.Anthropic(base_url=impatient.url, api_key="k", max_retries=0) as client,
        client.messages.stream(model="m", max_tokens=9, messages=ASKED) as told,
    ):
        text = "".join(told.text_stream)
    body = {"model": "m", "max_tokens": 9, "messages": ASKED, "stream": True}
    lines = httpx.post(f"{impatient.url}/v1/messages", json=body).text.split("\n\n")
    assert text.endswith("Жақсы.")
    assert comment(lines, "disclosure")["level"] == "ai-generated"
    assert comment(lines, "label")["sha256"] == hash_of([text])


LINES = [
    json.dumps({"model": "m", "message": {"content": text}, "done": not text}).encode() + b"\n"
    for text in ("Қайырлы ", "күн!", "")
]
CANDIDATES: list[dict[str, Any]] = [
    {"index": 0, "content": {"role": "model", "parts": [{"text": text}]}}
    for text in ("Қайырлы ", "күн!")
]
CANDIDATES[-1]["finishReason"] = "STOP"
ITEMS = [b"data: " + json.dumps({"candidates": [one]}).encode() + b"\r\n\r\n" for one in CANDIDATES]
AWS = AwsEventStream()
MESSAGES = [
    AWS.event(json.dumps(data).encode(), name)
    for name, data in (
        ("messageStart", {"role": "assistant"}),
        ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Қайырлы күн!"}}),
        ("contentBlockStop", {"contentBlockIndex": 0}),
        ("messageStop", {"stopReason": "end_turn"}),
        ("metadata", {"usage": {"inputTokens": 1}}),
    )
]


SAVED: dict[str, tuple[str, dict[str, Any], str, list[bytes]]] = {
    "ollama-chat": (
        "/api/chat",
        {"model": "m", "messages": ASKED},
        "application/x-ndjson",
        LINES,
    ),
    "gemini": (
        "/v1beta/models/m:streamGenerateContent?alt=sse",
        {"contents": [{"parts": [{"text": "Сәлем!"}]}]},
        "text/event-stream",
        ITEMS,
    ),
    "bedrock-converse": (
        "/model/m/converse-stream",
        {"messages": [{"role": "user", "content": [{"text": "Сәлем!"}]}]},
        "application/vnd.amazon.eventstream",
        MESSAGES,
    ),
}


@pytest.mark.parametrize("wire", SAVED)
def test_whoever_saves_a_stream_can_check_it_later(
    impatient: Guard, script: Scripted, tmp_path: Path, wire: str
) -> None:
    path, body, kind, played = SAVED[wire]
    script.play(stream(played, headers=((b"content-type", kind.encode()),)))
    reply = httpx.post(impatient.url + path, json=body)
    files = {
        "head": b"".join(b"%b: %b\r\n" % field for field in reply.headers.raw),
        "keys": json.dumps({"keys": [*keys(impatient).values()]}).encode(),
        "reply": reply.content,
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    asked = ["verify", str(tmp_path / "reply")]
    named = ["--headers", str(tmp_path / "head"), "--keys", str(tmp_path / "keys")]
    told = CliRunner().invoke(app, asked)
    assert (told.exit_code, "declares_ai" in told.output) == (0, True), told.output
    told = CliRunner().invoke(app, [*asked, *named, "--format", wire])
    assert (told.exit_code, ": valid, urn:uuid:" in told.output) == (0, True), told.output


def test_openssl_finds_the_signature_right(guard: Guard, tmp_path: Path) -> None:
    body = {"model": MODEL, "messages": ASKED}
    raw = httpx.post(f"{guard.url}/v1/chat/completions", json=body)
    signed = read_signed(tuple((k.encode(), v.encode()) for k, v in raw.headers.items()))
    assert signed is not None
    text = raw.json()["choices"][0]["message"]["content"]
    key = OKPKey.import_key(keys(guard)[signed.kid])
    files = {
        "key.pem": key.as_pem(private=False),
        "message": message(signed.label, hash_of([text])),
        "sig": signed.signature,
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    told = subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin",
         "-in", "message", "-sigfile", "sig"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr


def test_the_documented_program_needs_nothing_of_ours(guard: Guard, tmp_path: Path) -> None:
    page = Path("docs/labels.md").read_text("utf-8")
    (program,) = re.findall(r'```python title="verify.py"\n(.*?)```', page, re.DOTALL)
    reply = httpx.post(
        f"{guard.url}/v1/chat/completions", json={"model": MODEL, "messages": ASKED}
    ).content
    files = {
        "verify.py": program.encode(),
        "reply.json": reply,
        "keys.json": json.dumps({"keys": [*keys(guard).values()]}).encode(),
        "changed.json": reply.replace("Сәлем".encode(), "Салем".encode()),
    }
    assert files["changed.json"] != reply
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)

    def run(name: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "verify.py", name, "keys.json"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert run("reply.json").stdout == "valid\n"
    assert "InvalidSignature" in run("changed.json").stderr
