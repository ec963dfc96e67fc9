from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guardrail.cli.detecting import KEY_VARIABLE

Ran = Any
Run = Callable[..., Ran]

IIN = "900101300017"
TEXT = f"\ufeffЖСН {IIN}, +7 701 123 45 67 (+77011234567)\r\n<a@example.kz>"


@pytest.fixture
def redact(guardrail: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    (tmp_path / "in.txt").write_bytes(TEXT.encode())

    def run(*arguments: str, key: bytes | None = bytes(32), stdin: bytes = b"") -> Ran:
        if key is not None:
            monkeypatch.setenv(KEY_VARIABLE, b64encode(key).decode())
        return guardrail("redact", "--tier", "fast", *arguments, stdin=stdin)

    return run


def test_values_become_numbered_labels(redact: Run) -> None:
    ran = redact("in.txt", key=None)
    assert (ran.code, ran.err) == (0, "")
    # What a terminal or a pipe gets has line ends as the system of the reader has them.
    assert ran.out.splitlines() == [
        "\ufeffЖСН <KZ_IIN_1>, <PHONE_NUMBER_1> (<PHONE_NUMBER_1>)",
        "<<EMAIL_ADDRESS_1>>",
    ]
    assert redact("--mask", key=None, stdin=f"ИИН {IIN}".encode()).out == "ИИН <KZ_IIN_1>"


def test_what_was_pseudonymised_comes_back_to_the_byte(redact: Run, tmp_path: Path) -> None:
    assert redact("in.txt", "--pseudonymise", "--vault", "v", "-o", "out.txt").code == 0
    made = (tmp_path / "out.txt").read_text("utf-8")
    assert IIN not in made
    assert "<KZ_IIN_" in made
    assert (tmp_path / "v").stat().st_mode & 0o777 == 0o600
    assert redact("--restore", "--vault", "v", "out.txt", "-o", "back.txt").code == 0
    assert (tmp_path / "back.txt").read_bytes() == TEXT.encode()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["back.txt", "in.txt", "out.txt", "v"]


def test_an_answer_about_it_gets_the_values_back(redact: Run) -> None:
    made = redact("in.txt", "--pseudonymise", "--vault", "v").out
    label = made.split("ЖСН ")[1].split(",")[0]
    answer = redact("--restore", "--vault", "v", stdin=f"Про {label.lower()}: всё верно".encode())
    assert answer.out == f"Про {IIN}: всё верно"


def test_a_vault_grows_and_a_value_keeps_its_label(redact: Run) -> None:
    first = redact("--pseudonymise", "--vault", "v", stdin=f"ЖСН {IIN}".encode()).out
    second = redact("--pseudonymise", "--vault", "v", stdin=f"a@b.kz ЖСН {IIN}".encode()).out
    assert second.endswith(first)
    for made, text in ((first, f"ЖСН {IIN}"), (second, f"a@b.kz ЖСН {IIN}")):
        assert redact("--restore", "--vault", "v", stdin=made.encode()).out == text


def test_the_key_may_be_in_a_file(redact: Run, tmp_path: Path) -> None:
    (tmp_path / "key").write_text((b"k" * 32).hex() + "\n")
    file = ("--vault", "v", "--key-file", "key")
    made = redact("in.txt", "--pseudonymise", *file, key=None).out
    assert redact("--restore", *file, key=None, stdin=made.encode()).out.startswith("\ufeffЖСН 9")


def test_detection_can_be_narrowed(redact: Run, tmp_path: Path) -> None:
    assert redact("in.txt", "--entities", "KZ_IIN", key=None).out.count("<KZ_IIN_1>") == 1
    assert "701" in redact("in.txt", "--entities", "KZ_IIN", key=None).out
    assert "701" in redact("in.txt", "--min-score", "0.95", key=None).out
    (tmp_path / "mine.yaml").write_text(
        "recognizers:\n- name: Word\n  supported_entity: WORD\n  deny_list: [ЖСН]\n", "utf-8"
    )
    out = redact("in.txt", "--recognizers", "mine.yaml", key=None).out
    assert out.startswith("\ufeff<WORD_1> <KZ_IIN_1>")


@pytest.mark.parametrize(
    ("arguments", "said", "fix"),
    [
        (("--mask", "--restore"), "exclude each other", "give one"),
        (("--pseudonymise",), "there is no vault", "--vault"),
        (("--restore",), "there is no vault", "--vault"),
        (("--vault", "v"), "can't be put back", "--pseudonymise or --restore"),
        (("--restore", "--vault", "none"), "none: there is no such vault", ""),
        (("--pseudonymise", "--vault", "no/v"), "no: No such file", ""),
        (("--restore", "--vault", "v", "--key-file", "no"), "no: No such file", ""),
        (("--restore", "--vault", "v", "--key-file", "odd"), "odd is neither base 64", ""),
        (("--restore", "--vault", "in.txt"), "in.txt isn't a vault", ""),
        (("-o", "no/out"), "no/out: No such file", ""),
    ],
)
def test_what_cant_be_done_is_said_and_nothing_is_written(
    redact: Run, tmp_path: Path, arguments: tuple[str, ...], said: str, fix: str
) -> None:
    (tmp_path / "odd").write_bytes(b"\xff")
    ran = redact("in.txt", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert fix in ran.err
    assert sorted(one.name for one in tmp_path.iterdir()) == ["in.txt", "odd"]


def test_without_a_key_or_with_another_nothing_is_put_back(redact: Run) -> None:
    ran = redact("in.txt", "--pseudonymise", "--vault", "v", key=None)
    assert "there is no key for the vault" in ran.err
    assert "openssl rand -base64 32" in ran.err
    made = redact("in.txt", "--pseudonymise", "--vault", "v").out
    ran = redact("--restore", "--vault", "v", key=b"x" * 32, stdin=made.encode())
    assert (ran.code, ran.out) == (2, "")
    assert "another key" in ran.err


def test_what_isnt_text_is_refused(redact: Run) -> None:
    ran = redact(stdin=b"a\xff", key=None)
    assert (ran.code, ran.out) == (2, "")
    assert "isn't UTF-8 at byte 1" in ran.err
