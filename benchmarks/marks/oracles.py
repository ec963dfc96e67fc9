"""What other programs make of a marked medium: exiftool, ffprobe and ffmpeg, qpdf."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

PICTURES = ("jpeg", "png", "webp", "gif", "tiff")
SOUNDS = ("wav", "flac", "mp3", "ogg")
KNOWN_TO_FFPROBE = ("flac", "mp3", "ogg")
"""It knows no chunk ``AIGC`` of WAV."""


def judge(name: str, before: bytes, after: bytes) -> str:
    """Return what the programs that know such a medium say, in a line."""
    kind = name.split(" ", maxsplit=1)[0]
    with tempfile.TemporaryDirectory() as folder:
        old, new = Path(folder, f"old.{kind}"), Path(folder, f"new.{kind}")
        old.write_bytes(before)
        new.write_bytes(after)
        if kind in PICTURES:
            return _exiftool(new)
        if kind in SOUNDS:
            return _ffmpeg(old, new, tagged=kind in KNOWN_TO_FFPROBE)
        return f"{_exiftool(new)}; {_qpdf(new)}" if kind == "pdf" else "no program for it"


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[str] | None:
    if shutil.which(program) is None:
        return None
    return subprocess.run(
        [program, *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def _exiftool(file: Path) -> str:
    said = _run("exiftool", "-validate", "-warning", "-a", "-XMP:all", str(file))
    if said is None:
        return "exiftool isn't installed"
    reads = "trainedAlgorithmicMedia" in said.stdout and '"Label":"1"' in said.stdout
    sound = next((line for line in said.stdout.splitlines() if "Validate" in line), "")
    return f"exiftool: mark {'read' if reads else 'NOT READ'}, {sound.partition(':')[2].strip()}"


def _ffmpeg(old: Path, new: Path, *, tagged: bool) -> str:
    decoded = [
        _run("ffmpeg", "-v", "error", "-i", str(file), "-f", "md5", "-") for file in (old, new)
    ]
    told = _run("ffprobe", "-v", "error", "-show_entries", "format_tags:stream_tags", str(new))
    if told is None or decoded[0] is None or decoded[1] is None:
        return "ffmpeg isn't installed"
    same = decoded[0].stdout == decoded[1].stdout and not decoded[1].stderr
    read = "read" if '"Label":"1"' in told.stdout else "NOT READ"
    mark = read if tagged else "not known there"
    return f"ffprobe: mark {mark}; samples {'same' if same else 'DIFFER'}"


def _qpdf(file: Path) -> str:
    checked = _run("qpdf", "--check", str(file))
    if checked is None:
        return "qpdf isn't installed"
    return f"qpdf: {'sound' if checked.returncode == 0 else 'UNSOUND'}"
