from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guardrail.facts import Category
from guardrail.policy.difference import Change, Effect, differences, does
from guardrail.policy.pack import Pack, load_packs
from guardrail.policy.reach import World

MakeRule = Callable[..., dict[str, Any]]
Write = Callable[..., Path]
WORLD = World(entities={"KZ_IIN": Category.PERSONAL, "FACE": Category.BIOMETRIC})
CHOOSE = {"setting": "personal_data", "among": ["refuse", "mask"], "default": "refuse"}


@pytest.fixture
def pack(write: Write) -> Callable[..., Pack]:
    def make(*rules: dict[str, Any], **changes: object) -> Pack:
        return load_packs(write(*rules, **changes), ["xx"])[0]

    return make


Make = Callable[..., Pack]


def changes(old: Pack, new: Pack) -> list[tuple[str, str]]:
    return [(one.effect.value, one.said) for one in differences(old, new, WORLD)]


def test_packs_that_say_the_same_have_no_differences(pack: Make, rule: MakeRule) -> None:
    assert differences(pack(rule()), pack(rule()), WORLD) == ()


def test_a_rule_that_goes_is_milder_and_one_that_comes_is_stricter(
    pack: Make, rule: MakeRule
) -> None:
    both, one = pack(rule(), rule(id="xx.2.b")), pack(rule())
    assert differences(both, one, WORLD) == (
        Change(
            effect=Effect.MILDER,
            where="xx.2.b",
            said="is gone: nothing does this for 1-I art. 1 any more: refuse",
        ),
    )
    assert changes(one, both) == [
        ("stricter", "is new, for 1-I art. 1, from 2026-01-18 on: refuse")
    ]


@pytest.mark.parametrize(
    ("more", "effect", "said"),
    [
        ({"action": "mask"}, "milder", "it did this: refuse; it does this: mask"),
        (
            {"action": None, "choose": CHOOSE},
            "milder",
            "it did this: refuse; it does this: personal_data among refuse, mask, else refuse",
        ),
        ({"on_error": "pass"}, "milder", "when the guard fails, it was to refuse and is to allow"),
        (
            {"valid_from": "2027-01-01"},
            "milder",
            "it held from 2026-01-18 on and now does from 2027-01-01 on",
        ),
        ({"valid_to": "2027-01-01"}, "milder", "its last day was open and is 2027-01-01"),
        ({"when": {"entity": ["KZ_IIN"]}}, "milder", "it applies to less than before"),
        (
            {"when": {"category": ["biometric"]}},
            "other",
            "it applies to other messages than before",
        ),
        (
            {"when": {"not": {"not": {"category": ["personal"]}}}},
            "other",
            "its condition is written otherwise and means the same",
        ),
        ({"sanction": "a fine"}, "other", "its sanction was 'none' and is 'a fine'"),
        ({"obligation": ["XX-1", "XX-2"]}, "other", "obligations: XX-2 joined"),
        (
            {"also": [{"instrument": "2-II", "article": "3"}]},
            "other",
            "further articles: 2-II art. 3 joined",
        ),
        ({"verify_with_counsel": True}, "other", "its reading now must be verified with counsel"),
        ({"notice": "other"}, "other", "people are now told other"),
    ],
)
def test_each_change_of_a_rule_is_told_and_which_way_it_goes(
    pack: Make, rule: MakeRule, more: dict[str, Any], effect: str, said: str
) -> None:
    old, new = pack(rule()), pack(rule(**more))
    assert changes(old, new) == [(effect, said)]
    back = {"milder": "stricter", "other": "other"}[effect]
    assert [one for one, _ in changes(new, old)] == [back]


def test_a_choice_that_gains_on_both_ends_goes_neither_way(pack: Make, rule: MakeRule) -> None:
    wide = CHOOSE | {"among": ["refuse", "pseudonymise"]}
    tight = CHOOSE | {"among": ["mask", "hold"], "default": "hold"}
    old, new = (pack(rule(action=None, choose=one)) for one in (wide, tight))
    assert [one for one, _ in changes(old, new)] == ["other"]


