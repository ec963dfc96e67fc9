from __future__ import annotations

from guardrail.detect import ENTITIES
from guardrail.facts import Category


def test_every_entity_has_a_rank_of_its_own() -> None:
    ranks = [entity.rank for entity in ENTITIES.values()]
    assert len(set(ranks)) == len(ranks)


def test_every_entity_is_protected_and_has_a_kind() -> None:
    for name, entity in ENTITIES.items():
        assert name == name.upper()
        assert entity.category is Category.PERSONAL
        assert entity.pii_type
