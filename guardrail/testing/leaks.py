"""Made-up values to plant in messages, and what finds them again in whatever a guard leaves behind.

    planted = Planted()
    text = planted.text()          # goes into a message
    assert not planted.leaks(sink)  # bytes of a log, a database, a file

A value is found however it is spelt: plain, in any case, escaped as JSON or for a URL, in UTF-16,
in hex, or in base64 wherever it begins there.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import count
from urllib.parse import quote

STEM = "velvetquokka"
"""How all made-up words begin that no detector knows."""
NAME = "Қарлығаш Сәрсенбайқызы"
"""A name in Kazakh, of nobody."""
CARD = "4539 1488 0343 6467"
PHONE = "+7 701 555 73 91"
_WEIGHTS = (
    (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2),
)
_LOOSE = 9
"""Digits that make a number personal: shorter runs are in any log."""
_NESTED = 3
"""Archives in archives that are looked into."""


def iin(number: int) -> str:
    """Return an individual identification number with a right check digit, for each number another.

    Args:
        number: from 0 to 9 999 or so.
    """
    for serial in count(number):
        body = f"870412{3 + serial // 10_000:01d}{serial % 10_000:04d}"
        check = _check_digit(body)
        if check is not None:
            return f"{body}{check}"
    raise AssertionError  # pragma: no cover - `count` has no end


def _check_digit(body: str) -> int | None:
    for weights in _WEIGHTS:
        rest = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11
        if rest < 10:
            return rest
    return None


class Planted:
    """Values that were planted, each text with its own.

    Attributes:
        stem: how made-up words begin.
        texts: how many were asked for.
    """

    def __init__(self, stem: str = STEM) -> None:
        """Take how made-up words begin, where several guards are looked at."""
        self.texts = 0
        self.stem = stem
        self._numbers: set[str] = {_digits(CARD), _digits(PHONE)[1:]}

    def word(self) -> str:
        """Return a word that no detector knows, another one each time."""
        self.texts += 1
        return f"{self.stem}{self.texts:05d}"

    def text(self) -> str:
        """Return a text with a new word, and with values that detectors know."""
        word = self.word()
        number = iin(self.texts)
        self._numbers.add(number)
        return f"{word} {NAME}, ИИН {number}, {word}@mail.example.kz, {PHONE}, {CARD}"

    def leaks(self, data: bytes) -> list[str]:
        """Return what of the planted values is in `data`; a few letters around each tell more.

        Compressed streams and archives are looked into.
        """
        return sorted({leak for layer in _layers(data) for leak in self._in(layer)})

    def _in(self, data: bytes) -> Iterator[str]:
        for value in (self.stem, *NAME.split()[1:]):
            for spelt in _spellings(value):
                for found in spelt.finditer(data):
                    yield _around(data, found)
        for run in re.finditer(rb"\d[\d \-()]{%d,30}\d" % (_LOOSE - 2), data):
            # Numbers stand in longer runs, too: "1 900101300017".
            bare = re.sub(rb"\D", b"", run[0]).decode()
            if any(number in bare for number in self._near(bare)):
                yield _around(data, run)

    def _near(self, bare: str) -> Iterator[str]:
        lengths = {len(number) for number in self._numbers}
        for length in lengths:
            for at in range(len(bare) - length + 1):
                if bare[at : at + length] in self._numbers:
                    yield bare[at : at + length]


def _digits(value: str) -> str:
    return re.sub(r"\D", "", value)


@cache
def _spellings(value: str) -> Sequence[re.Pattern[bytes]]:
    """Return patterns for every way in which a value may be written."""
    plain = {
        value.encode(),
        value.lower().encode(),
        value.upper().encode(),
        json.dumps(value)[1:-1].encode(),
        "".join(f"\\u{ord(letter):04x}" for letter in value).encode(),
        quote(value).encode(),
        "".join(f"%{byte:02x}" for byte in value.encode()).encode(),
        value.encode("utf-16-le"),
        value.encode("utf-16-be"),
        value.encode().hex().encode(),
    }
    exact = {
        code
        for form in (value, value.lower(), value.upper(), value.title())
        for data in (form.encode(), form.encode("utf-16-le"))
        for code in _in_base64(data)
    }
    return (
        *(re.compile(re.escape(spelt), re.IGNORECASE) for spelt in plain),
        *(re.compile(re.escape(spelt)) for spelt in exact),
    )


def _in_base64(data: bytes) -> Iterator[bytes]:
    """Give what base64 makes of some bytes in the midst of others, for each place in its groups."""
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + data)
        first = (before * 8 + 5) // 6
        last = (before + len(data)) * 8 // 6
        yield whole[first:last]
        yield whole[first:last].replace(b"+", b"-").replace(b"/", b"_")


def _around(data: bytes, found: re.Match[bytes]) -> str:
    return repr(data[max(0, found.start() - 60) : found.end() + 20])


def _layers(data: bytes, depth: int = 0) -> Iterator[bytes]:
    """Give data, and what is compressed in it."""
    yield data
    if depth == _NESTED:
        return
    if data[:2] == b"\x1f\x8b":
        try:
            yield from _layers(gzip.decompress(data), depth + 1)
        except (OSError, EOFError, zlib.error):
            return
    elif data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from _layers(archive.read(name), depth + 1)
    elif data[:5] == b"%PDF-":
        for stream in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
            try:
                yield zlib.decompress(stream[1])
            except zlib.error:
                continue
