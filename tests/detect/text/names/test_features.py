from __future__ import annotations

import pytest

from guardrail.detect.text.names.features import (
    BUCKETS,
    SHAPES,
    bucket,
    features_of,
    listed,
    script_of,
    shape_of,
)


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("Иван", "Title"), ("иван", "lower"), ("ИВАН", "UPPER"), ("И", "Letter"), ("и", "letter"),
        ("МакКей", "miXed"), ("12", "digits"), (",", "sign"), ("\n", "break"),
    ],
)  # fmt: skip
def test_a_word_has_a_shape(word: str, shape: str) -> None:
    assert SHAPES[shape_of(word)] == shape


def test_kazakh_letters_tell_the_script() -> None:
    assert [script_of(word) for word in ("қала", "город", "city")] == ["k", "c", "l"]


def test_a_listed_name_is_known_with_its_ending() -> None:
    lists = {"aigerim": 1, "ahmetov": 2}
    assert listed("aigerim", lists) == (1, 0)
    assert listed("aigerimge", lists) == (0, 1)
    assert listed("ahmetovtin", lists) == (0, 2)
    assert listed("stol", lists) == (0, 0)


def test_what_names_a_word_whole_comes_first() -> None:
    features, whole = features_of("айгерімге", {"aigerim": 1})
    assert features[:whole] == ["w=айгерімге", "p=aigerimge", "stem=0"]
    assert not any(one.startswith(("w=", "p=", "in=")) for one in features[whole:])


def test_digits_are_known_by_their_number_only() -> None:
    assert features_of("850412", {}) == (["w=6"], 0)
    assert features_of(",", {}) == (["w=,"], 0)


def test_every_feature_has_a_row_behind_the_shapes() -> None:
    for feature in ("w=иван", "g=abc", "s3=ов>"):
        assert len(SHAPES) <= bucket(feature) < len(SHAPES) + BUCKETS
