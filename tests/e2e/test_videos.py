"""The real `openai` SDK through the real server: films that are asked for now and fetched later."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import encypher_c2pa
import httpx
import numpy as np
import openai
import pytest

from guardrail.disclose.visible.film.capture import frames
from guardrail.testing import pictures
from guardrail.testing.upstream import answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardrail.testing import Step
    from tests.e2e.conftest import Guard, Scripted

IIN = "900101300017"
CLIP = (Path(__file__).parents[1] / "disclose" / "visible" / "film" / "clip.mp4").read_bytes()
"""Three seconds, 320 x 240, H.264 and AAC."""
END = "-----END CERTIFICATE-----\n"

# OpenAI announced the end of its own service: its SDK says so at every call. Other servers go on.
# mypy: disable-error-code="deprecated"
pytestmark = pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")


@pytest.fixture(scope="module")
def films(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    """Gives pseudonyms to personal data; all else as by default."""
    return start(the_script.url, "--personal-data", "pseudonymise")


def job(prompt: str, **more: object) -> Step:
    told: dict[str, object] = {"id": "video_123", "object": "video", "model": "sora-2"}
    told |= {"created_at": 1763700000, "seconds": "4", "size": "720x1280", "prompt": prompt}
    told |= {"status": "queued", "progress": 0, **more}
    return answer(200, json.dumps(told, ensure_ascii=False).encode())


def asset(data: bytes, media_type: str) -> Step:
    return answer(200, data, headers=((b"content-type", media_type.encode()),))


def sent(script: Scripted) -> bytes:
    [request] = script.requests
    return request.body


def confirmed(data: bytes, mime: str, guard: Guard) -> tuple[object, object]:
    """Return what a verifier says that isn't ours: of the signer, and of the bytes."""
    bundle = (guard.state / "keys" / "label-development.pem").read_text("ascii")
    told = encypher_c2pa.verify(
        data,
        mime,
        trust_pem=bundle.split(END)[1] + END,
        no_default_trust=True,
        telemetry=False,
        online=False,
    )
    return told["validation_state"], told["hard_binding"]