def test_more_duties_are_stricter(pack: Make, rule: MakeRule) -> None:
    duty = {"action": None, "when": {"ai_reply": True}}
    old = pack(rule(duties=["label"], **duty))
    new = pack(rule(duties=["label", "disclose"], **duty))
    assert changes(old, new) == [
        ("stricter", "it did this: label; it does this: disclose and label")
    ]
    assert does(new.rules[0]) == "disclose and label"


def test_conditions_too_branched_to_compare_are_called_other(pack: Make, rule: MakeRule) -> None:
    deep = [{"any": [{"context": [f"cx{'x' * i}"]}, {"purpose": [f"P{i}"]}]} for i in range(1, 14)]
    new = pack(rule(when={"category": ["personal"], "all": deep}))
    assert changes(pack(rule()), new) == [("other", "it applies to other messages than before")]


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (None, 3, ("stricter", "people are now reminded every 3 hours")),
        (3, 1.5, ("stricter", "people are now reminded every 1.5 hours")),
        (3, 6, ("milder", "people are now reminded every 6 hours")),
        (3, None, ("milder", "people are now reminded by no rule")),
    ],
)
def test_other_reminders_are_told(
    pack: Make,
    rule: MakeRule,
    before: float | None,
    after: float | None,
    change: tuple[str, str],
) -> None:
    old, new = (pack(rule(), remind_hours=hours) for hours in (before, after))
    assert changes(old, new) == [change]
    assert changes(new, new) == []


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (None, 400, ("stricter", "evidence is now kept for 400 days, 200 at least")),
        (400, 300, ("milder", "evidence is now kept for 300 days, 200 at least")),
        (400, None, ("milder", "evidence is now kept for as long as other packs ask")),
    ],
)
def test_a_change_of_how_long_evidence_is_kept_is_told(
    pack: Make, rule: MakeRule, before: int | None, after: int | None, change: tuple[str, str]
) -> None:
    cited: dict[str, object] = {
        "article": {"instrument": "1-I", "article": "9"},
        "source": "read",
        "verify_with_counsel": True,
        "at_least": 200,
    }
    old, new = (
        pack(rule(), retention=cited | {"days": days} if days else None) for days in (before, after)
    )
    assert changes(old, new) == [change]
    assert changes(new, new) == []


def test_what_changes_of_the_pack_itself_is_told(pack: Make, rule: MakeRule) -> None:
    old = pack(rule(), thresholds={"KZ_IIN": 0.5, "FACE": 0.5})
    new = pack(
        rule(),
        version="2026.11.2",
        rank="code",
        review_by="2027-01-01",
        thresholds={"KZ_IIN": 0.4, "*": 0.6},
    )
    assert changes(old, new) == [
        ("other", "the version was 2026.11.1 and is 2026.11.2"),
        ("other", "the rank among norms was law and is code"),
        ("other", "the day of review was None and is 2027-01-01"),
        ("stricter", "whatever isn't named now is found from 0.6 on"),
        ("milder", "FACE now is found as the operator sets it"),
        ("stricter", "KZ_IIN was found from 0.5 on and now is from 0.4 on"),
    ]


def test_every_change_of_a_notice_is_told(pack: Make, rule: MakeRule) -> None:
    texts = {"told": {"kk": "Айтылды", "ru": "Сказано"}}
    old = pack(rule(), notices=texts | {"gone": texts["told"]})
    new = pack(
        rule(),
        notices={"told": {"kk": "Айтылды", "ru": "Иначе", "en": "Told"}, "new": texts["told"]},
    )
    assert [one.said for one in differences(old, new, WORLD)] == [
        "the notice is gone",
        "the notice is new",
        "the notice gained en",
        "in ru the notice was 'Сказано' and is 'Иначе'",
    ]
    assert "the notice lost en" in [one.said for one in differences(new, old, WORLD)]
