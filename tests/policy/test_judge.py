from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.errors import ConfigError
from guardrail.facts import (
    STRICTNESS,
    Action,
    Category,
    Consent,
    Direction,
    Duty,
    Finding,
    Hit,
    Notice,
    Standing,
)
from guardrail.policy.conditions import When
from guardrail.policy.judge import Judge
from guardrail.policy.pack import Pack, Rule, load_packs
from guardrail.policy.situation import Choices, Situation
from guardrail.shipped import shipped

MakeRule = Callable[..., dict[str, Any]]
Write = Callable[..., Path]

TODAY = date(2026, 11, 22)
SHIPPED = load_packs(shipped("policies"), ["kz-230-viii", "eu-ai-act", "kz-94-v"])
KZ = next(pack for pack in SHIPPED if pack.id == "kz-230-viii")
EU = next(pack for pack in SHIPPED if pack.id == "eu-ai-act")


def standing(category: Category, consent: Consent, entity: str = "KZ_IIN") -> Standing:
    finding = Finding(
        segment=0, start=0, end=1, entity=entity, category=category, score=1.0, recognizer="r"
    )
    return Standing(finding=finding, consent=consent)


MISSING = standing(Category.PERSONAL, Consent.MISSING)
PSEUDONYM_IN_REPLY = ("reply_personal_data", Action.PSEUDONYMISE)
COVERED = standing(Category.PERSONAL, Consent.COVERED)
BIO = standing(Category.BIOMETRIC, Consent.MISSING)
SECRET = standing(Category.SECRET, Consent.COVERED)

actions = st.sampled_from(Action)
DATA = [category for category in Category if category is not Category.PROHIBITED]
"""Uses are judged by their names: what a pack doesn't name it doesn't prohibit."""
standings = st.builds(standing, st.sampled_from(DATA), st.sampled_from(Consent))
situations = st.builds(
    Situation,
    direction=st.sampled_from(Direction),
    standings=st.lists(standings, max_size=4).map(tuple),
    opaque=st.sampled_from([(), ("image",)]),
    first_turn=st.booleans(),
    ai_reply=st.booleans(),
    synthetic=st.booleans(),
)
days = st.dates(min_value=date(2025, 12, 1), max_value=date(2027, 2, 1))
choices = st.builds(
    Choices,
    personal_data=st.sampled_from([None, Action.REFUSE, Action.MASK, Action.PSEUDONYMISE]),
    reply_personal_data=st.sampled_from([None, Action.REFUSE, Action.MASK, Action.PSEUDONYMISE]),
    opaque=st.sampled_from([None, Action.REFUSE, Action.ALLOW]),
)


@st.composite
def rules(draw: st.DrawFn, name: str) -> Rule:
    found = draw(st.booleans())
    when: dict[str, Any] = {"direction": [draw(st.sampled_from(Direction))]}
    if found:
        when["category"] = [draw(st.sampled_from(Category))]
    else:
        when[draw(st.sampled_from(["opaque", "ai_reply", "first_turn"]))] = draw(st.booleans())
    start = draw(days)
    return Rule(
        id=name,
        article="1-I art. 1",
        also=(),
        source="",
        verify_with_counsel=True,
        valid_from=start,
        valid_to=draw(st.none() | st.integers(0, 90).map(lambda n: start + timedelta(days=n))),
        when=When.model_validate(when),
        action=draw(actions if found else st.sampled_from([Action.REFUSE, Action.HOLD])),
        choose=None,
        duties=draw(st.frozensets(st.sampled_from(Duty))),
        on_error=draw(st.sampled_from([Action.ALLOW, Action.REFUSE])),
        notices={},
        obligation=(),
        sanction="",
        remark="",
    )


@st.composite
def packs(draw: st.DrawFn, name: str) -> Pack:
    drawn = [draw(rules(f"{name}.{number}")) for number in range(draw(st.integers(1, 4)))]
    return replace(EU, id=name, rules=tuple(drawn), notices={})


