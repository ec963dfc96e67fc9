from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
IIN = "900101300017"


@pytest.fixture
def request_of(tmp_path: Path) -> Callable[[object], Path]:
    def make(content: object) -> Path:
        body = {"model": "m", "messages": [{"role": "user", "content": content}]}
        path = tmp_path / "request.json"
        path.write_text(json.dumps(body, ensure_ascii=False), "utf-8")
        return path

    return make


Make = Callable[[object], Path]


def test_the_rules_that_apply_are_told_with_articles_and_why(
    guardrail: Run, request_of: Make
) -> None:
    path = request_of(f"Менің ЖСН {IIN}, тексеріңізші.")
    ran = guardrail("policy", "explain", path, "--policy", "kz-230-viii", "--policy", "kz-94-v")
    assert ran.code == 0
    assert "without any consent it comes to: refuse" in ran.out
    assert "kz.10.personal-data: refuse (decisive)" in ran.out
    assert "  law: 230-VIII art. 10; " in ran.out
    assert "  why: KZ_IIN missing x1" in ran.out
    assert "kz.94-v.7.personal-data: refuse (decisive)" in ran.out
    assert "Хабарламаңызда дербес деректер бар." in ran.out
    assert "В сообщении есть персональные данные." in ran.out
    assert IIN not in ran.out + ran.err


def test_people_are_told_in_the_languages_asked_for(guardrail: Run, request_of: Make) -> None:
    path = request_of(f"ИИН {IIN}")
    ran = guardrail("policy", "explain", path, "--language", "kk")
    assert "дербес деректер" in ran.out
    assert "персональные" not in ran.out


def test_a_program_reads_the_same_as_json(guardrail: Run, request_of: Make) -> None:
    path = request_of(f"ИИН {IIN}")
    ran = guardrail("policy", "explain", path, "--json", "--today", "2026-11-22")
    told = json.loads(ran.out)
    assert (told["action"], told["today"], told["wire"]) == (
        "refuse",
        "2026-11-22",
        "openai-chat@1",
    )
    assert told["rules"][0]["found"] == {"KZ_IIN missing": 1}
    assert IIN not in ran.out


def test_what_no_rule_is_about_is_said(guardrail: Run, request_of: Make) -> None:
    ran = guardrail("policy", "explain", request_of("Good morning!"), "--policy", "eu-ai-act")
    assert (ran.code, ran.out.splitlines()[1:]) == (
        0,
        ["without any consent it comes to: allow", "no rule applies"],
    )


def test_a_rule_that_doesnt_hold_on_the_day_isnt_told(guardrail: Run, request_of: Make) -> None:
    path = request_of(f"ИИН {IIN}")
    ran = guardrail("policy", "explain", path, "--today", "2026-01-17")
    assert "no rule applies" in ran.out


def test_what_the_operator_chose_counts(
    guardrail: Run, request_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = request_of(f"ИИН {IIN}")
    monkeypatch.setenv("GUARDRAIL_PERSONAL_DATA", "mask")
    ran = guardrail("policy", "explain", path)
    assert "kz.10.personal-data: mask (decisive)" in ran.out
    assert "the person is told" not in ran.out


def test_media_are_looked_into_as_serving_would(guardrail: Run, request_of: Make) -> None:
    held = base64.b64encode(b"no picture").decode()
    url = {"url": f"data:image/png;base64,{held}"}
    ran = guardrail("policy", "explain", request_of([{"type": "image_url", "image_url": url}]))
    assert "media that nobody could look into: image" in ran.out
    assert "kz.media-uninspectable: refuse (decisive)" in ran.out
    assert "  why: the message as a whole" in ran.out


def test_no_state_is_left_behind(guardrail: Run, request_of: Make, tmp_path: Path) -> None:
    path = request_of("Good morning!")
    guardrail("policy", "explain", path, "--policy", "us-co")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("body", "flags", "said"),
    [
        ("{", (), "JSON"),
        ("{}", ("--path", "/v1/nothing"), "isn't examined"),
        ("{}", ("--today", "soon"), "is no day"),
        ("{}", ("--policy", "kz-230"), "did you mean 'kz-230-viii'"),
    ],
)
def test_what_cant_be_explained_is_said(
    guardrail: Run, tmp_path: Path, body: str, flags: tuple[str, ...], said: str
) -> None:
    path = tmp_path / "request.json"
    path.write_text(body, "utf-8")
    ran = guardrail("policy", "explain", path, *flags)
    assert (ran.code, said in ran.err) == (2, True), ran.err


def test_a_request_that_isnt_there_is_said(guardrail: Run) -> None:
    ran = guardrail("policy", "explain", "gone.json")
    assert (ran.code, "No such file" in ran.err) == (2, True)
