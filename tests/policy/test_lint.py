from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guardrail.facts import Category
from guardrail.policy.cases import load_cases
from guardrail.policy.lint import Level, Problem, problems
from guardrail.policy.obligations import Register
from guardrail.policy.pack import load_packs, pack_names
from guardrail.policy.reach import World

MakeRule = Callable[..., dict[str, Any]]
Write = Callable[..., Path]

TODAY = date(2026, 11, 22)
WORLD = World(entities={"KZ_IIN": Category.PERSONAL, "FACE": Category.BIOMETRIC})
REGISTER = Register.model_validate(
    {
        "controls": {
            "PDET": {"does": "finds", "where": ["guardrail/detect"]},
            "KILL": {"does": "stops", "why_not": "not there"},
        },
        "obligations": [
            {
                "id": name,
                "law": "a law",
                "cite": "art. 1",
                "duty": "a duty",
                "met": "yes",
                "controls": [control],
                "no_test": "no test",
            }
            for name, control in (("XX-1", "PDET"), ("XX-2", "KILL"))
        ],
    }
)
NOTICES = {"told": {"kk": "Айтылды", "ru": "Сказано"}}
CHOOSE = {"setting": "personal_data", "among": ["refuse", "mask"], "default": "refuse"}


@pytest.fixture
def lint(write: Write) -> Callable[..., list[Problem]]:
    """Return what lints rules, a pack of its own for each list, without cases."""

    def run(*packs: list[dict[str, Any]], **changes: object) -> list[Problem]:
        root = Path()
        for number, rules in enumerate(packs):
            root = write(*rules, **({"name": f"p{number}", "notices": NOTICES} | changes))
        loaded = load_packs(root, pack_names(root))
        return list(problems(loaded, {}, world=WORLD, today=TODAY, register=REGISTER))

    return run


Lint = Callable[..., list[Problem]]


def told(found: list[Problem], kind: str) -> list[Problem]:
    return [one for one in found if one.kind == kind]


def test_a_sound_pack_has_no_problems(lint: Lint, rule: MakeRule) -> None:
    assert lint([rule(sanction="a fine")]) == []


def test_a_kazakhstan_pack_in_one_language_is_an_error(lint: Lint, rule: MakeRule) -> None:
    (found,) = told(lint([rule()], languages=["ru"]), "language")
    assert found.level is Level.ERROR
    assert found.said.startswith("the pack doesn't ask for kk")
    assert found.fix == "languages: [kk, ru]"
    assert told(lint([rule()], languages=["ru"], jurisdiction="RU"), "language") == []


def test_a_rule_that_no_message_can_meet_is_an_error(lint: Lint, rule: MakeRule) -> None:
    never = {"category": ["personal"], "entity": ["FACE"]}
    (found,) = told(lint([rule(when=never)]), "unreachable")
    assert (found.level, found.where) == (Level.ERROR, "xx.1.a")


def test_a_rule_too_branched_to_be_checked_is_noted(lint: Lint, rule: MakeRule) -> None:
    branches = [
        {"any": [{"context": [f"c{'x' * place}"]}, {"purpose": [f"P{place}"]}]}
        for place in range(1, 14)
    ]
    deep = {"category": ["personal"], "all": branches}
    found = lint([rule(when=deep), rule(id="xx.2.b")])
    assert [one.level for one in told(found, "unchecked")] == [Level.NOTE]


def test_an_expired_rule_is_warned_of_after_its_last_day(lint: Lint, rule: MakeRule) -> None:
    assert told(lint([rule(valid_to="2026-11-22")]), "expired") == []
    (found,) = told(lint([rule(valid_to="2026-11-21")]), "expired")
    assert (found.level, found.said) == (Level.WARNING, "it ended on 2026-11-21")


def test_a_pack_that_nobody_reviewed_in_time_is_warned_of(lint: Lint, rule: MakeRule) -> None:
    assert told(lint([rule()], review_by="2026-11-22"), "review") == []
    assert len(told(lint([rule()], review_by="2026-11-21"), "review")) == 1


def test_less_retention_than_is_ever_kept_is_warned_of(lint: Lint, rule: MakeRule) -> None:
    asked: dict[str, object] = {
        "article": {"instrument": "1-I", "article": "9"},
        "source": "read",
        "verify_with_counsel": True,
    }
    assert told(lint([rule()], retention=asked | {"days": 183}), "retention") == []
    (found,) = told(lint([rule()], retention=asked | {"days": 400, "at_least": 182}), "retention")
    assert (found.level, found.where) == (Level.WARNING, "retention")
    assert "asks for 182 days" in found.said


def test_a_notice_that_no_rule_tells_is_warned_of(lint: Lint, rule: MakeRule) -> None:
    unused = NOTICES | {"tolt": NOTICES["told"], "chat.first": NOTICES["told"]}
    (found,) = told(lint([rule()], notices=unused), "notice")
    assert (found.where, found.level) == ("tolt", Level.WARNING)
    assert "did you mean 'told'" in found.said


def test_a_rule_without_a_sanction_is_noted(lint: Lint, rule: MakeRule) -> None:
    (found,) = lint([rule()])
    assert (found.kind, found.level) == ("sanction", Level.NOTE)


