"""A document leaves string by string, as the whole would, however it was cut."""

from __future__ import annotations

import json
from collections.abc import Sequence

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect import TextDetector
from guardrail.engine.channels import channel_for
from guardrail.engine.documents import Channel
from guardrail.errors import UpstreamError
from guardrail.facts import Author, Edit, Finding, Kind, Segment
from guardrail.testing import chunkings, every_split
from guardrail.wire import Delta

IIN, EMAIL = "900101300017", "aigerim@example.kz"
ISSUED = {"<KZ_IIN_k3f9x2>": '8501 "01"'}
DOCUMENT = (
    '{"iin" : "' + IIN + '", "n":-1.50e3,"who":["<KZ_IIN_k3f9x2>\\u0493a", true , null],'
    ' "note":"\\u0416\\u0421\\u041d ' + IIN + ' \\ud83d\\ude00\\n\\/", "id": ' + IIN + ", "
    '"\\u0430\\u0434\\u0440\\u0435\\u0441 ' + EMAIL + '": {} }'
)
HIDDEN = (
    '{"iin" : "<KZ_IIN>", "n":-1.50e3,"who":["8501 \\"01\\"\\u0493a", true , null],'
    ' "note":"\\u0416\\u0421\\u041d <KZ_IIN> \\ud83d\\ude00\\n\\/", "id": "<KZ_IIN>", '
    '"\\u0430\\u0434\\u0440\\u0435\\u0441 <EMAIL_ADDRESS>": {} }'
)
"""What isn't edited is spelt as it came."""


def hide(segments: Sequence[Segment], findings: Sequence[Finding]) -> Sequence[Edit]:
    return [
        Edit(segment=f.segment, start=f.start, end=f.end, text=f"<{f.entity}>") for f in findings
    ]


def document(detector: TextDetector) -> Channel:
    one = Delta(
        place=("a",),
        channel="a",
        text="",
        author=Author.ASSISTANT,
        kind=Kind.TOOL_ARGUMENTS,
        json=True,
    )
    return channel_for(one, detector, ISSUED, 4096)


def through(channel: Channel, pieces: Sequence[str]) -> str:
    out = "".join(channel.feed(piece, final=False, weigh=hide) for piece in pieces)
    return out + channel.feed("", final=True, weigh=hide)


def test_a_document_comes_out_the_same_at_every_cut(detector: TextDetector) -> None:
    orjson.loads(DOCUMENT)
    for pieces in every_split(DOCUMENT):
        assert through(document(detector), pieces) == HIDDEN


@given(chunkings(DOCUMENT))
def test_a_document_comes_out_the_same_in_any_pieces(
    detector: TextDetector, pieces: tuple[str, ...]
) -> None:
    assert through(document(detector), pieces) == HIDDEN


def test_what_can_be_no_value_leaves_before_the_document_ends(detector: TextDetector) -> None:
    channel = document(detector)
    pieces = (
        '{"note" : ["',
        "Over the old bridge. ",
        "And back again, as it was. ",
        'It is 9001", tr',
        'ue], "b":1}',
    )
    said = [channel.feed(piece, final=False, weigh=hide) for piece in pieces]
    assert said[0] == pieces[0]
    assert "".join(said[:2]).startswith('{"note" : ["Over the old ')
    assert "".join(said[:3]).startswith('{"note" : ["Over the old bridge. And back again')
    assert "".join(said) == "".join(pieces), "nothing waits for the document's end"


def test_a_document_without_a_finding_stays_as_it_was_written(detector: TextDetector) -> None:
    assert through(document(detector), ['{"a" :', " 1.0}"]) == '{"a" : 1.0}'


@given(
    tree=st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
        lambda below: (
            st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=4), below, max_size=3)
        ),
        max_leaves=8,
    ),
    ascii_only=st.booleans(),
    data=st.data(),
)
def test_every_document_in_any_pieces_stays_the_same_document(
    *, detector: TextDetector, tree: object, ascii_only: bool, data: st.DataObject
) -> None:
    text = json.dumps({"a": tree}, ensure_ascii=ascii_only)
    whole = through(document(detector), [text])
    assert through(document(detector), data.draw(chunkings(text))) == whole
    if "<" not in whole:
        assert whole == text


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_document_that_is_cut_off_hides_what_it_holds_so_far(
    detector: TextDetector, cut: int
) -> None:
    broken = '{"iin": "' + IIN
    assert through(document(detector), [broken[:-cut], broken[-cut:]]) == '{"iin": "<KZ_IIN>'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"no document: {IIN}", "no document: <KZ_IIN>"),
        ("{iin: " + IIN + "}", "{iin: <KZ_IIN>}"),
        ('{"a": "x"} {"iin": "' + IIN + '"}', '{"a": "x"} {"iin": "<KZ_IIN>"}'),
        ('{"a": "line\n' + IIN + '"}', '{"a": "line\n<KZ_IIN>"}'),
        (IIN, "<KZ_IIN>"),
        ('{"a": 01, "b": "' + IIN + '"}', '{"a": 01, "b": "<KZ_IIN>"}'),
        ('{"a": "\\x", "b": "' + IIN + '"}', '{"a": "\\x", "b": "<KZ_IIN>"}'),
        ("[1e999, " + IIN + "]", "[1e999, <KZ_IIN>]"),
    ],
)
def test_what_is_no_document_from_some_place_on_is_text(
    detector: TextDetector, text: str, said: str
) -> None:
    for pieces in every_split(text):
        assert through(document(detector), pieces) == said


def test_a_value_across_a_break_never_leaves_whole(detector: TextDetector) -> None:
    text = '{"a": 9001 01300017}'
    for pieces in every_split(text):
        with pytest.raises(UpstreamError, match="across a break"):
            through(document(detector), pieces)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[" * 65, "nests too deep"),
        ('{"a": 1, "\\u0061": 2}', "names a member twice"),
        ('{"' + "x" * 70_000, "too long"),
        ("[" + "1" * 70_000, "too long"),
    ],
)
def test_what_no_reader_agrees_on_or_never_ends_ends_the_stream(
    detector: TextDetector, text: str, why: str
) -> None:
    with pytest.raises(UpstreamError, match=why) as caught:
        through(document(detector), [text])
    assert caught.value.code == "upstream_nonsense"
