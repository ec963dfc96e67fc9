from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media import marks, oddities, templates
from guardrail.detect.media.marks import standing
from guardrail.detect.media.metadata import blocks
from guardrail.detect.media.sniff import sniff
from guardrail.detect.media.templates.rows import Where, rows
from guardrail.testing import biometrics, formats

ANYWHERE = sorted({row.magic for row in rows() if row.where is Where.ANYWHERE})
EXACT = (*ANYWHERE, *oddities.BINARY, *blocks.PACKET_MARKS)
FOLLOWED = {
    b"RDF": (b" ", b"\n", b"\x0b", b">"),
    b"\xff\xa0\xff": (b"\xa2", b"\xa4", b"\xa8"),
    b"\x7fa": (
        b"\x09\x02",
        b"\x81\xff\x7f`",
        b"\x82\n\xffs",
        b"\x83\0\0\0S",
        b"\x84\0\0\n\xff\x02",
    ),
}
"""Marks that only count with what follows them, and some of what may."""
TAILS = [tail for tails in FOLLOWED.values() for tail in tails]
OTHERS = [b"\0", b"<", b"\x7f", b"SCRIPT", b"\xff\xa0", *TAILS]
PIECES = st.sampled_from([*EXACT, *oddities.WRITTEN, *OTHERS])
MEDIA = {**biometrics.samples(), **formats.samples()}


@pytest.mark.parametrize("mark", EXACT)
def test_every_mark_is_seen_wherever_it_stands(mark: bytes) -> None:
    for before in (b"", b"\n", b"\xff" * 1000, mark[:-1]):
        for tail in FOLLOWED.get(mark, (b"",)):
            assert mark in standing(before + mark + tail + b"\xc3\n")


@pytest.mark.parametrize("mark", FOLLOWED)
def test_short_marks_by_chance_are_none(mark: bytes) -> None:
    assert standing(mark + b"\x90\xc3\n" + mark) == set()


@given(st.sampled_from(sorted(FOLLOWED)), st.binary(max_size=12), st.binary(max_size=40))
def test_what_isnt_standing_is_no_record_and_no_packet(
    mark: bytes, behind: bytes, more: bytes
) -> None:
    data = more[:20] + b"<" + mark + behind + more
    if mark not in standing(data):
        assert templates.find(data, {mark}) == ()
        assert mark != b"RDF" or not list(blocks.packets(data))


@pytest.mark.parametrize("mark", oddities.WRITTEN)
def test_marks_of_text_are_seen_in_capitals_too(mark: bytes) -> None:
    assert mark in standing(b"\xff" + mark.upper())
    assert mark in standing(b"\xff" + mark.title())


@given(st.lists(st.one_of(PIECES, st.binary(max_size=4)), max_size=40).map(b"".join))
def test_what_stands_in_every_data_is_what_looking_for_each_finds(data: bytes) -> None:
    exact = {mark for mark in EXACT if mark in data}
    every = exact | {mark for mark in oddities.WRITTEN if mark in data.lower()}
    assert standing(data) - FOLLOWED.keys() == every - FOLLOWED.keys()
    assert standing(data) <= every
    assert templates.find(data, standing(data)) == templates.find(data)


def test_all_marks_at_once_are_seen() -> None:
    data = b"".join((*(mark + FOLLOWED.get(mark, (b"",))[0] for mark in EXACT), *oddities.WRITTEN))
    assert standing(data * 100) == {*EXACT, *oddities.WRITTEN}


@pytest.mark.parametrize("name", MEDIA)
def test_a_medium_says_the_same_with_marks_that_were_looked_for_before(name: str) -> None:
    data = b"\x2e" * 9 + MEDIA[name] if name in biometrics.samples() else MEDIA[name]
    medium, present = sniff(data), standing(data)
    assert templates.find(data, present) == templates.find(data)
    assert oddities.oddities(data, medium, present) == oddities.oddities(data, medium)
    found = [list(blocks.packets(data)), list(blocks.blocks_of(data, medium, present))]
    assert found[1] == list(blocks.blocks_of(data, medium))
    assert not found[0] or any(mark in present for mark in blocks.PACKET_MARKS)


@given(st.lists(st.one_of(PIECES, st.binary(max_size=4)), max_size=40).map(b"".join))
def test_without_the_quicker_library_every_data_says_the_same(data: bytes) -> None:
    assert marks.known()._standing(data) == standing(data)


def test_marks_at_many_places_are_seen_too() -> None:
    assert standing(b"RDF" * 1000 + b"FMR\0") == {b"FMR\0"}
    assert standing(b"RDFMR\0") == {b"FMR\0"}


def test_an_installation_without_the_quicker_library_looks_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(marks, "find_spec", lambda _: None)
    plain = marks.Marks([b"one", b"two"], [b"<three"])
    assert plain.within(b"a two <THREE") == {b"two", b"<three"}