@settings(deadline=None)
@given(packs("aa"), packs("bb"), situations, days)
def test_adding_a_pack_never_loosens_anything(
    one: Pack, other: Pack, situation: Situation, today: date
) -> None:
    alone = Judge([one]).judge(situation, today=today)
    both = Judge([one, other]).judge(situation, today=today)
    assert STRICTNESS[both.action] >= STRICTNESS[alone.action]
    for before, after in zip(alone.actions, both.actions, strict=True):
        assert STRICTNESS[after] >= STRICTNESS[before]
    assert both.duties >= alone.duties
    assert set(both.rules) >= set(alone.rules)
    for direction in Direction:
        with_both = STRICTNESS[Judge([one, other]).on_error(direction)]
        by_each = [pack for pack in (one, other) if _speaks(pack, direction)]
        assert all(with_both >= STRICTNESS[Judge([p]).on_error(direction)] for p in by_each)


def _speaks(pack: Pack, direction: Direction) -> bool:
    return any(direction in rule.when.direction for rule in pack.rules)


@settings(deadline=None)
@given(packs("aa"), packs("bb"), packs("cc"), situations, days)
def test_the_order_of_packs_doesnt_matter_for_what_is_done(
    one: Pack, two: Pack, three: Pack, situation: Situation, today: date
) -> None:
    orders = ([one, two, three], [three, two, one], [two, three, one])
    decisions = [Judge(order).judge(situation, today=today) for order in orders]
    first = decisions[0]
    for other in decisions[1:]:
        assert (other.action, other.actions, other.duties) == (
            first.action,
            first.actions,
            first.duties,
        )
        assert {hit.rule: hit for hit in other.hits} == {hit.rule: hit for hit in first.hits}


@settings(deadline=None)
@given(packs("aa"), situations, days)
def test_a_decision_is_the_strictest_of_its_hits(
    pack: Pack, situation: Situation, today: date
) -> None:
    decision = Judge([pack]).judge(situation, today=today)
    assert decision.action is _strictest([hit.action for hit in decision.hits])
    for index, action in enumerate(decision.actions):
        assert action is _strictest([h.action for h in decision.hits if index in h.findings])
    by_id = {rule.id: rule for rule in pack.rules}
    for hit in decision.hits:
        rule = by_id[hit.rule]
        assert rule.valid_from <= today <= (rule.valid_to or today)
        assert situation.direction in rule.when.direction


def _strictest(found: Sequence[Action]) -> Action:
    return max(found, key=lambda action: STRICTNESS[action], default=Action.ALLOW)


@settings(deadline=None)
@given(choices, situations, days)
def test_the_same_question_has_the_same_answer(
    chosen: Choices, situation: Situation, today: date
) -> None:
    judge = Judge(SHIPPED, chosen)
    decision = judge.judge(situation, today=today)
    assert judge.judge(situation, today=today) == decision
    assert Judge(SHIPPED, chosen).judge(situation, today=today) == decision


@settings(deadline=None)
@given(choices, situations)
def test_every_value_without_consent_is_kept_back_and_every_covered_one_passes(
    chosen: Choices, situation: Situation
) -> None:
    decision = Judge(SHIPPED, chosen).judge(situation, today=TODAY)
    for one, action in zip(situation.standings, decision.actions, strict=True):
        match one.finding.category, one.consent:
            case Category.SECRET, _:
                assert action is Action.MASK
            case _, Consent.COVERED:
                assert action is Action.ALLOW
            case ((Category.SPECIAL | Category.BIOMETRIC), _):
                assert action is Action.REFUSE
            case _:
                assert action is not Action.ALLOW


@settings(deadline=None)
@given(choices, situations)
def test_no_reply_is_pseudonymised(chosen: Choices, situation: Situation) -> None:
    decision = Judge(SHIPPED, chosen).judge(
        replace(situation, direction=Direction.REPLY), today=TODAY
    )
    assert Action.PSEUDONYMISE not in decision.actions


@settings(deadline=None)
@given(st.sampled_from(["personal_data", "reply_personal_data", "opaque"]), actions, situations)
def test_no_choice_is_looser_than_the_loosest_that_a_rule_offers(
    setting: str, action: Action, situation: Situation
) -> None:
    offered = next(r.choose.among for r in KZ.rules if r.choose and r.choose.setting == setting)
    settled = Action.MASK if (setting, action) == PSEUDONYM_IN_REPLY else action
    if settled not in offered:
        with pytest.raises(ConfigError, match=f"{setting} = {action}"):
            Judge(SHIPPED, Choices(**{setting: action}))
        return
    judge = Judge(SHIPPED, Choices(**{setting: action}))
    for hit in judge.judge(situation, today=TODAY).hits:
        rule = next((r for r in KZ.rules if r.id == hit.rule), None)
        if rule is not None and rule.choose is not None:
            assert hit.action in rule.choose.among


