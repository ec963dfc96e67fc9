from __future__ import annotations

import json
import pickle
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.c2pa.manifest import (
    ACTIONS,
    AI_DISCLOSURE,
    OWN,
    TRAINING,
    Generator,
    Owner,
    disclosure,
    for_label,
    level_of,
)
from guardrail.disclose.label import MARKS
from guardrail.facts import Label

SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
GENERATOR = Generator(
    version="1",
    owner=Owner(name="Example LLP", number="000000000000", jurisdiction="KZ"),
    training=(("ai_training", "notAllowed"), ("data_mining", "constrained")),
)


def parts(label: Label, *, marked_before: bool = False) -> dict[str, Any]:
    manifest: dict[str, Any] = for_label(label, GENERATOR, marked_before=marked_before)
    assert all(one["created"] is True for one in manifest["assertions"])
    return {one["label"]: one["data"] for one in manifest["assertions"]}


def test_a_made_work_begins_with_its_making(said: Label) -> None:
    assert parts(said)[ACTIONS] == {
        "actions": [
            {
                "action": "c2pa.created",
                "digitalSourceType": f"{SOURCE}trainedAlgorithmicMedia",
                "softwareAgent": {"name": "demo-model"},
                "when": "2025-11-22T05:00:00Z",
            }
        ]
    }


def test_a_work_that_was_marked_before_was_edited(said: Label) -> None:
    action = parts(said, marked_before=True)[ACTIONS]["actions"][0]
    assert action["action"] == "c2pa.edited"
    assert "label" not in for_label(said, GENERATOR, marked_before=True)


def test_the_manifest_has_the_labels_own_number(said: Label) -> None:
    assert for_label(said, GENERATOR)["label"] == "urn:c2pa:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10"


def test_the_owner_of_the_system_is_named(said: Label) -> None:
    assert parts(said)[OWN] == {
        "id": said.id,
        "level": "ai-generated",
        "class": "synthetic",
        "provider": "ТОО Пример",
        "owner": "Example LLP",
        "ownerNumber": "000000000000",
        "jurisdiction": "KZ",
    }


def test_the_disclosure_has_what_the_level_means(said: Label) -> None:
    for level, mark in MARKS.items():
        if level == "none":
            continue
        told = parts(replace(said, level=level))[AI_DISCLOSURE]
        assert told == {
            "modelType": "c2pa.types.model",
            "modelName": "demo-model",
            "contentProfile": {"humanOversightLevel": mark.oversight},
        }
        assert level_of(mark.source_types[0], mark.oversight) == level


def test_uses_for_training_are_written_as_cawg_has_them(said: Label) -> None:
    assert parts(said)[TRAINING] == {
        "entries": {
            "cawg.ai_training": {"use": "notAllowed"},
            "cawg.data_mining": {"use": "constrained"},
        }
    }
    labels = [
        one["label"]
        for one in for_label(said, Generator())["assertions"]  # type: ignore[attr-defined]
    ]
    assert TRAINING not in labels


@pytest.mark.parametrize(
    "change",
    [{"level": "none"}, {"level": "human"}, {"id": "6f1b0c2e"}, {"id": "urn:uuid:x"}],
)
def test_a_label_that_cannot_be_written_is_an_error(change: dict[str, str], said: Label) -> None:
    with pytest.raises(ValueError, match=r"no mark of AI|urn:uuid"):
        for_label(replace(said, **change), GENERATOR)  # type: ignore[arg-type]


@pytest.mark.parametrize("entry", [("training", "allowed"), ("ai_training", "no")])
def test_an_unknown_use_or_permission_is_an_error(entry: tuple[str, str], said: Label) -> None:
    with pytest.raises(ValueError, match="no such use"):
        for_label(said, Generator(training=(entry,)))


def test_nonsense_in_the_disclosure_is_an_error(said: Label) -> None:
    with pytest.raises(ValueError, match="no such oversight"):
        disclosure(said, "by_nobody")
    with pytest.raises(ValueError, match="no such type"):
        disclosure(said, "prompt_guided", "model")


@pytest.mark.parametrize(
    ("source", "level"),
    [
        (f"{SOURCE}digitalCapture", "none"),
        (f"{SOURCE}compositeSynthetic", "ai-assisted"),
        (f"{SOURCE}trainedAlgorithmicMedia", "ai-generated"),
        ("http://c2pa.org/digitalsourcetype/trainedAlgorithmicData", "ai-generated"),
        (f"{SOURCE}screenCapture", ""),
        ("", ""),
    ],
)
def test_source_types_of_others_have_their_level(source: str, level: str) -> None:
    assert level_of(source, "") == level
    assert level_of(f"{SOURCE}trainedAlgorithmicMedia", "nonsense") == "ai-generated"


def test_a_generator_goes_to_other_processes() -> None:
    assert pickle.loads(pickle.dumps(GENERATOR)) == GENERATOR  # noqa: S301


@given(st.text(st.characters()), st.text(st.characters()), st.integers())
def test_every_name_makes_a_bounded_manifest(model: str, provider: str, created: int) -> None:
    label = Label(
        id="urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10",
        level="ai-generated",
        kind="result",
        model=model * 50,
        provider=provider * 50,
        created=abs(created),
    )
    assert len(json.dumps(for_label(label, GENERATOR))) < 4_500
