"""Media of replies leave labelled for people and for machines, as verifiers of others confirm."""

from __future__ import annotations

import base64
import json
import re
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import encypher_c2pa
import httpx
import numpy as np
import openai
import pytest
import soundfile
from PIL import Image

from guardrail.disclose.c2pa import development, verify
from guardrail.disclose.visible.film.capture import frames
from guardrail.disclose.visible.film.iso import film
from guardrail.testing import documents, pictures, sounds
from guardrail.testing.upstream import answer, stream

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from guardrail.disclose.c2pa.certificates import Development
    from tests.e2e.conftest import Guard, Scripted

END = "-----END CERTIFICATE-----\n"
PICTURES = {".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}
SOUNDS = {"WAV": "audio/wav", "MP3": "audio/mpeg", "FLAC": "audio/flac"}


@pytest.fixture(scope="module")
def labels(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    """Labels with what it made itself: a certificate for development."""
    return start(the_script.url, config={"service": {"owner": "Мысал ЖШС", "bin": "990140001234"}})


@pytest.fixture(autouse=True)
def quiet_oracle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCYPHER_C2PA_TELEMETRY", "off")


def root_of(guard: Guard) -> str:
    bundle = (guard.state / "keys" / "label-development.pem").read_text("ascii")
    return bundle.split(END)[1] + END


def confirmed(data: bytes, mime: str, guard: Guard) -> tuple[object, object]:
    """Return what a verifier says that isn't ours: of the signer, and of the bytes."""
    told = encypher_c2pa.verify(
        data, mime, trust_pem=root_of(guard), no_default_trust=True, telemetry=False, online=False
    )
    return told["validation_state"], told["hard_binding"]


def drawn(guard: Guard, script: Scripted, data: bytes) -> bytes:
    body = {"created": 1763700000, "data": [{"b64_json": base64.b64encode(data).decode()}]}
    script.play(answer(200, json.dumps(body).encode()))
    with guard.openai() as client:
        reply = client.images.generate(model="m", prompt="A meadow")
    assert reply.data is not None
    assert reply.data[0].b64_json is not None
    return base64.b64decode(reply.data[0].b64_json)


@pytest.mark.parametrize("ending", PICTURES)
def test_a_picture_shows_that_ai_made_it_and_a_foreign_verifier_trusts_its_manifest(
    labels: Guard, script: Scripted, ending: str
) -> None:
    before = pictures.encoded(pictures.scene(640, 480), ending)
    left = drawn(labels, script, before)
    assert confirmed(left, PICTURES[ending], labels) == ("Trusted", "match")
    assert b"digitalsourcetype/trainedAlgorithmicMedia" in left
    was, shown = (np.asarray(Image.open(BytesIO(one)).convert("L")) for one in (before, left))
    assert was.shape == shown.shape
    # White letters on a black plate, at the foot on the left; elsewhere nothing that is seen.
    corner = shown[400:470, 15:250]
    assert (corner < 40).mean() > 0.3
    assert (corner > 200).mean() > 0.02
    rest = np.abs(was[:350].astype(int) - shown[:350])
    assert np.median(rest) <= 4


@pytest.mark.parametrize("container", SOUNDS)
def test_a_recording_begins_with_a_rhythm_and_a_foreign_verifier_trusts_its_manifest(
    labels: Guard, script: Scripted, container: str
) -> None:
    recording = sounds.encoded(sounds.tone(1.0), form=container)
    kind = (b"content-type", SOUNDS[container].encode())
    script.play(answer(200, recording, headers=(kind,)))
    with labels.openai() as client:
        reply = client.audio.speech.create(model="m", voice="alloy", input="Сәлем")
    assert "class=synthetic" in reply.response.headers["guardrail-label"]
    assert confirmed(reply.content, SOUNDS[container], labels) == ("Trusted", "match")
    samples, rate = soundfile.read(BytesIO(reply.content))
    assert 1.3 < len(samples) / rate - 1.0 < 1.7


def test_ogg_has_no_place_for_a_manifest_which_is_had_at_the_address_in_its_head(
    labels: Guard, script: Scripted
) -> None:
    ogg = sounds.encoded(sounds.tone(1.0), form="OGG")
    script.play(answer(200, ogg, headers=((b"content-type", b"audio/ogg"),)))
    with labels.openai() as client:
        reply = client.audio.speech.create(model="m", voice="alloy", input="Сәлем")
    assert b"AIGC=" in reply.content
    samples, rate = soundfile.read(BytesIO(reply.content))
    assert 1.3 < len(samples) / rate - 1.0 < 1.7
    found = re.fullmatch(r'<(/\S+)>; rel="c2pa-manifest"', reply.response.headers["link"])
    assert found
    manifest = httpx.get(labels.url + found[1])
    assert (manifest.status_code, manifest.headers["content-type"]) == (200, "application/c2pa")
    root = root_of(labels).encode()
    told = verify(reply.content, "audio/ogg", anchors=root, sidecar=manifest.content)
    assert told.conclusion == "declares_ai"
    assert told.found[0].trusted
    for nothing in ("00000000-0000-4000-8000-000000000000.c2pa", "..%2fkeys%2flabel.jwk", "x"):
        assert httpx.get(f"{labels.url}/.well-known/guardrail/m/{nothing}").status_code == 404


def test_speech_in_raw_aac_begins_with_a_rhythm_and_keeps_its_own_frames(
    labels: Guard, script: Scripted
) -> None:
    folder = Path(__file__).parents[1] / "detect" / "media" / "sound"
    own = (folder / "voice.aac").read_bytes()
    script.play(answer(200, own, headers=((b"content-type", b"audio/aac"),)))
    with labels.openai() as client:
        reply = client.audio.speech.create(
            model="m", voice="alloy", input="Сәлем", response_format="aac"
        )
    assert reply.content.endswith(own)
    assert reply.content.startswith(b"ID3")
    assert len(reply.content) > len(own) + 1_500
    found = re.fullmatch(r'<(/\S+)>; rel="c2pa-manifest"', reply.response.headers["link"])
    assert found
    manifest = httpx.get(labels.url + found[1])
    root = root_of(labels).encode()
    told = verify(reply.content, "audio/aac", anchors=root, sidecar=manifest.content)
    assert (told.conclusion, told.found[0].trusted) == ("declares_ai", True)
    entry = [one for one in labels.entries() if "layers" in one][-1]
    assert entry["layers"] == {"visible": 1, "tags": 1, "beside": 1}


def test_what_cant_be_labelled_for_people_reaches_nobody(labels: Guard, script: Scripted) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9"/></svg>'
    body = {"created": 1, "data": [{"b64_json": base64.b64encode(drawing).decode()}]}
    script.play(answer(200, json.dumps(body).encode()))
    with labels.openai() as client, pytest.raises(openai.APIStatusError) as caught:
        client.images.generate(model="m", prompt="A meadow")
    assert caught.value.status_code == 502
    assert caught.value.code == "media_not_labelled"
    assert base64.b64encode(drawing)[:40] not in caught.value.response.content


def test_evidence_says_which_layers_left(labels: Guard, script: Scripted) -> None:
    picture = base64.b64encode(pictures.encoded(pictures.scene(640, 480), ".jpg")).decode()
    body = {"created": 1, "data": [{"b64_json": picture}, {"b64_json": picture}]}
    script.play(answer(200, json.dumps(body).encode()))
    with labels.openai() as client:
        reply = client.images.with_raw_response.generate(model="m", prompt="A meadow")
    entry = labels.entry(reply.headers["guardrail-evidence"])
    assert entry["layers"] == {"visible": 2, "watermark": 2, "tags": 2, "signed": 2}
    assert entry["marks"]["image_jpeg"] == 2
    assert "unmarked" not in entry


# ------------------------------------------------------------------ streams

BEFORE = pictures.encoded(pictures.scene(480, 400), ".png")
SPELT = base64.b64encode(BEFORE).decode()


def streamed(kind: str, **more: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **more})}\n\n".encode()


