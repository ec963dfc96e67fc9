"""The real `openai` SDK through the real server: what it offers beside chats."""

from __future__ import annotations

import base64
import json
import struct
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import openai
import pytest
from PIL import Image

from guardrail.disclose.marks import read
from guardrail.testing import sounds
from guardrail.testing.upstream import answer, stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from openai import Stream
    from openai.types import Completion, ModerationMultiModalInputParam

    from guardrail.testing import Step
    from tests.e2e.conftest import Guard, Scripted

Json = Any
IIN = "900101300017"
RU = "Вы общаетесь не с человеком, а с системой искусственного интеллекта."
KK = "Сіз адаммен емес, жасанды интеллект жүйесімен сөйлесіп отырсыз."


@cache
def picture() -> str:
    out = BytesIO()
    Image.effect_noise((64, 64), 50).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


PIXELS = base64.b64encode(b"\x89PNG\r\n\x1a\n\x00" + bytes(range(255)) * 8).decode()


@pytest.fixture(scope="module")
def masks(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    """Masks personal data and lets media pass."""
    return start(the_script.url, "--personal-data", "mask", config={"media": "pass"})


def says_ai(data: bytes) -> bool:
    return {found.level for found in read(data) if found.level} == {"ai-generated"}


def replied(**body: object) -> Step:
    return answer(200, json.dumps(body, ensure_ascii=False).encode())


def completion(*texts: str, finish: str | None = "stop") -> dict[str, object]:
    choices = [
        {"index": at, "text": text, "logprobs": None, "finish_reason": finish}
        for at, text in enumerate(texts)
    ]
    head = {"id": "cmpl-1", "object": "text_completion", "created": 1763700000, "model": "m"}
    return {**head, "choices": choices}


def pieces(*texts: str) -> Iterator[bytes]:
    for text in texts:
        data = json.dumps(completion(text, finish=None), ensure_ascii=False)
        yield f"data: {data}\n\n".encode()
    yield f"data: {json.dumps(completion(''))}\n\n".encode()
    yield b"data: [DONE]\n\n"


def events(*told: Mapping[str, object]) -> Iterator[bytes]:
    for event in told:
        yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def received(script: Scripted) -> Json:
    [request] = script.requests
    return json.loads(request.body)


def text_of(chunks: Stream[Completion]) -> tuple[str, list[str]]:
    text = ""
    ends: list[str] = []
    for chunk in chunks:
        for choice in chunk.choices:
            text += choice.text
            ends.append(str(choice.finish_reason))
    return text, [end for end in ends if end != "None"]


def test_a_prompt_goes_on_after_the_notice_and_values_are_masked_both_ways(
    masks: Guard, script: Scripted
) -> None:
    script.play(replied(**completion(f"Её ИИН {IIN}.", "Екінші")))
    with masks.openai() as client:
        reply = client.completions.create(
            model="m", prompt=["Продолжи:", f"ИИН {IIN}"], n=2, extra_body={"top_k": 20}
        )
    first, second = (choice.text for choice in reply.choices)
    assert first.startswith(RU)
    assert KK in second
    assert first.endswith("Её ИИН <KZ_IIN_1>.")
    assert received(script) == {
        "model": "m",
        "prompt": ["Продолжи:", "ИИН <KZ_IIN_1>"],
        "n": 2,
        "top_k": 20,
    }


def test_a_streamed_completion_is_masked_though_the_value_is_split(
    masks: Guard, script: Scripted
) -> None:
    script.play(stream(pieces("Її номер ", "9001013", "00017", ", дұрыс")))
    with (
        masks.openai() as client,
        client.completions.create(model="m", prompt="Жалғастыр:", stream=True) as chunks,
    ):
        text, ends = text_of(chunks)
    assert text.startswith(KK)
    assert text.endswith("Її номер <KZ_IIN_1>, дұрыс")
    assert ends == ["stop"]


def test_a_completion_that_is_refused_ends_cleanly_at_any_time(
    impatient: Guard, script: Scripted
) -> None:
    script.play(stream(pieces("The number ", IIN, " is hers")))
    with impatient.openai() as client:
        with client.completions.create(model="m", prompt="Go on:", stream=True) as chunks:
            text, ends = text_of(chunks)
        with pytest.raises(openai.BadRequestError) as refused:
            client.completions.create(model="m", prompt=["Hi", f"ИИН {IIN}"])
    assert ends == ["content_filter"]
    assert IIN[:6] not in text
    assert refused.value.code == "content_policy_violation"
    assert refused.value.param == "prompt[1]"
    assert len(script.requests) == 1


def test_code_between_a_prompt_and_its_suffix_has_no_notice_in_it(
    impatient: Guard, script: Scripted
) -> None:
    script.play(replied(**completion("return 1")))
    with impatient.openai() as client:
        raw = client.completions.with_raw_response.create(
            model="m", prompt="def f():\n    ", suffix="\n\nf()"
        )
    assert raw.parse().choices[0].text == "return 1"
    assert raw.headers["guardrail-notice"]


def test_embeddings_are_of_masked_texts_and_come_through_as_numbers(
    masks: Guard, script: Scripted
) -> None:
    numbers = (0.0123, -0.98, 0.25)
    packed = base64.b64encode(struct.pack("<3f", *numbers)).decode()
    vectors = [{"object": "embedding", "index": 0, "embedding": packed}]
    usage = {"prompt_tokens": 8, "total_tokens": 8}
    script.play(replied(object="list", model="m", data=vectors, usage=usage))
    with masks.openai() as client:
        reply = client.embeddings.create(model="m", input=[f"ИИН {IIN}", "Алматы"])
    assert reply.data[0].embedding == pytest.approx(numbers)
    assert received(script)["input"] == ["ИИН <KZ_IIN_1>", "Алматы"]


def test_tokens_are_a_text_that_the_guard_cannot_read(impatient: Guard, script: Scripted) -> None:
    with impatient.openai() as client:
        with pytest.raises(openai.BadRequestError) as refused:
            client.embeddings.create(model="m", input=[[15496, 995]])
        with pytest.raises(openai.BadRequestError):
            client.completions.create(model="m", prompt=[15496, 995])
    assert "kz.media-uninspectable" in refused.value.response.headers["guardrail-rules"]
    assert not script.requests


def test_what_is_moderated_is_masked_first(masks: Guard, script: Scripted) -> None:
    result = {"flagged": False, "categories": {"self-harm": False}, "category_scores": {}}
    script.play(replied(id="modr-1", model="omni-moderation-latest", results=[result]))
    url = f"data:image/png;base64,{PIXELS}"
    parts: list[ModerationMultiModalInputParam] = [
        {"type": "text", "text": f"ИИН {IIN}"},
        {"type": "image_url", "image_url": {"url": url}},
    ]
    with masks.openai() as client:
        reply = client.moderations.create(input=parts)
    assert not reply.results[0].flagged
    [text, image] = received(script)["input"]
    assert text["text"] == "ИИН <KZ_IIN_1>"
    assert image["image_url"]["url"] == url


def test_images_pass_where_media_do_and_what_was_drawn_is_masked(
    masks: Guard, impatient: Guard, script: Scripted
) -> None:
    drawn = {"b64_json": picture(), "revised_prompt": f"The card {IIN}"}
    script.play(replied(created=1763700000, data=[drawn]))
    with masks.openai() as client:
        reply = client.images.generate(model="m", prompt=f"Нарисуй ИИН {IIN}")
    assert reply.data is not None
    assert reply.data[0].b64_json is not None
    assert says_ai(base64.b64decode(reply.data[0].b64_json))
    assert reply.data[0].revised_prompt == "The card <KZ_IIN_1>"
    assert received(script)["prompt"] == "Нарисуй ИИН <KZ_IIN_1>"
    with impatient.openai() as client, pytest.raises(openai.BadRequestError):
        client.images.generate(model="m", prompt="A cat")


def test_a_picture_that_cant_be_labelled_doesnt_reach_anybody(
    masks: Guard, script: Scripted
) -> None:
    script.play(replied(created=1763700000, data=[{"b64_json": PIXELS}]))
    with masks.openai() as client, pytest.raises(openai.InternalServerError) as refused:
        client.images.generate(model="m", prompt="A cat")
    assert refused.value.code == "media_not_labelled"


@pytest.mark.parametrize("container", ["WAV", "MP3", "FLAC", "OGG"])
def test_speech_carries_the_label_in_its_file(
    masks: Guard, script: Scripted, container: str
) -> None:
    recording = sounds.encoded(sounds.tone(1.0), form=container)
    kind = (b"content-type", f"audio/{container.lower()}".encode())
    script.play(answer(200, recording, headers=(kind,)))
    with masks.openai() as client:
        reply = client.audio.speech.create(model="m", voice="alloy", input="Сәлем")
    assert says_ai(reply.content)
    assert "class=synthetic" in reply.response.headers["guardrail-label"]


def test_streamed_images_pass_whole_or_end_in_an_error(
    masks: Guard, impatient: Guard, script: Scripted
) -> None:
    looks = {"background": "opaque", "output_format": "png", "quality": "low", "size": "auto"}
    image = {"b64_json": picture(), "created_at": 1763700000, **looks}
    partial = {"type": "image_generation.partial_image", "partial_image_index": 0, **image}
    usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2, "input_tokens_details": {}}
    whole = {"type": "image_generation.completed", "usage": usage, **image}
    script.play(stream(events(partial, whole)))
    with masks.openai() as client:
        got = list(client.images.generate(model="m", prompt="A cat", stream=True))
    assert [event.type for event in got] == [partial["type"], whole["type"]]
    assert all(says_ai(base64.b64decode(event.b64_json)) for event in got)
    script.play(stream(events({**partial, "b64_json": PIXELS * 800}, whole)))
    with masks.openai() as client, pytest.raises(openai.APIError) as unlabelled:
        list(client.images.generate(model="m", prompt="A cat", stream=True))
    assert unlabelled.value.code == "media_not_labelled"
    with impatient.openai() as client, pytest.raises(openai.APIError) as refused:
        list(client.images.generate(model="m", prompt="A cat", stream=True))
    assert refused.value.code == "content_policy_violation"


def test_text_to_be_spoken_is_masked_and_its_sound_streams(masks: Guard, script: Scripted) -> None:
    sound = {"type": "speech.audio.delta", "audio": "SUQzBAA="}
    script.play(stream(events(sound, {"type": "speech.audio.done", "usage": {}})))
    with masks.openai() as client:
        reply = client.audio.speech.create(
            model="m", voice="alloy", input=f"ИИН {IIN}", stream_format="sse"
        )
    assert b'"audio": "SUQzBAA="' in reply.content
    assert b"speech.audio.done" in reply.content
    assert received(script)["input"] == "ИИН <KZ_IIN_1>"
