"""Every layer is put in, none breaks another, and what can't be put is told with its reason."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import encypher_c2pa
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from guardrail.disclose import c2pa, label, layers, marks
from guardrail.disclose.c2pa.certificates import from_chain
from guardrail.disclose.detect import detect
from guardrail.disclose.layers import (
    BESIDE,
    NO_EXTRA,
    NO_WAY,
    PICTURES,
    SIGNED,
    TAGS,
    VISIBLE,
    WATERMARK,
    Layered,
    Means,
    Said,
    put,
)
from guardrail.disclose.watermark import Spread, detected, message_of
from guardrail.errors import ConfigError
from guardrail.testing import pictures

# The library reads the clock itself: certificates must be valid when the test runs.
NOW = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251
MADE = c2pa.development(NOW)
THEIRS = c2pa.development(NOW, organisation="upstream")
SIGNER = c2pa.Signer(credentials=(MADE.credential,), anchors=MADE.root)
UPSTREAM = c2pa.Signer(credentials=(THEIRS.credential,), anchors=THEIRS.root)
SECRET = Spread(b"a key of 16 byte")
ID = "urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10"
LABEL = label(id=ID, kind="synthetic", model="m", provider="ТОО Пример", created=1_763_787_600)
SAID = Said(
    label=LABEL,
    details=marks.Details(producer="990140001234"),
    words=("Жасанды интеллект жасаған\nСоздано искусственным интеллектом", "ЖИ · ИИ"),
)
ALL = Means(watermark=SECRET, signer=SIGNER)
VISIBLE_FOLDER = Path(__file__).parent / "visible"
NO_WORDS_IN = ("text/html", "text/markdown", "text/plain", "application/json")


def picture(kind: str) -> bytes:
    target = io.BytesIO()
    how = {} if kind in {"GIF", "TIFF", "PNG"} else {"quality": 92}
    Image.fromarray(pictures.scene(480, 400)).save(target, kind, **how)
    return target.getvalue()


def sound(kind: str) -> bytes:
    target = io.BytesIO()
    wave = np.sin(np.arange(4_000) / 9).astype(np.float32) / 3
    soundfile.write(target, wave, 16_000, format=kind)
    return target.getvalue()


def zipped(**entries: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return target.getvalue()


TYPES = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
WORDS_OF = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DOCUMENT = {
    "[Content_Types].xml": f'<Types xmlns="{TYPES}/content-types"/>',
    "_rels/.rels": f'<Relationships xmlns="{TYPES}/relationships"><Relationship Id="r" '
    f'Type="{OFFICE}/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
    "word/document.xml": f'<document xmlns="{WORDS_OF}"><body/></document>',
}
OASIS = "urn:oasis:names:tc:opendocument:xmlns"
TEXT = {
    "mimetype": "application/vnd.oasis.opendocument.text",
    "meta.xml": f'<o:document-meta xmlns:o="{OASIS}:office:1.0"><o:meta/></o:document-meta>',
    "content.xml": f'<o:d xmlns:o="{OASIS}:office:1.0"><o:body><o:text/></o:body></o:d>',
}
SAMPLES: dict[str, bytes] = {
    "image/png": picture("PNG"),
    "image/jpeg": picture("JPEG"),
    "image/webp": picture("WEBP"),
    "image/gif": picture("GIF"),
    "image/tiff": picture("TIFF"),
    "image/avif": picture("AVIF"),
    "image/svg+xml": b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9"/></svg>',
    "audio/wav": sound("WAV"),
    "audio/mpeg": sound("MP3"),
    "audio/flac": sound("FLAC"),
    "audio/ogg": sound("OGG"),
    "audio/aac": (VISIBLE_FOLDER / "aac" / "tone.aac").read_bytes(),
    "audio/mp4": (VISIBLE_FOLDER / "aac" / "tone.m4a").read_bytes(),
    "audio/webm": (VISIBLE_FOLDER / "tone.webm").read_bytes(),
    "video/mp4": (VISIBLE_FOLDER / "film" / "clip.mp4").read_bytes(),
    "video/webm": (VISIBLE_FOLDER / "film" / "clip.webm").read_bytes(),
    "application/pdf": picture("PDF"),
    "application/vnd.openxmlformats-officedocument": zipped(**DOCUMENT),
    "application/vnd.oasis.opendocument": zipped(**TEXT),
    "text/html": b"<!doctype html><html><head></head><body><p>a</p></body></html>",
    "text/markdown": b"# A\n\nb\n",
    "text/plain": b"Some words.\n",
    "application/json": b'{"a": 1}',
    "": b"no medium that anybody knows",
}
SEEN = {
    *PICTURES,
    *("video/mp4", "video/webm", "audio/aac", "audio/mp4", "audio/webm"),
    *("application/vnd.openxmlformats-officedocument", "application/vnd.oasis.opendocument"),
    "application/pdf",
    "audio/wav",
    "audio/mpeg",
    "audio/flac",
    "audio/ogg",
}
"""Media that people are shown or told it by."""
UNTAGGED = {"": "no_carrier"}
UNSIGNED = {
    *("audio/ogg", "audio/aac", "audio/webm", "video/webm"),
    *("application/vnd.openxmlformats-officedocument", "application/vnd.oasis.opendocument", ""),
}
"""Media without a place for a manifest."""


def said_to_be(medium: str) -> str:
    return medium if medium.startswith(("text/", "application/json")) else ""


def labelled(medium: str, means: Means, data: bytes | None = None) -> Layered:
    whole = SAMPLES[medium] if data is None else data
    return put(whole, SAID, means, NOW, media_type=said_to_be(medium))


def expected(medium: str, means: Means) -> tuple[list[str], dict[str, str]]:
    """Return what the table above says: the layers in their order, and what is missing and why."""
    written, missing = [], {}
    is_text = medium in NO_WORDS_IN
    if means.visible and medium in SEEN:
        written.append(VISIBLE)
    elif means.visible and not is_text:
        missing[VISIBLE] = NO_WAY
    if means.watermark and medium in PICTURES:
        written.append(WATERMARK)
    if medium in UNTAGGED:
        missing[TAGS] = UNTAGGED[medium]
    else:
        written.append(TAGS)
    if means.signer and medium in UNSIGNED:
        missing[SIGNED] = NO_WAY
    elif means.signer and not is_text:
        written.append(SIGNED)
    return written, missing


@pytest.fixture(autouse=True)
def quiet_oracle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCYPHER_C2PA_TELEMETRY", "off")


# ------------------------------------------------------------------ each medium, each means


@pytest.mark.parametrize("medium", SAMPLES)
@pytest.mark.parametrize("have", list(product([True, False], repeat=3)), ids=str)
def test_each_medium_gets_the_layers_that_there_are_means_for(
    medium: str, have: tuple[bool, bool, bool]
) -> None:
    visible, watermark, signed = have
    means = Means(
        visible=visible,
        watermark=SECRET if watermark else None,
        signer=SIGNER if signed else None,
    )
    done = labelled(medium, means)
    written, missing = expected(medium, means)
    assert (done.medium, list(done.written), dict(done.missing)) == (medium, written, missing)
    assert (done.data == SAMPLES[medium]) is (not written)
    assert done.why_not == ("no_authority" if SIGNED in written else "")


@pytest.mark.parametrize("medium", SAMPLES)
def test_every_layer_that_is_told_of_is_in_the_file(medium: str) -> None:
    done = labelled(medium, ALL)
    if TAGS in done.written:
        found = marks.read(done.data, media_type=said_to_be(medium))
        assert "ai-generated" in {one.level for one in found}
    if WATERMARK in done.written:
        reading = detected(done.data, SECRET)
        assert reading is not None
        assert reading.message == message_of(ID)
    if SIGNED in done.written:
        told = c2pa.verify(done.data, medium, anchors=MADE.root)
        assert told.conclusion == "declares_ai"
        assert told.found[0].trusted


@pytest.mark.parametrize("medium", ["image/png", "image/jpeg", "image/webp", "audio/wav",
                                    "audio/flac", "audio/mpeg", "video/mp4",
                                    "application/pdf"])  # fmt: skip
def test_a_manifest_over_all_layers_is_trusted_by_a_reader_that_isnt_ours(medium: str) -> None:
    done = labelled(medium, ALL)
    told = encypher_c2pa.verify(
        done.data,
        medium,
        trust_pem=MADE.root.decode(),
        no_default_trust=True,
        telemetry=False,
        online=False,
    )
    assert (told["validation_state"], told["hard_binding"]) == ("Trusted", "match")


@pytest.mark.parametrize("medium", sorted(UNSIGNED - {""}))
def test_a_manifest_goes_beside_what_has_no_place_for_one_where_it_can_be_given(
    medium: str,
) -> None:
    data = SAMPLES[medium]
    beside = put(data, replace(SAID, beside=True), ALL, NOW)
    assert BESIDE in beside.written
    assert SIGNED not in {*beside.written, *beside.missing}
    told = c2pa.verify(beside.data, beside.medium, anchors=MADE.root, sidecar=beside.store)
    assert told.conclusion == "declares_ai"
    assert told.found[0].trusted
    changed = bytes([*beside.data[:-1], beside.data[-1] ^ 1])
    broken = c2pa.verify(changed, beside.medium, anchors=MADE.root, sidecar=beside.store)
    assert broken.conclusion == "mark_invalid"
    alone = put(data, SAID, ALL, NOW)
    assert (alone.store, alone.missing[SIGNED]) == (b"", NO_WAY)


def test_nothing_is_drawn_into_texts() -> None:
    for medium in NO_WORDS_IN:
        whole = labelled(medium, ALL)
        assert whole == labelled(medium, Means(visible=False))


def test_a_label_without_words_shows_nothing_and_says_so() -> None:
    for means in (Means(), Means(watermark=SECRET)):
        done = put(SAMPLES["image/png"], replace(SAID, words=()), means, NOW)
        assert VISIBLE not in done.written
        assert done.missing == {VISIBLE: "no_letters"}


def test_a_small_picture_says_which_layers_it_has_no_room_for() -> None:
    tiny = io.BytesIO()
    Image.new("RGB", (12, 12), "navy").save(tiny, "PNG")
    done = put(tiny.getvalue(), SAID, ALL, NOW)
    assert done.written == (TAGS, SIGNED)
    assert done.missing == {WATERMARK: "too_small", VISIBLE: "too_small"}
    without = put(tiny.getvalue(), SAID, Means(visible=False, watermark=SECRET), NOW)
    assert dict(without.missing) == {WATERMARK: "watermark_too_small"}


def test_a_picture_without_room_for_the_watermark_still_shows_the_words() -> None:
    narrow = pictures.encoded(pictures.scene(120, 40))
    done = put(narrow, SAID, Means(watermark=SECRET), NOW)
    assert done.written == (VISIBLE, TAGS)
    assert done.missing == {WATERMARK: "watermark_too_small"}


def test_what_is_missing_of_the_libraries_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacks(*_: object, **__: object) -> bytes:
        raise ConfigError("not installed", code="labels_not_installed")

    monkeypatch.setattr("guardrail.disclose.shown.shown", lacks)
    monkeypatch.setattr("guardrail.disclose.shown.watermarked", lacks)
    monkeypatch.setattr(layers, "embeds", lacks)
    done = labelled("image/png", ALL)
    assert done.written == (TAGS,)
    assert done.missing == {VISIBLE: NO_EXTRA, WATERMARK: NO_EXTRA, SIGNED: NO_EXTRA}
    assert labelled("audio/wav", Means(watermark=SECRET)).missing == {VISIBLE: NO_EXTRA}


def test_a_label_that_says_of_no_ai_is_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="level"):
        put(b"", replace(SAID, label=replace(LABEL, level="none")), Means(), NOW)


# ------------------------------------------------------------------ what somebody signed before

SIGNABLE = ["image/png", "image/jpeg", "image/webp", "image/gif", "image/tiff", "image/avif",
            "audio/wav", "audio/flac", "audio/mpeg", "video/mp4", "application/pdf"]  # fmt: skip


def theirs(medium: str) -> bytes:
    return c2pa.sign(SAMPLES[medium], medium, LABEL, UPSTREAM, NOW).data


@pytest.mark.parametrize("medium", SIGNABLE)
@pytest.mark.parametrize("visible", [True, False])
def test_a_manifest_of_the_upstreams_is_kept_as_the_parent(medium: str, *, visible: bool) -> None:
    means = Means(visible=visible, watermark=SECRET if visible else None, signer=SIGNER)
    done = labelled(medium, means, theirs(medium))
    assert done.written[-1] == SIGNED
    assert not done.missing.keys() - UNTAGGED.keys() - {TAGS}
    found = [
        (one.technique, one.valid, one.trusted)
        for one in detect(done.data, anchors=MADE.root).found
        if one.layer == "signed"
    ]
    # Of a parent its own bytes prove no more: only who signs now is asked for.
    assert found == [("c2pa", True, True), ("c2pa:parent", True, False)]


@pytest.mark.parametrize("medium", SIGNABLE)
def test_without_a_signer_a_signed_file_keeps_its_bytes(medium: str) -> None:
    signed = theirs(medium)
    done = labelled(medium, Means(watermark=SECRET), signed)
    assert done.data == signed
    assert done.written == ()
    assert done.missing[VISIBLE] == "already_signed"
    assert done.missing.get(WATERMARK) == ("already_signed" if medium in PICTURES else None)
    assert done.missing[TAGS] == UNTAGGED.get(medium, "already_signed")
    assert c2pa.verify(done.data, medium, anchors=THEIRS.root).found[0].trusted
    bare = labelled(medium, Means(visible=False), signed)
    assert (bare.data, set(bare.missing)) == (signed, {TAGS})


# ------------------------------------------------------------------ a signer that doesn't sign


def broken(message: bytes) -> bytes:
    raise TimeoutError(f"{len(message)} bytes: a secret address")


def wordless(message: bytes) -> bytes:
    return message[:0]


PUBLIC = from_chain(MADE.credential.chain, NOW)
BROKEN = {
    "raises": (replace(SIGNER, credentials=(PUBLIC,), remote=broken), "signer_failed"),
    "no signature": (replace(SIGNER, credentials=(PUBLIC,), remote=wordless), "signer_failed"),
    "no key": (replace(SIGNER, credentials=(PUBLIC,)), "no_certificate"),
    "none": (replace(SIGNER, credentials=()), "no_certificate"),
    "ended": (
        replace(
            SIGNER,
            credentials=(replace(MADE.credential, not_after=NOW - timedelta(seconds=1)),),
        ),
        "no_certificate",
    ),
}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("medium", ["image/jpeg", "audio/wav", "application/pdf"])
def test_a_signer_that_fails_is_a_reason_and_the_other_layers_stay(
    how: str, medium: str, caplog: pytest.LogCaptureFixture
) -> None:
    signer, reason = BROKEN[how]
    done = labelled(medium, Means(signer=signer))
    assert done.written == (VISIBLE, TAGS)
    assert done.missing == {SIGNED: reason}
    assert "secret" not in caplog.text


@pytest.mark.parametrize("medium", SIGNABLE)
def test_a_signer_that_fails_doesnt_break_the_manifest_of_the_upstreams(medium: str) -> None:
    signed = theirs(medium)
    done = labelled(medium, Means(signer=BROKEN["raises"][0]), signed)
    assert done.data == signed
    assert done.missing[SIGNED] == "signer_failed"
    assert done.missing[VISIBLE] == "already_signed"


@pytest.mark.parametrize(
    ("authority", "why"), [(broken, "authority_failed"), (wordless, "malformed")]
)
def test_why_there_is_no_time_stamp_is_told(authority: Callable[[bytes], bytes], why: str) -> None:
    done = labelled("image/png", Means(signer=replace(SIGNER, authority=authority)))
    assert SIGNED in done.written
    assert done.why_not == why


def test_a_manifest_that_may_get_a_time_stamp_later_is_handed_over() -> None:
    late = replace(SIGNER, authority=broken)
    within = labelled("image/png", Means(signer=late))
    assert within.store in within.data
    assert (within.is_signed, bool(within.store), within.beside) == (True, True, b"")
    beside = put(SAMPLES["audio/ogg"], replace(SAID, beside=True), Means(signer=late), NOW)
    assert (beside.is_signed, beside.beside) == (True, beside.store)
    assert beside.store
    nobody_asked = labelled("image/png", Means(signer=SIGNER))
    assert (nobody_asked.is_signed, nobody_asked.store) == (True, b"")
    assert not labelled("image/png", Means()).is_signed


# ------------------------------------------------------------------ hostile files

MEANS = [ALL, Means(), Means(visible=False, signer=SIGNER), Means(signer=BROKEN["raises"][0])]
HEADS = [data[:24] for data in SAMPLES.values()]


def check(data: bytes, means: Means, media_type: str = "") -> None:
    done = put(data, SAID, means, NOW, media_type=media_type)
    assert not set(done.written) & set(done.missing)
    assert (done.data == data) or done.written
    if not done.written:
        assert done.data == data


@settings(max_examples=150)
@given(
    st.sampled_from(HEADS),
    st.binary(max_size=200),
    st.sampled_from(MEANS),
    st.sampled_from([*SAMPLES]),
)
def test_no_bytes_raise(head: bytes, rest: bytes, means: Means, media_type: str) -> None:
    check(rest, means, media_type)
    check(head + rest, means, media_type)


@settings(max_examples=150)
@given(st.sampled_from([*SAMPLES]), st.data(), st.sampled_from(MEANS))
def test_no_file_that_is_cut_off_or_has_a_wrong_byte_raises(
    medium: str, chance: st.DataObject, means: Means
) -> None:
    whole = SAMPLES[medium]
    at = chance.draw(st.integers(0, len(whole) - 1))
    check(whole[:at], means, said_to_be(medium))
    wrong = whole[:at] + bytes([whole[at] ^ chance.draw(st.integers(1, 255))]) + whole[at + 1 :]
    check(wrong, means, said_to_be(medium))


@settings(max_examples=60)
@given(st.sampled_from(SIGNABLE), st.data(), st.sampled_from(MEANS))
def test_no_signed_file_with_a_wrong_byte_raises(
    medium: str, chance: st.DataObject, means: Means
) -> None:
    whole = theirs(medium)
    at = chance.draw(st.integers(0, len(whole) - 1))
    check(whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :], means, "")
    check(whole[:at], means, "")


def test_a_text_is_vouched_for_beside_it_without_a_time_stamp() -> None:
    def asked(_: bytes) -> bytes:
        raise AssertionError

    page = b"<!doctype html><html><head></head><body>A</body></html>"
    means = Means(signer=replace(SIGNER, authority=asked))
    made = layers.vouch(page, SAID, means, NOW, media_type="text/html")
    assert (made.data, made.written, made.why_not) == (page, (BESIDE,), "no_authority")
    told = detect(page, media_type="text/html", sidecar=made.beside, anchors=MADE.root)
    assert (told.conclusion, told.found[0].trusted) == ("declares_ai", True)


def test_a_text_without_who_signs_or_without_a_certificate_is_told_so() -> None:
    nobody = layers.vouch(b"A", SAID, Means(), NOW, media_type="text/html")
    assert nobody.missing == {SIGNED: "no_certificate"}
    late = NOW + timedelta(days=4_000)
    ended = layers.vouch(b"A", SAID, Means(signer=SIGNER), late, media_type="text/html")
    assert ended.missing == {SIGNED: "no_certificate"}
