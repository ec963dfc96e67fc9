"""Through the real proxy: pictures and data in streamed text fare as in whole answers."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

import encypher_c2pa
import openai
import pytest

from guardrail.testing import pictures
from guardrail.testing.upstream import answer, stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.conftest import Guard, Scripted

END = "-----END CERTIFICATE-----\n"
PICTURE = base64.b64encode(pictures.encoded(pictures.scene(480, 400), ".png")).decode()
MARKDOWN = f"Here: ![a meadow](data:image/png;base64,{PICTURE}) it is. Mail a.b@example.kz now."


@pytest.fixture(scope="module")
def guard(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    return start(the_script.url, "--personal-data", "mask")


@pytest.fixture(autouse=True)
def quiet_oracle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCYPHER_C2PA_TELEMETRY", "off")


def events(text: str, size: int) -> Iterator[bytes]:
    """Yield an answer as OpenAI streams it, so many characters an event."""
    about = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    for at in range(0, len(text), size):
        choice = {"index": 0, "delta": {"content": text[at : at + size]}, "finish_reason": None}
        yield b"data: " + json.dumps({**about, "choices": [choice]}).encode() + b"\n\n"
    last = {"index": 0, "delta": {}, "finish_reason": "stop"}
    yield b"data: " + json.dumps({**about, "choices": [last]}).encode() + b"\n\n"
    yield b"data: [DONE]\n\n"


def streamed(guard: Guard, script: Scripted, text: str, size: int = 900) -> Iterator[str]:
    """Yield what leaves of a streamed answer's text."""
    script.play(stream(events(text, size)))
    with guard.openai() as client:
        chunks = client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "A meadow"}], stream=True
        )
        for chunk in chunks:
            yield "".join(choice.delta.content or "" for choice in chunk.choices)


def whole(guard: Guard, script: Scripted, text: str) -> str:
    message = {"role": "assistant", "content": text}
    body = {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
    }
    script.play(answer(200, json.dumps(body).encode()))
    with guard.openai() as client:
        made = client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "A meadow"}]
        )
    return made.choices[0].message.content or ""


def apart(text: str, guard: Guard) -> tuple[str, str]:
    """Return a text without its picture; of that a verifier that isn't ours says what it is."""
    found = re.search(r"base64,([A-Za-z0-9+/=]+)\)", text)
    assert found is not None
    assert found[1] != PICTURE
    bundle = (guard.state / "keys" / "label-development.pem").read_text("ascii")
    told = encypher_c2pa.verify(
        base64.b64decode(found[1]),
        "image/png",
        trust_pem=bundle.split(END)[1] + END,
        no_default_trust=True,
        telemetry=False,
        online=False,
    )
    return text.replace(found[1], "…"), f"{told['validation_state']} {told['hard_binding']}"


def closing(guard: Guard) -> dict[str, Any]:
    """Return what evidence says of the end of the last stream."""
    return [one for one in guard.entries() if one["t"] == "stream.close"][-1]


def test_a_picture_in_markdown_leaves_labelled_and_the_text_around_it_as_of_a_whole_answer(
    guard: Guard, script: Scripted
) -> None:
    text, said = apart("".join(streamed(guard, script, MARKDOWN)), guard)
    assert said == "Trusted match"
    assert text.endswith("![a meadow](data:image/png;base64,…) it is. Mail <EMAIL_ADDRESS_1> now.")
    assert (text, said) == apart(whole(guard, script, MARKDOWN), guard)
    closed = closing(guard)
    assert closed["marks"] == {"image_png": 1}
    assert closed["layers"] == {"visible": 1, "watermark": 1, "tags": 1, "signed": 1}


def test_of_a_picture_that_cant_be_looked_into_nothing_leaves(
    guard: Guard, script: Scripted
) -> None:
    broken = base64.b64encode(base64.b64decode(PICTURE)[:2_000]).decode()
    left = "".join(streamed(guard, script, MARKDOWN.replace(PICTURE, broken)))
    assert closing(guard)["code"] == "content_policy_violation"
    assert broken[:8] not in left
    assert "Here: ![a meadow](" in left
    with pytest.raises(openai.APIStatusError):
        whole(guard, script, MARKDOWN.replace(PICTURE, broken))


def test_streamed_data_whose_keys_show_a_prohibited_use_ends_before_the_value(
    guard: Guard, script: Scripted
) -> None:
    data = json.dumps({"person": "Applicant 7", "emotion": "anger", "trust_score": 3})
    left = "".join(streamed(guard, script, data, 5))
    assert closing(guard)["code"] == "content_policy_violation"
    assert "anger" not in left
    with pytest.raises(openai.APIStatusError):
        whole(guard, script, data)
