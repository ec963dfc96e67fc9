from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.detection import quality
from benchmarks.detection.floors import FROM_FILES, MADE, Figure
from benchmarks.detection.loads import KINDS, SLOW, batches, conversation, text_of
from benchmarks.detection.quality import Measured, read, shown, table, value_of, words
from benchmarks.detection.scoring import Judged, Mark
from benchmarks.detection.texts.drawing import Drawing
from benchmarks.detection.texts.generate import SLICES
from guardrail.detect.entities import ENTITIES

ANN = Judged("Ann met Bob", (Mark(0, 3, "PERSON"), Mark(8, 11, "PERSON")), (Mark(0, 3, "PERSON"),))
NOBODY = Judged("nobody", (), ())


@pytest.mark.parametrize("figure", MADE, ids=lambda one: f"{one.slice}-{one.name}-{one.labels}")
def test_every_figure_is_of_a_slice_and_entities_there_are(figure: Figure) -> None:
    assert figure.slice in SLICES or figure.slice == "evasions"
    assert set(filter(None, figure.labels.split("|"))) <= set(ENTITIES)
    value, count = value_of(figure, [ANN, NOBODY], [ANN, NOBODY])
    assert count >= 0
    assert not value > 1


def test_the_standard_tiers_floors_are_never_below_the_fast_ones() -> None:
    for figure in (*MADE, *FROM_FILES):
        fast, standard = figure.floor("fast"), figure.floor("standard")
        assert (fast is None) == (standard is None)
        assert fast is None or standard is None or fast <= standard
        assert figure.floor(None) == standard


def test_a_figure_is_said_to_be_short_of_its_floor() -> None:
    least = Figure("a", "f1", 0.5, 0.6)
    most = Figure("a", "noisy", 0.02, 0.02, at_most=True)
    assert Measured(least, 1, 1, 0.55, "").verdict("fast") == "ok"
    assert Measured(least, 1, 1, 0.55, "").verdict("standard") == "short"
    assert Measured(most, 1, 1, 0.03, "").verdict("fast") == "short"
    assert Measured(least, 0, 0, float("nan"), "").verdict(None) == "no data"
    assert Measured(Figure("a", "f1"), 1, 1, 0.1, "").verdict(None) == ""


def test_the_table_has_a_line_for_each_figure_and_its_data() -> None:
    rows = [Measured(Figure("kk names", "f1", 0.5, 0.6), 3, 4, 0.75, "made up, seed 1")]
    _, line = table(rows, "fast")
    assert line.split()[:2] == ["kk", "names"]
    assert "0.750" in line
    assert "≥ 0.50" in line
    assert line.endswith("made up, seed 1")
    assert json.loads(quality.as_json(rows, "fast"))[0]["verdict"] == "ok"


def test_names_of_which_any_word_was_seen_are_no_unseen_ones(tmp_path: Path) -> None:
    spans = [{"start": 0, "end": 12, "label": "PERSON"}, {"start": 15, "end": 19, "label": "ORG"}]
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "Әсел Омарова in KTZh", "spans": spans}))
    ((text, marks),) = read(tmp_path / "a.jsonl")
    assert marks == (Mark(0, 12, "PERSON"),)
    assert words(text, marks) == {"асел", "омарова"}
    assert quality._unseen([(text, marks)], frozenset({"омарова"})) == []
    assert quality._unseen([(text, marks)], frozenset({"омаров"})) == [(text, marks)]


def test_what_was_missed_and_wrong_is_shown() -> None:
    wrong = Judged("Ann met Bob", (), (Mark(4, 7, "PERSON"),))
    assert list(shown({"s": [ANN, wrong]}, 5)) == [
        "s missed PERSON: 'Bob' in 'Ann met Bob'",
        "s wrong PERSON: 'met' in 'Ann met Bob'",
    ]


def test_loads_are_of_their_size_and_differ_from_round_to_round() -> None:
    seen: set[str] = set()
    for number in (0, 1):
        for _, size, texts in batches(number):
            assert {len(text) for text in texts} == {size}
            assert not seen & set(texts)
            seen |= set(texts)
    for make in SLOW.values():
        assert len(make(1_000)) == 1_000
    assert len(text_of(Drawing("1", "development"), KINDS[0], 77)) == 77


def test_each_request_of_a_conversation_holds_all_before() -> None:
    requests = conversation(1, KINDS[0], turns=5)
    assert [len(request) for request in requests] == [1, 3, 5, 7, 9]
    for before, behind in pairwise(requests):
        assert behind[: len(before)] == before
