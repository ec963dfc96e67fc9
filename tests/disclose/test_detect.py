from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from guardrail.disclose import c2pa, label, marks
from guardrail.disclose.c2pa.library import MAX_BYTES, context, library
from guardrail.disclose.detect import (
    DECLARES_AI,
    MARK_INVALID,
    NO_MARK,
    WORDS,
    Carried,
    Mark,
    Unread,
    detect,
    spread,
    words,
)
from guardrail.disclose.watermark import Spread, embedded, message_of
from guardrail.facts import Label

# The library reads the clock itself: certificates must be valid when the test runs.
NOW = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251
MADE = c2pa.development(NOW)
SIGNER = c2pa.Signer(credentials=(MADE.credential,), anchors=MADE.root)
ID = "urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10"
SAID = label(id=ID, model="demo-model", provider="ТОО Пример", created=1_763_787_600)
ISSUER = "http://127.0.0.1:9/manifest.c2pa"


def picture(kind: str = "PNG", side: int = 48) -> bytes:
    target = io.BytesIO()
    Image.effect_mandelbrot((side, side), (-2, -1, 1, 1), 20).convert("RGB").save(target, kind)
    return target.getvalue()


def tagged(data: bytes, media_type: str = "", said: Label = SAID) -> bytes:
    done = marks.write(data, said, media_type=media_type)
    assert isinstance(done, marks.Marked)
    return done.data


def signed(data: bytes, mime: str = "image/png") -> bytes:
    return c2pa.sign(data, mime, SAID, SIGNER, NOW).data


PNG = picture()
TAGGED = tagged(PNG)
SIGNED = signed(PNG)
BOTH = signed(TAGGED)
(HELD,) = [one for one in detect(BOTH, anchors=MADE.root).found if one.trusted]


def layers(carried: Carried) -> list[tuple[str, str, bool | None]]:
    return [(one.layer, one.technique, one.valid) for one in carried.found]


# ---------------------------------------------------------------- nothing


def test_a_picture_without_a_mark_proves_nothing_and_says_so() -> None:
    carried = detect(PNG)
    assert (carried.conclusion, carried.medium, carried.found) == (NO_MARK, "image/png", ())
    assert words(carried) == {
        "kk": "Белгі табылмады. Бұл материалды адам жасағанын білдірмейді.",
        "ru": "Метка не найдена. Это не значит, что материал создан человеком.",
        "en": "No mark was found. This does not mean a person made it.",
    }


def test_what_wasnt_looked_for_is_said() -> None:
    assert detect(PNG).unread == (Unread(layer="watermark", reason="no_key"),)
    unknown = detect(b"\0\1\2\3")
    assert unknown.conclusion == NO_MARK
    assert unknown.unread == (
        Unread(layer="signed", reason="unsupported_format"),
        Unread(layer="metadata", reason="no_carrier"),
    )
    for tag, said in words(unknown).items():
        assert said == f"{WORDS[tag][NO_MARK]} {WORDS[tag]['unread']}"


@pytest.mark.parametrize(
    "data", [PNG[:60], b"\xff\xd8\xff" + b"x" * 100, b"%PDF-1.7 no", b"", b"GIF89a" + b"x" * 20]
)
def test_a_broken_file_without_a_mark_has_no_broken_mark(data: bytes) -> None:
    carried = detect(data)
    assert (carried.conclusion, carried.found) == (NO_MARK, ())
    assert carried.unread


def test_a_mark_that_says_no_ai_is_told_and_declares_none() -> None:
    capture = b"http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
    source = b"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    jpeg = tagged(picture("JPEG"))
    # Of the same length, so that no size in the file is wrong.
    carried = detect(
        jpeg.replace(source, capture + b" " * (len(source) - len(capture))).replace(
            b"&quot;Label&quot;:&quot;1&quot;", b"&quot;Label&quot;:&quot;2&quot;"
        )
    )
    assert carried.conclusion == NO_MARK
    assert "none" in {one.level for one in carried.found}


# ---------------------------------------------------------------- tags


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (picture("JPEG"), ""),
        (picture("WEBP"), "text/plain"),
        (b"<!doctype html><html><head></head><body>x</body></html>", ""),
        (b"A text.\n", "text/plain"),
        (b"# A text\n", "text/markdown; charset=utf-8"),
        (b'{"answer": 1}', "application/json"),
    ],
)
def test_tags_of_every_kind_of_medium_declare_ai(data: bytes, media_type: str) -> None:
    carried = detect(tagged(data, media_type), media_type=media_type)
    assert carried.conclusion == DECLARES_AI
    assert {one.layer for one in carried.found} <= {"metadata", "visible"}
    assert not any(one.trusted for one in carried.found)
    assert "кто угодно" in words(carried)["ru"]


