# ruff: noqa: S311 - the texts are made up, not secret
from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.names.augment import REWRITINGS, augment, dressed
from training.names.generate import Example, generate

EXAMPLES = list(generate(11, 300))


def said(example: Example) -> list[tuple[str, str]]:
    return [(s["label"], example["text"][s["start"] : s["end"]]) for s in example["spans"]]


@given(st.sampled_from(EXAMPLES), st.sampled_from(sorted(REWRITINGS)))
def test_every_rewriting_keeps_the_spans_on_their_words(example: Example, way: str) -> None:
    copy = dressed(example, way, Random(1))
    expected = [(label, REWRITINGS[way](piece)[0].lower()) for label, piece in said(example)]
    assert [(label, piece.lower()) for label, piece in said(copy)] == expected


@given(st.sampled_from(EXAMPLES), st.integers(0, 1000))
def test_every_swap_changes_persons_alone(example: Example, seed: int) -> None:
    copy = dressed(example, "swap", Random(seed))
    assert len(copy["spans"]) == len(example["spans"])
    assert [x for x in said(copy) if x[0] != "PERSON"] == [
        x for x in said(example) if x[0] != "PERSON"
    ]
    assert outside(copy) == outside(example)
    for (_, new), (_, old) in zip(said(copy), said(example), strict=True):
        assert len(new.split()) == len(old.split())


def outside(example: Example) -> str:
    text = example["text"]
    for span in reversed(example["spans"]):
        text = text[: span["start"]] + "\0" + text[span["end"] :]
    return text


@given(st.sampled_from(EXAMPLES), st.integers(0, 1000))
def test_every_typo_leaves_the_same_letters_in_each_span(example: Example, seed: int) -> None:
    copy = dressed(example, "typo", Random(seed))
    assert [sorted(x[1]) for x in said(copy)] == [sorted(x[1]) for x in said(example)]


@given(st.sampled_from(EXAMPLES), st.integers(0, 1000))
def test_every_copy_keeps_its_labels(example: Example, seed: int) -> None:
    copy = augment(example, Random(seed))
    assert [x[0] for x in said(copy)] == [x[0] for x in said(example)]
    assert copy == augment(example, Random(seed))
    assert copy["lang"] == example["lang"]


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_a_text_without_spans_stays_without(lang: str) -> None:
    example = Example(text="Ab", spans=[], lang=lang, source="generated")
    assert augment(example, Random(2))["spans"] == []
