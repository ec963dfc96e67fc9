"""One medium after another is looked into; whatever it is, a verdict is what comes back."""

from __future__ import annotations

import io
import zipfile
from base64 import b64encode
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect.media.actions import Redaction
from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.inspector import Inspector
from guardrail.detect.media.raw_sound import ALAW, PCM, ULAW, Coding, Hearing, RawSound
from guardrail.facts import Category, Inspected, Tier, Verdict
from guardrail.testing import biometrics, formats, pictures, sounds

INSPECTOR = Inspector()
RECORDINGS = Path(__file__).parent / "sound"
PORTRAIT = pictures.encoded(pictures.portrait(256))
SCENE = pictures.encoded(pictures.scene(320, 240), ".jpg")
VOICE = sounds.encoded(sounds.voice())
TONE = sounds.encoded(sounds.tone())


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def entities(inspected: Inspected) -> list[str]:
    return [one.entity for one in inspected.seen]


@pytest.mark.parametrize("ending", [".png", ".jpg", ".webp", ".bmp", ".tiff"])
def test_a_face_is_seen_in_a_picture_of_every_format(ending: str) -> None:
    inspected = INSPECTOR.inspect(pictures.encoded(pictures.portrait(256), ending))
    assert inspected.verdict is Verdict.INSPECTED
    (face,) = inspected.seen
    assert (face.entity, face.category, face.tier) == ("FACE", Category.BIOMETRIC, Tier.CERTAIN)
    assert face.box is not None


def test_a_picture_of_nobody_shows_nothing() -> None:
    inspected = INSPECTOR.inspect(SCENE, "image/jpeg")
    assert inspected == Inspected(verdict=Verdict.INSPECTED, medium="image/jpeg")


def test_a_voice_is_heard_and_a_tone_is_none() -> None:
    assert set(entities(INSPECTOR.inspect(VOICE))) == {"VOICE"}
    assert INSPECTOR.inspect(TONE).seen == ()


@pytest.mark.parametrize("name", sorted(biometrics.samples()))
def test_every_biometric_record_is_known(name: str) -> None:
    inspected = INSPECTOR.inspect(biometrics.samples()[name])
    assert inspected.verdict is Verdict.INSPECTED
    assert any(one.category is Category.BIOMETRIC for one in inspected.seen)


@pytest.mark.parametrize(
    "name",
    [
        "voice.aac",
        "voice.m4a",
        "voice.3gp",
        "voice_he1.aac",
        "voice_he2.m4a",
        "voice.amr",
        "two.mkv",
    ],
)
def test_a_voice_is_heard_in_aac_and_in_every_track(name: str) -> None:
    inspected = INSPECTOR.inspect((RECORDINGS / name).read_bytes())
    assert [(one.entity, one.tier) for one in inspected.seen] == [("VOICE", Tier.CERTAIN)]
    assert inspected.flags == ()


@pytest.mark.parametrize("name", ["voice.mp4", "voice.mov", "voice.webm", "voice.mkv", "voice.avi"])
def test_a_voice_is_heard_in_a_film(name: str) -> None:
    inspected = INSPECTOR.inspect((RECORDINGS / name).read_bytes())
    assert [(one.entity, one.part) for one in inspected.seen] == [("VOICE", "sound")]
    assert inspected.flags == ()


def test_a_film_without_a_voice_has_none() -> None:
    for name in ("tone.mp4", "silent.mp4"):
        inspected = INSPECTOR.inspect((RECORDINGS / name).read_bytes())
        assert (inspected.verdict, inspected.seen, inspected.flags) == (
            Verdict.INSPECTED, (), (),
        )  # fmt: skip


def test_a_film_whose_sound_nobody_can_decode_says_so() -> None:
    film = (RECORDINGS / "voice.mkv").read_bytes().replace(b"A_VORBIS", b"A_UNHEAR")
    inspected = INSPECTOR.inspect(film)
    assert (inspected.verdict, inspected.seen) == (Verdict.INSPECTED, ())
    assert inspected.flags == ("sound_track_unheard",)


def test_a_voice_in_a_film_isnt_taken_out() -> None:
    with pytest.raises(Uninspectable, match="cannot_redact"):
        INSPECTOR.redact(
            (RECORDINGS / "voice.mp4").read_bytes(), Redaction(entities=frozenset({"VOICE"}))
        )


def test_the_type_that_it_says_is_believed_in_nothing() -> None:
    inspected = INSPECTOR.inspect(PORTRAIT, "audio/wav")
    assert inspected.medium == "image/png"
    assert entities(inspected) == ["FACE"]
    assert inspected.flags == ("declared_type_differs",)
    assert INSPECTOR.inspect(PORTRAIT, "image/png; a=b").flags == ()


