"""Writes what is known of words beforehand: ``lists.npz``, ``words.npz`` and ``common.npz``.

::

    python -m training.names.knowledge lists
    python -m training.names.knowledge words --spacy FOLDER
    python -m training.names.knowledge common --data FOLDER

The lists come from ``lexicon/``. The words are the 60,000 most frequent of the vectors in spaCy's
English model (``en_core_web_md``, MIT): where each stands among the others, and whether that model,
as a teacher, takes it for a name in four plain sentences. Beside them stand the axes that navec's
Russian vectors are turned to. Needs spaCy, unlike anything that runs later.
"""

from __future__ import annotations

import argparse
import re
from binascii import crc32
from collections import Counter
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.text.names.knowledge import DIMENSIONS, GROUPS, TOLD, bits_of
from guardrail.detect.text.names.russian import Floats, WordVectors, word_vectors
from guardrail.detect.text.names.skeleton import skeleton
from training.names import kazakh
from training.names.generate import generate
from training.names.gold import read
from training.names.lists import HERE, words
from training.names.scripts import ACUTE, CHAT, EVERYDAY, FOLDED, PASSPORT, YEAR_2021, spell

DATA = Path(str(files("guardrail.detect.text.names") / "data"))

MOST_FREQUENT = 60_000
SENTENCES = (
    "{} said it was fine.",
    "I talked to {} about this yesterday.",
    "We saw {} at the party",
    "Thanks {}, see you soon!",
)
GENERATED = 40_000
OFTEN = 8
"""Times that a word must be met to be called common, if no list of names holds it."""

VERY_OFTEN = 150
"""The same for a word that is like a name somewhere in the world."""

_PERSONS = frozenset({"PERSON", "HISTORIC", "SKIP"})
_NAMES = bits_of("given_", "surname_")

_TAUGHT = {"PERSON": "P", "GPE": "L", "LOC": "L", "FAC": "L", "ORG": "O", "NORP": "O"}
_PART = re.compile(r"[^\W\d_]{2,}")


def lists() -> dict[str, NDArray[Any]]:
    """The name lists as sorted hashes of skeletons, and the groups each is in, as bits."""
    bits: dict[int, int] = {}
    stems = sorted(path.stem for path in (HERE / "lexicon").glob("*.txt"))
    for number, (group, prefixes) in enumerate(GROUPS):
        for entry in words(*(stem for stem in stems if stem.startswith(prefixes))):
            parts = _PART.findall(entry)
            for part in parts[-1:] if group == "historic" else parts:
                plain = skeleton(part.lower())
                if len(plain) >= (4 if group in {"place", "organisation"} else 2):
                    key = crc32(plain.encode())
                    bits[key] = bits.get(key, 0) | 1 << number
    keys = sorted(bits)
    return {
        "keys": np.array(keys, np.uint32),
        "bits": np.array([bits[key] for key in keys], np.uint16),
    }


def axes(rows: Floats) -> tuple[Floats, Floats]:
    """The mean of `rows`, and the directions in which they differ most, scaled to one."""
    mean = rows.mean(0)
    centred = rows - mean
    centred /= np.linalg.norm(centred, axis=1, keepdims=True) + 1e-6
    directions = np.linalg.svd(centred, full_matrices=False)[2][:DIMENSIONS].T
    return mean, directions / (centred @ directions).std(0).mean()


def english(folder: Path) -> dict[str, NDArray[Any]]:
    """The most frequent English words: hashes, rows of their vectors, and what the teacher says."""
    import spacy  # noqa: PLC0415 - only here

    model = spacy.load(
        folder, exclude=["tagger", "parser", "lemmatizer", "attribute_ruler", "senter"]
    )
    vectors, strings = model.vocab.vectors, model.vocab.strings
    rows: dict[str, int] = {}
    for key, row in vectors.key2row.items():
        word = strings[key].lower() if key in strings else ""
        if row >= 0 and word.isalpha() and word.isascii() and len(rows) < MOST_FREQUENT:
            rows.setdefault(word, row)
    told = {word: {"P": 0, "L": 0, "O": 0} for word in rows}
    for sentence in SENTENCES:
        place = sentence.index("{}")
        texts = (sentence.format(word.capitalize()) for word in rows)
        for word, document in zip(rows, model.pipe(texts, batch_size=512), strict=True):
            for entity in document.ents:
                alone = entity.start_char == place and entity.end_char <= place + len(word)
                if alone and entity.label_ in _TAUGHT:
                    told[word][_TAUGHT[entity.label_]] += 1
    keys = {crc32(word.encode()): word for word in rows}
    order = sorted(keys)
    mean, turned = axes(vectors.data)
    centred = vectors.data - mean
    centred /= np.linalg.norm(centred, axis=1, keepdims=True) + 1e-6
    scale = 1 / 42
    return {
        "keys": np.array(order, np.uint32),
        "rows": np.array([rows[keys[key]] for key in order], np.uint16),
        "told": np.array([_told(told[keys[key]]) for key in order], np.uint8),
        "vectors": np.clip(np.round(centred @ turned / scale), -127, 127).astype(np.int8),
        "scale": np.array(scale, np.float32),
    }


