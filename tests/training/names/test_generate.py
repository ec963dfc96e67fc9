from __future__ import annotations

import json
from itertools import pairwise
from random import Random

import pytest

from training.names.generate import generate, main
from training.names.lists import templates
from training.names.slots import fill

LABELS = {"PERSON", "LOCATION", "ORG", "HISTORIC", "ADDRESS"}


def test_the_same_seed_makes_the_same_text() -> None:
    assert list(generate(5, 60)) == list(generate(5, 60))
    assert list(generate(5, 60)) != list(generate(6, 60))


def test_spans_lie_inside_the_text_and_apart() -> None:
    for made in generate(1, 1500):
        for span in made["spans"]:
            said = made["text"][span["start"] : span["end"]]
            assert said == said.strip()
            assert said
            assert span["label"] in LABELS
        assert all(a["end"] <= b["start"] for a, b in pairwise(made["spans"]))


def test_all_languages_come_and_many_texts_name_nobody() -> None:
    made = list(generate(2, 1500))
    assert {m["lang"] for m in made} == {"kk", "ru", "en"}
    empty = sum(all(s["label"] != "PERSON" for s in m["spans"]) for m in made)
    assert 0.15 < empty / len(made) < 0.5
    assert len({m["text"] for m in made}) > 1350


def test_one_language_may_be_asked_for() -> None:
    assert {m["lang"] for m in generate(3, 40, ("kk",))} == {"kk"}


def test_frames_offer_so_many_wordings_that_few_of_them_make_many_texts() -> None:
    frames = [t for name in ("kk_frames", "kk_negative_frames") for t in templates(name)]
    assert min(template.count("|") for template in frames) >= 6
    rng = Random(1)  # noqa: S311 - texts, not secrets
    assert len({fill(frames[0], "kk", rng)[0] for _ in range(50)}) > 40


def test_the_command_prints_json_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["generate", "--count", "3", "--seed", "4", "--lang", "ru"])
    main()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines == list(generate(4, 3, ("ru",)))
