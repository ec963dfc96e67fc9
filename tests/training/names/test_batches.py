from __future__ import annotations

from dataclasses import fields
from importlib.resources import files
from random import Random

import numpy as np

from guardrail.detect.text.names.english import EnglishTagger
from guardrail.detect.text.names.knowledge import Knowledge
from guardrail.detect.text.names.morphology import morphology
from guardrail.detect.text.names.network import REACH, TOLD, Teachers
from guardrail.detect.text.names.russian import russian_tagger, word_vectors
from guardrail.detect.text.names.words import words_of
from training.names.batches import (
    NOTHING,
    SKIPPED,
    Table,
    Tokens,
    Vocabulary,
    joined,
    labels_of,
    one_after_another,
    tokens_of,
)
from training.names.generate import Example, generate

_DATA = files("guardrail.detect.text.names") / "data"
_VECTORS = word_vectors()
_TEACHERS = Teachers(russian_tagger(_VECTORS), EnglishTagger(_DATA))


def _made(examples: list[Example]) -> tuple[Tokens, Table]:
    vocabulary = Vocabulary(Knowledge(_DATA, _VECTORS, morphology()))
    tokens = tokens_of(examples, vocabulary, _TEACHERS)
    return tokens, vocabulary.frozen()


def test_the_same_seed_gives_the_same_numbers() -> None:
    (tokens, table), (tokens_again, table_again) = (_made(list(generate(7, 90))) for _ in range(2))
    for field in fields(Tokens):
        assert np.array_equal(getattr(tokens, field.name), getattr(tokens_again, field.name))
    for field in fields(Table):
        assert np.array_equal(getattr(table, field.name), getattr(table_again, field.name))


def test_every_word_has_a_number_a_label_and_what_teachers_say() -> None:
    examples = list(generate(3, 70))
    tokens, table = _made(examples)
    assert tokens.words.shape == tokens.labels.shape == tokens.casings.shape
    assert tokens.told.shape == (len(tokens.words), TOLD)
    assert tokens.words.max() < len(table.counts)
    assert table.counts.sum() == len(table.features) == len(table.whole)
    words = sum(len(words_of(one["text"]).texts) for one in examples)
    assert (tokens.labels != SKIPPED).sum() <= words
    assert len(tokens.words) == words + REACH * (len(examples) + 1)


def test_teachers_see_no_text_beside_another() -> None:
    alone = _made([{"text": "Айгуль Ким пришла", "spans": [], "lang": "ru", "source": ""}])[0]
    beside = _made(
        [
            {"text": text, "spans": [], "lang": "ru", "source": ""}
            for text in ("Это Иван", "Айгуль Ким пришла", "Петров")
        ]
    )[0]
    wanted = slice(2 * REACH + 2, 2 * REACH + 5)
    assert np.allclose(beside.told[wanted], alone.told[REACH : REACH + 3], atol=1e-5)


def test_texts_one_after_another_keep_their_words() -> None:
    page = one_after_another([words_of("Иван Ким"), words_of(""), words_of("a-b")])
    assert [word for word in page.texts if word != NOTHING] == ["Иван", "Ким", "a", "-", "b"]
    assert list(page.starts) == sorted(page.starts)


def test_words_of_a_name_are_labelled_and_user_names_skipped() -> None:
    example = Example(
        text="мне @ivan Иван Ким сказал",
        spans=[{"start": 10, "end": 18, "label": "PERSON"}],
        lang="ru",
        source="",
    )
    assert labels_of(example, words_of(example["text"])) == [0, 0, SKIPPED, 1, 2, 0]


def test_joined_examples_keep_spans_on_their_words() -> None:
    examples = list(generate(5, 60))
    said = {one["text"][s["start"] : s["end"]] for one in examples for s in one["spans"]}
    for one in joined(examples, Random(1)):  # noqa: S311 - examples, not secrets
        for span in one["spans"]:
            assert one["text"][span["start"] : span["end"]] in said
