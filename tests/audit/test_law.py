from guardrail.audit import Law, LawDuty, LawPack, LawRule


def test_a_duty_names_its_rules(law: Law) -> None:
    assert [rule.id for rule in law.of_duty("KZ-AI-26")] == ["kz.10.personal-data"]
    assert law.of_duty("KZ-AI-06") == ()


def test_all_duties_of_a_packs_law_are_told_and_those_of_others_that_a_rule_names() -> None:
    rules = (
        LawRule(id="a", article="x", obligation=("A-1", "A-2")),
        LawRule(id="b", article="x", obligation=("A-1", "B-1")),
    )
    duties = [
        LawDuty(id=f"{law}-{n}", law=law, cite="", duty="") for law in "ABC" for n in (1, 2, 3)
    ]
    pack = LawPack(id="p", version="1", digest="", title={}, rules=rules)
    chosen = Law(packs=(pack,), duties=tuple(duties)).chosen()
    assert [one.id for one in chosen] == ["A-1", "A-2", "A-3", "B-1"]


def test_a_pack_whose_rules_name_no_duty_tells_none() -> None:
    duty = LawDuty(id="A-1", law="A", cite="", duty="")
    pack = LawPack(id="p", version="1", digest="", title={}, rules=())
    assert Law(packs=(pack,), duties=(duty,)).chosen() == ()


def test_an_own_rule_that_serves_a_law_brings_its_duty_alone() -> None:
    duties = [
        LawDuty(id=f"{law}-{n}", law=law, cite="", duty="", own=law == "B")
        for law in "AB"
        for n in (1, 2)
    ]
    serving = LawRule(id="a", article="x", obligation=("A-1",))
    own = LawPack(id="p", version="1", digest="", title={}, rules=(serving,), own=True)
    law = Law(packs=(own,), duties=tuple(duties))
    assert [one.id for one in law.chosen()] == ["A-1"]
    assert law.own() == (own,)


def test_of_a_law_whose_duties_the_operator_lists_all_are_told() -> None:
    duties = [LawDuty(id=f"B-{n}", law="B", cite="", duty="", own=True) for n in (1, 2)]
    rule = LawRule(id="b", article="x", obligation=("B-1",))
    own = LawPack(id="p", version="1", digest="", title={}, rules=(rule,), own=True)
    assert [one.id for one in Law(packs=(own,), duties=tuple(duties)).chosen()] == ["B-1", "B-2"]
