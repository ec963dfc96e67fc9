from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guardrail.cli import scan

Run = Callable[..., Any]

IIN = "900101300017"


def test_a_text_from_standard_input_gives_a_line_for_each_finding(guardrail: Run) -> None:
    ran = guardrail("scan", stdin=f"ЖСН {IIN}, a@example.kz".encode())
    lines = [line.split("\t") for line in ran.out.splitlines()]
    assert [(line[0], line[1], line[2]) for line in lines] == [
        ("4", "16", "KZ_IIN"),
        ("18", "30", "EMAIL_ADDRESS"),
    ]
    assert IIN not in ran.out


def test_a_text_from_a_file_too(guardrail: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"ИИН {IIN}", encoding="utf-8")
    assert guardrail("scan", "a.txt").out.startswith("4\t16\tKZ_IIN\t")
    assert guardrail("scan", "-", stdin=b"").out == ""


LINES: list[dict[str, object]] = [
    {"id": 1, "text": f"ЖСН {IIN}"},
    {"id": "б", "text": ""},
    {"id": None, "text": "👩‍👩‍👧 a@example.kz", "more": 1},
]


def test_many_texts_give_a_line_each_with_offsets_in_code_points(guardrail: Run) -> None:
    sent = "\n\n".join(json.dumps(line, ensure_ascii=False) for line in LINES)
    ran = guardrail("scan", "--jsonl", stdin=sent.encode())
    made = [json.loads(line) for line in ran.out.splitlines()]
    assert [line["id"] for line in made] == [1, "б", None]
    assert 0 < made[0]["findings"][0].pop("score") <= 1
    assert made[0]["findings"] == [
        {
            "start": 4,
            "end": 16,
            "entity": "KZ_IIN",
            "category": "personal",
            "recognizer": "KzIinRecognizer@1",
        }
    ]
    assert made[1]["findings"] == []
    (mail,) = made[2]["findings"]
    text = str(LINES[2]["text"])
    assert text[mail["start"] : mail["end"]] == "a@example.kz"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"nonsense " + IIN.encode(), "line 2 isn't JSON"),
        (b'{"text": "a"}', 'line 2 isn\'t {"id"'),
        (b'{"id": 1, "text": 2}', 'line 2 isn\'t {"id"'),
        (b"[]", 'line 2 isn\'t {"id"'),
        (b'{"id": 1, "text": "\xff"}', "line 2 isn't JSON"),
    ],
)
def test_a_bad_line_is_named_and_ends_the_work(guardrail: Run, line: bytes, said: str) -> None:
    ran = guardrail("scan", "--jsonl", stdin=b'{"id":0,"text":""}\n' + line + b"\n{}")
    assert ran.code == 2
    assert ran.out == '{"id":0,"findings":[]}\n'
    assert said in ran.err
    assert IIN not in ran.err


def test_a_text_that_isnt_utf_8_says_where(guardrail: Run) -> None:
    ran = guardrail("scan", stdin=b"abc\xff")
    assert (ran.code, ran.out) == (2, "")
    assert "isn't UTF-8 at byte 3" in ran.err


@pytest.mark.parametrize("jsonl", [(), ("--jsonl",)])
def test_a_text_beyond_the_bound_is_refused_not_cut(
    guardrail: Run, monkeypatch: pytest.MonkeyPatch, jsonl: tuple[str, ...]
) -> None:
    monkeypatch.setattr(scan, "MAX_BYTES", 100)
    ran = guardrail("scan", *jsonl, stdin=b"x" * 101)
    assert ran.code == 2
    assert "is longer than 100 bytes" in ran.err


def test_a_file_that_isnt_there_or_is_none_is_named(guardrail: Run, tmp_path: Path) -> None:
    ran = guardrail("scan", "none.txt")
    assert (ran.code, ran.err) == (2, "guardrail: none.txt: No such file or directory\n")
    assert guardrail("scan", tmp_path).code == 2


@pytest.mark.parametrize("jsonl", ["", "--jsonl"])
def test_a_reader_that_has_seen_enough_ends_the_work_quietly(tmp_path: Path, jsonl: str) -> None:
    lines = "".join(json.dumps({"id": n, "text": f"{IIN} " * 9}) + "\n" for n in range(300))
    (tmp_path / "many").write_text(lines, encoding="utf-8")
    command = f"{sys.executable} -m guardrail scan {jsonl} many | head -1"
    done = subprocess.run(  # noqa: S602 - our own command line
        command, shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_each_answer_comes_before_the_next_text_is_sent() -> None:
    command = [sys.executable, "-m", "guardrail", "scan", "--jsonl"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        for number in range(3):
            child.stdin.write(b'{"id":%d,"text":"a"}\n' % number)
            child.stdin.flush()
            assert json.loads(child.stdout.readline()) == {"id": number, "findings": []}
        child.stdin.close()
        assert child.wait(30) == 0
