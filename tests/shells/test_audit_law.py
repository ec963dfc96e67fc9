import hashlib
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from guardrail.errors import ConfigError
from guardrail.policy.obligations import load_register
from guardrail.settings import Settings
from guardrail.shells.audit_law import law_in_force, law_of
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


# ---------------------------------------------------------------- packs of the operator's own


RULE = {
    "id": "acme.1.badge",
    "article": {"instrument": "ACME order 7", "article": "1", "unit": "p."},
    "source": "Made up.",
    "verify_with_counsel": False,
    "valid_from": "2026-01-01",
    "when": {"direction": ["request"], "entity": ["EMAIL_ADDRESS"]},
    "action": "refuse",
    "on_error": "refuse",
    "notice": "acme.badge",
    "obligation": ["KZ-AI-07"],
}
PACK = {
    "id": "acme",
    "version": "2026.11.1",
    "rank": "tenant",
    "jurisdiction": "KZ",
    "languages": ["kk", "ru"],
    "title": {"kk": "Ережелер", "ru": "Правила"},
    "rules": [RULE],
}
FOUND = {"entity": "EMAIL_ADDRESS", "category": "personal", "consent": "missing"}
CASE = {"rule": "acme.1.badge", "today": "2026-11-22"}
CASES = [
    {
        **CASE,
        "name": "it applies",
        "situation": {"direction": "request", "findings": [FOUND]},
        "expect": {"action": "refuse"},
    },
    {
        **CASE,
        "name": "it doesn't",
        "situation": {"direction": "request"},
        "expect": {"action": "allow"},
    },
]
NOTICES = {"acme.badge": {"kk": "Пошта жіберілмейді.", "ru": "Почта не передаётся."}}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return a folder with a pack of the operator's own."""
    folder = tmp_path / "packs" / "acme"
    folder.mkdir(parents=True)
    for name, said in (("pack", PACK), ("notices", NOTICES), ("cases", {"cases": CASES})):
        text = json.dumps(said, ensure_ascii=False)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder.parent


def test_without_packs_of_ones_own_those_that_ship_are_the_law() -> None:
    held = law_in_force(Settings(policy=("gdpr",)))
    assert [(pack.id, pack.own) for pack in held.law.packs] == [("gdpr", False)]
    assert held.files == {}


def test_an_own_pack_is_told_with_its_rules_and_its_cases_are_run(own: Path) -> None:
    held = law_in_force(Settings(policies=own, policy=("gdpr",)))
    assert [(pack.id, pack.own) for pack in held.law.packs] == [("gdpr", False), ("acme", True)]
    (acme,) = held.law.own()
    (rule,) = acme.rules
    assert acme.ref == "acme@2026.11.1"
    assert (rule.id, rule.article) == ("acme.1.badge", "ACME order 7 p. 1")
    assert (rule.cases, rule.failed) == (2, 0)


def test_an_own_rule_brings_the_duty_that_it_serves_and_not_all_of_that_law(own: Path) -> None:
    held = law_in_force(Settings(policies=own, policy=("gdpr",)))
    chosen = [duty.id for duty in held.law.chosen()]
    assert "KZ-AI-07" in chosen
    assert "KZ-AI-06" not in chosen


def test_an_own_packs_files_are_there_and_make_its_digest(own: Path) -> None:
    held = law_in_force(Settings(policies=own, policy=("gdpr",)))
    assert set(held.files) == {"acme/pack.yaml", "acme/notices.yaml", "acme/cases.yaml"}
    named = ("acme/pack.yaml", "acme/notices.yaml")
    halves = b"".join(hashlib.sha256(held.files[name]).digest() for name in named)
    assert held.law.own()[0].digest == hashlib.sha256(halves).hexdigest()


def test_a_case_of_an_own_pack_that_doesnt_hold_is_counted(own: Path) -> None:
    cases = own / "acme" / "cases.yaml"
    cases.write_text(cases.read_text("utf-8").replace('"action": "allow"', '"action": "mask"'))
    (acme,) = law_in_force(Settings(policies=own, policy=("gdpr",))).law.own()
    assert (acme.rules[0].cases, acme.rules[0].failed) == (2, 1)


def test_packs_that_are_named_are_the_only_ones(own: Path) -> None:
    settings = Settings(policies=own)
    without = law_in_force(settings, ["gdpr"])
    assert [pack.id for pack in without.law.packs] == ["gdpr"]
    assert without.files == {}
    assert [pack.id for pack in law_in_force(settings, ["acme"]).law.packs] == ["acme"]


def test_duties_that_the_operator_lists_stand_beside_those_that_ship(own: Path) -> None:
    duty = {
        "id": "AC-1",
        "law": "ACME order 7",
        "cite": "ACME order 7 p. 1",
        "duty": "No e-mail addresses leave the house.",
        "met": "yes",
        "controls": ["PDET"],
        "no_test": "Made up.",
    }
    control = {"PDET": {"does": "Finds personal data.", "where": ["guardrail/detect"]}}
    register = {"controls": control, "obligations": [duty]}
    (own / "obligations.yaml").write_text(json.dumps(register), encoding="utf-8")
    held = law_in_force(Settings(policies=own, policy=("gdpr",)))
    assert [one.id for one in held.law.duties if one.own] == ["AC-1"]
    assert "KZ-AI-07" in [one.id for one in held.law.duties]


def test_an_own_pack_that_isnt_signed_as_it_should_be_is_no_law(own: Path, tmp_path: Path) -> None:
    public = Ed25519PrivateKey.generate().public_key()
    key = tmp_path / "packs.pub"
    key.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(ConfigError, match="isn't signed"):
        law_in_force(Settings(policies=own, policies_key=key))
