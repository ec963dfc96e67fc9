from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import pytest

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.sound import packets as module
from guardrail.detect.media.sound.packets import packets

Sample = Callable[[str], bytes]


@pytest.mark.parametrize(
    ("name", "mime", "count"),
    [
        ("voice.aac", "audio/aac", 37),
        ("voice.m4a", "audio/mp4", 37),
        ("voice.3gp", "video/3gpp", 37),
        ("voice.mp4", "video/mp4", 37),
        ("voice.mov", "video/quicktime", 15),
        ("voice.webm", "video/webm", 76),
        ("voice.mkv", "video/matroska", 82),
        ("voice.avi", "video/x-msvideo", 65),
    ],
)
def test_all_packets_of_sound_are_read_and_none_of_pictures(
    sample: Sample, name: str, mime: str, count: int
) -> None:
    (track,) = packets(sample(name), mime)
    assert len(track.found) == count


def test_a_file_is_read_as_what_it_is_and_as_nothing_else(sample: Sample) -> None:
    with pytest.raises(Uninspectable, match="broken"):
        packets(sample("voice.webm"), "video/mp4")


def test_a_file_that_names_others_reads_none(tmp_path: Path) -> None:
    other = tmp_path / "other.aac"
    other.write_bytes(b"")
    for mime in module.FORMATS:
        with pytest.raises(Uninspectable, match=r"broken|no_sound"):
            packets(f"ffconcat version 1.0\nfile {other}\n".encode(), mime)


def test_a_film_without_sound_has_no_track(sample: Sample) -> None:
    with pytest.raises(Uninspectable, match="no_sound"):
        packets(sample("silent.mp4"), "video/mp4")


def test_sound_that_calls_itself_text_is_sound(sample: Sample) -> None:
    hidden = sample("voice.mp4").replace(b"soun", b"text")
    assert len(packets(hidden, "video/mp4")) == 1


def test_frames_among_other_bytes_arent_all_that_there_is(sample: Sample) -> None:
    aac = sample("voice.aac")
    assert packets(b"ID3\x04\0\0\0\0\x02\0" + bytes(256) + aac, "audio/aac")
    with pytest.raises(Uninspectable, match="broken"):
        packets(aac + b"something else" * 300, "audio/aac")


def test_packets_and_tracks_are_bounded(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 20)
    with pytest.raises(Uninspectable, match="too_many_parts"):
        packets(sample("voice.aac"), "audio/aac")
    monkeypatch.undo()
    monkeypatch.setattr(module, "_MOST_TRACKS", 0)
    with pytest.raises(Uninspectable, match="too_many_parts"):
        packets(sample("voice.aac"), "audio/aac")


def test_a_decoder_that_nobody_listed_isnt_asked(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CODECS", frozenset({"opus"}))
    with pytest.raises(Uninspectable, match="format_not_decodable"):
        packets(sample("voice.aac"), "audio/aac")


def test_what_was_read_is_freed(sample: Sample) -> None:
    (track,) = packets(sample("voice.aac"), "audio/aac")
    found = track.found
    del track
    gc.collect()
    assert found == []
