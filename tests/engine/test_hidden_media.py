"""Pictures in streamed text are noticed as soon as enough of them has come."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from textwrap import wrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.engine import Enacted, Guard, ReplyStream
from guardrail.engine.hidden_media import ENOUGH, HiddenMedia
from guardrail.errors import UpstreamError
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


def test_a_picture_in_streamed_arguments_ends_the_stream_before_it_shows_anything(
    make_guard: Callable[..., Guard], send: Callable[..., Enacted], now: datetime
) -> None:
    stream, left = streamed(make_guard(), send, now)
    assert stream.refusal is not None
    assert stream.refusal.code == "content_policy_violation"
    assert PICTURE[: 2 * ENOUGH] not in left


def test_where_media_pass_it_passes_only_where_it_may_be_unlabelled(
    make_guard: Callable[..., Guard], send: Callable[..., Enacted], now: datetime
) -> None:
    with pytest.raises(UpstreamError) as caught:
        streamed(make_guard(media="pass"), send, now)
    assert caught.value.code == "media_not_labelled"
    stream, left = streamed(make_guard(media="pass", unlabelled_media="pass"), send, now)
    assert stream.refusal is None
    assert PICTURE in left


def streamed(guard: Guard, send: Callable[..., Enacted], now: datetime) -> tuple[ReplyStream, str]:
    """Return a stream with a picture in a tool call's arguments, and what left of these."""
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "Hi"}]}).encode()
    decided = send(guard, body).decided
    stream = ReplyStream(guard, decided, decided.examined.case.route.adapter.stream(), now)
    text, left = json.dumps({"picture": f"data:image/png;base64,{PICTURE}", "n": 1}), ""
    for at in range(0, len(text), 200):
        call = {"index": 0, "function": {"arguments": text[at : at + 200]}}
        event = {"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}
        outs = stream.receive(b"data: " + json.dumps(event).encode() + b"\n\n", now)
        left += "".join(
            call["function"]["arguments"]
            for out in outs
            for line in out.data.decode().splitlines()
            if line.startswith("data: {")
            for call in json.loads(line[6:])["choices"][0]["delta"].get("tool_calls", ())
        )
        if stream.ended:
            break
    return stream, left
