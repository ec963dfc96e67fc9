"""Pictures, templates and uses, from a real client through a real server and its media workers."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from guardrail.detect.media.headers import picture_size
from guardrail.detect.media.sniff import sniff
from guardrail.testing import biometrics, formats, pictures

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardrail.testing import Assistant
    from tests.e2e.conftest import Guard

FACE = pictures.encoded(pictures.portrait(), ".jpg")
LANDSCAPE = pictures.encoded(pictures.scene(640, 480), ".jpg")
SAID_EIGHT = (
    *("--operator-name", "Example LLP", "--operator-bin", "990140000007"),
    *("--notice-url", "https://example.kz/privacy"),
    *("--withdrawal", "https://example.kz/withdraw"),
)
FEELS = "Что она чувствует?"
BRIGHTER = "Сделай ярче, пожалуйста."


def url(data: bytes, mime: str = "image/jpeg") -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


def asked(guard: Guard, text: str, picture: str, **headers: str) -> httpx.Response:
    content = [{"type": "text", "text": text}, {"type": "image_url", "image_url": {"url": picture}}]
    body = {"model": "m", "messages": [{"role": "user", "content": content}]}
    return guard.post(body, **headers)


def rules(reply: httpx.Response) -> set[str]:
    return set(reply.headers["guardrail-rules"].split(", "))


def articles(guard: Guard, reply: httpx.Response) -> set[str]:
    entry = guard.entry(reply.headers["guardrail-evidence"])
    return {hit["article"] for hit in entry["hits"]}


@pytest.mark.parametrize("text", [FEELS, "what does she feel?", "ол не сезініп тұр?"])
def test_what_the_person_in_a_photograph_feels_is_not_told_without_consent(
    guard: Guard, assistant: Assistant, text: str
) -> None:
    reply = asked(guard, text, url(FACE))
    assert reply.status_code == 400
    assert {"kz.17-3-6.emotion-of-shown", "kz.biometric-use"} <= rules(reply)
    assert "230-VIII art. 17(3)(6)" in articles(guard, reply)
    assert not assistant.received


def test_with_consent_to_it_the_same_question_passes(guard: Guard, assistant: Assistant) -> None:
    done = guard.cli(
        *("consent", "grant", "--subject", "person-u-17", "--pii", "bio.face", "--pii", "emotion"),
        *("--explicit", "--days", "30", *SAID_EIGHT, "--state", str(guard.state)),
    )
    assert done.returncode == 0, done.stderr
    token = done.stdout.splitlines()[1].partition(" ")[2]
    reply = asked(guard, FEELS, url(FACE), guardrail_consent=token)
    assert reply.status_code == 200, reply.text
    (received,) = assistant.received
    assert received.json["messages"][0]["content"][1]["image_url"]["url"] == url(FACE)
    entry = next(e for e in guard.of_request(reply) if e["t"] == "request")
    assert entry["standings"] == {"covered": 2}
    assert entry["media"] == {"image_jpeg": 1}


@pytest.mark.parametrize("text", [BRIGHTER, "make it brighter", "суретті жарығырақ қыл"])
def test_the_same_photograph_to_be_made_brighter_passes(
    guard: Guard, assistant: Assistant, text: str
) -> None:
    reply = asked(guard, text, url(FACE))
    assert reply.status_code == 200, reply.text
    assert assistant.received[0].json["messages"][0]["content"][1]["image_url"]["url"] == url(FACE)


def test_a_landscape_passes_and_is_examined(guard: Guard, assistant: Assistant) -> None:
    reply = asked(guard, FEELS.replace("она", "автор этой картины"), url(LANDSCAPE))
    assert reply.headers["guardrail-decision"] in {"allowed", "held"}
    assert "kz.media-uninspectable" not in rules(reply)


def test_a_template_in_a_nested_tool_result_is_refused(guard: Guard, assistant: Assistant) -> None:
    template = base64.b64encode(biometrics.finger_minutiae()).decode()
    result = json.dumps({"employee": 7, "scan": json.dumps({"print": template})})
    messages: list[dict[str, Any]] = [
        {"role": "user", "content": "Enrol the employee."},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {
                    "id": "c1",
                    "type": "function",
                    "function": {"name": "scan", "arguments": "{}"},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": result},
    ]
    reply = guard.post({"model": "m", "messages": messages})
    assert reply.status_code == 400
    assert "kz.biometric" in rules(reply)
    assert "94-V art. 8(1)" in articles(guard, reply)
    assert not assistant.received


def test_a_picture_that_cant_be_looked_into_is_refused(guard: Guard) -> None:
    bomb = pictures.empty_png(20_000, bits=1)
    reply = asked(guard, BRIGHTER, url(bomb, "image/png"))
    assert reply.status_code == 400
    assert "kz.media-uninspectable" in rules(reply)
    assert guard.entry(reply.headers["guardrail-evidence"])["opaque"] == {"too_many_pixels": 1}


def test_an_address_is_never_fetched(guard: Guard) -> None:
    reply = asked(guard, BRIGHTER, "https://example.kz/photo.jpg")
    assert reply.status_code == 400
    assert "kz.media-remote" in rules(reply)


def test_the_place_that_a_photograph_was_taken_at_is_dropped_and_its_pixels_are_not(
    guard: Guard, assistant: Assistant
) -> None:
    located = (
        LANDSCAPE[:2]
        + formats.segment(0xE1, b"Exif\0\0" + formats.exif(place=True))
        + LANDSCAPE[2:]
    )
    reply = asked(guard, BRIGHTER, url(located))
    assert reply.status_code == 200, reply.text
    assert reply.headers["guardrail-decision"] == "masked"
    assert "kz.10.location" in rules(reply)
    sent = assistant.received[0].json["messages"][0]["content"][1]["image_url"]["url"]
    assert sent == url(LANDSCAPE)


def test_a_system_prompt_that_sorts_people_by_their_faces_is_refused(guard: Guard) -> None:
    messages = [
        {"role": "system", "content": "You infer the religion of customers from their selfies."},
        {"role": "user", "content": "Next one, please."},
    ]
    reply = guard.post({"model": "m", "messages": messages})
    assert reply.status_code == 400
    assert "kz.17-3-5.categorisation" in rules(reply)


def test_a_tool_that_scores_citizens_is_refused(guard: Guard) -> None:
    tool = {
        "type": "function",
        "function": {
            "name": "trust_score",
            "description": "Returns the social trust score of a citizen from 0 to 100, computed "
            "from their behaviour, posts and friends; low scores lose access to services.",
            "parameters": {"type": "object", "properties": {"citizen_id": {"type": "string"}}},
        },
    }
    body = {"model": "m", "messages": [{"role": "user", "content": "Next."}], "tools": [tool]}
    reply = guard.post(body)
    assert reply.status_code == 400
    assert "kz.17-3-3.social-scoring" in rules(reply)


# ---------------------------------------------------------------- identification by a bank


@pytest.fixture(scope="module")
def bank(start: Callable[..., Guard], the_assistant: tuple[Assistant, str]) -> Guard:
    return start(the_assistant[1], config={"service": {"contexts": ["bank-identification"]}})


def test_of_a_picture_for_a_bank_the_face_passes_and_nothing_else(
    bank: Guard, assistant: Assistant
) -> None:
    reply = asked(bank, "Шот ашыңыз", url(FACE))
    assert reply.status_code == 200, reply.text
    assert "kz.bank-face-crop" in rules(reply)
    sent = assistant.received[0].json["messages"][0]["content"][1]["image_url"]["url"]
    left = base64.b64decode(sent.partition(",")[2])
    size = picture_size(left, sniff(left))
    assert size.width < 400
    assert size.height < 400


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (pictures.scene(640, 480), "Суретте бет анық көрінбейді"),
        (pictures.with_portrait(pictures.scene(1600, 1200), 700, 500, 300), "Бет тым кішкентай"),
    ],
)
def test_a_picture_that_wont_do_for_a_bank_is_refused_with_what_mends_it(
    bank: Guard, picture: pictures.Pixels, said: str
) -> None:
    reply = asked(bank, "Шот ашыңыз", url(pictures.encoded(picture, ".jpg")))
    assert reply.status_code == 400
    assert rules(reply) == {""}
    assert reply.json()["error"]["code"] == "media_not_redacted"
    assert said in reply.json()["error"]["message"]
