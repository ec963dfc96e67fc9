"""What programs of others read in the media that leave: exiftool, FFmpeg's ffprobe, and qpdf.

Each medium is labelled once with every layer that it has room for, as a reply's are. exiftool is
taken from the PATH, else from Debian's package, which is unpacked under .venv and not installed;
ffprobe and qpdf from the PATH alone. A test whose program isn't to be had is skipped, and says so.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest

from guardrail.disclose import c2pa, label, marks
from guardrail.disclose.layers import BESIDE, SIGNED, TAGS, VISIBLE, Layered, Means, Said, put
from guardrail.testing import pictures, sounds

if TYPE_CHECKING:
    from collections.abc import Callable

Json = Any
Tags = dict[str, Any]

# The first test may have to download a package.
pytestmark = pytest.mark.timeout(150)

ID = "urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10"
MODEL = 'demo <1> & "қ"'
SAID = Said(
    label=label(id=ID, kind="synthetic", model=MODEL, provider="ТОО Пример", created=1_763_787_600),
    details=marks.Details(producer="990140001234", version="2.0-қ"),
    words=("Жасанды интеллект жасаған\nСоздано искусственным интеллектом", "ЖИ · ИИ"),
    beside=True,
)
AIGC = {
    "Label": "1",
    "ContentProducer": "990140001234",
    "ProduceID": ID,
    "ReservedCode1": "",
    "ContentPropagator": "990140001234",
    "PropagateID": ID,
    "ReservedCode2": "",
}
"""The seven members of GB 45438-2025 Annex E, as TC260's guides place them."""
IPTC = {
    "XMP-iptcExt:DigitalSourceType": (
        "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    ),
    "XMP-iptcExt:AISystemUsed": MODEL,
    "XMP-iptcExt:AISystemVersionUsed": "2.0-қ",
}
"""Properties of IPTC Photo Metadata 2025.1."""

AT = {
    **dict.fromkeys(("png", "jpg", "webp", "gif", "tiff", "avif", "pdf"), "XMP-TC260"),
    "wav": "RIFF",
    "mp3": "ID3v2_4",
    "aac": "ID3v2_3",
    **dict.fromkeys(("flac", "ogg", "opus"), "Vorbis"),
    **dict.fromkeys(("m4a", "mp4", "mov"), "Keys"),
    "webm": "Matroska",
}
"""What exiftool calls the place that TC260's field stands in, by medium."""
IN_XMP = tuple(ending for ending, place in AT.items() if place == "XMP-TC260")
BY_FFMPEG = ("mp3", "flac", "ogg", "mp4", "webm")
"""One of each way to place the field that FFmpeg reads; of WAV it knows no such chunk."""
ASKED = ("-*AIGC*", "-UserDefinedText", "-*DigitalSourceType", "-AISystem*", "-JUMDLabel",
         "-Error", "-Warning")  # fmt: skip
ONE_FRAME = "Invalid ID3 frame size"
"""exiftool says so of a tag of version 2.4 that ends with a frame, here the manifest: it looks for
the head of another one behind it. No padding need stand there."""


def paper() -> bytes:
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    target = BytesIO()
    document.save(target)
    document.close()
    return target.getvalue()


def sources() -> dict[str, bytes]:
    """Return a small file of every medium."""
    folder = Path(__file__).parents[1] / "disclose" / "visible"
    scene, sound = pictures.scene(480, 400), sounds.tone(0.5)
    film = (folder / "film" / "clip.mp4").read_bytes()
    return {
        **{
            one: pictures.encoded(scene, f".{one}")
            for one in ("png", "jpg", "webp", "tiff", "avif")
        },
        "gif": pictures.animation([scene], "GIF"),
        **{one: sounds.encoded(sound, form=one.upper()) for one in ("wav", "mp3", "flac", "ogg")},
        "opus": sounds.encoded(sound, form="OGG", subtype="OPUS"),
        "aac": (folder / "aac" / "tone.aac").read_bytes(),
        "m4a": (folder / "aac" / "tone.m4a").read_bytes(),
        "mp4": film,
        "mov": film.replace(b"ftypisom", b"ftypqt  ", 1),
        "webm": (folder / "film" / "clip.webm").read_bytes(),
        "pdf": paper(),
    }


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Layered]]:
    """Each medium with its label, by its ending: the file, and what was put into it."""
    # The library reads the clock itself: the certificate must be valid when the test runs.
    now = datetime.now(UTC)  # noqa: TID251
    made = c2pa.development(now)
    means = Means(signer=c2pa.Signer(credentials=(made.credential,), anchors=made.root))
    folder = tmp_path_factory.mktemp("labelled")
    left = {}
    for ending, data in sources().items():
        one = put(data, SAID, means, now)
        (folder / f"one.{ending}").write_bytes(one.data)
        left[ending] = (folder / f"one.{ending}", one)
    return left


def ran(*command: str | Path, **environment: str) -> str:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# ---------------------------------------------------------------- exiftool


