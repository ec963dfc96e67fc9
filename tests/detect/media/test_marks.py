from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media import oddities, templates
from guardrail.detect.media.marks import standing
from guardrail.detect.media.metadata import blocks
from guardrail.detect.media.sniff import sniff
from guardrail.detect.media.templates.rows import Where, rows
from guardrail.testing import biometrics, formats

ANYWHERE = sorted({row.magic for row in rows() if row.where is Where.ANYWHERE})
EXACT = (*ANYWHERE, *oddities.BINARY, *blocks.PACKET_MARKS)
PIECES = st.sampled_from([*EXACT, *oddities.WRITTEN, b"\0", b"<", b"\x7f", b"SCRIPT", b"\xff\xa0"])
MEDIA = {**biometrics.samples(), **formats.samples()}


@pytest.mark.parametrize("mark", EXACT)
def test_every_mark_is_seen_wherever_it_stands(mark: bytes) -> None:
    for before in (b"", b"\n", b"\xff" * 1000, mark[:-1]):
        assert mark in standing(before + mark + b"\xc3\n")


@pytest.mark.parametrize("mark", oddities.WRITTEN)
def test_marks_of_text_are_seen_in_capitals_too(mark: bytes) -> None:
    assert mark in standing(b"\xff" + mark.upper())
    assert mark in standing(b"\xff" + mark.title())


@given(st.lists(st.one_of(PIECES, st.binary(max_size=4)), max_size=40).map(b"".join))
def test_what_stands_in_every_data_is_what_looking_for_each_finds(data: bytes) -> None:
    exact = {mark for mark in EXACT if mark in data}
    assert standing(data) == exact | {mark for mark in oddities.WRITTEN if mark in data.lower()}


def test_all_marks_at_once_are_seen() -> None:
    data = b"".join((*EXACT, *oddities.WRITTEN)) * 100
    assert standing(data) == {*EXACT, *oddities.WRITTEN}


@pytest.mark.parametrize("name", MEDIA)
def test_a_medium_says_the_same_with_marks_that_were_looked_for_before(name: str) -> None:
    data = b"\x2e" * 9 + MEDIA[name] if name in biometrics.samples() else MEDIA[name]
    medium, present = sniff(data), standing(data)
    assert templates.find(data, present) == templates.find(data)
    assert oddities.oddities(data, medium, present) == oddities.oddities(data, medium)
    found = [list(blocks.packets(data)), list(blocks.blocks_of(data, medium, present))]
    assert found[1] == list(blocks.blocks_of(data, medium))
    assert not found[0] or any(mark in present for mark in blocks.PACKET_MARKS)