def test_names_in_other_letters_are_told_as_they_were_written() -> None:
    told = {one.technique: one.producer for one in detect(TAGGED).found}
    assert told["tc260:AIGC"] == "ТОО Пример"


def test_words_of_a_mark_are_printable_and_short() -> None:
    said = {"level": "ai-generated", "provider": "\x1b[31m" + "я" * 900, "id": "\n\u202e" * 200}
    carried = detect(orjson.dumps({"ai_disclosure": said}), media_type="application/json")
    (one,) = carried.found
    assert one.producer.startswith("[31mя")
    assert len(one.producer) <= 128
    assert one.id == ""


# ---------------------------------------------------------------- manifests


def test_a_signed_mark_is_trusted_by_its_root_and_no_other() -> None:
    (own,) = detect(SIGNED, anchors=MADE.root).found
    assert own == Mark(
        layer="signed",
        technique="c2pa",
        valid=True,
        trusted=True,
        level="ai-generated",
        producer="ТОО Пример",
        model="demo-model",
        id=ID,
    )
    for anchors in (b"", c2pa.development(NOW).root):
        (other,) = detect(SIGNED, anchors=anchors).found
        assert (other.valid, other.trusted) == (True, False)


def test_words_doubt_a_signature_that_nobody_trusts() -> None:
    assert "кто угодно" in words(detect(SIGNED))["ru"]
    assert "кто угодно" not in words(detect(SIGNED, anchors=MADE.root))["ru"]


def test_a_signature_that_fails_is_the_conclusion_whatever_tags_say() -> None:
    changed = bytearray(BOTH)
    changed[-30] ^= 1
    carried = detect(bytes(changed), anchors=MADE.root)
    assert carried.conclusion == MARK_INVALID
    assert carried.found[0].codes == ("assertion.dataHash.mismatch",)
    assert ("metadata", "iptc:DigitalSourceType", True) in layers(carried)


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, len(BOTH) - 1), bit=st.integers(0, 7))
def test_a_mark_that_holds_after_a_flipped_bit_says_what_was_signed(at: int, bit: int) -> None:
    # Some bits of a manifest's boxes mean nothing, and no hash is over them.
    changed = bytearray(BOTH)
    changed[at] ^= 1 << bit
    carried = detect(bytes(changed), anchors=MADE.root)
    assert all(one == HELD for one in carried.found if one.trusted)


@settings(max_examples=40, deadline=None)
@given(size=st.integers(0, len(BOTH) - 1))
def test_a_file_that_was_cut_off_never_holds(size: int) -> None:
    carried = detect(BOTH[:size], anchors=MADE.root)
    assert not any(one.trusted for one in carried.found)


@given(st.binary(max_size=400), st.sampled_from(["", "text/html", "image/jpeg", "nonsense"]))
@settings(max_examples=60, deadline=None)
def test_whatever_comes_has_a_conclusion(data: bytes, media_type: str) -> None:
    carried = detect(data, media_type=media_type)
    assert carried.conclusion in {DECLARES_AI, MARK_INVALID, NO_MARK}
    orjson.dumps(carried.document())


def test_what_a_work_of_ai_was_made_into_still_declares_ai() -> None:
    lib = library()
    builder = lib.Builder({"assertions": []}, context=context(b""))
    builder.set_intent(lib.C2paBuilderIntent.EDIT)
    key = MADE.credential
    info = lib.C2paSignerInfo(b"es256", key.chain, key.key, None)
    target = io.BytesIO()
    builder.sign(lib.Signer.from_info(info), "image/png", io.BytesIO(SIGNED), target)
    carried = detect(target.getvalue(), anchors=MADE.root)
    assert [(one.technique, one.level) for one in carried.found] == [
        ("c2pa", ""),
        ("c2pa:parent", "ai-generated"),
    ]
    assert carried.conclusion == DECLARES_AI