def test_what_is_odd_is_told_once() -> None:
    assert INSPECTOR.inspect(PORTRAIT + b"behind it" * 9).flags == ("trailing_data",)


def test_a_picture_that_is_something_else_as_well_isnt_looked_into() -> None:
    assert INSPECTOR.inspect(PORTRAIT + b"<script >" * 9).reason == "polyglot"


def test_a_picture_in_an_archive_tells_where_it_stands() -> None:
    inspected = INSPECTOR.inspect(zipped(a=SCENE, b=PORTRAIT))
    assert entities(inspected) == ["FACE"]
    assert inspected.seen[0].part
    deeper = INSPECTOR.inspect(zipped(inner=zipped(b=PORTRAIT)))
    assert entities(deeper) == ["FACE"]
    assert "/" in deeper.seen[0].part


def test_a_name_stays_out_of_what_is_told() -> None:
    inspected = INSPECTOR.inspect(zipped(**{"Aigerim Nurlanova.png": PORTRAIT}))
    assert "Aigerim" not in repr(inspected)


def test_pictures_in_an_animation_are_looked_at_by_frame() -> None:
    frames = [pictures.scene(256, 256), pictures.portrait(256)]
    inspected = INSPECTOR.inspect(pictures.animation(frames, "PNG"))
    assert [(one.entity, one.part) for one in inspected.seen] == [("FACE", "frame 2")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "unknown_format"),
        (b"just some words", "unknown_format"),
        (PORTRAIT[: len(PORTRAIT) // 2], "truncated"),
        (zipped(a=b"\x07\x08\x09 anything"), "unknown_format_inside"),
        (zipped(a=zipped(b=zipped(c=zipped(d=PORTRAIT)))), "nested_too_deep"),
        (pictures.empty_png(20_000, bits=1), "too_many_pixels"),
    ],
)
def test_what_cant_be_looked_into_says_why(data: bytes, reason: str) -> None:
    inspected = INSPECTOR.inspect(data)
    assert (inspected.verdict, inspected.reason) == (Verdict.UNINSPECTABLE, reason)
    assert inspected.seen == ()


def test_what_is_over_the_budget_isnt_looked_into_by_half() -> None:
    small = Inspector(Budget(encoded_bytes=100))
    assert small.inspect(PORTRAIT).reason == "too_large"
    assert Inspector(Budget(pixels=100)).inspect(PORTRAIT).reason == "too_many_pixels"


def test_arrays_tell_by_the_files_name() -> None:
    numbers = b"\x93NUMPY\x01\0\x76\0{'descr': '<f4', 'fortran_order': False, 'shape': (512,), }"
    npy = numbers.ljust(127, b" ") + b"\n" + bytes(512 * 4)
    named = INSPECTOR.inspect(npy, name="face_embeddings.npy")
    assert entities(named) == ["BIOMETRIC_TEMPLATE"]
    assert entities(INSPECTOR.inspect(npy, name="weather.npy")) == []


# ------------------------------------------------------------------ redaction


def test_a_redacted_face_is_seen_no_more() -> None:
    redacted = INSPECTOR.redact(PORTRAIT, Redaction(entities=frozenset({"FACE"})))
    again = INSPECTOR.inspect(redacted)
    assert (again.medium, again.seen) == ("image/png", ())


def test_a_redacted_voice_is_heard_no_more() -> None:
    redacted = INSPECTOR.redact(VOICE, Redaction(entities=frozenset({"VOICE"})))
    assert INSPECTOR.inspect(redacted) == Inspected(verdict=Verdict.INSPECTED, medium="audio/wav")


def test_one_face_can_be_all_that_is_kept() -> None:
    kept = INSPECTOR.inspect(INSPECTOR.redact(PORTRAIT, Redaction(face_only=True)))
    assert entities(kept) == ["FACE"]
    with pytest.raises(Uninspectable):
        INSPECTOR.redact(SCENE, Redaction(face_only=True))
    with pytest.raises(Uninspectable) as caught:
        INSPECTOR.redact(VOICE, Redaction(face_only=True))
    assert caught.value.reason == "cannot_redact"


@pytest.mark.parametrize(
    "data",
    [b"{\\rtf1}", biometrics.finger_minutiae(), b"", pictures.gif(41, 16), PORTRAIT[:300]],
)
def test_what_cant_be_redacted_isnt_given_back(data: bytes) -> None:
    with pytest.raises(Uninspectable):
        INSPECTOR.redact(data, Redaction(entities=frozenset({"FACE"})))