def test_a_film_is_asked_for_and_fetched_with_its_label_on_every_frame(
    films: Guard, script: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENCYPHER_C2PA_TELEMETRY", "off")
    with films.openai() as client:
        script.play(job("A meadow"))
        made = client.videos.create(prompt="A meadow", model="sora-2", seconds="4")
        script.play(job("A meadow", status="completed", progress=100))
        assert client.videos.retrieve(made.id).status == "completed"
        script.play(asset(CLIP, "video/mp4"))
        reply = client.videos.download_content(made.id)
    assert [one.target for one in script.requests] == ["/v1/videos/video_123/content"]
    assert "class=synthetic" in reply.response.headers["guardrail-label"]
    assert confirmed(reply.content, "video/mp4", films) == ("Trusted", "match")
    assert b"digitalsourcetype/trainedAlgorithmicMedia" in reply.content
    for was, now in zip(frames(CLIP), frames(reply.content), strict=True):
        changed = np.abs(was.astype(int) - now).max(axis=2) > 100
        assert changed[160:].sum() > 2_000, "words stand at the foot"
    entry = films.entry(reply.response.headers["guardrail-evidence"])
    assert entry["layers"] == {"visible": 1, "tags": 1, "signed": 1}


def test_its_thumbnail_and_spritesheet_are_pictures_and_labelled_as_such(
    films: Guard, script: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENCYPHER_C2PA_TELEMETRY", "off")
    scene = pictures.scene(640, 480)
    with films.openai() as client:
        script.play(asset(pictures.encoded(scene, ".webp"), "image/webp"))
        thumbnail = client.videos.download_content("video_123", variant="thumbnail").content
        assert script.requests[0].target == "/v1/videos/video_123/content?variant=thumbnail"
        script.play(asset(pictures.encoded(scene, ".jpg"), "image/jpeg"))
        sheet = client.videos.download_content("video_123", variant="spritesheet").content
    assert confirmed(thumbnail, "image/webp", films) == ("Trusted", "match")
    assert confirmed(sheet, "image/jpeg", films) == ("Trusted", "match")


def test_a_film_that_cant_be_labelled_reaches_nobody(films: Guard, script: Scripted) -> None:
    script.play(asset(CLIP + b"\0\0\0\x08moof", "video/mp4"))
    with films.openai() as client, pytest.raises(openai.InternalServerError) as refused:
        client.videos.download_content("video_123")
    assert refused.value.code == "media_not_labelled"


def test_a_prompt_goes_on_with_pseudonyms_and_comes_back_with_values_whenever_it_is_asked_for(
    films: Guard, script: Scripted
) -> None:
    prompt = f"Карточка с ИИН {IIN}"
    with films.openai() as client:
        script.play(job("Карточка"))
        client.videos.create(prompt=prompt)
        [told] = re.findall(r"Карточка с ИИН <KZ_IIN_\w+>", sent(script).decode())
        script.play(job(told, status="in_progress", progress=40))
        assert client.videos.retrieve("video_123").prompt == prompt
        script.play(job(told))
        assert client.videos.remix("video_123", prompt=prompt).prompt == prompt
        assert json.loads(sent(script)) == {"prompt": told}


def test_a_reference_with_a_face_is_refused_however_it_is_given(
    films: Guard, script: Scripted
) -> None:
    face = pictures.encoded(pictures.portrait(), ".jpg")
    with films.openai() as client, pytest.raises(openai.BadRequestError) as refused:
        client.videos.create(prompt="Пусть она поёт", input_reference=("a.jpg", face))
    assert "kz.biometric" in refused.value.response.headers["guardrail-rules"]
    # The SDK sends files only; a reference may be an object, too, and in JSON.
    url = f"data:image/jpeg;base64,{base64.b64encode(face).decode()}"
    asked = {"prompt": "Пусть она поёт", "input_reference": {"image_url": url}}
    named = {"prompt": (None, "Пусть она поёт"), "input_reference[image_url]": (None, url)}
    for reply in (
        httpx.post(f"{films.url}/v1/videos", json=asked),
        httpx.post(f"{films.url}/v1/videos", files=named),
    ):
        assert reply.status_code == 400
        assert "kz.biometric" in reply.headers["guardrail-rules"]
    assert not script.requests


def test_jobs_are_listed_and_deleted(films: Guard, script: Scripted) -> None:
    told = {"object": "list", "data": [{"id": "video_123", "prompt": f"ИИН {IIN}"}]}
    with films.openai() as client:
        script.play(answer(200, json.dumps({**told, "has_more": False}).encode()))
        [one] = client.videos.list().data
        assert one.prompt is not None
        assert re.fullmatch(r"ИИН <KZ_IIN_\w+>", one.prompt), "nobody here gave this value"
        gone = {"id": "video_123", "object": "video.deleted", "deleted": True}
        script.play(answer(200, json.dumps(gone).encode()))
        assert client.videos.delete("video_123").deleted
        assert script.requests[0].method == "DELETE"


def test_a_finished_job_that_points_at_its_film_elsewhere_is_refused(
    films: Guard, script: Scripted
) -> None:
    script.play(job("A meadow", status="completed", url="https://example.org/film.mp4"))
    with films.openai() as client, pytest.raises(openai.BadRequestError) as refused:
        client.videos.retrieve("video_123")
    assert "kz.media-remote" in refused.value.response.headers["guardrail-rules"]


def test_a_server_that_answers_with_the_film_at_once_has_it_labelled(
    films: Guard, script: Scripted
) -> None:
    script.play(asset(CLIP, "video/mp4"))
    reply = httpx.post(f"{films.url}/v1/videos/sync", files={"prompt": (None, "A meadow")})
    assert reply.status_code == 200, reply.text
    entry = films.entry(reply.headers["guardrail-evidence"])
    assert entry["layers"] == {"visible": 1, "tags": 1, "signed": 1}
