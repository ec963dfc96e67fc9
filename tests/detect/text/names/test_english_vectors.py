from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

from guardrail.detect.text.names.english_vectors import (
    SEEDS,
    Embedding,
    maxout,
    normalise,
    row_hashes,
    shape_of,
    string_hash,
)
from guardrail.detect.text.names.knowledge import read_arrays

_HELD = read_arrays(files("guardrail.detect.text.names") / "data" / "english.npz")
for _name in ("biases", "gains", "shifts", "kernel_scales"):
    _HELD[_name] = _HELD[_name].astype(np.float32)
_EMBEDDING = Embedding(_HELD)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", 11901859001352538922), ("john", 10866537600956246361),
        ("Xxxxx", 16072095006890171862), ("Kowalski", 6064732076458680349),
        ("naïveté", 6386532051655459205), ("abcdefgh", 17751780907874141760),
        ("abcdefghi", 13885881106499164936), ("Иван", 10533954035866504237),
    ],
)  # fmt: skip
def test_strings_are_hashed_as_spacy_does(text: str, expected: int) -> None:
    assert string_hash(text) == expected


def test_rows_are_hashed_as_thinc_does() -> None:
    keys = np.full((1, len(SEEDS)), string_hash("john"), np.uint64)
    assert row_hashes(keys)[0].tolist() == [
        [2119793206, 1359902089, 1032206161, 4187336782],
        [3690805469, 2261831150, 1216645533, 1767272280],
        [782411064, 1288857418, 2652409173, 4045247439],
        [3477788552, 2535986568, 790611699, 2315583116],
    ]


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("John", "Xxxx"), ("Jonathan", "Xxxxx"), ("lowercase", "xxxx"), ("the", "xxx"),
        ("NATO", "XXXX"), ("UNESCO", "XXXX"), ("A", "X"), ("a", "x"), ("McDonald", "XxXxxxx"),
        ("O'Neil", "X'Xxxx"), ("1,000.50", "d,ddd.dd"), ("123456", "dddd"), ("3rd", "dxx"),
        ("......", "...."), ("Иван", "Xxxx"), ("日本", "xx"), ("1日", "dx"), ("...", "..."),
    ],
)  # fmt: skip
def test_shapes_are_spacys(word: str, shape: str) -> None:
    assert shape_of(word) == shape


def test_a_word_gets_the_same_vector_alone_and_among_others() -> None:
    many = _EMBEDDING.of(["John", "", "Smith", "John", "qqqwwweee"])
    assert np.array_equal(many[0], many[3])
    assert not many[1].any()
    fresh = Embedding(_HELD)
    assert np.allclose(fresh.of(["Smith"])[0], many[2], atol=1e-5)
    assert np.allclose(fresh.of(["qqqwwweee"])[0], many[4], atol=1e-5)


def test_what_is_remembered_is_bounded() -> None:
    fresh = Embedding(_HELD)
    first = fresh.of(["John", "Smith"])
    for start in range(0, 9000, 3000):
        fresh.of([f"w{number}" for number in range(start, start + 3000)])
    assert len(fresh._known) <= 6001
    assert np.allclose(fresh.of(["John", "Smith"]), first, atol=1e-5)


def test_words_with_a_norm_of_their_own_share_it() -> None:
    assert _EMBEDDING._norms["n't"] == "not"
    assert _EMBEDDING._norms["’s"] == "'s"
    assert _EMBEDDING._norms["£"] == "$"


def test_maxout_takes_the_highest_piece() -> None:
    rows = np.array([[1, 5, 3, 2, -1, 9]], np.float32)
    assert maxout(rows, 3).tolist() == [[3, 9]]
    assert maxout(rows, 2).tolist() == [[2, 5, 9]]


def test_normalised_rows_have_no_mean_and_a_variance_of_one() -> None:
    rows = np.array([[1, 2, 3, 6], [0, 0, 0, 4]], np.float32)
    told = normalise(rows, np.ones(4, np.float32), np.zeros(4, np.float32))
    assert np.allclose(told.mean(1), 0, atol=1e-6)
    assert np.allclose(told.var(1), 1, atol=1e-5)
