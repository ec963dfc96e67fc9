from collections.abc import Callable
from pathlib import Path
from typing import Any

from guardrail.facts import Action
from guardrail.policy.candidate import candidate
from guardrail.policy.situation import Choices

MakeRule = Callable[..., dict[str, Any]]
Write = Callable[..., Path]

CASES = [
    {
        "rule": "xx.1.a",
        "name": "one",
        "today": "2026-11-22",
        "situation": {
            "direction": "request",
            "findings": [{"entity": "KZ_IIN", "category": "personal", "consent": "missing"}],
        },
        "expect": {"action": "refuse"},
    },
    {
        "rule": "xx.1.a",
        "name": "two",
        "today": "2026-11-22",
        "situation": {"direction": "request"},
        "expect": {"action": "allow"},
    },
]


def test_sound_packs_are_ready_to_take_over(rule: MakeRule, write: Write) -> None:
    found = candidate(write(rule(), cases=CASES), ["xx"])
    assert found.problems == ()
    assert found.judge is not None
    assert found.judge.refs == ("xx@2026.11.1",)


def test_a_file_that_isnt_right_keeps_them_out_and_is_told(rule: MakeRule, write: Write) -> None:
    root = write(rule(acton="refuse", mask=1), cases=CASES)
    found = candidate(root, ["xx"])
    assert found.judge is None
    assert "unknown key 'acton' (did you mean 'action'?)" in found.problems[0]


def test_so_does_half_a_file(rule: MakeRule, write: Write) -> None:
    root = write(rule(), cases=CASES)
    path = root / "xx" / "pack.yaml"
    whole = path.read_bytes()
    for end in range(0, len(whole) - 1, 37):
        path.write_bytes(whole[:end])
        found = candidate(root, ["xx"])
        assert found.judge is None
        assert found.problems


def test_so_does_a_case_that_doesnt_hold(rule: MakeRule, write: Write) -> None:
    found = candidate(write(rule(action="mask"), cases=CASES), ["xx"])
    assert found.judge is None
    assert found.problems == ("xx@2026.11.1: xx.1.a: one: comes to mask",)


def test_so_does_a_choice_that_a_rule_doesnt_offer(rule: MakeRule, write: Write) -> None:
    choose = {"setting": "personal_data", "among": ["refuse", "mask"], "default": "refuse"}
    root = write(rule(action=None, choose=choose), cases=CASES)
    found = candidate(root, ["xx"], Choices(personal_data=Action.PSEUDONYMISE))
    assert found.judge is None
    assert "allows only refuse, mask" in found.problems[0]
    assert candidate(root, ["xx"], Choices(personal_data=Action.MASK)).judge is not None


def test_so_do_an_unknown_entity_and_an_unknown_pack(rule: MakeRule, write: Write) -> None:
    root = write(rule(when={"entity": ["KZ_INN"]}), cases=CASES)
    for names in (["xx"], ["yy"]):
        found = candidate(root, names, known_entities={"KZ_IIN"})
        assert found.judge is None
        assert len(found.problems) == 1


def test_a_folder_that_isnt_there_is_a_problem_and_no_error(tmp_path: Path) -> None:
    found = candidate(tmp_path / "gone", ["xx"])
    assert found.judge is None
    assert "No such file" in found.problems[0]
