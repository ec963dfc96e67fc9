from enum import StrEnum

import pytest
from pydantic import Field, TypeAdapter

from guardrail.errors import ConfigError
from guardrail.policy.closed import SHOWN, Closed, parse


class Colour(StrEnum):
    GREEN = "green"
    BLUE = "blue"


class Leaf(Closed):
    id: str = ""
    name: str = ""
    colour: Colour = Colour.GREEN
    negated: bool = Field(default=False, alias="not")


class Tree(Closed):
    leaves: tuple[Leaf, ...] = ()
    shades: dict[Colour, int] = Field(default_factory=dict)
    rows: tuple[tuple[int, ...], ...] = ()


TREE = TypeAdapter(Tree)


class Grove(Closed):
    leaves: tuple[Leaf, ...] = Field(min_length=1)


def _said(raw: object) -> str:
    with pytest.raises(ConfigError) as caught:
        parse(TREE, raw, "f.yaml")
    return str(caught.value)


def test_what_fits_is_returned() -> None:
    tree = parse(TREE, {"leaves": [{"id": "a", "not": True}]}, "f.yaml")
    assert tree.leaves[0].negated


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"leafs": []}, "f.yaml: unknown key 'leafs' (did you mean 'leaves'?)"),
        ({"zzz": []}, "f.yaml: unknown key 'zzz'"),
        ({"leaves": [{"id": "a.b", "nott": 1}]}, "f.yaml: rule a.b: unknown key 'nott' (did you"),
        ({"leaves": [{"name": "one", "id1": 1}]}, "f.yaml: case 'one': unknown key 'id1' (did"),
        (
            {"leaves": [{"colour": "bleu"}]},
            "f.yaml: leaves.1.colour: 'bleu' isn't one of green, blue (did you mean 'blue'?)",
        ),
        ({"leaves": [{"id": "a", "colour": 7}]}, "f.yaml: rule a: colour: Input should be 'green'"),
        ({"leaves": [{"id": 10}]}, "f.yaml: rule 10: id: 10 must be a string: put quotes"),
        ({"leaves": [None]}, "f.yaml: leaves.1: Input should be"),
        ({"rows": [[1, "x"]]}, "f.yaml: rows.1.2: Input should be a valid integer"),
        ({"shades": {"blew": 1}}, "f.yaml: shades.blew.[key]: 'blew' isn't one of green, blue"),
        ({"rows": 5}, "f.yaml: rows: Input should be a valid tuple"),
        ([], "f.yaml: Input should be a valid dictionary"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_the_nearest_word(raw: object, said: str) -> None:
    assert _said(raw).startswith(said)


def test_a_field_is_known_by_its_alias_only() -> None:
    assert "unknown key 'negated'" in _said({"leaves": [{"negated": True}]})


def test_many_mistakes_are_told_at_once_and_then_counted() -> None:
    lines = _said({"leaves": [{"colour": "x"}] * (SHOWN + 3)}).splitlines()
    assert len(lines) == SHOWN + 1
    assert lines[-1] == "f.yaml: and 3 more"


def test_a_list_is_too_short_only_where_nothing_in_it_is_wrong() -> None:
    adapter = TypeAdapter(Grove)
    with pytest.raises(ConfigError) as caught:
        parse(adapter, {"leaves": [{"wrong": 1}]}, "f")
    assert "at least 1 item" not in str(caught.value)
    with pytest.raises(ConfigError, match="at least 1 item"):
        parse(adapter, {"leaves": []}, "f")
