from collections.abc import Callable
from typing import Any

import pytest

from guardrail.errors import ConfigError
from guardrail.facts import Action
from guardrail.policy.closed import parse
from guardrail.policy.schema import NOTICES, PACK, Article

MakeRule = Callable[..., dict[str, Any]]
CHOOSE = {"setting": "personal_data", "among": ["refuse", "mask"], "default": "refuse"}
CHOSEN = {"action": None, "choose": CHOOSE}
SETTING = {"setting": "personal_data"}
MEDIA = {"setting": "opaque", "among": ["refuse", "allow"], "default": "refuse"}


def _pack(*rules: dict[str, Any], **changes: object) -> dict[str, Any]:
    return {
        "id": "xx",
        "version": "2026.11.1",
        "jurisdiction": "KZ",
        "languages": ["kk"],
        "title": {"kk": "Заң"},
        "rules": list(rules),
    } | changes


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"actoin": "mask"}, "rule xx.1.a: unknown key 'actoin' (did you mean 'action'?)"),
        ({"action": "msk"}, "rule xx.1.a: action: 'msk' isn't one of"),
        ({"action": "msk"}, "(did you mean 'mask'?)"),
        ({"action": None}, "a rule has one of 'action', 'choose' and 'duties'"),
        ({"duties": ["label"]}, "a rule has one of 'action', 'choose' and 'duties'"),
        ({"action": None, "duties": []}, "duties"),
        ({"action": None, "duties": ["lable"]}, "(did you mean 'label'?)"),
        ({"action": "allow"}, "the strictest rule wins"),
        ({"valid_to": "2025-01-01"}, "valid_to is before valid_from"),
        ({"valid_from": 2026}, "2026 isn't a date in quotes"),
        ({"valid_from": "2026-02-30"}, "valid_from"),
        ({"article": {"instrument": "1-I", "article": 10}}, "10 must be a string: put quotes"),
        ({"when": {"ai_reply": True}, "action": "mask"}, "can't mask: there is no finding"),
        ({"action": None, "choose": {**CHOOSE, "default": "hold"}}, "hold isn't among refuse"),
        ({"action": None, "choose": {**CHOOSE, "setting": "opaq"}}, "(did you mean 'opaque'?)"),
        ({"action": None, "choose": {**CHOOSE, "setting": "opaque"}}, "doesn't fit the condition"),
        ({"action": None, "choose": MEDIA}, "only be chosen for what"),
        (
            {"action": None, "choose": {**MEDIA, **SETTING}, "when": {"opaque": True}},
            "doesn't fit the condition",
        ),
        ({"notice": None}, "either a 'notice' or 'notices'"),
        ({"notices": {"refuse": "told"}}, "either a 'notice' or 'notices'"),
        ({**CHOSEN, "notice": None, "notices": {"refuse": "a"}}, "no notice for mask"),
        ({"on_error": "allow"}, "on_error: 'allow' isn't one of refuse, pass"),
        ({"mode": "shadow"}, "mode: 'shadow' isn't one of enforce"),
        ({"verify_with_counsel": "no"}, "verify_with_counsel"),
        ({"id": "Kz 1"}, "id: String should match pattern"),
        ({"obligation": []}, "obligation"),
    ],
)
def test_a_rule_that_isnt_right_is_refused_by_name(
    rule: MakeRule, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(PACK, _pack(rule(**changes)), "xx/pack.yaml")
    assert str(caught.value).startswith("xx/pack.yaml: rule ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [{"rules": []}, {"version": 2026.11}, {"id": "X"}, {"jurisdiction": "kz"}, {"languages": []}],
)
def test_a_pack_that_isnt_right_is_refused(rule: MakeRule, changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"xx/pack\.yaml: "):
        parse(PACK, _pack(rule(), **changes), "xx/pack.yaml")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, {Action.REFUSE: "told"}),
        ({"action": None, "duties": ["label"]}, {Action.ALLOW: "told"}),
        ({"action": None, "choose": CHOOSE}, {Action.REFUSE: "told", Action.MASK: "told"}),
        (
            {"action": None, "choose": MEDIA, "when": {"opaque": True}},
            {Action.REFUSE: "told"},
        ),
        (
            {**CHOSEN, "notice": None, "notices": {"refuse": "a", "mask": "b"}},
            {Action.REFUSE: "a", Action.MASK: "b"},
        ),
    ],
)
def test_every_action_but_a_chosen_allow_has_its_notice(
    rule: MakeRule, changes: dict[str, Any], told: dict[Action, str]
) -> None:
    assert parse(PACK, _pack(rule(**changes)), "f").rules[0].told == told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  ", "must not be empty"),
        ("и\u0306", "normal form NFC"),
        ("one\ntwo", "control characters or line breaks"),
        ("by {rul}", "placeholders {rule} and {name} only"),
        ("by {rule", "placeholders {rule} and {name} only"),
        ("x" * 1001, "at most 1000 characters"),
    ],
)
def test_a_notice_that_cant_be_shown_is_refused(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=r"f: told\.kk: ") as caught:
        parse(NOTICES, {"told": {"kk": text}}, "f")
    assert said in str(caught.value)


def test_a_notice_may_name_the_rule() -> None:
    assert parse(NOTICES, {"told": {"kk": "({rule})"}}, "f") == {"told": {"kk": "({rule})"}}


def test_an_article_is_written_the_way_it_is_cited() -> None:
    article = Article(instrument="230-VIII", article="17", paragraph="(3)(4)")
    assert str(article) == "230-VIII art. 17(3)(4)"
    assert str(Article(instrument="94-V", article="10-1")) == "94-V art. 10-1"
