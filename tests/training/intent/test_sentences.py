from __future__ import annotations

import csv
from collections import Counter

import pytest

from guardrail.detect.intent.network import USES
from guardrail.detect.intent.pieces import sentences_of
from guardrail.detect.intent.words import plain_of
from training.intent.sentences import FOLDER, LANGUAGES, NEGATIVE, bare_asks, sentences, several

_COLUMNS = ["label", "near", "kind", "topic", "text"]
_KINDS = {"user", "system", "tool", "reply"}


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_row_has_known_labels_and_one_line_of_text(lang: str) -> None:
    for row in _rows(f"{lang}.csv"):
        labels = row["label"].split("|")
        assert list(row) == _COLUMNS
        assert set(labels) <= {*USES, *NEGATIVE}
        assert len(labels) == 1 or set(labels) <= set(USES)
        assert (row["near"] in USES) == (labels[0] in NEGATIVE)
        assert row["kind"] in _KINDS
        assert row["topic"]
        assert row["text"].strip() == row["text"] != ""
        assert "\n" not in row["text"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_rows_are_sorted_and_no_text_stands_twice(lang: str) -> None:
    rows = _rows(f"{lang}.csv")
    texts = [row["text"].lower() for row in rows]
    assert len(set(texts)) == len(texts)
    ordered = [tuple(row[name] for name in _COLUMNS) for row in rows]
    assert ordered == sorted(ordered)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_class_has_150_requests_and_150_hard_negatives_on_many_topics(lang: str) -> None:
    rows = _rows(f"{lang}.csv")
    asked = Counter(label for row in rows for label in row["label"].split("|"))
    near = Counter(row["near"] for row in rows)
    for use in USES:
        assert asked[use] >= 150
        assert near[use] >= 150
        assert len({row["topic"] for row in rows if use in row["label"].split("|")}) >= 20


def test_texts_of_several_sentences_are_of_every_class_and_sorted() -> None:
    rows = [tuple(row.values()) for row in _rows("several.csv")]
    assert rows == sorted(rows)
    assert len({row[-1].lower() for row in rows}) == len(rows)
    for lang in LANGUAGES:
        texts = [one for one in several() if one.lang == lang]
        asked = Counter(label for one in texts for label in one.labels)
        near = Counter(one.near for one in texts)
        assert all(asked[use] >= 3 and near[use] >= 3 for use in USES)
        assert all(len(sentences_of(plain_of(one.text))) > 1 for one in texts)


def test_no_text_of_several_sentences_is_among_what_the_network_learns_from() -> None:
    assert not {one.text for one in several()} & {one.text for one in sentences()}


def test_bare_asks_are_as_many_as_harmless_ones() -> None:
    rows = _rows("media.csv")
    for lang in LANGUAGES:
        labels = Counter(row["label"] == "ORDINARY" for row in rows if row["lang"] == lang)
        assert min(labels.values()) >= 95


def test_what_asks_beside_media_asks_for_nothing_without() -> None:
    examples = bare_asks()
    assert all(not one.asks for one in examples if one.media is False)
    assert any(one.asks for one in examples if one.media)


def test_sentences_of_all_languages_are_read() -> None:
    assert {one.lang for one in sentences()} == set(LANGUAGES)