def test_an_obligation_that_nobody_knows_is_an_error_with_the_nearest(
    lint: Lint, rule: MakeRule
) -> None:
    (found,) = told(lint([rule(obligation=["XX-11"])]), "obligation")
    assert "did you mean 'XX-1'" in found.said


def test_an_article_cited_for_what_nothing_controls_is_an_error(lint: Lint, rule: MakeRule) -> None:
    (found,) = told(lint([rule(obligation=["XX-1", "XX-2"])]), "control")
    assert found.level is Level.ERROR
    assert found.said == "1-I art. 1 is cited for XX-2, for which the product has no control"


def test_missing_and_wrong_cases_are_errors(write: Write, rule: MakeRule) -> None:
    case = {
        "rule": "xx.1.a",
        "name": "one",
        "today": "2026-11-22",
        "situation": {"direction": "request"},
        "expect": {"action": "mask"},
    }
    root = write(rule(sanction="a fine"), cases=[case], notices=NOTICES)
    packs, cases = load_packs(root, ["xx"]), {"xx": load_cases(root, "xx")}
    found = problems(packs, cases, world=WORLD, today=TODAY)
    assert [(one.kind, one.said) for one in found] == [
        ("no-case", "no case where it doesn't apply"),
        ("case", "one: comes to allow"),
    ]
    assert {one.level for one in found} == {Level.ERROR}


def test_two_rules_of_one_name_in_two_packs_are_an_error(lint: Lint, rule: MakeRule) -> None:
    (found,) = told(lint([rule()], [rule()]), "name")
    assert (found.pack, found.where) == ("p1", "xx.1.a")


def test_two_rules_that_leave_no_choice_in_common_are_an_error(lint: Lint, rule: MakeRule) -> None:
    one = rule(action=None, choose=CHOOSE)
    offers = {"among": ["hold", "pseudonymise"], "default": "hold"}
    other = rule(id="xx.2.b", action=None, choose=CHOOSE | offers)
    (found,) = told(lint([one], [other]), "conflict")
    assert (found.pack, found.level) == ("p1", Level.ERROR)
    assert "for the same messages" in found.said
    apart = rule(id="xx.2.b", action=None, choose=CHOOSE | offers, when={"entity": ["FACE"]})
    assert "never for one message" in told(lint([one], [apart]), "conflict")[0].said
    later = other | {"valid_from": "2027-01-01"}
    ended = one | {"valid_to": "2026-12-31"}
    assert "never for one message" in told(lint([ended], [later]), "conflict")[0].said


def test_two_rules_with_a_choice_in_common_dont_clash(lint: Lint, rule: MakeRule) -> None:
    one = rule(action=None, choose=CHOOSE)
    other = rule(id="xx.2.b", action=None, choose=CHOOSE | {"among": ["refuse", "pseudonymise"]})
    elsewhere = {"setting": "reply_personal_data", "among": ["hold", "mask"], "default": "hold"}
    third = rule(id="xx.3.c", action=None, choose=elsewhere)
    assert told(lint([one], [other, third]), "conflict") == []


def test_a_rule_that_another_makes_needless_is_noted(lint: Lint, rule: MakeRule) -> None:
    narrow = rule(id="xx.2.b", when={"entity": ["KZ_IIN"], "consent": ["expired"]}, action="mask")
    (found,) = told(lint([rule(), narrow]), "shadowed")
    assert (found.where, found.level) == ("xx.2.b", Level.NOTE)
    assert found.said.startswith("xx.1.a of p0 already does all")


@pytest.mark.parametrize(
    "changes",
    [
        {"action": "mask"},
        {"valid_from": "2026-02-01"},
        {"valid_to": "2027-01-01"},
        {"action": None, "choose": CHOOSE},
        {"when": {"category": ["personal"], "consent": ["missing"]}},
        {"action": None, "duties": ["label"], "when": {"ai_reply": True}},
    ],
)
def test_a_rule_that_another_doesnt_cover_isnt_needless(
    lint: Lint, rule: MakeRule, changes: dict[str, Any]
) -> None:
    assert told(lint([rule(**changes), rule(id="xx.2.b")]), "shadowed") in (
        [],
        [
            one
            for one in told(lint([rule(**changes), rule(id="xx.2.b")]), "shadowed")
            if one.where != "xx.2.b"
        ],
    )


def test_of_two_rules_that_do_the_same_the_later_is_needless(lint: Lint, rule: MakeRule) -> None:
    found = told(lint([rule()], [rule(id="xx.2.b")]), "shadowed")
    assert [one.where for one in found] == ["xx.2.b"]


def test_two_packs_that_word_a_notice_otherwise_are_warned_of(write: Write, rule: MakeRule) -> None:
    write(rule(), name="p0", notices=NOTICES)
    other = {"told": NOTICES["told"] | {"ru": "Иначе"}}
    root = write(rule(id="xx.2.b"), name="p1", notices=other)
    found = problems(load_packs(root, ["p0", "p1"]), {}, world=WORLD, today=TODAY)
    (wording,) = [one for one in found if one.kind == "wording"]
    assert (wording.pack, wording.where) == ("p1", "told")
    assert wording.said.startswith("in ru p0 words it otherwise")
