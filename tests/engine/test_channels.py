"""A channel gives, for every way to cut its text, what it would give at once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect import TextDetector
from guardrail.engine.channels import Running, channel_for, is_running
from guardrail.engine.documents import Channel
from guardrail.engine.spots import Put
from guardrail.errors import UpstreamError
from guardrail.facts import Author, Edit, Finding, Kind, Segment
from guardrail.testing import chunkings, every_split
from guardrail.wire import Delta

IIN = "900101300017"
ISSUED = {"<KZ_IIN_k3f9x2>": "850101400011"}
TEXT = f"ЖСН {IIN}, <KZ_IIN_k3f9x2> и aigerim@example.kz."
HIDDEN = "ЖСН <KZ_IIN>, 850101400011 и <EMAIL_ADDRESS>."


def delta(
    kind: Kind = Kind.TEXT, author: Author = Author.ASSISTANT, *, document: bool = False
) -> Delta:
    return Delta(place=("a",), channel="a", text="", author=author, kind=kind, json=document)


def hide(segments: Sequence[Segment], findings: Sequence[Finding]) -> Sequence[Edit]:
    return [
        Edit(segment=f.segment, start=f.start, end=f.end, text=f"<{f.entity}>") for f in findings
    ]


def allow(segments: Sequence[Segment], findings: Sequence[Finding]) -> Sequence[Edit]:
    return ()


def through(channel: Channel, pieces: Sequence[str]) -> str:
    out = "".join(channel.feed(piece, final=False, weigh=hide) for piece in pieces)
    return out + channel.feed("", final=True, weigh=hide)


@pytest.fixture(params=[Kind.TEXT, Kind.REASONING, Kind.TOOL_ARGUMENTS])
def running(request: pytest.FixtureRequest) -> Delta:
    return delta(request.param)


def test_running_text_comes_out_the_same_however_it_is_cut(
    detector: TextDetector, running: Delta
) -> None:
    for pieces in every_split(TEXT):
        assert through(channel_for(running, detector, ISSUED, 4096), pieces) == HIDDEN


@given(chunkings(TEXT))
def test_running_text_comes_out_the_same_in_any_pieces(
    detector: TextDetector, pieces: tuple[str, ...]
) -> None:
    assert through(channel_for(delta(), detector, ISSUED, 4096), pieces) == HIDDEN


def test_text_that_reaches_the_bound_is_let_go_and_counted(detector: TextDetector) -> None:
    channel = channel_for(delta(), detector, {}, detector.sweeper.reach)
    pieces = ["1" + "\u200b" * 4_000] * 8
    assert through(channel, pieces) == "".join(pieces)
    assert channel.forced > 0


WHOLE = [delta(Kind.NAME), delta(Kind.OTHER, Author.UNKNOWN)]


@pytest.mark.parametrize("one", WHOLE, ids=["name", "unknown"])
def test_a_value_in_one_piece_is_examined_where_it_stands(
    detector: TextDetector, one: Delta
) -> None:
    channel = channel_for(one, detector, ISSUED, 4096)
    assert channel.feed("", final=False, weigh=hide) == ""
    assert channel.feed("chatcmpl-1", final=False, weigh=hide) == "chatcmpl-1"
    assert channel.feed(f"id {IIN}", final=False, weigh=hide) == "id <KZ_IIN>"
    assert channel.feed("<KZ_IIN_k3f9x2>", final=True, weigh=hide) == "850101400011"


@pytest.mark.parametrize("one", WHOLE, ids=["name", "unknown"])
def test_a_value_that_comes_in_pieces_where_nothing_is_held_never_leaves_whole(
    detector: TextDetector, one: Delta
) -> None:
    for cut in range(1, len(IIN)):
        channel = channel_for(one, detector, {}, 4096)
        channel.feed("ЖСН " + IIN[:cut], final=False, weigh=hide)
        with pytest.raises(UpstreamError, match="came in pieces"):
            channel.feed(IIN[cut:], final=False, weigh=hide)


def test_a_value_in_pieces_passes_where_consent_covers_it(detector: TextDetector) -> None:
    channel = channel_for(delta(Kind.OTHER, Author.UNKNOWN), detector, {}, 4096)
    said = [channel.feed(piece, final=False, weigh=allow) for piece in ("900101", "300017", ".")]
    assert said == ["900101", "300017", "."]


@given(st.lists(st.sampled_from(["chatcmpl-9", "ж", "", "fp_44709d6fcb", "12"]), max_size=30))
def test_ids_that_are_repeated_in_each_event_stay(
    detector: TextDetector, pieces: list[str]
) -> None:
    channel = channel_for(delta(Kind.OTHER, Author.UNKNOWN), detector, {}, 4096)
    assert [channel.feed(piece, final=False, weigh=allow) for piece in pieces] == pieces


def running_text(detector: TextDetector) -> Running:
    channel = channel_for(delta(), detector, ISSUED, 4096)
    assert isinstance(channel, Running)
    return channel


@pytest.mark.parametrize("run", ["QUJD" * 30, f"QUJD{IIN}" * 3_000], ids=["short", "long"])
def test_what_stands_in_a_mediums_place_leaves_once_and_nothing_of_it_is_taken_for_a_value(
    detector: TextDetector, run: str
) -> None:
    channel = running_text(detector)
    out = channel.take(["ЖСН ", IIN, " (QUJD"], final=False, weigh=hide)
    put = Put(run=run, given=4, new="[a picture]")
    out += channel.take(
        [put, ") и ", Put(run=run, given=0, new="[another]")], final=False, weigh=hide
    )
    out += channel.take([f" {IIN}"], final=True, weigh=hide)
    assert out == "ЖСН <KZ_IIN> ([a picture]) и [another] <KZ_IIN>"


def test_a_medium_whose_beginning_was_let_go_cant_be_changed_any_more(
    detector: TextDetector,
) -> None:
    channel = running_text(detector)
    channel.take(["(QUJD"], final=False, weigh=hide)
    channel.let_go(hide)
    with pytest.raises(UpstreamError, match="too slowly"):
        channel.take([Put(run="QUJD" * 30, given=4, new="x")], final=False, weigh=hide)


def test_documents_names_and_texts_of_nobody_are_no_running_text() -> None:
    assert is_running(delta())
    assert not is_running(delta(document=True))
    assert not is_running(delta(Kind.NAME))
    assert not is_running(delta(author=Author.UNKNOWN))
