"""What every pack that ships must hold to."""

import re
from datetime import date

import pytest

from guardrail.policy import Case, Judge, Pack, failures, load_cases, load_packs, pack_names
from guardrail.policy.lint import SPOKEN, Level, problems
from guardrail.policy.obligations import load_register
from guardrail.shells.packs import known_world
from guardrail.shipped import shipped

ROOT = shipped("policies")
PACKS = load_packs(ROOT, pack_names(ROOT))
CASES = [(pack, case) for pack in PACKS for case in load_cases(ROOT, pack.id)]
RULES = [(pack, rule) for pack in PACKS for rule in pack.rules]
OF_KZ = [pack for pack in PACKS if pack.jurisdiction == "KZ"]
TODAY = date(2026, 11, 22)

every_pack = pytest.mark.parametrize("pack", [pytest.param(p, id=p.id) for p in PACKS])


def test_every_law_is_there() -> None:
    assert {pack.id for pack in PACKS} == {
        *("kz-230-viii", "kz-94-v", "kz-bank", "eu-ai-act", "gdpr"),
        *("cn-labelling", "us-ca", "us-co", "kr-ai-basic"),
    }


def test_nothing_is_wrong_with_any_of_them_alone_or_together() -> None:
    cases = {pack.id: load_cases(ROOT, pack.id) for pack in PACKS}
    found = problems(PACKS, cases, world=known_world(), today=TODAY, register=load_register(ROOT))
    assert [one for one in found if one.level is not Level.NOTE] == []


def test_all_of_them_together_can_be_judged_by() -> None:
    judge = Judge(PACKS)
    assert len(judge.packs) == len(PACKS)
    assert judge.packs[-1].rank == "order"


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
    for rule in (rule for pack in OF_KZ for rule in pack.rules):
        if any(due.match(one) for one in rule.obligation):
            assert "KoAP 79" in rule.sanction, rule.id


def test_the_rule_on_synthetic_results_carries_its_sanction() -> None:
    (rule,) = (rule for _, rule in RULES if "KZ-AI-35" in rule.obligation)
    assert "KoAP 641-1" in rule.sanction


def test_every_rule_whose_official_text_wasnt_read_says_so() -> None:
    for _, rule in RULES:
        assert rule.verify_with_counsel or "official text" in rule.source, rule.id
        assert "secondary sources" in rule.source.lower(), rule.id


def test_every_rule_but_those_of_the_first_pack_says_what_a_breach_costs() -> None:
    unsaid = [rule.id for pack, rule in RULES if not rule.sanction and pack.id != "kz-230-viii"]
    assert unsaid == []


@every_pack
def test_every_notice_is_in_kazakh_russian_and_english(pack: Pack) -> None:
    for notice in pack.notices.values():
        assert notice.texts.keys() >= {"kk", "ru", "en"}, notice.key
    assert pack.title.keys() >= {"kk", "ru", "en"}


def test_every_pack_of_kazakhstan_wants_both_its_languages() -> None:
    assert [pack.languages for pack in OF_KZ] == [("kk", "ru")] * 3


def test_packs_that_share_a_notice_word_it_alike() -> None:
    for pack in PACKS:
        for key, notice in pack.notices.items():
            for other in (other.notices[key] for other in PACKS if key in other.notices):
                both = notice.texts.keys() & other.texts.keys()
                assert all(notice.texts[one] == other.texts[one] for one in both), key


def test_the_first_turn_notice_promises_no_person() -> None:
    for text in Judge(PACKS).notices["chat.first"].texts.values():
        assert not re.search("маман|специалист|agent|reach a person", text)


@every_pack
def test_whoever_discloses_or_labels_has_the_words_for_it(pack: Pack) -> None:
    assert pack.notices.keys() >= {"chat.first", "label.generated", "label.short", "suspended"}


@every_pack
def test_every_notice_that_the_program_says_by_itself_is_known_to_the_linter(pack: Pack) -> None:
    told = {key for rule in pack.rules for key in rule.notices.values()}
    assert pack.notices.keys() - told <= SPOKEN


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("eu.50-1.disclosure", "2026-08-02"),
        ("eu.50-2.marking", "2026-08-02"),
        ("eu.50-4.deep-fake", "2026-08-02"),
        ("eu.5-1-a.manipulation", "2025-02-02"),
        ("eu.5-1-ba.intimate", "2026-12-02"),
        ("eu.5-1-bb.minors", "2026-12-02"),
        ("us.ca.22757-3.latent", "2026-08-02"),
        ("us.co.notice", "2027-01-01"),
        ("kr.31-1.advance-notice", "2026-01-22"),
        ("cn.4.explicit", "2025-09-01"),
        ("eu.gdpr.6.personal-data", "2018-05-25"),
        ("kz.94-v.7.personal-data", "2013-11-25"),
        ("kz.10.personal-data", "2026-01-18"),
    ],
)
def test_the_laws_begin_on_their_days(rule: str, days: str) -> None:
    assert {one.id: f"{one.valid_from}" for _, one in RULES}[rule] == days
