"""Writes ``english.npz``: the NER of spaCy's English model, small enough to ship.

::

    python -m training.names.english --spacy FOLDER

``FOLDER`` is that of ``en_core_web_md`` 3.7.1 (MIT, Explosion). What is hashed into and the static
vectors, turned by the model's own projection, become bytes with a scale per row, kernels bytes with
a scale per column; all else is of 16 bits. Of the 500,000 words with static vectors the most
frequent are kept. Needs spaCy, unlike anything that runs later.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.text.names.english import DEPTH, GROUPS
from guardrail.detect.text.names.english_vectors import SEEDS, Floats, key_of
from guardrail.detect.text.names.words import LONGEST_WORD
from training.names.knowledge import DATA, write

if TYPE_CHECKING:
    from spacy.vocab import Vocab
    from thinc.model import Model

Arrays = dict[str, NDArray[Any]]

KEPT = 370_000
"""Words with static vectors that are kept, by frequency: what spaCy says changes far more for want
of a word's vector than for coarse ones."""

STEPS, FINE_STEPS = 31, 127
"""Steps on either side of 0 that numbers are rounded to: what is looked up, and what multiplies."""

EXCEPTIONS = {
    "n't": "not", "N'T": "not", "n’t": "not", "'ll": "will", "’ll": "will", "'re": "are",
    "’re": "are", "'ve": "have", "’ve": "have", "'m": "am", "’m": "am", "'d": "'d", "’d": "'d",
    "Jan.": "January", "Feb.": "February", "Mar.": "March", "Apr.": "April", "Jun.": "June",
    "Jul.": "July", "Aug.": "August", "Sep.": "September", "Sept.": "September", "Oct.": "October",
    "Nov.": "November", "Dec.": "December",
}  # fmt: skip
"""Norms that spaCy's rules for splitting words give, rather than its tables."""


def quantised(rows: Floats, steps: int) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Rows as whole numbers of at most `steps`, and what to multiply each row by."""
    scales = (np.abs(rows).max(1) / steps + 1e-7).astype(np.float16)
    whole = np.round(rows / scales[:, None].astype(np.float32))
    return np.clip(whole, -steps, steps).astype(np.int8), scales


def pieces_first(weights: Floats) -> Floats:
    """(width, pieces, inputs) as (inputs, pieces * width): each piece's numbers side by side."""
    turned: Floats = weights.transpose(2, 1, 0).reshape(weights.shape[2], -1)
    return turned


def bytes_apart(numbers: NDArray[np.uint32], count: int) -> NDArray[np.uint8]:
    """The lowest `count` bytes of `numbers`, each in a row of its own."""
    if int(numbers.max()) >> 8 * count:
        raise ValueError(f"a number of more than {count} bytes")
    return np.stack([(numbers >> 8 * place & 255).astype(np.uint8) for place in range(count)])


def lines(pairs: Mapping[str, str | int]) -> NDArray[np.uint8]:
    """Pairs as text: a line each, parted by tabs."""
    text = "\n".join(f"{left}\t{right}" for left, right in sorted(pairs.items()))
    return np.frombuffer(text.encode(), np.uint8)


def convert(folder: Path) -> Arrays:
    """All arrays that the tagger needs."""
    import spacy  # noqa: PLC0415 - only here
    from spacy.symbols import IDS  # noqa: PLC0415 - only here

    nlp = spacy.load(folder, exclude=["tok2vec", "tagger", "parser", "attribute_ruler", "senter"])
    pipe: Any = nlp.get_pipe("ner")
    nodes = list(pipe.model.walk())
    named = {name: [one for one in nodes if one.name == name] for name in {n.name for n in nodes}}
    hashed = sorted(named["hashembed"], key=lambda one: one.attrs["seed"])
    if tuple(one.attrs["seed"] for one in hashed) != SEEDS or len(named["maxout"]) != DEPTH + 1:
        raise ValueError(f"{folder} holds a model of another make")
    maxouts = sorted(named["maxout"], key=lambda one: -one.get_dim("nI"))
    table, table_scales = quantised(np.concatenate([_array(one, "E") for one in hashed]), STEPS)
    return {
        "table": table,
        "table_scales": table_scales,
        "sizes": np.array([one.get_dim("nV") for one in hashed], np.uint16),
        **_layers(maxouts, named["layernorm"]),
        "norms": lines({**dict(_norms(nlp.vocab)), **EXCEPTIONS}),
        "symbols": lines({name: number for name, number in IDS.items() if name}),
        **_static(nlp.vocab, _array(named["static_vectors"][0], "W")),
        **_last(pipe.model, pipe.move_names),
    }