def _told(counts: dict[str, int]) -> int:
    what = max(counts, key=lambda one: counts[one])
    return TOLD.index(f"{what}{counts[what]}") - 1 if counts[what] else 0


def russian(vectors: WordVectors) -> dict[str, NDArray[Any]]:
    """The axes that Russian vectors are turned to: those of every tenth word."""
    rows = vectors.rows(np.arange(0, vectors.unknown, 10))
    mean, turned = axes(rows)
    return {"mean": mean.astype(np.float32), "axes": turned.astype(np.float32)}


def main(arguments: Iterable[str] | None = None) -> None:
    """Writes what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", choices=["lists", "words", "common"])
    parser.add_argument("--spacy", type=Path, help="folder of en_core_web_md, for words")
    parser.add_argument("--data", type=Path, help="folder of the labelled files, for common")
    chosen = parser.parse_args(None if arguments is None else list(arguments))
    DATA.mkdir(exist_ok=True)
    if chosen.what == "lists":
        write(DATA / "lists.npz", lists())
        return
    if chosen.what == "common":
        if chosen.data is None:
            parser.error("common needs --data FOLDER")
        write(DATA / "common.npz", common(chosen.data, GENERATED))
        return
    if chosen.spacy is None:
        parser.error("words needs --spacy FOLDER")
    write(DATA / "words.npz", {**english(chosen.spacy), **russian(word_vectors())})


def common(folder: Path, generated: int) -> dict[str, NDArray[Any]]:
    """Words met often in labelled texts and our own, never in a person's name, as hashes.

    With them those that programs are made of, and everyday words of Kazakh in every case.
    """
    texts = [*read(folder, hold_back=False).learnt, *generate(7, generated)]
    met: Counter[str] = Counter()
    in_names: set[str] = set()
    for example in texts:
        spans = [(one["start"], one["end"]) for one in example["spans"] if one["label"] in _PERSONS]
        for match in _PART.finditer(example["text"]):
            word = match[0].lower()
            met[word] += 1
            if any(first <= match.start() < last for first, last in spans):
                in_names.add(word)
    held = lists()
    bits = dict(zip(held["keys"].tolist(), held["bits"].tolist(), strict=True))

    def is_common(word: str, times: int) -> bool:
        named = bits.get(crc32(skeleton(word).encode()), 0) & _NAMES
        return times >= VERY_OFTEN or (times >= OFTEN and not named)

    known = {word for word, times in met.items() if word not in in_names and is_common(word, times)}
    taken = in_names | {form for word in in_names for form in spellings(word)}
    other = {form for word in known for form in spellings(word) if is_common(form, OFTEN)}
    # Who lacks Kazakh's letters writes маған as маган: a name elsewhere in the world, but not here.
    often = (word for word in known if met[word] >= VERY_OFTEN and not word.isascii())
    other |= {spell(word, FOLDED) for word in often}
    # Nobody is called so whatever the case, unless a text that names somebody says otherwise.
    listed = {kazakh.inflect(word, case) for word in words("words_kk") for case in kazakh.CASES}
    other |= {form for word in listed for form in spellings(word)}
    listed |= set(words("programs_en"))
    keys = {crc32(word.encode()) for word in known | ((listed | other) - taken)}
    return {"keys": np.array(sorted(keys), np.uint32)}


def spellings(word: str) -> set[str]:
    """A Cyrillic word, in lower case, without Kazakh's letters and in Latin ones."""
    if word.isascii():
        return set()
    tables = (FOLDED, PASSPORT, EVERYDAY, CHAT, ACUTE, YEAR_2021)
    return {spell(word, table) for table in tables} - {word}


def write(file: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Writes arrays by name, packed."""
    np.savez_compressed(file, allow_pickle=False, **arrays)


if __name__ == "__main__":
    main()
