from pathlib import Path

import pytest

from guardrail.errors import ConfigError
from guardrail.policy.obligations import load_register
from guardrail.shells.audit_law import law_of
from guardrail.shipped import shipped

ROOT = shipped("policies")


def test_a_packs_cases_are_run_when_its_report_is_made() -> None:
    law = law_of(ROOT, ["kz-230-viii"], {})
    for _, rule in law.rules():
        assert rule.cases >= 2, rule.id
        assert rule.failed == 0, rule.id


def test_a_case_that_doesnt_hold_is_counted(tmp_path: Path) -> None:
    for name in ("obligations.yaml", "kr-ai-basic/pack.yaml", "kr-ai-basic/notices.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(ROOT.joinpath(name).read_bytes())
    cases = ROOT.joinpath("kr-ai-basic/cases.yaml").read_text("utf-8")
    (tmp_path / "kr-ai-basic/cases.yaml").write_text(cases.replace("duties: []", "duties: [label]"))
    law = law_of(tmp_path, ["kr-ai-basic"], {})
    assert sum(rule.failed for _, rule in law.rules()) > 0


def test_all_duties_are_there_with_their_controls() -> None:
    law = law_of(ROOT, ["gdpr"], {})
    register = load_register(ROOT)
    assert [one.id for one in law.duties] == list(register.ids)
    (duty,) = [one for one in law.duties if one.id == "GD-07"]
    assert [control.name for control in duty.controls] == ["CONS"]


def test_results_of_tests_reach_the_duties() -> None:
    outcomes = {"tests.consent.test_token::test_x": "passed"}
    law = law_of(ROOT, ["gdpr"], outcomes)
    assert law.results["tests/consent/test_token.py"] == "passed"
    assert law.results["tests/detect/intent"] == "unknown"


def test_a_pack_that_isnt_there_is_told_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'gdpr'"):
        law_of(ROOT, ["gdprr"], {})
