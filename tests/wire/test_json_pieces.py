"""A document in pieces is the document."""

from __future__ import annotations

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.testing import chunkings
from guardrail.wire.json_pieces import JsonPieces, Part
from guardrail.wire.spelling import raw_of, text_of

TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=3), below),
    max_leaves=8,
)


def _parts(pieces: tuple[str, ...]) -> list[tuple[Part, str]]:
    reader = JsonPieces()
    made: list[tuple[Part, str]] = []
    open_string = False
    for piece in [*(reader.feed(piece) for piece in pieces), reader.feed("", final=True)]:
        for one in piece:
            if one.part is Part.STRING and open_string:
                made[-1] = (Part.STRING, made[-1][1] + text_of(one.units))
            else:
                made.append((one.part, text_of(one.units)))
            open_string = one.part is Part.STRING and not one.ends
    return [one for one in made if one[0] is not Part.FRAME]


@given(tree=TREES, ascii_only=st.booleans(), indent=st.sampled_from([None, 1]), data=st.data())
def test_every_document_in_every_pieces_gives_its_strings_and_all_that_came(
    *, tree: object, ascii_only: bool, indent: int | None, data: st.DataObject
) -> None:
    text = json.dumps([tree], ensure_ascii=ascii_only, indent=indent)
    pieces = data.draw(chunkings(text))
    reader = JsonPieces()
    came = [one for piece in pieces for one in reader.feed(piece)]
    came += reader.feed("", final=True)
    assert "".join(raw_of(one.units) for one in came) == text
    assert not reader.broken
    assert _parts(pieces) == _parts((text,))
    strings = [said for part, said in _parts((text,)) if part is Part.STRING]
    assert strings == _strings([tree])


def _strings(tree: object) -> list[str]:
    if isinstance(tree, list):
        return [one for item in tree for one in _strings(item)]
    if isinstance(tree, dict):
        return [one for item in tree.values() for one in _strings(item)]
    return [tree] if isinstance(tree, str) else []


ALPHABET = st.text(st.sampled_from('{}[]:,"\\u0041d83 1-.eEtrunlfas\n'), max_size=14)


@given(ALPHABET, st.data())
def test_what_no_reader_takes_for_json_is_broken_and_what_one_takes_is_not(
    text: str, data: st.DataObject
) -> None:
    reader = JsonPieces()
    came = [one for piece in data.draw(chunkings(text)) for one in reader.feed(piece)]
    came += reader.feed("", final=True)
    assert "".join(raw_of(one.units) for one in came) == text
    try:
        tree = orjson.loads(text)
    except orjson.JSONDecodeError:
        return
    if isinstance(tree, (dict, list, str)):
        assert not reader.broken


@pytest.mark.parametrize(
    "text",
    ["{,}", "[1,]", '{"a"}', '{"a":}', "[1 2]", "{} {}", "[01]", "[1.]", "[tru]", "}", '["\n"]'],
)
def test_what_breaks_the_grammar_is_plain_text_from_there_on(text: str) -> None:
    reader = JsonPieces()
    came = reader.feed(text) + reader.feed("", final=True)
    assert reader.broken
    assert came[-1].part is Part.REST
    assert "".join(raw_of(one.units) for one in came) == text
