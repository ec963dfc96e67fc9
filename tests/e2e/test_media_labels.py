"""Media of replies leave labelled for people and for machines, as verifiers of others confirm."""

from __future__ import annotations

import base64
import json
from io import BytesIO
from typing import TYPE_CHECKING

import encypher_c2pa
import numpy as np
import openai
import pypdfium2
import pytest
import soundfile
from PIL import Image

from guardrail.testing import pictures, sounds
from guardrail.testing.upstream import answer

if TYPE_CHECKING:
    from collections.abc import Callable

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


def test_a_film_that_cant_be_labelled_for_people_doesnt_reach_anybody(
    labels: Guard, script: Scripted
) -> None:
    ogg = sounds.encoded(sounds.tone(1.0), form="OGG")
    script.play(answer(200, ogg, headers=((b"content-type", b"audio/ogg"),)))
    with labels.openai() as client:
        reply = client.audio.speech.create(model="m", voice="alloy", input="Сәлем")
    # No manifest has a place in Ogg; the rhythm and the tags have.
    assert b"AIGC=" in reply.content


