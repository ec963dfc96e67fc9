"""Trains the network of names.

::

    python -m training.names.train --data ../data/names

Reads the labelled files that may train (see the data card, docs/name-model.md), writes training
text of its own, and puts ``network.npz`` beside the code that runs it. With ``--hold-back`` a part
of the labelled texts is kept out of training and written as ``.jsonl``, for choosing between
variants: ``python -m benchmarks.detection quality --names …``. Needs ``pip install torch``.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import torch

from guardrail.detect.text.names.english import EnglishTagger
from guardrail.detect.text.names.knowledge import Knowledge, read_arrays
from guardrail.detect.text.names.morphology import morphology
from guardrail.detect.text.names.network import Teachers
from guardrail.detect.text.names.russian import russian_tagger, word_vectors
from training.names.augment import augment, dressed, swapped
from training.names.batches import Table, Tokens, Vocabulary, joined, tokens_of
from training.names.generate import Example, generate
from training.names.gold import Gold, read
from training.names.knowledge import write as write_arrays
from training.names.net import RATE, RATE_AGAIN, Net, Noise, arrays_of, train, with_words_of

DATA = Path(str(files("guardrail.detect.text.names") / "data"))

SWAPPED = 0.5
"""Share of labelled examples whose persons get other names, anew each epoch."""

DRESSED = {"kk": 0.6, "ru": 0.5, "en": 0.3}
"""Share of labelled examples that come a second time in other dress, by language."""

LOWERED = {"kk": 0.3, "ru": 1.0, "en": 0.4}
"""Share of labelled examples that come once more in lower case."""

DRESSED_OWN = {"kk": 0.5, "ru": 0.3, "en": 0.25}
"""Share of generated examples in other dress."""

APART = 100
"""Epochs between those of one seed and those of the next: each sees texts of its own."""


def epoch(gold: Gold, number: int, generated: int, share: float = 1.0) -> list[Example]:
    """The examples of one epoch; the same number gives the same."""
    chance = Random(number)
    examples: list[Example] = []
    shown = gold.learnt if share >= 1 else [g for g in gold.learnt if chance.random() < share]
    for one in shown:
        examples.append(swapped(one, chance) if chance.random() < SWAPPED else one)
        if chance.random() < DRESSED[one["lang"]]:
            examples.append(augment(one, chance))
        if chance.random() < LOWERED[one["lang"]]:
            examples.append(dressed(swapped(one, chance), "lower", chance))
    for one in generate(1000 + number, generated):
        other = chance.random() < DRESSED_OWN[one["lang"]]
        examples.append(augment(one, chance) if other else one)
    chance.shuffle(examples)
    return joined(examples, chance)


def main(arguments: list[str] | None = None) -> None:
    """Trains as the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="folder of the labelled .jsonl files"
    )
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--generated", type=int, default=18_000, help="texts of our own an epoch")
    parser.add_argument(
        "--again", type=Path, metavar="FILE", help="train the heads of these weights again, alone"
    )
    parser.add_argument(
        "--words", action="store_true", help="with --again: what is known of words, too"
    )
    parser.add_argument(
        "--share", type=float, default=1.0, help="of the labelled texts that an epoch shows"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=DATA / "network.npz")
    parser.add_argument(
        "--hold-back", type=Path, metavar="FOLDER", help="keep texts out, and write them here"
    )
    parser.add_argument(
        "--check", action="store_true", help="train a little, twice: the weights must be the same"
    )
    chosen = parser.parse_args(arguments)
    if chosen.check:
        check(chosen.data)
        return
    gold = read(chosen.data, hold_back=chosen.hold_back is not None)
    if chosen.hold_back:
        write(gold.held_back, chosen.hold_back)
    trained(
        gold,
        Course(
            epochs=chosen.epochs,
            generated=chosen.generated,
            share=chosen.share,
            words=chosen.words,
        ),
        seed=chosen.seed,
        out=chosen.out,
        again=chosen.again,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What training shows."""

    epochs: int
    generated: int
    """Texts of our own an epoch."""
    share: float = 1.0
    """Of the labelled texts, that an epoch shows."""
    words: bool = False
    """Whether weights that are trained again learn words anew, too."""


def trained(gold: Gold, course: Course, *, seed: int, out: Path, again: Path | None = None) -> None:
    """Trains, and writes the weights to `out` after each epoch.

    Args:
        gold: The labelled texts.
        course: What is shown.
        seed: Of what is left out at random.
        out: Where to write.
        again: Weights whose heads are trained on, while what they know of words stays.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    vectors = word_vectors()
    teachers = Teachers(russian_tagger(vectors), EnglishTagger(DATA))
    vocabulary = Vocabulary(Knowledge(DATA, vectors, morphology()))
    began = time.monotonic()

    def epoch_of(number: int) -> tuple[Tokens, Table]:
        shown = epoch(gold, number + (seed - 1) * APART, course.generated, course.share)
        tokens = tokens_of(shown, vocabulary, teachers)
        return tokens, vocabulary.frozen()

    def told(number: int, loss: float) -> None:
        minutes = (time.monotonic() - began) / 60
        print(
            f"epoch {number + 1} of {course.epochs}: loss {loss:.4f}, {minutes:.1f} minutes",
            file=sys.stderr,
        )
        write_arrays(out, arrays_of(net))

    net = with_words_of(read_arrays(again), words=course.words) if again else Net(Noise())
    rate = RATE_AGAIN if again else RATE
    train(net, epoch_of, epochs=course.epochs, seed=seed, told=told, rate=rate)


def check(data: Path) -> None:
    """Trains on a few texts twice, and exits with 1 where the weights differ."""
    few = Gold(learnt=read(data, hold_back=False).learnt[::50], held_back={})
    with TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("first.npz", "second.npz")]
        for out in files:
            trained(few, Course(epochs=2, generated=300), seed=1, out=out)
        first, second = (file.read_bytes() for file in files)
    if first != second:
        raise SystemExit("the weights differ: something that training uses isn't seeded")
    print("the weights are the same, byte for byte")


def write(held_back: dict[str, list[Example]], folder: Path) -> None:
    """Writes held-back examples as a file each, with the spans that are skipped left out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, examples in held_back.items():
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as out:
            for one in examples:
                if any(span["label"] == "SKIP" for span in one["spans"]):
                    continue
                out.write(json.dumps(one, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
