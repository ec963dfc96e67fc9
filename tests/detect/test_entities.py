from __future__ import annotations

from guardrail.detect import ENTITIES
from guardrail.facts import Category


def test_every_entity_has_a_rank_of_its_own() -> None:
    ranks = [entity.rank for entity in ENTITIES.values()]
    assert len(set(ranks)) == len(ranks)


def test_every_entity_is_protected_and_has_a_kind() -> None:
    for name, entity in ENTITIES.items():
        assert name == name.upper()
        assert entity.category in Category
        assert entity.pii_type


def test_what_the_law_calls_special_is_not_merely_personal() -> None:
    for name in ("HEALTH", "RELIGION", "ETHNICITY", "CRIMINAL_RECORD", "MINOR"):
        assert ENTITIES[name].category is Category.SPECIAL
    assert ENTITIES["BIOMETRIC_DATA"].category is Category.BIOMETRIC
    assert ENTITIES["PRIVATE_KEY"].category is Category.SECRET
