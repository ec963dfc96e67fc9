"""However a text is cut, its media are those of the whole, and nothing of it is lost."""

from __future__ import annotations

import time
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from itertools import pairwise
from textwrap import wrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect.media.hidden import SHORTEST, hidden_in
from guardrail.detect.media.hidden_stream import HiddenStream, Run
from guardrail.testing import pictures

PICTURE = b64encode(pictures.encoded(pictures.scene(8, 8))).decode()
RAW = b64decode(PICTURE)
CODES = "data:image/png," + "".join(f"%{byte:02X}" for byte in RAW)
FRAGMENTS = (
    PICTURE,
    f"![x](data:image/png;base64,{PICTURE})",
    "\n".join(wrap(PICTURE, 76)),
    "\\n".join(wrap(PICTURE, 76)),
    PICTURE.replace("/", "\\/"),
    CODES,
    RAW.hex(),
    PICTURE[:100],
    PICTURE[: SHORTEST - 1],
    "iVBORw0KGgo",
    "data:",
    "data:image/png,",
    "data:image/png;base64,",
    "Q" * 70,
    "-" * 80 + "\n",
    "sha " + "9f" * 32 + " of",
    "Hello and/or world ",
    "Сәлем ",
    "Word\n",
    "abcd",
    *(" ", "  ", "\t", "\n", "\n\n", "\r\n", "\\n", "\\", "%", "%2F", "\\u002f", "\\n    "),
    *("=", "==", ".", ")", '"', "é"),
)
Media = list[tuple[int, int, bytes]]


def taken(pieces: Iterable[str]) -> tuple[str, Media]:
    """Return the text that goes on, and the media in it."""
    stream = HiddenStream()
    text, media = "", []
    for part in [
        *(part for piece in pieces for part in stream.feed(piece)),
        *stream.feed("", final=True),
    ]:
        if isinstance(part, Run):
            text += part.text[part.given :]
            media.append((len(text) - len(part.text), len(text), part.data))
        else:
            text += part
    return text, media


def cut(text: str, places: Sequence[int]) -> list[str]:
    return [text[a:b] for a, b in pairwise([0, *sorted(places), len(text)])]


@settings(max_examples=150)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=7).map("".join), st.data())
def test_for_every_cut_the_media_are_those_of_the_whole(text: str, data: st.DataObject) -> None:
    pieces = cut(text, data.draw(st.lists(st.integers(0, len(text)), max_size=50)))
    assert taken(pieces) == (text, [(one.start, one.end, one.data) for one in hidden_in(text)])


@pytest.mark.parametrize("text", [f"({PICTURE})", f'"{CODES}" ', "\n".join(wrap(PICTURE, 76))])
def test_letter_by_letter_a_medium_is_found_whole(text: str) -> None:
    assert taken(text) == (text, [(one.start, one.end, RAW) for one in hidden_in(text)])


def test_words_dont_wait_and_a_run_waits_for_its_end_alone() -> None:
    stream = HiddenStream()
    assert "".join(map(str, stream.feed("Here is a meado"))) == "Here is a meado"
    assert stream.feed(f"w: {PICTURE[:100]}") == ["w: "]
    assert stream.held == 100
    run, *behind = stream.feed(f"{PICTURE[100:]}) it")
    assert isinstance(run, Run)
    assert (run.data, behind, stream.held) == (RAW, [") ", "it"], 0)


def test_what_turns_out_to_be_no_medium_goes_on_at_the_next_word() -> None:
    stream = HiddenStream()
    digest = "9f" * 32
    assert stream.feed(f"It is {digest}") == ["It is "]
    assert "".join(map(str, stream.feed(" o"))) == f"{digest} o"


def test_a_plain_word_that_turns_out_to_begin_a_medium_was_given_out() -> None:
    stream = HiddenStream()
    assert stream.feed(PICTURE[:20]) == [PICTURE[:20]]
    [run] = stream.feed(PICTURE[20:], final=True)
    assert isinstance(run, Run)
    assert (run.text, run.given) == (PICTURE, 20)


def test_what_is_given_up_goes_on_until_its_end_and_what_follows_is_looked_at() -> None:
    stream = HiddenStream()
    stream.feed(f"({PICTURE[:100]}")
    assert stream.has_medium()
    assert stream.give_up() == PICTURE[:100]
    assert stream.feed(PICTURE[100:]) == [PICTURE[100:]]
    assert stream.feed(") and (") == [") and ("]
    assert [type(one) for one in stream.feed(PICTURE, final=True)] == [Run]


@pytest.mark.parametrize(
    "text",
    [
        "x " + "QUJD" * 100_000,
        "\n".join(["QUJD" * 19] * 4_000),
        "and/or " * 40_000,
        "data:image/png," * 20_000,
        "QUJD" * 20 + " \n" * 100_000,
    ],
    ids=["a run", "lines", "prose", "addresses", "gaps"],
)
def test_time_is_linear(text: str) -> None:
    stream = HiddenStream()
    begun = time.process_time()
    for at in range(0, len(text), 50):
        stream.feed(text[at : at + 50])
    stream.feed("", final=True)
    assert time.process_time() - begun < 4
