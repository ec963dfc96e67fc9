"""Media are found wherever they stand in a text; what looks like them at a glance is not."""

from __future__ import annotations

import json
import struct
import sys
import textwrap
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from hashlib import shake_256
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.hidden import Hidden, hidden_in, respelt_in
from guardrail.detect.media.payload import from_base64
from guardrail.testing import biometrics


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


NOISE = bytes((7 * at * at + 31 * at) % 256 for at in range(700))
PNG = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", bytes(13)) + _chunk(b"IDAT", NOISE)
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xdb\0\x43" + NOISE
WAV = b"RIFF\x24\x08\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0" + NOISE
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + NOISE
ZIP = b"PK\x03\x04\x14\0\0\0\x08\0" + NOISE
MP4 = b"\0\0\0\x20ftypisom\0\0\x02\0" + NOISE
MP3 = b"\xff\xfb\x90\x64" + bytes(413) + b"\xff\xfb\x90\x64" + bytes(413)
BMP = b"BM" + struct.pack("<IIIIiiHH", 754, 0, 54, 40, 10, 10, 1, 24) + NOISE
MEDIA = [PNG, JPEG, WAV, PDF, ZIP, MP4, MP3, BMP, biometrics.finger_minutiae(), biometrics.wsq()]
NAMES = ["png", "jpeg", "wav", "pdf", "zip", "mp4", "mp3", "bmp", "minutiae", "wsq"]

each_medium = pytest.mark.parametrize("data", MEDIA, ids=NAMES)
media = st.sampled_from(MEDIA)


def plain(data: bytes) -> str:
    return b64encode(data).decode()


