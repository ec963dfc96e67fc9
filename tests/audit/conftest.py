"""A small log's worth of entries, counted; and a law to hold it against."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest

from guardrail.audit import (
    About,
    Figures,
    Law,
    LawControl,
    LawDuty,
    LawPack,
    LawRule,
    Place,
    Tally,
    Words,
)

SECOND = 1_000_000
START = 1_795_000_000 * SECOND
"""18 November 2026."""
PACK = {"id": "kz-230-viii", "ver": "2026.11.2", "dig": "ab" * 32}


def place(index: int) -> Place:
    return Place(shard="2026h2", index=index, leaf=f"{index * 2_654_435_761 % 2**32:064x}")


def hit(action: str = "refuse", rule: str = "kz.10.personal-data") -> dict[str, object]:
    return {"rule": rule, "article": "230-VIII art. 10", "action": action,
            "entities": {"KZ_IIN": 2}}  # fmt: skip


def entries() -> Iterator[Mapping[str, object]]:
    """Yield the entries of twelve requests: three refused, three masked, six let through."""
    for number in range(12):
        action = ("allow", "refuse", "allow", "mask")[number % 4]
        ts = START + number * 3_600 * SECOND
        found = [] if action == "allow" else [hit(action)]
        yield {"t": "request", "ts": ts, "w": "w1", "n": 2 * number, "req": f"req_{number}",
               "act": action, "hits": found, "pol": [PACK], "sub": f"p:2026h2:{number % 3:032x}",
               "standings": {"missing": 2} if found else {}, "wire": "openai-chat@1"}  # fmt: skip
        if action != "refuse":
            yield {"t": "reply", "ts": ts + SECOND, "w": "w1", "n": 2 * number + 1,
                   "req": f"req_{number}", "act": "allow", "hits": [], "pol": [PACK],
                   "disclosed": "text", "lang": "kk+ru", "label": f"l{number}"}  # fmt: skip


@pytest.fixture
def tally() -> Tally:
    counted = Tally()
    for index, entry in enumerate(entries()):
        counted.add(entry, place(index))
    return counted


@pytest.fixture
def law() -> Law:
    rule = LawRule(
        id="kz.10.personal-data",
        article="230-VIII art. 10",
        source="Secondary sources.",
        obligation=("KZ-AI-07", "KZ-AI-26"),
        sanction="KoAP 79",
        cases=4,
        failed=1,
    )
    pack = LawPack(id="kz-230-viii", version="2026.11.2", digest="ab" * 32, title={}, rules=(rule,))
    there = LawControl(name="PDET", does="Finds personal data.")
    missing = LawControl(name="HITL", does="Lets a person decide.", why_not="Nobody is asked.")
    duties = (
        LawDuty(id="KZ-AI-07", law="230", cite="230-VIII art. 10", duty="No collecting.",
                met="yes", controls=(there,), tests=("tests/a.py::test_b",)),
        LawDuty(id="KZ-AI-06", law="230", cite="230-VIII art. 9", duty="Free will <b>.",
                controls=(missing,), no_rule="It isn't known.", no_test="None."),
        LawDuty(id="KZ-AI-26", law="230", cite="230-VIII art. 17(3)(4)", duty="Ban.",
                met="yes", controls=(there,), tests=("tests/a.py::test_c",)),
        LawDuty(id="GD-06", law="GDPR", cite="GDPR art. 6", duty="A basis."),
    )  # fmt: skip
    return Law(packs=(pack,), duties=duties, results={"tests/a.py::test_b": "passed"})


@pytest.fixture
def own_law(law: Law) -> Law:
    """Return the law with a pack that the operator wrote: one rule serves a law, one doesn't."""
    rules = (
        LawRule(id="acme.1.badge", article="ACME order 7 p. 1", verify=False, cases=2),
        LawRule(id="acme.2.mail", article="ACME order 7 p. 2", obligation=("GD-06",), cases=0),
    )
    title = {"kk": "Біздің ережелер", "ru": "Наши правила"}
    pack = LawPack(
        id="acme", version="2026.11.1", digest="cd" * 32, title=title, rules=rules, own=True
    )
    return replace(law, packs=(*law.packs, pack))


@pytest.fixture
def own_figures(own_law: Law) -> Callable[[str], Figures]:
    """Return what makes figures with the operator's own pack, whose first rule masked twice."""
    counted = Tally()
    for index, entry in enumerate(entries()):
        counted.add(entry, place(index))
    for number in (90, 91):
        found = hit("mask", "acme.1.badge") | {"article": "ACME order 7 p. 1"}
        said = {"t": "request", "ts": START, "w": "w2", "n": number, "req": f"req_{number}"}
        counted.add({**said, "act": "mask", "hits": [found], "pol": [PACK]}, place(number))
    return lambda lang: Figures(counted, own_law, About(), Words(lang))


@pytest.fixture
def figures(tally: Tally, law: Law) -> Callable[[str], Figures]:
    """Return what makes the figures in a language."""
    about = About(service="Көмекші & <Co>", since="2026-11-01", until="2026-11-30")
    return lambda lang: Figures(tally, law, about, Words(lang))
