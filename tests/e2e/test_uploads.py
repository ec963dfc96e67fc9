"""Bodies that aren't JSON: forms, files, sound, pages and plain text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import openai
import pytest

from guardrail.testing.upstream import answer, stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Guard, Scripted

Json = Any
IIN = "900101300017"
SOUND = b"ID3\x04\x00\x00\xff\xfb\x90" + bytes(range(256)) * 4
PNG = b"\x89PNG\r\n\x1a\n\x00" + bytes(range(256))


@pytest.fixture(scope="module")
def masks(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    """Masks personal data, lets media pass, and examines what no format matches."""
    config = {
        "media": "pass",
        "unlabelled_media": "pass",
        "unmatched": {"ai": "generic"},
        "generic": {"text": ["question"]},
    }
    return start(the_script.url, "--personal-data", "mask", config=config)


def sent(script: Scripted) -> bytes:
    [request] = script.requests
    return request.body


def typed(content_type: str) -> tuple[tuple[bytes, bytes], ...]:
    return ((b"content-type", content_type.encode()),)


def test_sound_is_transcribed_and_what_was_said_is_masked(masks: Guard, script: Scripted) -> None:
    said = {"text": f"ЖСН {IIN}.", "usage": {"type": "duration", "seconds": 6}}
    script.play(answer(200, json.dumps(said).encode()))
    with masks.openai() as client:
        reply = client.audio.transcriptions.create(
            file=(f"{IIN}.mp3", SOUND), model="whisper-1", prompt=f"Оның ЖСН {IIN}", language="kk"
        )
    assert reply.text == "ЖСН <KZ_IIN_1>."
    assert SOUND in sent(script)
    assert IIN.encode() not in sent(script)
    assert 'filename="<KZ_IIN_1>.mp3"' in sent(script).decode("latin-1")
    assert "Оның ЖСН <KZ_IIN_1>\r\n" in sent(script).decode("utf-8", "replace")


def test_a_transcript_may_be_plain_text_or_a_stream(masks: Guard, script: Scripted) -> None:
    cues = f"1\n00:00:00,000 --> 00:00:03,480\nЖСН {IIN}\n"
    script.play(answer(200, cues.encode(), typed("text/plain; charset=utf-8")))
    with masks.openai() as client:
        srt = client.audio.transcriptions.create(
            file=("a.mp3", SOUND), model="whisper-1", response_format="srt"
        )
        assert srt == cues.replace(IIN, "<KZ_IIN_1>")
        told = [
            {"type": "transcript.text.delta", "delta": "ЖСН 9001"},
            {"type": "transcript.text.delta", "delta": "01300017."},
            {"type": "transcript.text.done", "text": f"ЖСН {IIN}."},
        ]
        script.play(stream(f"data: {json.dumps(event)}\n\n".encode() for event in told))
        with client.audio.transcriptions.create(
            file=("a.mp3", SOUND), model="gpt-4o-transcribe", stream=True
        ) as events:
            got = list(events)
    deltas = [event.delta for event in got if event.type == "transcript.text.delta"]
    assert "".join(deltas) == "ЖСН <KZ_IIN_1>."
    assert got[-1].type == "transcript.text.done"
    assert got[-1].text == "ЖСН <KZ_IIN_1>."


def test_a_transcript_that_is_refused_ends_in_the_sdks_own_error(
    impatient: Guard, start: Callable[..., Guard], script: Scripted
) -> None:
    with impatient.openai() as client, pytest.raises(openai.BadRequestError) as refused:
        client.audio.transcriptions.create(file=("a.mp3", SOUND), model="whisper-1")
    assert "kz.media-uninspectable" in refused.value.response.headers["guardrail-rules"]
    assert not script.requests
    guard = start(script.url, config={"media": "pass"})
    event = {"type": "transcript.text.delta", "delta": f"ЖСН {IIN}."}
    script.play(stream([f"data: {json.dumps(event)}\n\n".encode()]))
    with guard.openai() as client, pytest.raises(openai.APIError) as ended:
        list(
            client.audio.transcriptions.create(
                file=("a.mp3", SOUND), model="gpt-4o-transcribe", stream=True
            )
        )
    assert ended.value.code == "content_policy_violation"
    guard.stop()


def test_a_file_of_lines_is_masked_on_its_way_up_and_down(masks: Guard, script: Scripted) -> None:
    line = {"messages": [{"role": "user", "content": f"ЖСН {IIN}"}], "iin": int(IIN)}
    lines = f"{json.dumps(line)}\n{json.dumps({'prompt': 'Сәлем'})}\n".encode()
    about = {"id": "file-1", "object": "file", "bytes": 9, "created_at": 1763700000}
    about |= {"filename": "lines.jsonl", "purpose": "fine-tune", "status": "processed"}
    script.play(answer(200, json.dumps(about).encode()))
    with masks.openai() as client:
        made = client.files.create(file=("lines.jsonl", lines), purpose="fine-tune")
        assert made.filename == "lines.jsonl"
        masked = lines.replace(f'"iin": {IIN}'.encode(), b'"iin": "<KZ_IIN_1>"')
        assert masked.replace(IIN.encode(), b"<KZ_IIN_1>") in sent(script)
        script.play(answer(200, lines, typed("application/octet-stream")))
        got = client.files.content("file-1").read()
    assert IIN.encode() not in got
    assert json.loads(got.splitlines()[0])["messages"][0]["content"] == "ЖСН <KZ_IIN_1>"


def test_an_image_is_edited_by_a_masked_prompt(masks: Guard, script: Scripted) -> None:
    script.play(answer(200, b'{"created": 1763700000, "data": []}'))
    with masks.openai() as client:
        client.images.edit(image=[("a.png", PNG), ("b.png", PNG)], prompt=f"Напиши {IIN}", n=1)
    assert sent(script).count(PNG) == 2
    assert "Напиши <KZ_IIN_1>\r\n" in sent(script).decode("utf-8", "replace")


def test_a_form_is_masked_in_the_field_that_holds_the_value(masks: Guard, script: Scripted) -> None:
    form = f"a=%41+b&question=%D0%98%D0%98%D0%9D+{IIN}&&c"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    reply = httpx.post(f"{masks.url}/v1/ask", content=form, headers=headers)
    assert reply.status_code == 200
    assert sent(script).decode() == form.replace(IIN, "%3CKZ_IIN_1%3E")
    hidden = httpx.post(f"{masks.url}/v1/ask", content=b'{"a": "b"}', headers=headers)
    assert hidden.status_code == 415
    assert "application/json" in hidden.json()["error"]["message"]


def test_a_page_is_masked_where_people_read_it(masks: Guard, script: Scripted) -> None:
    page = f"<p class=x>ИИН <b>9001</b>01300017<br><a title='{IIN}' href=/>&copy; x</a>"
    script.play(answer(200, page.encode(), typed("text/html; charset=utf-8")))
    reply = masks.post({"question": "Кто?"}, "/v1/ask")
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    before, _, page = reply.text.partition("</script>")
    assert "TrainedAlgorithmicMediaDigitalSource" in before
    assert page == (
        '<p ai-disclosure="ai-generated" class=x>ИИН <b>&lt;KZ_IIN_1&gt;</b><br>'
        "<a title='&lt;KZ_IIN_1&gt;' href=/>&copy; x</a>"
    )


def test_sound_passes_where_media_do_and_is_refused_elsewhere(
    masks: Guard, impatient: Guard, script: Scripted
) -> None:
    script.play(answer(200, SOUND, typed("audio/mpeg")))
    with masks.openai() as client:
        spoken = client.audio.speech.create(model="tts-1", voice="alloy", input="Сәлем")
        assert b"application/c2pa" in spoken.read()
    with impatient.openai() as client, pytest.raises(openai.BadRequestError) as refused:
        client.audio.speech.create(model="tts-1", voice="alloy", input="Сәлем")
    assert "kz.media-uninspectable" in refused.value.response.headers["guardrail-rules"]


def test_a_named_text_of_a_generic_body_is_what_the_person_asks(
    masks: Guard, script: Scripted
) -> None:
    script.play(answer(200, json.dumps({"question": "Жауап", "id": "x"}).encode()))
    reply = masks.post({"question": "Қазақстанның астанасы қай қала?"}, "/v1/ask")
    told = reply.json()
    assert told["id"] == "x"
    assert told["question"].startswith("Сіз адаммен емес")
    assert told["question"].endswith("Жауап")


@pytest.mark.parametrize("cut", [1, 2, 3, 40])
def test_a_broken_upload_is_refused_and_nothing_goes_up(
    masks: Guard, script: Scripted, cut: int
) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--'
    reply = httpx.post(
        f"{masks.url}/v1/files",
        content=body[:-cut],
        headers={"content-type": "multipart/form-data; boundary=x"},
    )
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "malformed_multipart"
    assert not script.requests
