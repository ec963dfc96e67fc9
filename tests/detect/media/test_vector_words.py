from __future__ import annotations

import pytest

from guardrail.detect.media.vector_words import (
    encoder_of,
    holds_vectors,
    modality_of,
    route_of,
    tokens,
    words,
)


@pytest.mark.parametrize(
    ("key", "parts"),
    [
        ("faceEmbedding_v2", {"face", "embedding", "v"}),
        ("face-embedding.data", {"face", "embedding", "data"}),
        ("HTTPFaceVector", {"http", "face", "vector"}),
        ("бетВекторы", {"бет", "векторы"}),
        ("interface", {"interface"}),
        ("", set()),
    ],
)
def test_a_key_is_cut_into_words(key: str, parts: set[str]) -> None:
    assert tokens(key) == parts


def test_a_path_names_a_vector_where_all_words_agree() -> None:
    assert modality_of(("face", "vector")) == "face"
    assert modality_of(("mesh", "face", "vector")) == ""
    assert modality_of(("mesh", "face_vector")) == "face"
    assert modality_of(("face",)) == ""
    assert modality_of(()) == ""


def test_models_of_text_make_nobodys_vectors() -> None:
    assert encoder_of("ArcFace") == "face"
    assert encoder_of("clip-arcface") == ""
    assert encoder_of("gpt-5") == ""


def test_routes_tell_what_they_deal_in() -> None:
    assert route_of("/v1/speaker/verify") == "voice"
    assert route_of("/v1/embeddings") == ""
    assert route_of("/v1/faces") == ""


def test_some_keys_hold_vectors_of_whatever() -> None:
    assert holds_vectors("embedding")
    assert holds_vectors("data")
    assert not holds_vectors("input")
    assert not holds_vectors("token_embeddings")


def test_every_word_is_lower_case_and_whole() -> None:
    known = words()
    for word in (*known.modalities, *known.vectors, *known.blockers):
        assert word == word.lower().strip()
