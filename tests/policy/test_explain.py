from guardrail.facts import Action, Decision, Hit, Notice
from guardrail.policy.explain import explain

NOTICES = {
    "a": Notice(key="a", texts={"kk": "Бір.", "ru": "Один.", "en": "One."}),
    "b": Notice(key="b", texts={"kk": "Екі ({rule}).", "ru": "Два ({rule})."}),
}


def _hit(rule: str, notice: str, action: Action = Action.REFUSE) -> Hit:
    return Hit(rule=rule, article="230-VIII art. 10", pack="p@1", action=action, notice=notice)


def _refused(*hits: Hit) -> Decision:
    return Decision(action=Action.REFUSE, hits=hits)


def test_the_languages_come_in_the_persons_order_and_the_rule_last() -> None:
    assert explain(_refused(_hit("kz.1", "a")), NOTICES, ["ru", "kk"]) == (
        "Один.\nБір.\n(kz.1: 230-VIII art. 10)"
    )


def test_two_reasons_stand_side_by_side_in_each_language() -> None:
    said = explain(_refused(_hit("kz.1", "a"), _hit("kz.2", "b")), NOTICES, ["kk", "ru"])
    assert said.splitlines() == [
        "Бір. Екі (kz.2).",
        "Один. Два (kz.2).",
        "(kz.1: 230-VIII art. 10; kz.2: 230-VIII art. 10)",
    ]


def test_a_reason_is_given_once_however_many_rules_give_it() -> None:
    said = explain(_refused(_hit("kz.1", "b"), _hit("kz.2", "b")), NOTICES, ["kk"])
    assert said.startswith("Екі (kz.1, kz.2).\n")


def test_rules_that_asked_for_less_arent_the_reason() -> None:
    said = explain(_refused(_hit("kz.1", "a"), _hit("kz.2", "b", Action.MASK)), NOTICES, ["kk"])
    assert said == "Бір.\n(kz.1: 230-VIII art. 10)"


def test_a_region_is_no_obstacle_and_a_repeated_language_is_told_once() -> None:
    said = explain(_refused(_hit("kz.1", "a")), NOTICES, ["RU-kz", "ru"])
    assert said.startswith("Один.\n(")


def test_a_person_of_another_language_gets_all_there_are() -> None:
    said = explain(_refused(_hit("kz.1", "a")), NOTICES, ["de"])
    assert said.splitlines()[:3] == ["Бір.", "Один.", "One."]


def test_without_words_the_rule_is_named() -> None:
    assert explain(_refused(_hit("kz.1", "gone")), NOTICES, ["kk"]) == "(kz.1: 230-VIII art. 10)"


def test_nothing_is_explained_where_nothing_applied() -> None:
    assert explain(Decision(action=Action.ALLOW), NOTICES, ["kk"]) == ""
