"""Pictures in streamed text are noticed as soon as enough of them has come."""

from __future__ import annotations

from base64 import b64encode
from textwrap import wrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.engine.hidden_media import ENOUGH, HiddenMedia
from guardrail.testing import chunkings, pictures

PICTURE = b64encode(pictures.encoded(pictures.scene(64, 64))).decode()


def noticed(pieces: list[str], channel: str = "a") -> int:
    heard = HiddenMedia()
    return sum(heard.begins(channel, piece) for piece in pieces)


@pytest.mark.parametrize(
    "text",
    [
        f"Here: ![a meadow](data:image/png;base64,{PICTURE}) it is",
        f"Here it is:\n{PICTURE}\n",
        "Here it is:\n" + "\n".join(wrap(PICTURE, 76)) + "\n",
    ],
)
@given(data=st.data())
def test_however_a_text_is_cut_its_picture_is_noticed_once(text: str, data: st.DataObject) -> None:
    raw = text.encode("ascii")
    pieces = [piece.decode("ascii") for piece in data.draw(chunkings(raw))]
    assert noticed(pieces) == 1


def test_it_is_noticed_before_much_of_it_has_left() -> None:
    heard = HiddenMedia()
    text = f"data:image/png;base64,{PICTURE}"
    came = next(at for at, letter in enumerate(text) if heard.begins("a", letter))
    assert came <= len("data:image/png;base64,") + ENOUGH + 1


@pytest.mark.parametrize(
    "text",
    [
        "Write `<img src='data:image/png;base64,iVBORw0KGgoAAAANSUhEUg…'>` and you are done. " * 9,
        "token " + "abcdefghijklmnopqrstuvwxyz0123456789" * 40,
        "Сәлем! " * 200,
        "eyJhbGciOiJFZERTQSJ9." + "QUJD" * 300,
    ],
)
def test_what_is_no_picture_goes_by(text: str) -> None:
    for size in (1, 5, 700, len(text)):
        assert noticed([text[at : at + size] for at in range(0, len(text), size)]) == 0


def test_channels_are_told_apart() -> None:
    heard = HiddenMedia()
    halves = PICTURE[: ENOUGH - 8], PICTURE[ENOUGH - 8 : ENOUGH]
    assert not heard.begins("a", halves[0])
    assert not heard.begins("b", halves[1])
    assert heard.begins("a", halves[1])


def test_a_hostile_text_costs_no_more_than_its_length() -> None:
    heard = HiddenMedia()
    pieces = 0
    for _ in range(50):
        pieces += heard.begins("a", "a" * 20_000 + " ")
    assert not pieces
