"""Words are drawn, written or sounded by the kind of medium; a watermark goes with them at once."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import soundfile
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from guardrail.disclose.layers import PICTURES
from guardrail.disclose.shown import shown, watermarked
from guardrail.disclose.visible import Unlabelled
from guardrail.disclose.visible.film.capture import frames as film_frames
from guardrail.disclose.visible.sound import earcon
from guardrail.disclose.watermark import Spread, detected, message_of
from guardrail.errors import ConfigError
from guardrail.testing import pictures, sounds

WORDS = ("Жасанды интеллект жасаған\nСоздано искусственным интеллектом", "ЖИ · ИИ")
SECRET = Spread(b"a key of 16 byte")
ID = "urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10"
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF",
           "image/tiff": "TIFF", "image/avif": "AVIF"}  # fmt: skip
SOUNDS = {"audio/wav": "WAV", "audio/mpeg": "MP3", "audio/flac": "FLAC", "audio/ogg": "OGG"}
CLIP = Path(__file__).parent / "visible" / "film" / "clip.mp4"
RHYTHM = len(earcon(sounds.RATE))


def picture(kind: str) -> bytes:
    target = io.BytesIO()
    how = {} if kind in {"GIF", "TIFF", "PNG"} else {"quality": 92}
    Image.fromarray(pictures.scene(480, 400)).save(target, kind, **how)
    return target.getvalue()


def grey(data: bytes) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    return np.asarray(Image.open(io.BytesIO(data)).convert("L"), np.int64)


def test_each_kind_of_picture_is_known() -> None:
    assert set(FORMATS) == set(PICTURES)


@pytest.mark.parametrize("medium", FORMATS)
@pytest.mark.parametrize(
    ("place", "rows", "columns"),
    [
        ("", slice(200, 400), slice(0, 240)),
        ("top-right", slice(0, 200), slice(240, 480)),
        ("bottom-right", slice(200, 400), slice(240, 480)),
    ],
)
def test_words_stand_in_the_corner_that_was_asked_for(
    medium: str, place: str, rows: slice, columns: slice
) -> None:
    before = picture(FORMATS[medium])
    changed = np.abs(grey(before) - grey(shown(before, medium, WORDS[1:], place=place))) > 60
    assert changed[rows, columns].sum() > 500
    assert changed[rows, columns].sum() > 0.95 * changed.sum()


def test_a_place_that_nobody_knows_is_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="middle"):
        shown(picture("PNG"), "image/png", WORDS, place="middle")


@pytest.mark.parametrize("medium", FORMATS)
@pytest.mark.parametrize("words", [WORDS, ()], ids=["words", "no words"])
def test_a_watermark_leads_to_the_label_with_words_or_without(
    medium: str, words: tuple[str, ...]
) -> None:
    before = picture(FORMATS[medium])
    done = watermarked(before, SECRET, ID, words)
    reading = detected(done, SECRET)
    assert reading is not None
    assert reading.message == message_of(ID)
    assert Image.open(io.BytesIO(done)).format == FORMATS[medium]
    drawn = np.abs(grey(before) - grey(done))[200:, :240] > 60
    assert bool(drawn.sum() > 500) is bool(words)


def test_why_there_is_no_watermark_is_told_apart_from_why_there_are_no_words() -> None:
    narrow = pictures.encoded(pictures.scene(120, 40))
    with pytest.raises(Unlabelled, match=r"^watermark_too_small$"):
        watermarked(narrow, SECRET, ID, ())
    with pytest.raises(Unlabelled, match=r"^too_small$"):
        watermarked(pictures.encoded(pictures.scene(9, 9)), SECRET, ID, WORDS)


def test_a_document_says_the_longest_words_on_its_pages() -> None:
    done = shown(picture("PDF"), "application/pdf", WORDS)
    page = pypdfium2.PdfDocument(done)[0]
    assert page.get_textpage().get_text_range().splitlines() == WORDS[0].splitlines()


def test_an_office_file_says_the_longest_words() -> None:
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    body = f'<o:d xmlns:o="{office}"><o:body><o:text/></o:body></o:d>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("content.xml", body)
    done = shown(out.getvalue(), "application/vnd.oasis.opendocument", WORDS)
    with zipfile.ZipFile(io.BytesIO(done)) as archive:
        said = "".join(fromstring(archive.read("content.xml")).itertext())
    assert said == WORDS[0].replace("\n", " · ")


@pytest.mark.parametrize("medium", SOUNDS)
def test_a_sound_begins_with_the_rhythm_and_with_what_is_spoken(medium: str) -> None:
    before = sounds.encoded(sounds.tone(1.0), form=SOUNDS[medium])
    rhythm = shown(before, medium, WORDS)
    spoken = shown(before, medium, (), spoken=sounds.encoded(sounds.tone(0.5)))
    lengths = [len(soundfile.read(io.BytesIO(one))[0]) for one in (before, rhythm, spoken)]
    # Codecs with frames round up.
    assert lengths[1] - lengths[0] == pytest.approx(RHYTHM, abs=2_400)
    assert lengths[2] - lengths[1] == pytest.approx(0.8 * sounds.RATE, abs=2_400)


def test_a_recording_of_words_that_cant_be_used_is_the_operators_fault() -> None:
    wave = sounds.encoded(sounds.tone(0.2))
    with pytest.raises(ConfigError, match="spoken label"):
        shown(wave, "audio/wav", WORDS, spoken=b"no sound")


@pytest.mark.parametrize("medium", ["application/pdf", "image/png"])
def test_without_words_nothing_is_shown(medium: str) -> None:
    with pytest.raises(Unlabelled, match="no_letters"):
        shown(picture("PDF" if medium == "application/pdf" else "PNG"), medium, ())


def test_a_film_shows_words_in_the_corner_that_was_asked_for() -> None:
    before = CLIP.read_bytes()
    after = shown(before, "video/mp4", WORDS[1:], place="top-right")
    frames = list(zip(film_frames(before), film_frames(after), strict=True))
    assert len(frames) == 36
    for old, new in frames:
        changed = np.abs(old.astype(np.int64) - new).max(axis=2) > 100
        assert changed[:120, 160:].sum() > 500
        assert changed[:120, 160:].sum() > 0.95 * changed.sum()


@pytest.mark.parametrize(
    ("name", "medium"),
    [
        ("film/clip.webm", "video/webm"),
        ("film/clip.webm", "video/matroska"),
        ("film/clip.mp4", "video/quicktime"),
    ],
)
def test_films_of_every_container_show_words(name: str, medium: str) -> None:
    before = (CLIP.parent.parent / name).read_bytes()
    after = shown(before, medium, WORDS[1:])
    for old, new in zip(film_frames(before), film_frames(after), strict=True):
        half = old.shape[0] // 2
        assert (np.abs(old.astype(np.int64) - new).max(axis=2) > 100)[half:].sum() > 200


@pytest.mark.parametrize(
    ("name", "medium"),
    [("tone.aac", "audio/aac"), ("tone.m4a", "audio/mp4"), ("tone.m4a", "video/mp4")],
)
def test_aac_begins_with_more_frames_and_keeps_its_own(name: str, medium: str) -> None:
    before = (CLIP.parent.parent / "aac" / name).read_bytes()
    own = before[before.index(b"mdat") + 4 :][:1_900] if name.endswith("m4a") else before
    after = shown(before, medium, WORDS)
    assert own in after
    assert len(after) > len(before) + 1_000


@pytest.mark.parametrize(
    "medium", ["", "video/x-msvideo", "image/svg+xml", "image/heic", "text/html"]
)
def test_where_no_way_is_known_it_says_so(medium: str) -> None:
    with pytest.raises(Unlabelled, match="unsupported_format"):
        shown(picture("PNG"), medium, WORDS)


OTHERS = (
    *("application/pdf", "audio/aac", "audio/mp4", "audio/webm", "video/webm", "video/mp4"),
    *("application/vnd.openxmlformats-officedocument", "application/vnd.oasis.opendocument"),
)


@given(st.sampled_from([*FORMATS, *SOUNDS, *OTHERS]), st.binary(max_size=300))
def test_no_bytes_raise_anything_else(medium: str, data: bytes) -> None:
    with pytest.raises(Unlabelled, match=r"\A[a-z][a-z_]+\Z"):
        shown(data, medium, WORDS)
    with pytest.raises(Unlabelled, match=r"\A[a-z][a-z_]+\Z"):
        watermarked(data, SECRET, ID, WORDS)
