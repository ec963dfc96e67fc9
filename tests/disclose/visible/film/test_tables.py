"""Tables of samples say where each stands and when it is shown; broken ones are verdicts."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.marks.boxes import Box, box, boxes
from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.visible.film.tables import (
    chunks,
    offsets_table,
    samples,
    shifts_table,
    times_table,
)
from guardrail.disclose.visible.unlabelled import Unlabelled


def words(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def table(**parts: bytes) -> tuple[bytes, Box]:
    data = box(b"stbl", *(box(kind.encode(), body) for kind, body in parts.items()))
    return data, next(boxes(data))


PARTS = {
    "stts": words(0, 2, 2, 10, 1, 20),
    "ctts": words(0, 1, 3, 30, 0),
    "stsz": words(0, 0, 3, 5, 6, 7),
    "stsc": words(0, 2, 1, 2, 1, 2, 1, 1),
    "stco": words(0, 2, 8, 30),
}
PARTS["ctts"] = words(0, 2, 1, 30, 2, 0)


def test_where_and_when_each_sample_is() -> None:
    data, one = table(**PARTS)
    found = samples(data, one)
    assert found.times.tolist() == [0, 10, 20]
    assert found.shown.tolist() == [30, 10, 20]
    assert found.ends == 40
    at = chunks(data, one, found)
    assert at.offsets.tolist() == [8, 30]
    assert at.sizes.tolist() == [11, 7]
    assert at.times.tolist() == [0, 20]


def test_sizes_that_are_all_alike_and_wide_places_are_read() -> None:
    parts = {key: value for key, value in PARTS.items() if key != "stco"}
    data, one = table(**{**parts, "stsz": words(0, 4, 3), "co64": words(0, 2, 0, 8, 0, 30)})
    at = chunks(data, one, samples(data, one))
    assert (at.offsets.tolist(), at.sizes.tolist()) == ([8, 30], [8, 4])


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"stsz": words(0, 4, 4_000_001)}, "too_many_frames"),
        ({"stts": words(0, 1, 2, 10)}, "unreadable"),
        ({"stts": words(0, 1, 3, 0x80000000)}, "unreadable"),
        ({"ctts": words(0, 1, 4, 1)}, "unreadable"),
        ({"stsc": words(0, 0)}, "unreadable"),
        ({"stsc": words(0, 1, 2, 2, 1)}, "unreadable"),
        ({"stsc": words(0, 1, 1, 9, 1)}, "unreadable"),
        ({"stsc": words(0, 1, 1, 1, 1)}, "unreadable"),
        ({"stco": words(0, 2, 8, 30_000)}, "unreadable"),
    ],
)
def test_tables_that_disagree_are_a_verdict(more: dict[str, bytes], reason: str) -> None:
    data, one = table(**{**PARTS, **more})
    with pytest.raises(Unlabelled) as caught:
        chunks(data, one, samples(data, one))
    assert caught.value.reason == reason


@pytest.mark.parametrize("lacks", ["stts", "stsz", "stsc", "stco"])
def test_a_table_that_isnt_there_is_a_verdict(lacks: str) -> None:
    data, one = table(**{key: value for key, value in PARTS.items() if key != lacks})
    with pytest.raises(Unlabelled):
        chunks(data, one, samples(data, one))


@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=40), st.integers(-500, 500))
def test_every_timing_that_is_written_is_read_back(durations: list[int], shift: int) -> None:
    row = np.array(durations, np.int64)
    data = box(
        b"stbl",
        times_table(row),
        shifts_table(np.full(len(row), shift)),
        box(b"stsz", words(0, 1, len(row))),
        box(b"stsc", words(0, 1, 1, len(row), 1)),
        offsets_table(np.zeros(1, np.int64)),
    )
    one = next(boxes(data))
    found = samples(data, one)
    assert np.diff([*found.times, found.ends]).tolist() == durations
    assert (found.shown - found.times).tolist() == [shift] * len(durations)
    assert chunks(data, one, found).sizes.tolist() == [len(durations)]


def test_what_doesnt_fit_is_a_verdict() -> None:
    with pytest.raises(Unlabelled) as caught:
        offsets_table(np.array([1 << 31], np.int64))
    assert caught.value.reason == "too_large"
    with pytest.raises(Unlabelled):
        times_table(np.array([1 << 31], np.int64))


@given(st.data())
def test_every_broken_table_is_a_verdict(data: st.DataObject) -> None:
    whole, one = table(**PARTS)
    at = data.draw(st.integers(8, len(whole) - 1))
    broken = whole[:at] + bytes((data.draw(st.integers(0, 255)),)) + whole[at + 1 :]
    try:
        found = chunks(broken, one, samples(broken, one))
    except (Unlabelled, Unmarkable) as verdict:
        assert verdict.reason  # noqa: PT017
    else:
        assert int(found.sizes.sum()) >= 0
