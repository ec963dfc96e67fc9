from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from guardrail.disclose.watermark import Spread, embedded, message_of

Ran = Any
Run = Callable[..., Ran]
BY = ("--model", "demo-1", "--provider", "ТОО Пример")


def picture(kind: str = "PNG") -> bytes:
    target = io.BytesIO()
    Image.effect_mandelbrot((48, 48), (-2, -1, 1, 1), 20).convert("RGB").save(target, kind)
    return target.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.png").write_bytes(picture())
    (tmp_path / "b.txt").write_text("A text.\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def signed(guardrail: Run, folder: Path) -> Path:
    """Return a picture with tags and a manifest; `c/root.pem` is its root."""
    assert guardrail("label", "certificate", "--out", "c").code == 0
    pair = ("--cert", "c/certificate.pem", "--key", "c/key.pem")
    assert guardrail("label", "write", "a.png", "--out", "s.png", *BY, *pair).code == 0
    return folder / "s.png"


# ---------------------------------------------------------------- verify


def test_a_file_without_a_mark_ends_with_1_and_proves_nothing(guardrail: Run, folder: Path) -> None:
    ran = guardrail("label", "verify", "a.png")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out == (
        "a.png: no_mark\n"
        "  not looked for: watermark (no_key)\n"
        "  Белгі табылмады. Бұл материалды адам жасағанын білдірмейді.\n"
        "  Метка не найдена. Это не значит, что материал создан человеком.\n"
        "  No mark was found. This does not mean a person made it.\n"
    )


def test_what_is_written_is_read(guardrail: Run, folder: Path) -> None:
    for name in ("a.png", "b.txt"):
        ran = guardrail("label", "write", name, "--out", f"marked-{name}", *BY)
        assert (ran.code, ran.err) == (0, "")
        ran = guardrail("label", "verify", f"marked-{name}")
        assert ran.code == 0
        assert ran.out.startswith(f"marked-{name}: declares_ai\n")


def test_a_signed_mark_is_trusted_by_its_root(guardrail: Run, signed: Path) -> None:
    ran = guardrail("label", "verify", "s.png", "--json", "--roots", "c/root.pem")
    row = json.loads(ran.out)
    assert (ran.code, row["path"], row["conclusion"]) == (0, "s.png", "declares_ai")
    own = row["found"][0]
    assert (own["layer"], own["valid"], own["trusted"]) == ("signed", True, True)
    assert own["producer"] == "ТОО Пример"
    assert list(row["words"]) == ["kk", "ru", "en"]
    ran = guardrail("label", "verify", "s.png")
    assert ran.code == 0
    assert "signed c2pa: valid, not trusted, ai-generated, by ТОО Пример" in ran.out


def test_a_mark_that_doesnt_hold_ends_with_3(guardrail: Run, signed: Path) -> None:
    changed = bytearray(signed.read_bytes())
    changed[-30] ^= 1
    signed.write_bytes(bytes(changed))
    ran = guardrail("label", "verify", "s.png")
    assert ran.code == 3
    assert "NOT VALID" in ran.out
    assert "assertion.dataHash.mismatch" in ran.out


def test_of_many_files_the_worst_is_the_end(guardrail: Run, signed: Path, folder: Path) -> None:
    changed = bytearray(signed.read_bytes())
    changed[-30] ^= 1
    (folder / "broken.png").write_bytes(bytes(changed))
    assert guardrail("label", "verify", "s.png", "s.png").code == 0
    assert guardrail("label", "verify", "s.png", "a.png").code == 1
    ran = guardrail("label", "verify", "--json", "broken.png", "a.png", "s.png")
    assert ran.code == 3
    assert [json.loads(line)["conclusion"] for line in ran.out.splitlines()] == [
        "mark_invalid",
        "no_mark",
        "declares_ai",
    ]


def test_standard_input_is_a_file_too(guardrail: Run, folder: Path) -> None:
    made = guardrail("label", "write", "-", "--type", "text/markdown", "--out", "m.md", *BY,
                     stdin=b"# Hello\n")  # fmt: skip
    assert made.code == 0
    marked = (folder / "m.md").read_bytes()
    ran = guardrail("label", "verify", "-", "--type", "text/markdown", "--json", stdin=marked)
    assert (ran.code, json.loads(ran.out)["path"]) == (0, "-")


def test_a_watermark_is_found_by_its_key(guardrail: Run, folder: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 8, (400, 448, 1))
    grey = np.linspace(60, 190, 448)[None, :, None] + noise + np.zeros(3)
    target = io.BytesIO()
    Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).save(target, "PNG")
    key = bytes(range(16))
    data, _ = embedded(target.getvalue(), Spread(key), message_of("x"))
    (folder / "w.png").write_bytes(data)
    (folder / "key").write_bytes(key)
    ran = guardrail("label", "verify", "w.png", "--watermark-key", "key")
    assert ran.code == 0
    assert f"watermark guardrail-spread-1: valid, {message_of('x').hex()}" in ran.out
    assert guardrail("label", "verify", "w.png").code == 1