def test_a_manifest_elsewhere_is_named_without_its_address() -> None:
    lib = library()
    builder = lib.Builder({"assertions": []}, context=context(b""))
    builder.set_intent(lib.C2paBuilderIntent.CREATE, lib.C2paDigitalSourceType.DIGITAL_CAPTURE)
    builder.set_no_embed()
    builder.set_remote_url(ISSUER)
    info = lib.C2paSignerInfo(b"es256", MADE.credential.chain, MADE.credential.key, None)
    target = io.BytesIO()
    builder.sign(lib.Signer.from_info(info), "image/jpeg", io.BytesIO(picture("JPEG")), target)
    carried = detect(target.getvalue())
    assert layers(carried) == [("signed", "c2pa:remote", None)]
    assert carried.conclusion == NO_MARK
    assert ISSUER.encode() not in orjson.dumps(carried.document())


def test_manifests_in_documents_are_read_whatever_family_they_are_of() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", "<x/>")
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    data = signed(target.getvalue(), sheet)
    for declared in (sheet, "", "text/plain"):
        carried = detect(data, media_type=declared, anchors=MADE.root)
        assert [one.trusted for one in carried.found] == [True]


def test_a_manifest_in_a_text_is_seen_though_it_isnt_read() -> None:
    text = "A text.\n-----BEGIN C2PA MANIFEST-----\nAAAA\n-----END C2PA MANIFEST-----\n"
    carried = detect(text.encode(), media_type="text/plain")
    assert ("signed", "c2pa:armoured", None) in layers(carried)
    assert Unread(layer="signed", reason="unsupported_format") in carried.unread


# ---------------------------------------------------------------- beside


def test_a_label_beside_a_file_is_of_that_file_alone() -> None:
    beside = marks.sidecar(PNG, marks.claim(SAID))
    assert detect(PNG, sidecar=beside).conclusion == DECLARES_AI
    other = detect(tagged(picture(side=50)), sidecar=beside)
    assert other.conclusion == MARK_INVALID


def test_a_manifest_beside_a_file_is_of_that_file_alone() -> None:
    store = c2pa.sign(PNG, "image/png", SAID, SIGNER, NOW, embed=False).store
    assert detect(PNG, sidecar=store, anchors=MADE.root).found[0].trusted
    assert detect(picture(side=50), sidecar=store).conclusion == MARK_INVALID


@pytest.mark.parametrize("beside", [b"{", b"{}x", b"\0\1nonsense"])
def test_nonsense_beside_a_file_declares_nothing(beside: bytes) -> None:
    carried = detect(PNG, sidecar=beside)
    assert carried.conclusion in {NO_MARK, MARK_INVALID}


# ---------------------------------------------------------------- watermarks


def test_a_watermark_is_found_by_its_key_and_by_no_other() -> None:
    noise = np.random.default_rng(1).normal(0, 8, (400, 448, 1))
    grey = np.linspace(60, 190, 448)[None, :, None] + noise + np.zeros(3)
    target = io.BytesIO()
    Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).save(target, "PNG")
    key = bytes(range(16))
    data, _ = embedded(target.getvalue(), Spread(key), message_of(ID))
    carried = detect(data, watermark=spread(key))
    assert [(one.technique, one.id) for one in carried.found] == [
        (Spread(key).technique, message_of(ID).hex())
    ]
    assert carried.conclusion == DECLARES_AI
    assert words(carried)["en"] == WORDS["en"][DECLARES_AI]
    assert detect(data, watermark=spread(bytes(16))).conclusion == NO_MARK


def test_a_picture_that_cant_be_decoded_isnt_looked_into_for_watermarks() -> None:
    carried = detect(PNG[:60], watermark=spread(bytes(16)))
    assert "watermark" in {one.layer for one in carried.unread}
    assert carried.found == ()


def test_watermarks_are_of_pictures_only() -> None:
    def fails(_: bytes) -> str:
        raise AssertionError

    assert detect(b"A text.", media_type="text/plain", watermark=fails).found == ()


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        spread(b"short")


# ---------------------------------------------------------------- bounds and words


def test_a_file_beyond_the_bound_is_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        detect(bytes(MAX_BYTES + 1))


@pytest.mark.parametrize("data", [PNG, TAGGED, SIGNED, BOTH, BOTH[:-40], b"x"])
def test_the_document_has_words_in_kazakh_and_russian_first(data: bytes) -> None:
    document = detect(data).document()
    told = document["words"]
    assert isinstance(told, dict)
    assert list(told) == ["kk", "ru", "en"]
    assert all(told.values())
    wanted = {"layer", "technique", "valid", "trusted", "level", "producer", "id", "signed_at"}
    found: Callable[[], Any] = lambda: document["found"]  # noqa: E731
    assert all(wanted <= one.keys() for one in found())