def is_labelled(spelt: str, guard: Guard) -> bool:
    return spelt != SPELT and confirmed(base64.b64decode(spelt), "image/png", guard) == (
        "Trusted",
        "match",
    )


def test_streamed_pictures_come_labelled_each_of_them(labels: Guard, script: Scripted) -> None:
    about = {"created_at": 1, "output_format": "png", "size": "auto", "quality": "low"}
    usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
    script.play(
        stream(
            [
                streamed(
                    "image_generation.partial_image",
                    **about,
                    b64_json=SPELT,
                    background="opaque",
                    partial_image_index=0,
                ),
                streamed(
                    "image_generation.completed",
                    **about,
                    b64_json=SPELT,
                    background="opaque",
                    usage=usage,
                ),
            ]
        )
    )
    with labels.openai() as client:
        events = list(
            client.images.generate(model="m", prompt="A meadow", stream=True, partial_images=1)
        )
    assert [one.type for one in events] == [
        "image_generation.partial_image",
        "image_generation.completed",
    ]
    assert all(is_labelled(one.b64_json, labels) for one in events)
    [closing] = [one for one in labels.entries() if one["t"] == "stream.close"][-1:]
    assert closing["layers"] == {"visible": 2, "watermark": 2, "tags": 2, "signed": 2}
    assert closing["marks"] == {"image_png": 2}