def url_safe(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def wrapped(width: int, between: str = "\n") -> Callable[[bytes], str]:
    def made(data: bytes) -> str:
        return between.join(textwrap.wrap(plain(data), width))

    return made


def slashed(text: str, times: int = 1) -> str:
    return text.replace("/", "\\" * times + "/")


PROSE = {
    "alone": ("", ""),
    "in prose": ("Here is the picture: ", " and who is this?"),
    "between lines": ("Сурет:\n", "\nБұл кім?"),
    "after a word's line": ("image\n", "\nThanks"),
    "in markdown": ("![a face](data:image/png;base64,", ") below"),
    "in code": ("```\n", "\n```"),
    "in HTML": ('<img src="data:image/png;base64,', '"/>'),
    "in CSS": ("url(data:;base64,", ");"),
    "in JSON": ('{"type": "image", "data": "', '"}'),
    "in JSON in JSON": ('{\\"data\\": \\"', '\\"}'),
    "behind escaped lines": ('{"text": "one\\n', '\\ntwo"}'),
    "behind an escaped quote": ("data=\\u0022", "\\u0022"),
    "in an address": ("https://a.example/?q=data%3Aimage%2Fpng%3Bbase64%2C", "&b=1"),
    "behind a path": ("/files/", " was sent"),
    "behind a name": ("portrait-of_somebody_", "\n"),
    "behind a rule": ("-" * 70 + "\n", "\n" + "-" * 70),
    "in a list": ("['", "', 'x']"),
    "in XML": ("<data>", "</data>"),
    "in YAML": ("data: |\n    ", "\nother: 1"),
}
SPELLINGS: dict[str, Callable[[bytes], str]] = {
    "base64": plain,
    "unpadded": lambda data: plain(data).rstrip("="),
    "of addresses": url_safe,
    "in lines of 76": wrapped(76),
    "in lines of 64 and CRLF": wrapped(64, "\r\n"),
    "in escaped lines": wrapped(76, "\\n"),
    "in lines escaped twice": wrapped(76, "\\\\r\\\\n"),
    "with escaped slashes": lambda data: slashed(plain(data)),
    "with slashes escaped twice": lambda data: slashed(plain(data), 3),
    "with escaped plus": lambda data: plain(data).replace("+", "\\u002b").replace("=", "\\u003d"),
    "percent-encoded": lambda data: quote(plain(data), safe=""),
    "in digits": lambda data: data.hex(),
    "in large digits": lambda data: data.hex().upper(),
    "in digits of C": lambda data: "0x" + data.hex(),
    "in digits of SQL": lambda data: "\\x" + data.hex(),
    "in lines of digits": lambda data: "\n".join(textwrap.wrap(data.hex(), 60)),
}


@each_medium
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_medium_is_found_in_every_spelling(data: bytes, spelling: str) -> None:
    made = SPELLINGS[spelling](data)
    (one,) = hidden_in(f"Look: {made}\n")
    assert one.data == data
    mark = {"in digits of C": 2, "in digits of SQL": 2}.get(spelling, 0)
    assert (one.start, one.end) == (6 + mark, 6 + len(made))


@pytest.mark.parametrize("data", [PNG, JPEG, PDF], ids=["png", "jpeg", "pdf"])
@pytest.mark.parametrize("around", PROSE)
@pytest.mark.parametrize("spelling", ["base64", "unpadded", "of addresses"])
def test_a_medium_is_found_wherever_it_stands(data: bytes, around: str, spelling: str) -> None:
    before, behind = PROSE[around]
    made = SPELLINGS[spelling](data)
    (one,) = hidden_in(before + made + behind)
    assert one == Hidden(start=len(before), end=len(before) + len(made), data=data)


@given(st.text(max_size=80), media, st.text(max_size=80), st.sampled_from(sorted(SPELLINGS)))
def test_whatever_stands_around_a_medium_it_is_found(
    before: str, data: bytes, behind: str, spelling: str
) -> None:
    made = SPELLINGS[spelling](data)
    found = list(hidden_in(f"{before} <{made}> {behind}"))
    assert data in [one.data for one in found]


@given(
    st.lists(media, min_size=2, max_size=5), st.sampled_from(["\n", " ", "==\n", "\n\n", '", "'])
)
def test_media_one_after_another_are_found_each(items: list[bytes], between: str) -> None:
    text = between.join(plain(data).rstrip("=") for data in items)
    assert [one.data for one in hidden_in(text)] == items


def test_media_of_two_alphabets_that_touch_are_found_each() -> None:
    jpeg = JPEG + b"\xfb"
    text = f"{plain(jpeg).rstrip('=')}-{url_safe(PNG)}"
    assert [one.data for one in hidden_in(text)][:1] == [jpeg]


def test_base64_in_lines_ends_where_the_text_goes_on() -> None:
    lines = "\n".join(textwrap.wrap(plain(PNG[:684]), 76))
    assert len(lines.splitlines()[-1]) == 76
    for word in ["Who is this?", "Name: A", "Who", "Please", "See the file."]:
        (one,) = hidden_in(f"{lines}\n{word}")
        assert one.data == PNG[:684]
        assert one.end == len(lines)


def test_indented_lines_are_one_medium() -> None:
    text = (
        "data: |\n" + "\n".join(f"    {line}" for line in textwrap.wrap(plain(PNG), 76)) + "\nb: 1"
    )
    assert [one.data for one in hidden_in(text)] == [PNG]


def test_base64_in_lines_behind_an_escaped_line_is_whole() -> None:
    lines = "\\n".join(textwrap.wrap(plain(PNG), 76))
    (one,) = hidden_in('{"mail": "Content-Transfer-Encoding: base64\\n\\n' + lines + '\\n"}')
    assert one.data == PNG


def test_a_percent_encoded_data_url_is_found() -> None:
    url = "data:image/png," + "".join(f"%{byte:02X}" for byte in PNG)
    text = f"a {url} b {plain(WAV)} c"
    assert [(one.start, one.data) for one in hidden_in(text)] == [
        (2, PNG),
        (text.index("UklGR"), WAV),
    ]
    drawing = "data:image/svg+xml,%3Csvg%20xmlns%3D%22http%3A%2F%2Fwww.w3.org%2F2000%2Fsvg%22%2F%3E"
    assert list(hidden_in(f"url({drawing})")) == []


@pytest.mark.parametrize("name", sorted(biometrics.samples()))
def test_every_biometric_record_is_found(name: str) -> None:
    data = biometrics.samples()[name]
    # JSON in base64 is what every token is, and the smallest of these hold no real picture.
    found = [data] if name != "SourceAFIS JSON" and len(data) > 64 else []
    assert [one.data for one in hidden_in(f"template={plain(data)}")] == found
    assert [one.data for one in hidden_in(f"template: {data.hex()}")] == found


# ------------------------------------------------------------------ what isn't one


def _random(size: int) -> bytes:
    return shake_256(b"anything").digest(size)


def _token(size: int) -> str:
    return plain(_random(size))


def _jwt() -> str:
    parts = [{"alg": "RS256", "typ": "JWT", "kid": "a" * 20}, {"sub": "u-1", "exp": 2, "aud": "x"}]
    head = [urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*head, urlsafe_b64encode(_random(256)).decode().rstrip("=")])


_DER = textwrap.wrap(plain(b"0\x82\x03\x0f0\x82\x01\xf7" + NOISE), 64)
CERTIFICATE = "\n".join(["-----BEGIN CERTIFICATE-----", *_DER, "-----END CERTIFICATE-----"])
ORDINARY = {
    "a digest": _random(64).hex(),
    "a lock file": "\n".join(f'"integrity": "sha512-{_token(64)}",' for _ in range(50)),
    "a token": f"Bearer {_jwt()}",
    "a certificate": CERTIFICATE,
    "a key for SSH": "ssh-rsa " + plain(b"\0\0\0\x07ssh-rsa\0\0\0\x03\x01\0\x01" + NOISE),
    "random bytes": _token(3000),
    "random bytes of addresses": url_safe(_random(3000)),
    "a vector": plain(struct.pack("<512f", *(at / 512 - 0.5 for at in range(512)))),
    "a long word": "Donaudampfschifffahrtsgesellschaftskapitänswitwenrente" * 9,
    "letters": "A" * 5_000,
    "a rule": "-" * 500 + "\n" + "_" * 500 + "\n" + "/" * 500,
    "an address": "https://a.example/" + "/".join(["path-of-the-thing", "Another_one"] * 20),
    "a path": "/usr/lib/" + "a_very_long_module_name/" * 30,
    "text in base64": plain("Сәлем, бұл жай ғана мәтін. ".encode() * 20),
    "JSON in base64": plain(json.dumps({"name": "value", "list": [1, 2, 3] * 30}).encode()),
    "minified code": "!function(e,t){for(var n=0;n<e.length;n++)t[e[n]]=n}" * 60,
    "names": "aVeryLongCamelCaseNameThatGoesOn" * 10,
}  # fmt: skip