def test_a_choice_that_no_rule_offers_names_the_rule_and_what_it_offers() -> None:
    with pytest.raises(ConfigError) as caught:
        Judge([KZ], Choices(personal_data=Action.ALLOW))
    assert str(caught.value) == (
        "personal_data = allow: rule kz.10.personal-data of kz-230-viii@2026.11.4 allows only "
        "refuse, mask, pseudonymise"
    )
    assert caught.value.fix == "set personal_data to one of refuse, mask, pseudonymise"


def test_an_iin_without_consent_is_refused_and_the_article_cited() -> None:
    situation = Situation(direction=Direction.REQUEST, standings=(COVERED, MISSING, MISSING))
    decision = Judge([KZ]).judge(situation, today=TODAY)
    assert decision.action is Action.REFUSE
    assert decision.actions == (Action.ALLOW, Action.REFUSE, Action.REFUSE)
    assert decision.hits == (
        Hit(
            rule="kz.10.personal-data",
            article="230-VIII art. 10",
            pack="kz-230-viii@2026.11.4",
            action=Action.REFUSE,
            notice="pd.blocked",
            findings=(1, 2),
        ),
    )
    assert decision.packs == ("kz-230-viii@2026.11.4",)


def test_each_finding_has_its_own_action() -> None:
    situation = Situation(direction=Direction.REQUEST, standings=(MISSING, BIO, SECRET, COVERED))
    decision = Judge([KZ], Choices(personal_data=Action.PSEUDONYMISE)).judge(situation, today=TODAY)
    assert decision.actions == (Action.PSEUDONYMISE, Action.REFUSE, Action.MASK, Action.ALLOW)
    assert decision.action is Action.REFUSE
    assert [hit.notice for hit in decision.hits] == ["pd.masked", "bio.blocked", "secret.masked"]


def test_media_that_pass_unexamined_leave_a_hit_that_says_so() -> None:
    situation = Situation(direction=Direction.REQUEST, opaque=("image",))
    refused = Judge([KZ]).judge(situation, today=TODAY)
    passed = Judge([KZ], Choices(opaque=Action.ALLOW)).judge(situation, today=TODAY)
    assert (refused.action, refused.hits[0].notice) == (Action.REFUSE, "media.uninspected")
    assert (passed.action, passed.hits[0].notice) == (Action.ALLOW, "")
    assert passed.rules == refused.rules == ("kz.media-uninspectable",)


def test_the_first_answer_owes_disclosure_and_every_answer_a_label() -> None:
    first = Situation(direction=Direction.REPLY, ai_reply=True, first_turn=True)
    judge = Judge([KZ])
    assert judge.judge(first, today=TODAY).duties == {Duty.DISCLOSE, Duty.LABEL}
    later = judge.judge(replace(first, first_turn=False), today=TODAY)
    assert later.duties == {Duty.LABEL}
    assert later.action is Action.ALLOW


def test_a_fixed_pseudonym_is_a_mask_in_a_reply_and_keeps_its_notice(
    rule: MakeRule, write: Write
) -> None:
    (pack,) = load_packs(write(rule(action="pseudonymise")), ["xx"])
    judge = Judge([pack])
    for direction, action in (
        (Direction.REQUEST, Action.PSEUDONYMISE),
        (Direction.REPLY, Action.MASK),
    ):
        decision = judge.judge(Situation(direction=direction, standings=(MISSING,)), today=TODAY)
        assert decision.actions == (action,)
        assert decision.hits[0].notice == "told"


def test_a_rule_with_nothing_but_a_direction_always_applies_to_it(
    rule: MakeRule, write: Write
) -> None:
    (pack,) = load_packs(write(rule(when={"direction": ["reply"]})), ["xx"])
    judge = Judge([pack])
    assert judge.judge(Situation(direction=Direction.REPLY), today=TODAY).action is Action.REFUSE
    assert judge.judge(Situation(direction=Direction.REQUEST), today=TODAY).action is Action.ALLOW


