from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guardrail.cli import detecting

Ran = Any
Run = Callable[..., Ran]

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
    assert made[0]["findings"][0].pop("recognizer").startswith("KzIinRecognizer@")
    assert made[0]["findings"] == [
        {
            "start": 4,
            "end": 16,
            "entity": "KZ_IIN",
            "category": "personal",
            "reason": "checksum, structure, context",
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
    monkeypatch.setattr(detecting, "MAX_BYTES", 100)
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


# ------------------------------------------------------------------ what is asked for


def test_why_and_by_which_pattern_is_told_on_request(guardrail: Run) -> None:
    ran = guardrail("scan", "--explain", stdin="почта a@example.kz".encode())
    (line,) = ran.out.splitlines()
    start, end, entity, _, recognizer, reason, pattern = line.split("\t")
    assert (start, end, entity, reason) == ("6", "18", "EMAIL_ADDRESS", "pattern")
    assert recognizer.startswith("EmailRecognizer@")
    assert "@" in pattern
    made = json.loads(guardrail("scan", "--json", "--explain", stdin=b"a@example.kz").out)
    assert made["findings"][0]["pattern"] == pattern
    lines = guardrail("scan", "--jsonl", "--explain", stdin=b'{"id":1,"text":"a@example.kz"}').out
    assert json.loads(lines)["findings"] == made["findings"]


def test_one_text_gives_one_document(guardrail: Run) -> None:
    made = json.loads(guardrail("scan", "--json", stdin=f"ЖСН {IIN}".encode()).out)
    assert [one["entity"] for one in made["findings"]] == ["KZ_IIN"]
    assert json.loads(guardrail("scan", "--json", stdin=b"").out) == {"findings": []}
    ran = guardrail("scan", "--json", "--jsonl", stdin=b"")
    assert (ran.code, ran.out) == (2, "")
    assert "give one of them" in ran.err


TEXT = f"ЖСН {IIN}, user@mail.ru 10.0.0.1 git@github.com".encode()


def entities(ran: Ran) -> list[str]:
    return [line.split("\t")[2] for line in ran.out.splitlines()]


@pytest.mark.parametrize(
    ("flags", "found"),
    [
        ((), ["KZ_IIN", "EMAIL_ADDRESS", "EMAIL_ADDRESS"]),
        (("--tier", "fast"), ["KZ_IIN", "EMAIL_ADDRESS", "EMAIL_ADDRESS"]),
        (("--entities", "KZ_IIN, PERSON"), ["KZ_IIN"]),
        (("--min-score", "0.97"), ["KZ_IIN"]),
        (("--profile", "code"), ["KZ_IIN", "EMAIL_ADDRESS"]),
    ],
)
def test_what_is_looked_for_can_be_narrowed(
    guardrail: Run, flags: tuple[str, ...], found: list[str]
) -> None:
    ran = guardrail("scan", *flags, stdin=TEXT)
    assert (ran.code, entities(ran)) == (0, found)


def test_settings_and_variables_count_and_flags_stand_above_them(
    guardrail: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "g.yaml").write_text(
        f"detect: {{allow: ['{IIN}'], entities: {{without: [PERSON]}}}}", encoding="utf-8"
    )
    assert "KZ_IIN" not in entities(guardrail("scan", "--config", "g.yaml", stdin=TEXT))
    monkeypatch.setenv("GUARDRAIL_DETECT__ENTITIES__ONLY", "EMAIL_ADDRESS")
    assert entities(guardrail("scan", stdin=TEXT)) == ["EMAIL_ADDRESS"] * 2
    assert entities(guardrail("scan", "--entities", "KZ_IIN", stdin=TEXT)) == ["KZ_IIN"]


def test_recognizers_of_ones_own_can_be_tried(guardrail: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        "recognizers:\n"
        "- name: Badge\n"
        "  supported_entity: BADGE\n"
        "  category: secret\n"
        "  patterns: [{name: plain, regex: '\\bQ-[0-9]{3}\\b', score: 0.8}]\n",
        encoding="utf-8",
    )
    made = guardrail("scan", "--recognizers", "mine.yaml", "--json", stdin=b"Q-123")
    (one,) = json.loads(made.out)["findings"]
    assert (one["entity"], one["category"], one["reason"]) == ("BADGE", "secret", "pattern")
    (tmp_path / "mine.yaml").write_text("recognizers: [{name: Badge, pattern: 1}]", "utf-8")
    ran = guardrail("scan", "--recognizers", "mine.yaml", stdin=b"Q-123")
    assert ran.code == 2
    assert "mine.yaml: recognizer 'Badge': unknown key 'pattern' (did you mean" in ran.err


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--entities", "KZ_INN"), "nothing finds 'KZ_INN' (did you mean 'KZ_IIN'?)"),
        (("--tier", "quick"), "Invalid value"),
        (("--profile", "cod"), "Invalid value"),
        (("--min-score", "7"), "Invalid value"),
        (("--recognizers", "none.yaml"), "none.yaml: No such file"),
    ],
)
def test_what_cant_be_asked_for_is_said(guardrail: Run, flags: tuple[str, ...], said: str) -> None:
    ran = guardrail("scan", *flags, stdin=TEXT)
    assert (ran.code, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())


@pytest.mark.parametrize("form", [(), ("--json",), ("--jsonl",)])
def test_the_exit_code_tells_of_findings_on_request(guardrail: Run, form: tuple[str, ...]) -> None:
    def code(text: str, *flags: str) -> int:
        line = json.dumps({"id": 1, "text": text}) if "--jsonl" in form else text
        ran = guardrail("scan", *form, *flags, stdin=f"{line}\n".encode())
        return int(ran.code)

    assert code(f"ЖСН {IIN}") == 0
    assert code(f"ЖСН {IIN}", "--fail-on-findings") == 1
    assert code("ничего", "--fail-on-findings") == 0


def test_on_a_terminal_the_text_is_shown_with_what_was_found(
    guardrail: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guardrail.cli.scan.is_terminal", lambda: True)
    ran = guardrail("scan", stdin=f"ЖСН {IIN}!".encode())
    assert ran.out.splitlines()[0] == f"ЖСН {IIN}[KZ_IIN]!"
    assert ran.out.split()[-3:] == ["personal", "KZ_IIN", "1"]
    told = guardrail("scan", "--explain", stdin=f"ЖСН {IIN}!".encode()).out
    assert "recognizer" in told
    assert "checksum, structure, context" in told
    assert json.loads(guardrail("scan", "--json", stdin=b"").out) == {"findings": []}


def test_ten_thousand_texts_are_served_without_growth() -> None:
    script = (
        "import json, random, resource, sys\n"
        "from guardrail.cli.scan import _explained\n"
        "from guardrail.detect import text_detector\n"
        "detector = text_detector(memo_key=b'k', tier='fast')\n"
        "chance, sizes = random.Random(7), []\n"
        "for number in range(10_000):\n"
        "    text = f'№{number}: +7 701 {chance.randrange(10**7):07}, u{number}@mail.kz'\n"
        "    assert _explained(detector, text)\n"
        "    if number in (3_000, 9_999):\n"
        "        sizes.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
        "print(sizes[1] - sizes[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=110, check=True
    )
    assert int(done.stdout) < 8_000, "KiB"
