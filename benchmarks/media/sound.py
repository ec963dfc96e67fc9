"""What listening costs: CPU time of one thread for a clip, against decoding it alone.

    python -m benchmarks.media.sound [FOLDER]

The voice is made by code, as are tone and noise; with a folder, its recordings are listened to as
well. Figures of one machine compare with each other only.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.sniff import sniff
from guardrail.detect.media.sound.decode import recording, samples
from guardrail.detect.media.sound.silence import silence
from guardrail.detect.media.sound.speech import Speech
from guardrail.testing.sounds import encoded, noise, tone, voice

BUDGET = Budget()
RECORDINGS = Path(__file__).parents[2] / "tests/detect/media/sound"
"""What no library here encodes."""
ROUNDS = 30
FORMATS = (("WAV", "PCM_16"), ("FLAC", "PCM_16"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III"))


def timed(work: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Return milliseconds of CPU time of each round."""
    work()
    found = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        found.append((time.process_time() - start) * 1000)
    return found


def row(name: str, found: list[float], decoded: list[float]) -> None:
    p50, p95 = np.percentile(found, [50, 95])
    alone = float(np.median(decoded))
    print(f"{name:34} p50 {p50:8.1f}  p95 {p95:8.1f}  decoding {alone:7.1f}  x{p50 / alone:.1f}")


def listened(name: str, data: bytes, speech: Speech, rounds: int = ROUNDS) -> None:
    mime = sniff(data).mime
    found = timed(lambda: speech.find(recording(data, mime, BUDGET)), rounds)
    row(name, found, timed(lambda: samples(data, mime, BUDGET), rounds))


def folder(path: Path, speech: Speech) -> None:
    """Print what the recordings of a folder cost, each listened to once."""
    found, decoded, seen = [], [], 0
    for file in sorted(path.rglob("*")):
        if not file.is_file():
            continue
        data = file.read_bytes()
        mime = sniff(data).mime
        try:
            seen += bool(speech.find(recording(data, mime, BUDGET)))
        except Uninspectable as error:
            print(f"{file.name}: {error.reason}")
            continue
        found += timed(partial(_heard, data, mime, speech), 1)
        decoded += timed(partial(samples, data, mime, BUDGET), 1)
    if found:
        row(f"{path.name}: voice in {seen} of {len(found)}", found, decoded)


def _heard(data: bytes, mime: str, speech: Speech) -> object:
    return speech.find(recording(data, mime, BUDGET))


def main() -> None:
    speech = Speech()
    print("milliseconds of CPU time; decoding: the whole clip, without listening")
    for form, subtype in FORMATS:
        clip = encoded(voice(8, 24_000), rate=24_000, form=form, subtype=subtype)
        listened(f"8 s of a voice, {form} {subtype}", clip, speech)
    for name, repeated in (("voice.aac", 5), ("voice_he1.aac", 5), ("voice.m4a", 1)):
        clip = (RECORDINGS / name).read_bytes() * repeated
        listened(f"{1.5 * repeated:.1f} s of a voice, {name}", clip, speech)
    minute = np.stack([tone(60, 330, 48_000), noise(60, rate=48_000)], axis=1)
    tones = (RECORDINGS / "tone.aac").read_bytes() * 40
    listened("60 s without a voice, mono, AAC", tones, speech, 5)
    listened("60 s without a voice, mono", encoded(minute[:, 0], rate=48_000), speech, 5)
    listened("60 s without a voice, stereo", encoded(minute, rate=48_000), speech, 5)
    late = np.concatenate([np.zeros(40 * 16_000, np.float32), voice(4)])
    listened("40 s of silence, then a voice", encoded(late), speech, 5)
    spoken = encoded(np.concatenate([tone(3), voice(4), tone(3)]))
    cut = timed(
        lambda: silence(spoken, "", speech.stretches(samples(spoken, "", BUDGET)), speech), 5
    )
    row("10 s silenced and proven", cut, timed(lambda: samples(spoken, "", BUDGET)))
    for path in sys.argv[1:]:
        folder(Path(path), speech)


if __name__ == "__main__":
    main()