@pytest.mark.parametrize("name", ORDINARY)
def test_what_only_looks_so_is_no_medium(name: str) -> None:
    assert list(hidden_in(ORDINARY[name])) == []


@given(st.binary(min_size=45, max_size=2_000))
def test_random_bytes_are_no_medium(data: bytes) -> None:
    begun = data.startswith((b"<", b"1.0")) or data[:1] in {b"\0", b"B", b"\xff"}
    if not begun:
        assert list(hidden_in(f"key: {plain(data)} hex: {data.hex()}")) == []


def test_the_sources_of_a_library_hold_no_media() -> None:
    folder = Path(json.__file__).parents[1]
    files = [*sorted(folder.glob("*.py"))[:120], *sorted((folder / "encodings").glob("*.py"))[:60]]
    assert len(files) > 100
    for file in files:
        assert list(hidden_in(file.read_text("utf-8"))) == [], file


ANY = st.text(st.characters(exclude_categories=()), max_size=300)


@given(
    ANY
    | ANY.map(lambda text: f"data:image/png,%89PNG%0D%0A{text}" + "A" * 60)
    | st.text("Aa0+/-_=\\nrxu%2Ff \n", max_size=600)
)
def test_every_text_is_read_to_its_end(text: str) -> None:
    done = 0
    for one in hidden_in(text):
        assert done <= one.start < one.end <= len(text)
        done = one.end


HOSTILE: dict[str, Callable[[int], str]] = {
    "letters": lambda size: "A" * size,
    "slashes": lambda size: "/" * size,
    "backslashes": lambda size: "\\" * size,
    "escapes": lambda size: "\\/" * (size // 2),
    "percents": lambda size: "%2F" * (size // 3),
    "almost runs": lambda size: ("a" * 59 + " ") * (size // 60) + "a" * 60,
    "beginnings": lambda size: "/9j/4" * (size // 5),
    "broken beginnings": lambda size: "x" + "UklGRA" * (size // 6),
    "lines": lambda size: ("A" * 76 + "\n") * (size // 77),
    "lines that end": lambda size: ("A" * 76 + "\n" + "A" * 75 + "\n") * (size // 153),
    "addresses": lambda size: "data:image/png,%" * (size // 16),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_time_grows_with_the_text_and_no_faster(kind: str) -> None:
    """Lines of Python that run, in place of seconds: those depend on nothing else."""

    def lines(text: str) -> int:
        count = 0

        def trace(frame: FrameType, event: str, arg: object) -> Any:  # noqa: ANN401 - as `sys.settrace` has it
            nonlocal count
            count += event == "line"
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            list(hidden_in(text))
        finally:
            sys.settrace(before)
        return count

    make = HOSTILE[kind]
    assert lines(make(60_000)) <= 5 * lines(make(15_000)) + 500


# ------------------------------------------------------------------ the way back


@given(media, media, st.sampled_from(sorted(SPELLINGS)))
def test_what_is_put_in_its_place_is_found_again(data: bytes, new: bytes, spelling: str) -> None:
    made = SPELLINGS[spelling](data)
    text = f"a <{made}> b"
    (one,) = hidden_in(text)
    again = text[: one.start] + respelt_in(text[one.start : one.end], new) + text[one.end :]
    assert [found.data for found in hidden_in(again)] == [new]
    assert again.startswith("a <")
    assert again.endswith("> b")


def test_escapes_stay_what_they_were() -> None:
    run = slashed(plain(JPEG))
    assert respelt_in(run, JPEG) == run
    assert respelt_in(JPEG.hex().upper(), PNG) == PNG.hex().upper()
    assert json.loads(f'"{respelt_in(run, PNG)}"') == plain(PNG)


def test_a_percent_encoded_url_becomes_base64() -> None:
    url = "data:image/png," + "".join(f"%{byte:02X}" for byte in PNG)
    new = respelt_in(url, WAV)
    assert new.startswith("data:image/png;base64,")
    assert from_base64(new.partition(",")[2]) == WAV


def test_an_address_ends_where_another_begins() -> None:
    codes = "data:image/png," + "".join(f"%{byte:02X}" for byte in PNG)
    for text in (
        f"{codes}{codes}",
        f"data:image/png;base64,QUJD)![]({codes}",
        f"{'Q' * 70}{codes}",
    ):
        found = [*hidden_in(text)]
        assert [one.data for one in found] == [PNG] * text.count(codes)
        assert all(text[one.start : one.end] == codes for one in found)


def test_how_long_other_words_are_says_nothing_of_a_short_address() -> None:
    short = "data:image/gif,%47IF89a"
    assert not [*hidden_in(f"{short} {'-' * 80}")]
