# ruff: noqa: S311 - the texts are made up, not secret
from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.names.lists import template_files, templates
from training.names.slots import fill, worded

FILES = [(lang, name) for lang in ("kk", "ru", "en") for name in template_files(lang)]


@pytest.mark.parametrize(("lang", "name"), FILES, ids=[name for _, name in FILES])
def test_every_template_fills_without_a_rest(lang: str, name: str) -> None:
    for number, template in enumerate(templates(name)):
        text, spans = fill(template, lang, Random(number))
        assert not set("\u2039\u203a\u27e6\u27e7") & set(text), template
        assert "{given" not in text, template
        assert all(text[s["start"] : s["end"]].strip() for s in spans), template
        assert ("negative" in name) <= all(s["label"] != "PERSON" for s in spans), template


@given(st.integers(0, 10_000))
def test_every_wording_is_one_of_those_offered(seed: int) -> None:
    said = worded("\u2039a|[b|c]|\u203a!", Random(seed))
    assert said in ("a!", "[b|c]!", "!")


@given(st.integers(0, 2_000))
def test_every_span_covers_the_words_of_its_slot(seed: int) -> None:
    text, spans = fill("({gs}) [{city}] <{org}>", "en", Random(seed))
    assert [s["label"] for s in spans] == ["PERSON", "LOCATION", "ORG"]
    for span, (left, right) in zip(spans, (("(", ")"), ("[", "]"), ("<", ">")), strict=True):
        assert text[span["start"] - 1] == left
        assert text[span["end"]] == right


def test_words_follow_the_gender_of_the_person() -> None:
    for seed in range(40):
        text, spans = fill("{given} [он|она] {=patronymic} [он|она]", "ru", Random(seed))
        word = text[spans[0]["end"] :].split()[0]
        assert text.endswith(word)
        if text.split()[-2].endswith("вна"):
            assert word == "она"


def test_a_gender_told_before_the_name_holds_for_it() -> None:
    for seed in range(40):
        text, _ = fill("[Уважаемый|Уважаемая] {=gp}", "ru", Random(seed))
        if text.endswith(("вна", "қызы")):
            assert text.startswith("Уважаемая")


def test_a_full_stop_is_not_doubled_behind_initials() -> None:
    for seed in range(60):
        text, _ = fill("Исполнитель {initials}.", "ru", Random(seed))
        assert not text.endswith("..")


def test_a_template_labels_words_of_its_own() -> None:
    text, spans = fill("near \u27e6LOCATION@Lake Balkhash\u27e7.", "en", Random(1))
    assert text == "near Lake Balkhash."
    assert spans == [{"start": 5, "end": 18, "label": "LOCATION"}]