@pytest.mark.parametrize(
    ("today", "applied"),
    [
        ("2026-02-28", ()),
        ("2026-03-01", ("xx.1.a",)),
        ("2026-03-31", ("xx.1.a",)),
        ("2026-04-01", ()),
    ],
)
def test_a_rule_holds_from_its_first_day_to_its_last(
    rule: MakeRule, write: Write, today: str, applied: tuple[str, ...]
) -> None:
    written = rule(valid_from="2026-03-01", valid_to="2026-03-31")
    (pack,) = load_packs(write(written, rule(id="xx.2", when={"opaque": True})), ["xx"])
    situation = Situation(direction=Direction.REQUEST, standings=(MISSING,))
    decision = Judge([pack]).judge(situation, today=date.fromisoformat(today))
    assert decision.rules == applied


def test_what_cant_be_judged_is_treated_as_strictly_as_any_rule_asks(
    rule: MakeRule, write: Write
) -> None:
    passing = rule(on_error="pass", when={"direction": ["reply"], "opaque": True})
    (pack,) = load_packs(write(passing), ["xx"])
    assert Judge([pack]).on_error(Direction.REPLY) is Action.ALLOW
    assert Judge([pack, KZ]).on_error(Direction.REPLY) is Action.REFUSE
    assert Judge([KZ]).on_error(Direction.REQUEST) is Action.REFUSE


def test_silence_of_the_packs_is_no_permission() -> None:
    assert Judge([EU]).on_error(Direction.REQUEST) is Action.REFUSE
    assert Judge([]).on_error(Direction.REPLY) is Action.REFUSE


def test_the_higher_norm_is_told_first_and_the_strictest_is_done() -> None:
    order = replace(KZ, id="order", rank="order", rules=_named("order", KZ.rules[:1]))
    code = replace(KZ, id="code", rank="code", rules=_named("code", KZ.rules[:1]))
    judge = Judge([order, KZ, code])
    assert [pack.id for pack in judge.packs] == ["code", "kz-230-viii", "order"]
    assert Judge([KZ, EU]).packs == (KZ, EU)
    assert Judge([EU, KZ]).packs == (EU, KZ)


def _named(name: str, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    return tuple(replace(rule, id=f"{name}.{rule.id}") for rule in rules)


def test_the_judge_tells_what_it_judges_by() -> None:
    judge = Judge([KZ, EU])
    assert judge.refs == ("kz-230-viii@2026.11.4", "eu-ai-act@2026.11.5")
    assert judge.digests[0] == ("kz-230-viii", "2026.11.4", KZ.digest)
    assert judge.languages == ("kk", "ru", "en")
    assert judge.settings == {
        *("personal_data", "reply_personal_data", "opaque", "remote", "suspected_use")
    }
    assert Judge([EU]).settings == frozenset()


def test_the_digest_covers_packs_and_choices_but_not_their_order() -> None:
    digest = Judge([KZ, EU]).digest
    assert Judge([EU, KZ]).digest == digest
    assert Judge([KZ, EU], Choices(personal_data=Action.REFUSE)).digest == digest
    assert Judge([KZ, EU], Choices(personal_data=Action.MASK)).digest != digest
    assert Judge([KZ]).digest != digest
    assert Judge([replace(KZ, digest="0" * 64), EU]).digest != digest


def test_of_two_packs_with_one_notice_the_first_has_its_say() -> None:
    ours = replace(
        EU, id="ours", rules=(), notices={"pd.blocked": Notice(key="", texts={"kk": "Біздікі"})}
    )
    merged = Judge([ours, KZ]).notices["pd.blocked"]
    assert merged.texts["kk"] == "Біздікі"
    assert merged.texts["ru"] == KZ.notices["pd.blocked"].texts["ru"]
    assert Judge([KZ, ours]).notices["pd.blocked"].texts == KZ.notices["pd.blocked"].texts


def test_two_packs_or_rules_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigError, match="called kz-230-viii"):
        Judge([KZ, KZ])
    with pytest.raises(ConfigError, match=r"called .*kz\.10\.personal-data"):
        Judge([KZ, replace(KZ, id="copy")])
