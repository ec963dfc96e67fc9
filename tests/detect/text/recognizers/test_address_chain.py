from __future__ import annotations

import pytest

from guardrail.detect.text.recognizers.address_chain import LONGEST, chain
from guardrail.detect.text.recognizers.address_lexer import Lexed, lex
from guardrail.detect.text.unsettled import EDGE


def _kinds(text: str) -> list[str]:
    return [part.kind for part in chain(lex(text, 0, len(text)), 0).parts]


def _at_the_edge(classes: str) -> Lexed:
    places = list(range(len(classes) + 1))
    return Lexed(classes=classes + EDGE, starts=places, ends=places, edge=True)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("г. Алматы, ул. Абая, д. 52, кв. 5", ["town", "street", "unit", "unit"]),
        ("Абай көшесі 5", ["street", "number"]),
        ("мкр Самал-2, 33", ["micro", "number"]),
        ("52 Abay Avenue", ["english"]),
        ("дуб 5", ["named"]),
        ("смотрят на", []),
    ],
)
def test_a_text_is_parsed_to_parts(text: str, kinds: list[str]) -> None:
    assert _kinds(text) == kinds


def test_a_second_street_behind_a_house_begins_another_address() -> None:
    assert _kinds("ул. Абая 5, ул. Мира 7") == ["street", "number"]


def test_a_chain_ends_before_it_is_too_long() -> None:
    text = "ул. Абая" + ", ул. Абая" * 40
    lexed = lex(text, 0, len(text))
    assert lexed.ends[chain(lexed, 0).parts[-1].end - 1] <= LONGEST


@pytest.mark.parametrize("classes", ["S", "S W", "S W ", "S W N", "S W N, ", "W K", "N W"])
def test_what_may_go_on_is_not_settled(classes: str) -> None:
    assert not chain(_at_the_edge(classes), 0).settled


@pytest.mark.parametrize("classes", ["S W N. ", "S q", "q ", "S W N, q", "W W. "])
def test_what_nothing_changes_any_more_is_settled(classes: str) -> None:
    assert chain(_at_the_edge(classes), 0).settled
