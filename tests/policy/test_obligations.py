import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guardrail.errors import ConfigError
from guardrail.policy.document import MAX_BYTES
from guardrail.policy.obligations import (
    framework_names,
    has_register,
    load_framework,
    load_register,
    rules_by_obligation,
    unanswered,
    unmapped,
)
from guardrail.policy.pack import load_packs

MakeRule = Callable[..., dict[str, Any]]
Write = Callable[..., Path]

CONTROLS = {
    "PDET": {"does": "finds", "where": ["guardrail/detect/text"]},
    "KILL": {"does": "stops", "why_not": "isn't there"},
}


def duty(**changes: object) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": "XX-1",
        "law": "a law",
        "cite": "art. 1",
        "duty": "a duty",
        "applies_from": "2026-01-18",
        "met": "yes",
        "controls": ["PDET"],
        "tests": ["tests/policy/test_obligations.py::test_a"],
    }
    return {key: value for key, value in (row | changes).items() if value is not None}


def register(root: Path, *duties: dict[str, Any], controls: object = CONTROLS) -> Path:
    content = {"controls": controls, "obligations": list(duties)}
    (root / "obligations.yaml").write_text(json.dumps(content), "utf-8")
    return root


def framework(root: Path, *controls: dict[str, Any], **changes: object) -> Path:
    (root / "std").mkdir(exist_ok=True)
    content = {
        "id": "std",
        "version": "2026.11.1",
        "title": {"en": "A standard"},
        "source": "read",
        "verify_with_counsel": True,
        "controls": list(controls),
    } | changes
    (root / "std" / "map.yaml").write_text(json.dumps(content), "utf-8")
    return root


def test_duties_are_loaded_and_know_whether_something_controls_them(tmp_path: Path) -> None:
    assert not has_register(tmp_path)
    root = register(tmp_path, duty(), duty(id="XX-2", controls=["KILL"]))
    loaded = load_register(root)
    assert has_register(root)
    assert loaded.ids == ("XX-1", "XX-2")
    assert loaded.controlled("XX-1")
    assert not loaded.controlled("XX-2")
    assert not loaded.controlled("XX-3")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (duty(tests=None), "either 'tests' or 'no_test'"),
        (duty(no_test="why"), "either 'tests' or 'no_test'"),
        (duty(controls=["PDTE"]), "XX-1: no control 'PDTE' (did you mean 'PDET'?)"),
        (duty(controls=[]), "controls"),
        (duty(met="mostly"), "'mostly' isn't one of yes, partly, no"),
        (duty(tests=["../tests/x.py"]), "tests"),
        (duty(dutty="x"), "unknown key 'dutty' (did you mean 'duty'?)"),
        (duty(applies_from="2026"), "isn't a date in quotes"),
        (duty(id="x1"), "id"),
    ],
)
def test_a_duty_that_isnt_right_is_refused(tmp_path: Path, row: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_register(register(tmp_path, row))
    assert said in str(caught.value)


@pytest.mark.parametrize("control", [{"does": "x"}, {"does": "x", "where": [], "extra": 1}])
def test_a_control_is_somewhere_or_says_why_not(tmp_path: Path, control: object) -> None:
    with pytest.raises(ConfigError, match="controls"):
        load_register(register(tmp_path, duty(), controls={"PDET": control}))


def test_two_duties_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="two obligations are called XX-1"):
        load_register(register(tmp_path, duty(), duty()))


def test_a_missing_or_huge_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read: No such file"):
        load_register(tmp_path)
    (tmp_path / "obligations.yaml").write_bytes(b"#" * (MAX_BYTES + 10))
    with pytest.raises(ConfigError, match="at most"):
        load_register(tmp_path)


def test_a_map_is_loaded_and_names_what_stands_for_nothing(tmp_path: Path) -> None:
    root = framework(
        register(tmp_path, duty()),
        {"id": "A.1", "about": "x", "obligations": ["XX-1"], "rules": ["xx.1.a"]},
        {"id": "A.2", "about": "x", "obligations": ["XX-11"], "rules": ["xx.1.b"]},
    )
    assert framework_names(root) == ("std",)
    loaded = load_framework(root, "std")
    assert loaded.ref == "std@2026.11.1"
    assert list(unmapped(loaded, load_register(root), ["xx.1.a"])) == [
        "A.2: no obligation 'XX-11' (did you mean 'XX-1'?)",
        "A.2: no rule 'xx.1.b' (did you mean 'xx.1.a'?)",
    ]


def test_a_map_that_isnt_right_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no map 'std'"):
        load_framework(tmp_path, "std")
    with pytest.raises(ConfigError, match="names obligations or rules, or says its 'gap'"):
        load_framework(framework(tmp_path, {"id": "A.1", "about": "x"}), "std")
    root = framework(tmp_path, {"id": "A.1", "about": "x", "gap": "y"}, id="dst")
    with pytest.raises(ConfigError, match="'dst' isn't the folder's name"):
        load_framework(root, "std")


def test_duties_and_rules_must_answer_each_other(
    tmp_path: Path, rule: MakeRule, write: Write
) -> None:
    packs = load_packs(write(rule(), rule(id="xx.2.b", obligation=["XX-9"])), ["xx"])
    rows = (
        duty(no_rule="though there is one"),
        duty(id="XX-2"),
        duty(id="XX-3", no_rule="it isn't a message's matter"),
    )
    assert list(unanswered(load_register(register(tmp_path, *rows)), packs)) == [
        "XX-1: 'no_rule', but xx.1.a stands for it",
        "XX-2: no rule stands for it, and 'no_rule' doesn't say why",
        "xx.2.b: no obligation 'XX-9' (did you mean 'XX-3'?)",
    ]
    assert rules_by_obligation(packs) == {"XX-1": ("xx.1.a",), "XX-9": ("xx.2.b",)}
