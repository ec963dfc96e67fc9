"""The real `google-genai` SDK through the real server: nothing but the base URL is changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from google import genai
from google.genai import errors, types

from guardrail.disclose import hash_of
from guardrail.testing.upstream import EVENTS, answer, stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from guardrail.testing.upstream import Step
    from tests.e2e.conftest import Guard, Scripted

MODEL = "gemini-2.5-flash"
IIN, EMAIL = "900101300017", "aigerim@example.kz"
RU = "Вы общаетесь не с человеком, а с системой искусственного интеллекта."
KK = "Сіз адаммен емес, жасанды интеллект жүйесімен сөйлесіп отырсыз."
SIGNATURE = b"\x12\xa4\x01\x0a\x80\x01\x12\x0a"
Part = dict[str, Any]
SECOND_TURN: Any = [
    {"role": "user", "parts": [{"text": "Привет!"}]},
    {"role": "model", "parts": [{"text": "Привет."}]},
    {"role": "user", "parts": [{"text": "Дальше?"}]},
]


@pytest.fixture(scope="module")
def masked(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    return start(the_script.url, "--personal-data", "mask")


@pytest.fixture
def refusing(impatient: Guard) -> Guard:
    return impatient


def client(guard: Guard) -> genai.Client:
    options = types.HttpOptions(
        base_url=guard.url, timeout=15_000, retry_options=types.HttpRetryOptions(attempts=1)
    )
    return genai.Client(api_key="caller-key", http_options=options)


def said(*parts: Part, reason: str = "", **more: object) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}, "index": 0}
    if reason:
        candidate["finishReason"] = reason
    usage = {"promptTokenCount": 3, "candidatesTokenCount": 9, "totalTokenCount": 12}
    head = {"usageMetadata": usage, "modelVersion": MODEL, "responseId": "mAitaLmkHPPlz7IP"}
    return {"candidates": [candidate | more], **head}


def whole(*parts: Part) -> Step:
    return answer(200, json.dumps(said(*parts, reason="STOP"), ensure_ascii=False).encode())


def chunks(*told: dict[str, Any]) -> Step:
    return stream([f"data: {json.dumps(one)}\r\n\r\n".encode() for one in told], headers=EVENTS)


def texts(*pieces: str) -> Step:
    *first, last = [{"text": piece} for piece in pieces]
    return chunks(*map(said, first), said(last, reason="STOP"))


def heard(told: Iterable[types.GenerateContentResponse]) -> tuple[str, list[Any]]:
    told = list(told)
    return "".join(one.text or "" for one in told), told


@pytest.mark.parametrize(
    ("asked", "first"), [("Привет! Как дела?", RU), ("Сәлеметсіз бе, қалайсыз?", KK)]
)
def test_a_first_answer_begins_with_the_notice_and_all_else_passes(
    masked: Guard, script: Scripted, asked: str, first: str
) -> None:
    script.play(whole({"text": "Жақсы.", "mood": "fine"}), texts("Жақ", "сы."))
    with client(masked) as model:
        reply = model.models.generate_content(model=MODEL, contents=asked)
        text, told = heard(model.models.generate_content_stream(model=MODEL, contents=asked))
    assert (reply.text or "").startswith(first)
    assert (reply.text or "").endswith("Жақсы.")
    assert text == reply.text
    ends: list[Any] = [reply, told[-1]]
    for one in ends:
        assert one.candidates[0].finish_reason is types.FinishReason.STOP
        assert one.usage_metadata.total_token_count == 12
        assert (one.model_version, one.response_id) == (MODEL, "mAitaLmkHPPlz7IP")
    plain, streamed = script.requests
    assert plain.target.endswith(f"/models/{MODEL}:generateContent")
    assert streamed.target.endswith(f"/models/{MODEL}:streamGenerateContent?alt=sse")
    assert plain.header(b"x-goog-api-key") == b"caller-key"
    raw = masked.post({"contents": SECOND_TURN, "x": 1}, f"/v1beta/models/{MODEL}:generateContent")
    assert raw.status_code == 200


def test_labels_stand_in_replies_and_events_which_the_sdk_reads_as_ever(
    masked: Guard, script: Scripted
) -> None:
    body, path = {"contents": SECOND_TURN}, f"/v1beta/models/{MODEL}"
    script.play(*(whole({"text": "Да."}), texts("Д", "а", ".")) * 2)
    plain = masked.post(body, f"{path}:generateContent").json()
    streamed = masked.post(body, f"{path}:streamGenerateContent?alt=sse").text
    told = [json.loads(one.removeprefix("data: ")) for one in streamed.split("\r\n\r\n") if one]
    labels = [one.get("ai_disclosure") for one in told]
    assert plain["ai_disclosure"]["sha256"] == labels[-1]["sha256"] == hash_of(["Да."])
    assert labels[0]["id"] == labels[-1]["id"]
    assert "sig" not in labels[0]
    assert not any(labels[1:-1])
    with client(masked) as model:
        reply = model.models.generate_content(model=MODEL, contents=SECOND_TURN)
        text, _ = heard(model.models.generate_content_stream(model=MODEL, contents=SECOND_TURN))
    assert (reply.text, text) == ("Да.", "Да.")


def test_thoughts_are_no_answer_and_signatures_pass(masked: Guard, script: Scripted) -> None:
    signed: Any = {"text": "Да.", "thoughtSignature": "EqQBCoABEgo="}
    thought = {"text": f"Его ИИН {IIN}.", "thought": True}
    halves = [thought | {"text": "Его ИИН 900101"}, thought | {"text": "300017."}]
    script.play(whole(thought, signed), chunks(*map(said, halves), said(signed, reason="STOP")))
    with client(masked) as model:
        reply = model.models.generate_content(model=MODEL, contents="Кто он?")
        text, told = heard(model.models.generate_content_stream(model=MODEL, contents="Кто он?"))
    parts = [part for one in (reply, *told) for part in one.candidates[0].content.parts]
    thoughts = [part.text for part in parts if part.thought]
    assert thoughts[0] == "".join(thoughts[1:]) == "Его ИИН <KZ_IIN_1>."
    assert (reply.text or "").startswith(RU)
    assert text == reply.text
    signatures = [part.thought_signature for part in parts if part.thought_signature]
    assert signatures == [SIGNATURE, SIGNATURE]


def test_values_in_a_request_are_masked_wherever_they_stand(
    masked: Guard, script: Scripted
) -> None:
    contents: Any = [
        *SECOND_TURN,
        {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {"iin": IIN}}}]},
        {"parts": [{"functionResponse": {"name": "f", "response": {"mail": EMAIL}}}]},
    ]
    config = types.GenerateContentConfig(
        system_instruction=f"Его ИИН {IIN}.", stop_sequences=[EMAIL]
    )
    with client(masked) as model:
        model.models.generate_content(model=MODEL, contents=contents, config=config)
        model.models.count_tokens(model=MODEL, contents=f"ИИН {IIN}")
        texts: list[types.ContentUnion] = [f"ИИН {IIN}", "нет"]
        model.models.embed_content(model="gemini-embedding-001", contents=texts)
    for request in script.requests:
        assert IIN.encode() not in request.body
        assert EMAIL.encode() not in request.body
        assert b"<KZ_IIN_1>" in request.body
    sent = json.loads(script.requests[0].body)
    assert sent["contents"][3]["parts"][0]["functionCall"]["args"] == {"iin": "<KZ_IIN_1>"}
    assert sent["contents"][4]["parts"][0]["functionResponse"]["response"] == {
        "mail": "<EMAIL_ADDRESS_1>"
    }


def test_a_value_split_over_events_is_masked(masked: Guard, script: Scripted) -> None:
    script.play(texts("Его ИИН ", "9001013", "00017", ", да, и почта ", "aigerim@exa", "mple.kz"))
    with client(masked) as model:
        text, told = heard(model.models.generate_content_stream(model=MODEL, contents=SECOND_TURN))
    assert text == "Его ИИН <KZ_IIN_1>, да, и почта <EMAIL_ADDRESS_1>"
    assert told[-1].candidates[0].finish_reason is types.FinishReason.STOP


def test_calls_are_masked_plain_and_streamed(masked: Guard, script: Scripted) -> None:
    calls: Any = [
        {"functionCall": {"id": "f-1", "name": "find", "args": {"iin": IIN, "deep": [EMAIL]}}},
        {"functionCall": {"id": "f-2", "name": "find", "args": {"q": f"кто {EMAIL}?"}}},
        {"executableCode": {"language": "PYTHON", "code": f"print('{IIN}')"}},
        {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": IIN}},
    ]
    script.play(whole(*calls), chunks(said(*calls[:1]), said(*calls[1:]), said(reason="STOP")))
    with client(masked) as model:
        reply = model.models.generate_content(model=MODEL, contents=SECOND_TURN)
        _, told = heard(model.models.generate_content_stream(model=MODEL, contents=SECOND_TURN))
    streamed = [part for one in told for part in one.candidates[0].content.parts or ()]
    for parts in (reply.parts or [], streamed):
        made = [part.function_call for part in parts if part.function_call]
        assert [(call.id, call.name) for call in made] == [("f-1", "find"), ("f-2", "find")]
        assert made[0].args == {"iin": "<KZ_IIN_1>", "deep": ["<EMAIL_ADDRESS_1>"]}
        assert made[1].args == {"q": "кто <EMAIL_ADDRESS_1>?"}
        assert [part.executable_code.code for part in parts if part.executable_code] == [
            "print('<KZ_IIN_1>')"
        ]
        assert [p.code_execution_result.output for p in parts if p.code_execution_result] == [
            "<KZ_IIN_1>"
        ]


def test_a_refused_request_is_the_sdks_own_error(refusing: Guard, script: Scripted) -> None:
    with client(refusing) as model:
        with pytest.raises(errors.ClientError) as plain:
            model.models.generate_content(model=MODEL, contents=f"Мой ИИН {IIN}")
        with pytest.raises(errors.ClientError) as streamed:
            list(model.models.generate_content_stream(model=MODEL, contents=f"Мой ИИН {IIN}"))
    for refused in (plain.value, streamed.value):
        assert (refused.code, refused.status) == (400, "INVALID_ARGUMENT")
        assert "Согласия на их обработку нет" in (refused.message or "")
        assert refused.details["guardrail"]["param"] == "contents[0].parts[0].text"
    assert not script.requests


def test_a_refusal_in_mid_stream_ends_the_candidate(refusing: Guard, script: Scripted) -> None:
    script.play(texts("Так и быть. ", "Его ИИН ", "9001013", "00017", ", вот."))
    with client(refusing) as model:
        text, told = heard(model.models.generate_content_stream(model=MODEL, contents=SECOND_TURN))
    assert text.startswith("Так и быть.")
    assert "9001" not in text
    assert "вот" not in text
    last = told[-1].candidates[0]
    assert last.finish_reason is types.FinishReason.SAFETY
    assert "ответ не передан" in told[-1].prompt_feedback.block_reason_message
    assert told[-1].response_id == "mAitaLmkHPPlz7IP"


def test_a_stream_that_makes_no_sense_from_the_first_is_the_sdks_own_error(
    refusing: Guard, script: Scripted
) -> None:
    script.play(stream([b"data: 17\r\n\r\n"], headers=EVENTS))
    with client(refusing) as model, pytest.raises(errors.ServerError) as refused:
        list(model.models.generate_content_stream(model=MODEL, contents=SECOND_TURN))
    assert (refused.value.code, refused.value.status) == (502, "INTERNAL")


def test_a_stream_as_one_array_is_a_stream(masked: Guard, script: Scripted) -> None:
    told = [
        said({"text": f"Его ИИН {IIN[:5]}"}),
        said({"text": f"{IIN[5:]}."}),
        said({"text": " Всё."}, reason="STOP"),
    ]
    script.play(answer(200, json.dumps(told).encode()))
    asked = {"contents": [{"parts": [{"text": "Кто он?"}]}]}
    reply = masked.post(asked, f"/v1beta/models/{MODEL}:streamGenerateContent")
    text = "".join(one["candidates"][0]["content"]["parts"][0]["text"] for one in reply.json())
    assert reply.json()[-1]["ai_disclosure"]["sha256"] == hash_of([text])
    assert text.startswith(RU)
    assert text.endswith("Его ИИН <KZ_IIN_1>. Всё.")


async def test_the_async_client_works_and_answers_for_programs_stay_as_they_are(
    masked: Guard, script: Scripted
) -> None:
    said_json = json.dumps({"ok": True})
    script.play(texts("Жақ", "сы."), whole({"text": said_json}))
    config = types.GenerateContentConfig(response_mime_type="application/json")
    async with client(masked).aio as model:
        answered = await model.models.generate_content_stream(model=MODEL, contents="Сәлем!")
        text = "".join([one.text or "" async for one in answered])
        reply = await model.models.generate_content(model=MODEL, contents="JSON", config=config)
    assert KK in text
    assert text.endswith("Жақсы.")
    assert reply.text == said_json
