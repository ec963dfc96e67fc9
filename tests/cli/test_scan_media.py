from __future__ import annotations

import json
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from guardrail.shells.media import pool
from guardrail.testing import biometrics, pictures, sounds
from training.fingerprints.eyes import eye

pytestmark = pytest.mark.xdist_group("media")

Ran = Any
Run = Callable[..., Ran]

PORTRAIT = pictures.encoded(pictures.portrait(256))


@pytest.fixture
def patiently(guardrail: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("GUARDRAIL_LIMITS__MEDIA_SECONDS", "60")
    return guardrail


def rows(ran: Ran) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.out.splitlines()]


def test_an_eye_is_reported_where_the_settings_ask_for_it(
    patiently: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grey = eye(np.random.default_rng(1))
    (tmp_path / "eye.png").write_bytes(pictures.encoded(np.dstack([grey] * 3)))
    assert rows(patiently("scan", "--media", "eye.png"))[0]["findings"] == []
    monkeypatch.setenv("GUARDRAIL_DETECT__IRISES", "true")
    (found,) = rows(patiently("scan", "--media", "eye.png"))[0]["findings"]
    assert (found["entity"], found["tier"]) == ("IRIS", "suspect")


def test_each_file_has_a_line_in_their_order(patiently: Run, tmp_path: Path) -> None:
    (tmp_path / "b.png").write_bytes(PORTRAIT)
    (tmp_path / "a.jpg").write_bytes(pictures.encoded(pictures.scene(320, 240), ".jpg"))
    (tmp_path / "c").write_bytes(sounds.encoded(sounds.voice()))
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.write(tmp_path / "b.png")
    ran = patiently("scan", "--media", "b.png", "a.jpg", "c", "d.zip", "b.png")
    made = rows(ran)
    assert (ran.code, ran.err) == (0, "")
    assert [(row["path"], row["verdict"], row["medium"]) for row in made] == [
        ("b.png", "inspected", "image/png"),
        ("a.jpg", "inspected", "image/jpeg"),
        ("c", "inspected", "audio/wav"),
        ("d.zip", "inspected", "application/zip"),
        ("b.png", "inspected", "image/png"),
    ]
    assert [[one["entity"] for one in row["findings"]] for row in made] == [
        ["FACE"], [], ["VOICE"], ["FACE"], ["FACE"],
    ]  # fmt: skip
    (face,) = made[0]["findings"]
    assert len(face.pop("box")) == 4
    assert 0.85 <= face.pop("score") <= 1
    assert face.pop("recognizer").startswith("YuNet@")
    assert face.pop("reason")
    assert face == {"entity": "FACE", "category": "biometric", "tier": "certain"}
    assert made[3]["findings"][0]["part"]
    assert "reason" not in made[0]


def test_it_ends_with_1_where_anything_is_found_and_that_is_asked(
    patiently: Run, tmp_path: Path
) -> None:
    (tmp_path / "a.bin").write_bytes(biometrics.finger_minutiae())
    (tmp_path / "b.wav").write_bytes(sounds.encoded(sounds.tone()))
    assert patiently("scan", "--media", "a.bin").code == 0
    assert patiently("scan", "--media", "--fail-on-findings", "b.wav", "a.bin").code == 1
    assert patiently("scan", "--media", "--fail-on-findings", "b.wav").code == 0


def test_what_cant_be_looked_into_says_why(patiently: Run, tmp_path: Path) -> None:
    samples = {
        "empty": (b"", "unknown_format"),
        "text": (b"words", "unknown_format"),
        "half.png": (PORTRAIT[:2_000], "truncated"),
        "bomb.png": (pictures.empty_png(20_000, bits=1), "too_many_pixels"),
    }
    for name, (data, _) in samples.items():
        (tmp_path / name).write_bytes(data)
    ran = patiently("scan", "--media", *samples)
    assert ran.code == 0
    assert {row["path"]: row["reason"] for row in rows(ran)} == {
        name: reason for name, (_, reason) in samples.items()
    }
    assert {row["verdict"] for row in rows(ran)} == {"media_uninspectable"}


def test_a_file_over_the_bound_isnt_read(
    patiently: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUARDRAIL_LIMITS__MEDIA_BYTES", "100")
    (tmp_path / "a.png").write_bytes(PORTRAIT)
    assert rows(patiently("scan", "--media", "a.png"))[0]["reason"] == "too_large"


def test_a_name_that_isnt_utf_8_is_shown_all_the_same(patiently: Run, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9\n.bin")
    (tmp_path / name).write_bytes(biometrics.wsq())
    ran = patiently("scan", "--media", name)
    assert (ran.code, rows(ran)[0]["path"]) == (0, "caf\ufffd\n.bin")


def test_a_file_that_isnt_there_or_is_none_is_named_before_any_work(
    guardrail: Run, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(PORTRAIT)
    ran = guardrail("scan", "--media", "a.png", "none.png")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "guardrail: none.png: No such file or directory\n"
    ran = guardrail("scan", "--media", tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert f"{tmp_path} isn't a file" in ran.err


def test_a_file_that_cant_be_read_is_named(guardrail: Run) -> None:
    # A process's memory is a file whose beginning nobody can read, whoever asks.
    ran = guardrail("scan", "--media", "/proc/self/mem")
    assert (ran.code, ran.err) == (2, "guardrail: /proc/self/mem: Input/output error\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--media",), "--media wants the files"),
        (("--media", "--json", "a.png"), "leave out --json"),
        (("--media", "--jsonl", "a.png"), "leave out --json"),
        (("--media", "--intent", "a.png"), "leave out --json"),
        (("a.txt", "b.txt"), "any number goes with --media"),
        (("--intent", "a.txt"), "--intent goes with --jsonl"),
    ],
)
def test_what_doesnt_go_together_is_said(
    guardrail: Run, arguments: tuple[str, ...], said: str
) -> None:
    ran = guardrail("scan", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_without_the_extra_a_hint_says_what_to_install(
    guardrail: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_NEEDED", ("no_such_library",))
    (tmp_path / "a.png").write_bytes(PORTRAIT)
    ran = guardrail("scan", "--media", "a.png")
    assert ran.code == 0
    assert [row["reason"] for row in rows(ran)] == ["media_extra_missing"]
    assert "guardrail-gateway[media]" in ran.err


def test_the_command_itself_loads_no_library_of_media(guardrail: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("nothing")
    before = set(sys.modules)
    guardrail("scan", "a.txt")
    assert not {"cv2", "soundfile", "pypdfium2"} & (set(sys.modules) - before)


def test_uses_that_a_text_may_ask_for_are_printed_however_unlikely(guardrail: Run) -> None:
    text = "Rate each citizen by their social behaviour"
    lines = "\n".join(json.dumps({"id": words, "text": words}) for words in (text, "Hello"))
    asking, plain = rows(guardrail("scan", "--jsonl", "--intent", stdin=lines.encode()))
    uses = [one for one in asking["findings"] if one["category"] == "prohibited"]
    assert uses[0]["entity"] == "SOCIAL_SCORING"
    scores = [one["score"] for one in uses]
    assert scores == sorted(scores, reverse=True)
    assert 0 <= scores[-1] < 0.5 < scores[0] <= 1
    assert {(one["start"], one["end"], one["reason"]) for one in uses} == {(0, len(text), "intent")}
    assert plain["findings"] == []
    without = rows(guardrail("scan", "--jsonl", stdin=lines.encode()))
    assert [one["findings"] for one in without] == [[], []]