def test_metadata_go_without_touching_a_pixel() -> None:
    place = formats.segment(0xE1, b"Exif\0\0" + formats.exif(place=True))
    jpeg = SCENE[:2] + place + SCENE[2:]
    stripped = INSPECTOR.redact(jpeg, Redaction(entities=frozenset({"GEO_LOCATION"})))
    assert b"Exif" not in stripped
    assert stripped[-500:] == jpeg[-500:]


# ------------------------------------------------------------------ every file


SAMPLES = [
    *(SCENE, TONE[:4_000], zipped(a=SCENE), pictures.gif(2, 16)),
    *biometrics.samples().values(),
    *(one.read_bytes() for one in sorted(RECORDINGS.glob("voice*.*"))),
    b'<svg xmlns="http://www.w3.org/2000/svg"><image href="data:image/png;base64,'
    + b64encode(SCENE)
    + b'"/></svg>',
    b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>",
]


def check(data: bytes) -> None:
    try:
        inspected = INSPECTOR.inspect(data)
    except Uninspectable:
        pytest.fail("a verdict is returned, not raised")
    assert bool(inspected.reason) is (inspected.verdict is Verdict.UNINSPECTABLE)


@settings(max_examples=40)
@given(st.sampled_from(SAMPLES), st.data())
def test_every_truncated_file_gets_a_verdict(sample: bytes, data: st.DataObject) -> None:
    check(sample[: data.draw(st.integers(0, len(sample)))])


@settings(max_examples=60)
@given(st.sampled_from(SAMPLES), st.data())
def test_every_file_with_other_bytes_gets_a_verdict(sample: bytes, data: st.DataObject) -> None:
    changed = bytearray(sample)
    head = min(len(sample) - 1, 200)
    for at in data.draw(st.lists(st.integers(0, head), min_size=1, max_size=4)):
        changed[at] = data.draw(st.integers(0, 255))
    check(bytes(changed))


@given(st.binary(max_size=200))
def test_every_row_of_bytes_gets_a_verdict(data: bytes) -> None:
    check(data)


def frames_of(samples: sounds.Samples, rate: int = 24_000) -> bytes:
    at = np.arange(int(len(samples) * rate / sounds.RATE)) * sounds.RATE / rate
    return (np.interp(at, np.arange(len(samples)), samples) * 32_767).astype("<i2").tobytes()


SPEAKS, SOUNDS = frames_of(sounds.voice(2.5)), frames_of(sounds.tone(2.5))


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, len(SPEAKS)), max_size=12), st.sampled_from([SPEAKS, SOUNDS]))
def test_every_cut_of_a_call_comes_to_the_same_verdict(places: list[int], call: bytes) -> None:
    at = [0, *sorted(places), len(call)]
    hearing, heard = Hearing(PCM), set()
    for start, end in pairwise(at):
        hearing.take(call[start:end])
        while (due := hearing.due(last=end == len(call))) is not None:
            heard |= {one.tier for one in INSPECTOR.listen(due).seen}
            hearing.heard(due)
    assert heard == ({Tier.CERTAIN} if call is SPEAKS else set())


@pytest.mark.parametrize(("coding", "subtype"), [(ULAW, "ULAW"), (ALAW, "ALAW")])
def test_a_telephones_frames_are_listened_to(coding: Coding, subtype: str) -> None:
    for samples, expected in ((sounds.voice(rate=8_000), ["VOICE"]), (sounds.tone(rate=8_000), [])):
        data = sounds.encoded(samples, rate=8_000, form="RAW", subtype=subtype)
        assert entities(INSPECTOR.listen(RawSound(data, coding, fresh=len(data)))) == expected
        assert entities(INSPECTOR.listen(RawSound(data, coding, whole=True))) == expected


def test_what_was_heard_before_isnt_found_again() -> None:
    sound = SPEAKS + bytes(2 * PCM.second)
    assert entities(INSPECTOR.listen(RawSound(sound, PCM, fresh=len(sound)))) == ["VOICE"]
    assert entities(INSPECTOR.listen(RawSound(sound, PCM, fresh=PCM.second))) == []


def test_frames_that_nobody_reads_are_a_verdict() -> None:
    for coding in (Coding("opus", 24_000), Coding("pcm16", 100)):
        inspected = INSPECTOR.listen(RawSound(SPEAKS, coding, whole=True))
        assert inspected.verdict is Verdict.UNINSPECTABLE


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=4_000))
def test_whatever_bytes_are_taken_for_frames_a_verdict_comes_back(data: bytes) -> None:
    for coding in (PCM, ULAW, ALAW):
        inspected = INSPECTOR.listen(RawSound(data, coding, fresh=len(data)))
        assert inspected.verdict is Verdict.INSPECTED
