"""What a report says to people and to programs."""

from __future__ import annotations

import json

import pytest

from guardrail.verify import Remark, Report


@pytest.mark.parametrize(
    ("remark", "line"),
    [
        (Remark(where="log", what="it is short"), "log: it is short"),
        (Remark(where="a/b", what="no", index=0), "a/b, entry 0: no"),
        (
            Remark(where="a", what="no", index=7, writer="w", n=0),
            "a, entry 7 (writer w, its 0): no",
        ),
        (Remark(where="a", what="no", writer="w", n=3), "a (writer w, its 3): no"),
    ],
)
def test_a_remark_is_one_line_that_says_where(remark: Remark, line: str) -> None:
    assert str(remark) == line


def test_a_report_for_people_begins_with_problems_and_ends_with_the_verdict() -> None:
    problem, note = Remark(where="a", what="no"), Remark(where="b", what="so")
    report = Report(
        problems=(problem,), notes=(note,), omitted=2, trees=("o 9 r",), entries=9, waiting=1
    )
    counts = "9 entries of 0 writers, 1 waiting, 0 erased by retention, 0 copies compared; "
    counts += "whether its end was cut off only a copy shows: --anchor, --receipt"
    assert str(report).splitlines() == [
        "problem: a: no",
        "note: b: so",
        "and 2 more",
        "tree: o 9 r",
        counts,
        "NOT VERIFIED",
    ]
    assert str(Report(notes=(note,))).splitlines()[-1] == "VERIFIED"


def test_a_report_for_programs_has_the_verdict_and_every_field() -> None:
    told = json.loads(json.dumps(Report(entries=3).as_json()))
    assert told["ok"] is True
    assert told["entries"] == 3
    assert told.keys() == {"ok", *Report.__slots__}
