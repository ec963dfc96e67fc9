"""What every pack that ships must hold to."""

import re

import pytest

from guardrail.policy import Case, Judge, Pack, failures, load_cases, load_packs, pack_names
from guardrail.shipped import shipped

ROOT = shipped("policies")
PACKS = load_packs(ROOT, pack_names(ROOT))
CASES = [(pack, case) for pack in PACKS for case in load_cases(ROOT, pack.id)]
RULES = [(pack, rule) for pack in PACKS for rule in pack.rules]
KZ = next(pack for pack in PACKS if pack.id == "kz-230-viii")

every_pack = pytest.mark.parametrize("pack", [pytest.param(p, id=p.id) for p in PACKS])


def test_both_laws_are_there() -> None:
    assert {pack.id for pack in PACKS} >= {"kz-230-viii", "eu-ai-act"}


@pytest.mark.parametrize(
    ("pack", "case"), [pytest.param(p, c, id=f"{c.rule}: {c.name}") for p, c in CASES]
)
def test_each_case_holds(pack: Pack, case: Case) -> None:
    own = [found for found in failures(pack, [case]) if case.name in found]
    assert own == []


@every_pack
def test_every_rule_has_a_case_where_it_applies_and_one_where_it_doesnt(pack: Pack) -> None:
    assert failures(pack, load_cases(ROOT, pack.id)) == ()


@every_pack
def test_case_names_are_told_apart(pack: Pack) -> None:
    names = [(case.rule, case.name) for case in load_cases(ROOT, pack.id)]
    assert len(set(names)) == len(names)


def test_every_rule_on_personal_data_carries_its_sanction() -> None:
    due = re.compile(r"KZ-PD-|KZ-BIO-|KZ-AI-(07|15|26)$")
    for rule in KZ.rules:
        if any(due.match(one) for one in rule.obligation):
            assert "KoAP 79" in rule.sanction, rule.id


def test_the_rule_on_synthetic_results_carries_its_sanction() -> None:
    (rule,) = (rule for rule in KZ.rules if "KZ-AI-35" in rule.obligation)
    assert "KoAP 641-1" in rule.sanction


def test_every_rule_whose_official_text_wasnt_read_says_so() -> None:
    for _, rule in RULES:
        assert rule.verify_with_counsel or "official text" in rule.source, rule.id
        assert "secondary sources" in rule.source, rule.id


@every_pack
def test_every_notice_is_in_kazakh_russian_and_english(pack: Pack) -> None:
    for notice in pack.notices.values():
        assert notice.texts.keys() >= {"kk", "ru", "en"}, notice.key
    assert pack.title.keys() >= {"kk", "ru", "en"}


def test_kazakhstan_wants_both_its_languages() -> None:
    assert KZ.languages == ("kk", "ru")


def test_packs_that_share_a_notice_word_it_alike() -> None:
    for pack in PACKS:
        for key, notice in pack.notices.items():
            shared = [other.notices[key] for other in PACKS if key in other.notices]
            assert all(one == notice for one in shared), key


def test_the_first_turn_notice_promises_no_person() -> None:
    for text in Judge(PACKS).notices["chat.first"].texts.values():
        assert not re.search("маман|специалист|agent|reach a person", text)


@every_pack
def test_whoever_discloses_or_labels_has_the_words_for_it(pack: Pack) -> None:
    assert pack.notices.keys() >= {"chat.first", "label.generated", "label.short", "suspended"}
