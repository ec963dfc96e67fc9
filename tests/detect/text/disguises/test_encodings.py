from __future__ import annotations

import base64
import random
import re
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect import TextDetector
from guardrail.detect.text.disguises.encodings import Base64Recognizer, HexadecimalRecognizer
from guardrail.detect.text.disguises.recognizer import Inner
from guardrail.detect.text.recognizers.email import EmailRecognizer

Seen = Callable[[str], list[tuple[str, str]]]
Streams = Callable[[str, Iterable[str]], None]
_INNER = Inner([EmailRecognizer()])
_BASE64, _HEX = Base64Recognizer(_INNER), HexadecimalRecognizer(_INNER)


def _in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("before", ["", "a", "аб", "абв?", "Ээ: "])
def test_an_address_is_found_in_every_phase(before: str, unmasked: TextDetector) -> None:
    text = _in_base64(f"{before} ivan.petrov@mail.ru ")
    (one,) = unmasked.find(text)
    rest = text[one.start :]
    start = one.start - (4 - len(rest) % 4) % 4
    assert b"ivan.petrov@mail.r" in base64.b64decode(text[start - start % 4 : one.end + 3] + "==")


def test_the_span_is_what_the_value_is_written_with(unmasked: TextDetector) -> None:
    text = _in_base64("abc ivan@mail.ru, da")
    (one,) = unmasked.find(text)
    assert base64.b64decode(text[: one.start // 4 * 4]) == b"abc"
    assert len(text[one.start : one.end]) == 17


def test_something_glued_to_a_run_hides_nothing(seen: Seen) -> None:
    hidden = _in_base64("ivan.petrov@mail.ru")
    for glued in (f"/api/v1/{hidden}", f"id_{hidden}", f"x-{hidden}-y", f"{hidden}/next"):
        ((entity, value),) = seen(glued)
        assert entity == "EMAIL_ADDRESS"
        assert value in glued


def test_lines_are_read_as_one(seen: Seen) -> None:
    text = _in_base64("Тема. " * 20 + "Пишите на ivan.petrov@mail.ru. " + "Конец. " * 20)
    for width in (60, 64, 76):
        for end in ("\n", "\r\n"):
            lines = end.join(re.findall(f".{{1,{width}}}", text))
            assert [entity for entity, _ in seen(lines)] == ["EMAIL_ADDRESS"]


def test_a_long_text_is_read_wherever_a_piece_starts(
    unmasked: TextDetector, streams: Streams
) -> None:
    text = _in_base64(
        "слово " * 400 + "ivan@mail.ru " + "и ещё " * 900 + "anna@mail.kz" + "." * 300
    )
    assert [one.entity for one in unmasked.find(text)] == ["EMAIL_ADDRESS"] * 2
    for step in (97, 400, 1000):
        streams(text, [text[place : place + step] for place in range(0, len(text), step)])


@settings(max_examples=60, deadline=None)
@given(data=st.binary(min_size=12, max_size=600))
def test_data_that_is_no_text_costs_no_look(data: bytes) -> None:
    inside = random.Random(len(data)).randbytes(600) + data  # noqa: S311 - not a secret
    assert list(_BASE64.scan(base64.b64encode(inside).decode(), 0)) == []
    assert list(_HEX.scan(inside.hex(), 0)) == []


@pytest.mark.parametrize(
    "hidden",
    [
        "6976616e406d61696c2e7275", "0x6976616e406d61696c2e7275", "6976616E406D61696C2E7275",
        "69 76 61 6e 40 6d 61 69 6c 2e 72 75", "69:76:61:6e:40:6d:61:69:6c:2e:72:75",
        "0x69, 0x76, 0x61, 0x6e, 0x40, 0x6d, 0x61, 0x69, 0x6c, 0x2e, 0x72, 0x75",
        "69-76-61-6e-40-6d-61-69-6c-2e-72-75", "6976616e 406d6169 6c2e7275",
    ],
)  # fmt: skip
def test_hexadecimal_in_any_layout_is_found_whole(hidden: str, seen: Seen) -> None:
    ((entity, value),) = seen(f"вот {hidden}.")
    assert (entity, value) in (("EMAIL_ADDRESS", hidden), ("EMAIL_ADDRESS", hidden[2:]))


def test_letters_of_other_scripts_are_read(seen: Seen) -> None:
    text = "иван@пример.қаз"
    assert seen(text.encode().hex()) == [("EMAIL_ADDRESS", text.encode().hex())]
    assert [entity for entity, _ in seen(_in_base64(text))] == ["EMAIL_ADDRESS"]


def test_hexadecimal_off_its_phase_is_read(seen: Seen) -> None:
    ((entity, _),) = seen("a" + b"ivan.petrov@mail.ru".hex())
    assert entity == "EMAIL_ADDRESS"