def _layers(maxouts: Sequence[Model[Any, Any]], norms: Iterable[Model[Any, Any]]) -> Arrays:
    """The layer that mixes a word's parts, then the convolutions."""
    packed = [quantised(pieces_first(_array(one, "W")).T, FINE_STEPS) for one in maxouts]
    gains, shifts = ([_array(one, name) for one in norms] for name in "Gb")
    return {
        "mix": packed[0][0].T,
        "kernels": np.stack([kernel.T for kernel, _ in packed[1:]]),
        "kernel_scales": np.stack([scales for _, scales in packed]),
        "biases": _half(np.stack([_array(one, "b").T.reshape(-1) for one in maxouts])),
        "gains": _half(np.stack(gains)),
        "shifts": _half(np.stack(shifts)),
    }


def _array(layer: Model[Any, Any], name: str) -> Floats:
    return np.asarray(layer.get_param(name), np.float32)


def _half(array: Floats) -> NDArray[np.float16]:
    return array.astype(np.float16)


def _norms(vocab: Vocab) -> Iterable[tuple[str, str]]:
    """Words whose norm isn't just themselves in lower case."""
    from spacy.lang.norm_exceptions import BASE_NORMS  # noqa: PLC0415 - only here

    table = vocab.lookups.get_table("lexeme_norm")
    words = {vocab.strings[key] for key in table if key in vocab.strings}
    for word in sorted(words | set(BASE_NORMS)):
        norm = vocab[word].norm_
        if norm != word.lower():
            yield word, norm


def _static(vocab: Vocab, projection: Floats) -> Arrays:
    """The most frequent words' hashes and vectors, and which of these each has."""
    rows: dict[int, int] = {}
    for key, row in vocab.vectors.key2row.items():
        word = vocab.strings[key]
        if len(rows) < KEPT and _is_plain(word):
            rows.setdefault(key_of(word), row)
    keys = np.array(sorted(rows), np.uint32)
    used = sorted(set(rows.values()))
    number = {row: place for place, row in enumerate(used)}
    vectors, scales = quantised(vocab.vectors.data[used] @ projection.T, STEPS)
    steps = np.diff(keys, prepend=np.uint32(0))
    told = np.array([number[rows[key]] for key in keys.tolist()], np.uint32)
    return {
        "vectors": vectors,
        "vector_scales": scales,
        "key_steps": bytes_apart(steps, 2),
        "key_rows": bytes_apart(told, 2),
    }


def _is_plain(word: str) -> bool:
    """Tell whether a word is one that texts hold: letters in usual case, a number, a sign."""
    if len(word) > LONGEST_WORD:
        return False
    if not word.isalpha():
        return len(word) <= 7
    return word.isascii() or word.lower() == word or word.istitle()


def _last(model: Model[Any, Any], names: Iterable[str]) -> Arrays:
    """The layers that score what to do next, with the moves in our order."""
    lower, upper = model.get_ref("lower"), model.get_ref("upper")
    linear = model.get_ref("tok2vec").layers[-1]
    weights, pad = _array(lower, "W"), _array(lower, "pad")[0]
    sides = np.concatenate([pieces_first(one) for one in weights], 1)
    bias = _array(linear, "b") @ sides
    # Neither of an entity's words is there where none is open: what stands for them is the same
    # everywhere, and is added to the side of the word itself; taken off again where one is open.
    nowhere = np.stack([one.T.reshape(-1) for one in pad])
    side = _array(lower, "b").T.reshape(-1)
    width = len(side)
    bias[:width] += side + nowhere[1] + nowhere[2]
    bias[width : 2 * width] -= nowhere[1]
    bias[2 * width :] -= nowhere[2]
    moves = {name: number for number, name in enumerate(names)}
    grouped = [label for group in GROUPS for label in group]
    labels = [*grouped, *sorted({name[2:] for name in moves if name[1:2]} - set(grouped))]
    begin, within, end, unit = ([moves[f"{move}-{label}"] for label in labels] for move in "BILU")
    matrix, last_bias = _array(upper, "W"), _array(upper, "b")
    # A move that blocks entities stands nameless before the last one, which is none at all.
    closed = [*begin, *unit, len(matrix) - 1]
    return {
        "head": _half(_array(linear, "W").T @ sides),
        "head_bias": bias.astype(np.float32),
        "closed": _half(matrix[closed].T),
        "closed_bias": last_bias[closed],
        "opened": _half((matrix[within] - matrix[end]).T),
        "opened_bias": last_bias[within] - last_bias[end],
    }


def main(arguments: Iterable[str] | None = None) -> None:
    """Writes what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--spacy", type=Path, required=True, help="folder of en_core_web_md")
    chosen = parser.parse_args(None if arguments is None else list(arguments))
    DATA.mkdir(exist_ok=True)
    write(DATA / "english.npz", convert(chosen.spacy))


if __name__ == "__main__":
    main()