def test_a_picture_of_a_streamed_answer_is_labelled_wherever_it_is_repeated(
    labels: Guard, script: Scripted
) -> None:
    call = {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": SPELT}
    begun = {"id": "resp_1", "object": "response", "created_at": 1, "model": "m", "output": []}
    at = {"item_id": "ig_1", "output_index": 0}
    script.play(
        stream(
            [
                streamed("response.created", sequence_number=0, response=begun),
                streamed(
                    "response.output_item.added",
                    sequence_number=1,
                    output_index=0,
                    item={**call, "status": "in_progress", "result": None},
                ),
                streamed(
                    "response.image_generation_call.partial_image",
                    **at,
                    sequence_number=2,
                    partial_image_b64=SPELT,
                    partial_image_index=0,
                ),
                streamed("response.output_item.done", sequence_number=3, output_index=0, item=call),
                streamed(
                    "response.completed",
                    sequence_number=4,
                    response={**begun, "status": "completed", "output": [call]},
                ),
            ]
        )
    )
    with labels.openai() as client:
        events = list(client.responses.create(model="m", input="Draw a meadow", stream=True))
    found = []
    for one in events:
        if one.type == "response.image_generation_call.partial_image":
            found.append(one.partial_image_b64)
        elif one.type == "response.output_item.done":
            assert one.item.type == "image_generation_call"
            found.append(one.item.result or "")
        elif one.type == "response.completed":
            [item] = one.response.output
            assert item.type == "image_generation_call"
            found.append(item.result or "")
    assert len(found) == 3
    assert all(is_labelled(spelt, labels) for spelt in found)


# ------------------------------------------------------------------ films

CLIP = (Path(__file__).parents[1] / "disclose" / "visible" / "film" / "clip.mp4").read_bytes()
"""Three seconds, 320 x 240, H.264 and AAC."""


def is_labelled_film(left: bytes, guard: Guard) -> bool:
    """Tell whether every frame has words at its foot and none above, and the sound is the same."""
    old, new = film(CLIP), film(left)
    same = [run.data for run in old.others[0].runs] == [run.data for run in new.others[0].runs]
    same = same and old.pictures.times.tolist() == new.pictures.times.tolist()
    for was, now in zip(frames(CLIP), frames(left), strict=True):
        changed = np.abs(was.astype(int) - now).max(axis=2) > 100
        same = same and changed[160:].sum() > 2_000 and changed[:120].sum() < 20
    return same and confirmed(left, "video/mp4", guard) == ("Trusted", "match")


def test_a_film_shows_on_every_frame_that_ai_made_it_and_keeps_its_sound(
    labels: Guard, script: Scripted
) -> None:
    left = drawn(labels, script, CLIP)
    assert b"digitalsourcetype/trainedAlgorithmicMedia" in left
    assert is_labelled_film(left, labels)
    entry = [one for one in labels.entries() if "layers" in one][-1]
    assert entry["layers"] == {"visible": 1, "tags": 1, "signed": 1}


def test_a_film_that_is_the_whole_reply_or_an_event_is_labelled_too(
    labels: Guard, script: Scripted
) -> None:
    script.play(answer(200, CLIP, headers=((b"content-type", b"video/mp4"),)))
    with labels.openai() as client:
        whole = client.audio.speech.create(model="m", voice="alloy", input="Сәлем").content
    assert is_labelled_film(whole, labels)
    spelt = base64.b64encode(CLIP).decode()
    script.play(stream([streamed("image_generation.completed", b64_json=spelt)]))
    with labels.openai() as client:
        [event] = client.images.generate(model="m", prompt="A meadow", stream=True)
    assert is_labelled_film(base64.b64decode(event.b64_json), labels)


def test_a_film_that_cant_be_drawn_on_reaches_nobody_and_the_reason_is_told(
    labels: Guard, script: Scripted
) -> None:
    spelt = base64.b64encode(CLIP + b"\0\0\0\x08moof").decode()
    script.play(answer(200, json.dumps({"created": 1, "data": [{"b64_json": spelt}]}).encode()))
    with labels.openai() as client, pytest.raises(openai.APIStatusError) as caught:
        client.images.generate(model="m", prompt="A meadow")
    assert caught.value.code == "media_not_labelled"
    assert "fragmented" in caught.value.message


# ------------------------------------------------------------------ a signer that fails


def test_a_replaced_certificate_signs_after_a_signal_and_a_broken_one_never_does(
    start: Callable[..., Guard], the_script: Scripted, script: Scripted, tmp_path: Path
) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - as the server
    first, second = (development(now, organisation=name) for name in ("first", "second"))
    file = tmp_path / "labels.pem"
    file.write_bytes(first.credential.chain + first.credential.key)
    config = {"labels": {"media": {"certificate": str(file)}}}
    guard = start(the_script.url, "--workers", "2", config=config)
    picture = pictures.encoded(pictures.scene(320, 240))

    def is_signed_by(made: Development) -> bool:
        many = [drawn(guard, script, picture) for _ in range(4)]
        found = [verify(one, "image/png", anchors=made.root).found[0].trusted for one in many]
        return all(found)

    assert is_signed_by(first)
    file.write_bytes(second.credential.chain)
    guard.process.send_signal(signal.SIGHUP)
    guard.until(lambda: guard.counted('guardrail_errors_total{code="config_error"}') == 2, 20)
    assert is_signed_by(first)
    file.write_bytes(second.credential.chain + second.credential.key)
    guard.process.send_signal(signal.SIGHUP)
    guard.until(lambda: is_signed_by(second), 20)
    guard.stop()


@pytest.mark.thorough
def test_every_picture_that_leaves_while_certificates_change_holds_by_one_of_them(
    start: Callable[..., Guard], the_script: Scripted, script: Scripted, tmp_path: Path
) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - as the server
    made = [development(now, organisation=name) for name in ("first", "second")]
    file = tmp_path / "labels.pem"
    file.write_bytes(made[0].credential.chain + made[0].credential.key)
    config = {"labels": {"media": {"certificate": str(file)}}}
    guard = start(the_script.url, "--workers", "2", config=config)
    picture = pictures.encoded(pictures.scene(320, 240))
    done = threading.Event()

    def drawn_on() -> list[bytes]:
        made_here = []
        while not done.is_set():
            made_here.append(drawn(guard, script, picture))
        return made_here

    def is_by(data: bytes, one: Development) -> bool:
        return bool(verify(data, "image/png", anchors=one.root).found[0].trusted)

    def leaves_by(one: Development) -> bool:
        return is_by(drawn(guard, script, picture), one)

    with ThreadPoolExecutor(3) as threads:
        running = [threads.submit(drawn_on) for _ in range(3)]
        try:
            for one in (made[1], made[0], made[1]):
                fresh = file.with_suffix(".new")
                fresh.write_bytes(one.credential.chain + one.credential.key)
                fresh.replace(file)
                guard.process.send_signal(signal.SIGHUP)
                guard.until(partial(leaves_by, one), 30)
        finally:
            done.set()
        left = [data for each in running for data in each.result()]
    signers = [tuple(is_by(data, one) for one in made) for data in left]
    assert set(signers) == {(True, False), (False, True)}
    guard.stop()


PHOTO = pictures.encoded(pictures.scene(320, 240), ".jpg")
SIGNER = """
def sign(message: bytes) -> bytes:
    raise ConnectionError("the key store at kms.example.kz is down")
"""


@pytest.fixture(scope="module")
def unsigning(
    start: Callable[..., Guard], the_script: Scripted, tmp_path_factory: pytest.TempPathFactory
) -> Guard:
    """Signs with the operator's certificate, by a function of the operator's that raises."""
    folder = tmp_path_factory.mktemp("signer")
    made = development(datetime.now(UTC), organisation="operator")  # noqa: TID251 - as the server
    (folder / "chain.pem").write_bytes(made.credential.chain)
    (folder / "keys_elsewhere.py").write_text(SIGNER)
    media = {"certificate": str(folder / "chain.pem"), "signer": "keys_elsewhere:sign"}
    return start(
        the_script.url,
        config={"labels": {"media": media}, "unmatched": {"ai": "generic"}},
        environment={"PYTHONPATH": str(folder)},
    )


def test_where_the_signer_fails_no_picture_leaves_and_texts_do(
    unsigning: Guard, script: Scripted
) -> None:
    script.play(answer(200, json.dumps({"created": 1, "data": [{"b64_json": SPELT}]}).encode()))
    with unsigning.openai() as client, pytest.raises(openai.APIStatusError) as caught:
        client.images.generate(model="m", prompt="A meadow")
    assert caught.value.code == "media_not_labelled"
    assert "signer_failed" in caught.value.message
    assert "kms.example.kz" not in caught.value.response.text + unsigning.stderr
    assert SPELT[:60] not in caught.value.response.text
    script.play(stream([streamed("image_generation.completed", b64_json=SPELT)]))
    with unsigning.openai() as client, pytest.raises(openai.APIError, match="signer_failed"):
        list(client.images.generate(model="m", prompt="A meadow", stream=True))
    message = {"role": "assistant", "content": "Салем"}
    chat = {"id": "c", "model": "m", "choices": [{"index": 0, "message": message}]}
    script.play(answer(200, json.dumps(chat).encode()))
    reply = unsigning.chat("Привет")
    assert reply.status_code == 200
    assert "class=result" in reply.headers["guardrail-label"]
    content = reply.json()["choices"][0]["message"]["content"]
    assert content.endswith("Салем")
    assert "искусственного интеллекта" in content


@pytest.mark.parametrize(
    ("pictured", "status"), [((documents.jpeg_object(PHOTO, 320, 240),), 502), ((), 200)]
)
def test_where_the_signer_fails_a_document_with_a_picture_doesnt_leave_either(
    unsigning: Guard, script: Scripted, pictured: tuple[bytes, ...], status: int
) -> None:
    data = documents.pdf(*pictured)
    script.play(answer(200, data, headers=((b"content-type", b"application/pdf"),)))
    prompt = {"prompt": "A report on meadows"}
    reply = httpx.post(f"{unsigning.url}/v1/render", json=prompt, timeout=60)
    assert reply.status_code == status, reply.text
    if pictured:
        assert reply.json()["error"]["code"] == "media_not_labelled"
        assert "signer_failed" in reply.text
    else:
        assert "class=result" in reply.headers["guardrail-label"]
