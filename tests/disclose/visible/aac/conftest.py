"""Half a second of a tone in AAC, raw and in MP4, and what decodes AAC.

The files were made by ``ffmpeg -f lavfi -i sine=f=440:d=0.5:r=24000 -c:a aac -b:a 32k -bitexact``,
M4A with ``-ac 2``.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from guardrail.disclose.visible.aac.tables import LARGEST, PAIRS, STEPS, bands
from guardrail.disclose.visible.sound import UNIT

Samples = np.ndarray
FRAME = 1_024


@pytest.fixture(scope="session")
def raw() -> bytes:
    return (Path(__file__).parent / "tone.aac").read_bytes()


@pytest.fixture(scope="session")
def m4a() -> bytes:
    return (Path(__file__).parent / "tone.m4a").read_bytes()


@pytest.fixture(scope="session")
def ffmpeg(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], Samples]:
    """Return what decodes any sound to one row of samples of all channels, as players do."""
    program = shutil.which("ffmpeg")
    if program is None:
        pytest.skip("ffmpeg isn't installed: apt-get install ffmpeg")

    file = tmp_path_factory.mktemp("sound") / "sound"

    def decode(data: bytes) -> Samples:
        file.write_bytes(data)
        command = [program, "-v", "error", "-i", str(file), "-f", "f32le", "-"]
        done = subprocess.run(command, capture_output=True, check=True)
        assert not done.stderr, done.stderr
        return np.frombuffer(done.stdout, "<f4")

    return decode


@pytest.fixture(scope="session")
def heard() -> Callable[[list[bytes], int], Samples]:
    """Return what decodes blocks of one channel, as far as our encoder goes; written by the norm.

    ISO/IEC 14496-3: 4.4.2 (syntax), 4.6.2 (sizes), 4.6.11 (windows and transform).
    """
    return _heard


@pytest.fixture(scope="session")
def morse() -> Callable[[Samples, int], str]:
    """Return what reads short and long tones by their loudness, as a listener would."""
    return _morse


def _heard(blocks: list[bytes], rate: int) -> Samples:
    out, overlap = [], np.zeros(FRAME)
    slope = np.sin(np.pi / (2 * FRAME) * (np.arange(2 * FRAME) + 0.5))
    place = np.arange(2 * FRAME) + (FRAME + 1) / 2
    turns = np.cos(np.pi / FRAME * np.outer(place, np.arange(FRAME) + 0.5)).astype(np.float32)
    for block in blocks:
        wave = turns @ _spectrum(block, rate).astype(np.float32) / FRAME * slope / 32_767
        out.append(overlap + wave[:FRAME])
        overlap = wave[FRAME:]
    return np.concatenate(out)


def _spectrum(block: bytes, rate: int) -> Samples:
    bits = iter("".join(f"{octet:08b}" for octet in block))
    assert _take(bits, 7) == 0, "one channel, the first of its kind"
    factor = _take(bits, 8)
    assert _take(bits, 4) == 0, "a long window, half a sine"
    count = _take(bits, 6)
    assert _take(bits, 1) == 0, "no prediction"
    books = _books(bits, count)
    factors = []
    for book in books:
        factor += _word(bits, STEPS) - 60 if book else 0
        factors.append(factor)
    assert _take(bits, 3) == 0, "neither pulses nor shapes nor gain"
    lines = np.zeros(FRAME)
    edges = bands(rate)
    for band, book in enumerate(books):
        for at in range(edges[band], edges[band + 1], 2) if book else ():
            lines[at : at + 2] = _pair(bits)
        lines[edges[band] : edges[band + 1]] *= 2 ** ((factors[band] - 100) / 4)
    assert _take(bits, 3) == 7, "the end"
    rest = "".join(bits)
    assert len(rest) < 8
    assert not rest.strip("0")
    return lines


def _books(bits: Iterator[str], count: int) -> list[int]:
    books: list[int] = []
    while len(books) < count:
        book, more = _take(bits, 4), 31
        assert book in {0, 8}
        while more == 31:
            more = _take(bits, 5)
            books += [book] * more
    assert len(books) == count
    return books


def _pair(bits: Iterator[str]) -> list[float]:
    sizes = divmod(_word(bits, PAIRS), LARGEST + 1)
    return [(-1 if size and _take(bits, 1) else 1) * size ** (4 / 3) for size in sizes]


def _word(bits: Iterator[str], code: tuple[str, ...]) -> int:
    word = ""
    while word not in code:
        word += next(bits)
    return code.index(word)


def _take(bits: Iterator[str], count: int) -> int:
    return int("".join(next(bits) for _ in range(count)), 2)


def _morse(samples: Samples, rate: int) -> str:
    step = int(rate * UNIT / 4)
    loud = np.abs(samples[: len(samples) // step * step]).reshape(-1, step).max(axis=1) > 0.08
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(int), [0]])))
    starts, ends = edges[::2], edges[1::2]
    written = ""
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if number and (start - ends[number - 1]) * UNIT / 4 > 2 * UNIT:
            written += " "
        written += "-" if (end - start) * UNIT / 4 > 2 * UNIT else "."
    return written


@pytest.fixture(scope="session")
def framed() -> Callable[[bytes, int, int], bytes]:
    """Return what puts a header before a block, by the index of its rate and its layout."""

    def frame(block: bytes, rate: int, layout: int) -> bytes:
        size = len(block) + 7
        last = (layout & 3) << 6 | size >> 11, size >> 3 & 255, (size & 7) << 5 | 31, 0xFC
        return bytes((0xFF, 0xF1, 0x40 | rate << 2 | layout >> 2, *last)) + block

    return frame


@pytest.fixture(scope="session")
def grown() -> Callable[..., bytes]:
    """Return what puts a filling element before the end of a block, as HE-AAC has it."""

    def grow(block: bytes, size: int, kind: str = "1101") -> bytes:
        bits = "".join(f"{octet:08b}" for octet in block).rstrip("0")
        assert bits.endswith("111")
        count = f"{size:04b}" if size < 15 else "1111" + f"{size - 14:08b}"
        bits = bits[:-3] + "110" + count + kind + "01" * (4 * size - 2) + "111"
        bits += "0" * (-len(bits) % 8)
        return int(bits, 2).to_bytes(len(bits) // 8, "big")

    return grow
