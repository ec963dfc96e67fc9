"""Media in a document's strings are those of the whole strings, however it was cut."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.engine.document_media import DocumentMedia, Held
from guardrail.testing import chunkings, pictures
from guardrail.wire import Part, Piece, spelling

PICTURE = b64encode(pictures.encoded(pictures.scene(8, 8))).decode()
URL = f"data:image/png;base64,{PICTURE}"
PLAIN = json.dumps({"a": [URL, 1, {"b": f"see {URL} there"}], "c": ""})
TEXTS = {
    "plain": (PLAIN, 2),
    "escaped": (PLAIN.replace("/", "\\/"), 2),
    "in a string of JSON": (json.dumps({"data": PLAIN.replace("/", "\\/")}), 2),
    "in a name": (json.dumps({f"({PICTURE})": "x"}), 1),
    "behind a break": (f"{{]{PICTURE}", 1),
    "broken off": (json.dumps({"a": PICTURE})[:-2], 1),
}


def spelt(made: list[Piece | Held]) -> str:
    """Return what was given out, as it is spelt."""
    return "".join(spelling.raw_of(one.units) for one in made)


@pytest.mark.parametrize("name", TEXTS)
@given(data=st.data())
def test_however_it_is_cut_its_media_are_whole_and_it_is_spelt_as_it_came(
    name: str, data: st.DataObject
) -> None:
    text, count = TEXTS[name]
    stream = DocumentMedia()
    made = [one for piece in data.draw(chunkings(text)) for one in stream.feed(piece)]
    made += stream.feed("", final=True)
    assert spelt(made) == text
    found = [one.run for one in made if isinstance(one, Held)]
    assert len(found) == count
    assert {b64encode(one.data).decode() for one in found} == {PICTURE}
    assert stream.held == 0


def test_what_stands_before_a_medium_doesnt_wait_for_it() -> None:
    stream = DocumentMedia()
    begun = '{"n": 1, "a": "see '
    assert spelt(stream.feed(begun + URL[:90])).startswith(begun)
    assert stream.held > 60
    assert stream.has_medium()


def test_what_is_given_up_goes_on_as_text() -> None:
    stream = DocumentMedia()
    assert not stream.has_medium()
    assert not stream.give_up()
    text = json.dumps({"a": URL, "b": 1})
    made = [*stream.feed(text[:120]), *stream.give_up(), *stream.feed(text[120:], final=True)]
    assert spelt(made) == text
    assert not any(isinstance(one, Held) for one in made)
    assert made[-1].part is Part.FRAME if isinstance(made[-1], Piece) else False