def test_a_label_beside_is_read(guardrail: Run, folder: Path) -> None:
    from guardrail.disclose import label, marks  # noqa: PLC0415 - one test's

    beside = marks.sidecar(picture(), marks.claim(label(id="urn:x", model="m")))
    (folder / "a.label").write_bytes(beside)
    assert guardrail("label", "verify", "a.png", "--sidecar", "a.label").code == 0
    assert guardrail("label", "verify", "b.txt", "--sidecar", "a.label").code == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("verify", "nowhere.png"), "nowhere.png: No such file"),
        (("verify", "."), "Is a directory"),
        (("verify", "a.png", "b.txt", "--sidecar", "b.txt"), "one file"),
        (("verify", "-", "-"), "once"),
        (("verify", "a.png", "--roots", "b.txt"), "certificate"),
        (("verify", "a.png", "--watermark-key", "b.txt"), "16 bytes"),
        (("write", "a.png", "--out", "x", *BY, "--key", "b.txt"), "--cert"),
        (("write", "a.png", "--out", "x", *BY, "--cert", "b.txt", "--key", "b.txt"), "certificate"),
        (("write", "b.bin", "--out", "x", *BY), "no_carrier"),
        (("write", "nowhere", "--out", "x", *BY), "No such file"),
        (("write", "a.png", "--out", "no/where/x", *BY), "No such file"),
        (("certificate", "--out", "b.txt"), "File exists"),
    ],
)
def test_bad_input_is_told_in_a_line_and_ends_with_2(
    guardrail: Run, folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    (folder / "b.bin").write_bytes(b"\0\1\2")
    ran = guardrail("label", *arguments)
    assert ran.code == 2
    assert ran.err.startswith("guardrail: ")
    assert words in ran.err
    assert not (folder / "x").exists()


def test_words_of_a_hostile_file_cant_steer_a_terminal(guardrail: Run, folder: Path) -> None:
    said = {"ai_disclosure": {"level": "ai-generated", "provider": "\x1b[2J\r\n\u202eX"}}
    (folder / "h\x1b.json").write_text(json.dumps(said), encoding="utf-8")
    ran = guardrail("label", "verify", "h\x1b.json")
    assert ran.code == 0
    assert all(line.isprintable() for line in ran.out.splitlines())
    assert "by [2JX" in ran.out


# ---------------------------------------------------------------- write, certificate


def test_a_signed_file_is_signed_anew_or_not_at_all(guardrail: Run, signed: Path) -> None:
    ran = guardrail("label", "write", "s.png", "--out", "t.png", *BY)
    assert (ran.code, signed.with_name("t.png").exists()) == (2, False)
    assert "already_signed" in ran.err
    pair = ("--cert", "c/certificate.pem", "--key", "c/key.pem")
    assert guardrail("label", "write", "s.png", "--out", "t.png", *BY, *pair).code == 0
    row = json.loads(guardrail("label", "verify", "t.png", "--json").out)
    assert [one["technique"] for one in row["found"]][:2] == ["c2pa", "c2pa:parent"]


def test_a_text_has_no_place_for_a_manifest(guardrail: Run, signed: Path) -> None:
    pair = ("--cert", "c/certificate.pem", "--key", "c/key.pem")
    ran = guardrail("label", "write", "b.txt", "--out", "t.txt", *BY, *pair)
    assert ran.code == 2
    assert "unsupported_format" in ran.err


def test_a_certificate_for_development_is_loud_and_never_overwrites(
    guardrail: Run, folder: Path
) -> None:
    ran = guardrail("label", "certificate", "--out", "c")
    assert ran.code == 0
    assert ran.err.startswith("UNTRUSTED")
    assert ran.out.splitlines() == ["c/key.pem", "c/certificate.pem", "c/root.pem"]
    assert (folder / "c" / "key.pem").stat().st_mode & 0o077 == 0
    key = (folder / "c" / "key.pem").read_bytes()
    ran = guardrail("label", "certificate", "--out", "c")
    assert ran.code == 2
    assert "already" in ran.err
    assert (folder / "c" / "key.pem").read_bytes() == key


def test_tags_are_read_and_written_without_the_extra(folder: Path) -> None:
    # In a process of its own, in which what the extra brings can't be imported.
    script = (
        "import sys\n"
        "for name in ('c2pa', 'PIL', 'pypdfium2', 'soundfile'): sys.modules[name] = None\n"
        "from guardrail.cli import main\n"
        "main()\n"
    )

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", script, "label", *arguments],
            cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
        )  # fmt: skip

    assert run("write", "a.png", "--out", "m.png", *BY).returncode == 0
    done = run("verify", "m.png")
    assert done.returncode == 0, done.stderr
    assert "metadata iptc:DigitalSourceType: valid, ai-generated" in done.stdout
    assert "not looked for: signed (labels_not_installed)" in done.stdout
    (folder / "key").write_bytes(bytes(16))
    done = run("verify", "m.png", "--watermark-key", "key")
    assert done.returncode == 2
    assert "labels" in done.stderr