@pytest.fixture(scope="module")
def exiftool(from_debian: Callable[..., Path]) -> Callable[..., list[Tags]]:
    """A function that asks exiftool about files: all tags that labels use, by group and name."""
    program, modules = shutil.which("exiftool"), ""
    if program is None:
        tree = from_debian("libimage-exiftool-perl")
        program, modules = str(tree / "usr/bin/exiftool"), str(tree / "usr/share/perl5")
        if shutil.which("perl") is None:
            pytest.skip("no exiftool on the PATH, and no perl to run Debian's with")

    def ask(*files_and_tags: str | Path) -> list[Tags]:
        # -U: chunks, too, that exiftool has no name for; -b: their content.
        command = [program, "-j", "-G1", "-a", "-U", "-b", *ASKED]
        told: list[Tags] = json.loads(ran(*command, *files_and_tags, PERL5LIB=modules))
        return told

    return ask


@pytest.fixture(scope="module")
def read(
    exiftool: Callable[..., list[Tags]], labelled: dict[str, tuple[Path, Layered]]
) -> dict[str, Tags]:
    """What exiftool reads in each medium."""
    told = exiftool(*(file for file, _ in labelled.values()))
    return {Path(one.pop("SourceFile")).suffix[1:]: one for one in told}


def field(told: Tags, place: str) -> Json:
    """Return TC260's field of one place as JSON, whatever exiftool calls and wraps it."""
    [value] = [
        str(one)
        for name, one in told.items()
        if name.startswith(f"{place}:") and ("aigc" in name.lower() or "(AIGC)" in str(one))
    ]
    if value.startswith("base64:"):
        value = base64.b64decode(value.removeprefix("base64:")).decode()
    # The zero is RIFF's: chunks are padded to even lengths.
    return json.loads(value.removeprefix("(AIGC) ").removesuffix("\0"))


def test_every_medium_has_the_layers_that_it_has_room_for(
    labelled: dict[str, tuple[Path, Layered]],
) -> None:
    assert set(labelled) == set(AT), "a medium that nobody asks about"
    for ending, (_, one) in labelled.items():
        signed = BESIDE if ending in {"ogg", "opus", "aac", "webm"} else SIGNED
        assert {VISIBLE, TAGS, signed} <= set(one.written), (ending, one.missing)


@pytest.mark.parametrize("ending", AT)
def test_exiftool_reads_tc260s_field_in_every_medium(read: dict[str, Tags], ending: str) -> None:
    assert field(read[ending], AT[ending]) == AIGC


@pytest.mark.parametrize("ending", IN_XMP)
def test_exiftool_reads_iptcs_properties_in_whatever_has_xmp(
    read: dict[str, Tags], ending: str
) -> None:
    assert {name: read[ending].get(name) for name in IPTC} == IPTC


def test_a_document_says_it_in_its_information_too(read: dict[str, Tags]) -> None:
    assert field(read["pdf"], "PDF") == AIGC


@pytest.mark.parametrize("ending", ["jpg", "png"])
def test_exiftool_finds_the_signed_manifest_and_what_it_says(
    read: dict[str, Tags], ending: str
) -> None:
    assert read[ending]["JUMBF:JUMDLabel"] == "c2pa"
    source = IPTC["XMP-iptcExt:DigitalSourceType"]
    assert read[ending]["CBOR:ActionsDigitalSourceType"] == source


def test_exiftool_has_nothing_to_say_against_any_file(read: dict[str, Tags]) -> None:
    complaints = {
        ending: text
        for ending, told in read.items()
        for name, text in told.items()
        if name.endswith((":Warning", ":Error"))
    }
    known = dict.fromkeys(("mp3", "flac"), ONE_FRAME)
    assert {one for one in complaints.items() if one not in known.items()} == set()


def test_exiftool_reads_the_field_beside_what_a_sound_says_of_itself(
    exiftool: Callable[..., list[Tags]], tmp_path: Path
) -> None:
    title = b"TIT2\0\0\0\x07\0\0\x03Meadow"
    tag = b"ID3\4\0\0\0\0\0" + bytes([len(title)]) + title
    written = marks.write(tag + sources()["mp3"], SAID.label, details=SAID.details)
    assert isinstance(written, marks.Marked)
    (tmp_path / "one.mp3").write_bytes(written.data)
    [told] = exiftool(tmp_path / "one.mp3", "-Title")
    assert told["ID3v2_4:Title"] == "Meadow"
    assert field(told, "ID3v2_4") == AIGC


# ---------------------------------------------------------------- ffprobe and qpdf


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="no ffprobe on the PATH")
@pytest.mark.parametrize("ending", BY_FFMPEG)
def test_ffmpeg_reads_the_field_of_sounds_and_films(
    labelled: dict[str, tuple[Path, Layered]], ending: str
) -> None:
    asked = ("-show_entries", "format_tags:stream_tags", "-of", "json")
    told = json.loads(ran("ffprobe", "-v", "error", *asked, labelled[ending][0]))
    holders = [told["format"], *told["streams"]]
    found = [one["tags"]["AIGC"] for one in holders if "AIGC" in one.get("tags", {})]
    assert [json.loads(one) for one in found] == [AIGC]


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="no qpdf on the PATH")
def test_qpdf_finds_no_error_in_a_document(labelled: dict[str, tuple[Path, Layered]]) -> None:
    assert "No syntax or stream encoding errors" in ran("qpdf", "--check", labelled["pdf"][0])
