from __future__ import annotations

import pytest

from guardrail.detect import TextDetector
from guardrail.detect.text.identifiers.mrz import check_digit
from guardrail.detect.text.recognizers.mrz import MrzRecognizer

_DETECTOR = TextDetector([MrzRecognizer()], memo_key=b"tests")


def _found(text: str) -> list[tuple[str, float, str]]:
    return [(text[one.start : one.end], one.score, one.reason) for one in _DETECTOR.find(text)]


def _checked(field: str) -> str:
    return f"{field}{check_digit(field)}"


def _second(width: int) -> str:
    line = f"{_checked('N12345678')}KAZ{_checked('850412')}M{_checked('300101')}850412300145"
    return line.ljust(width, "<")[:width]


_TD3 = ("P<KAZAKHMETOV<<NURLAN".ljust(44, "<"), _second(44))
_TD2 = ("I<KAZAKHMETOV<<NURLAN".ljust(36, "<"), f"{_second(44)[:28]}<<<<<<<4")
_TD1 = (
    f"IDKAZ{_checked('012345678')}850412300145<<<",
    f"{_checked('850412')}M{_checked('300101')}KAZ<<<<<<<<<<<6",
    "AKHMETOV<<NURLAN".ljust(30, "<"),
)
_ALL = {"TD1": _TD1, "TD2": _TD2, "TD3": _TD3}


@pytest.mark.parametrize("kind", _ALL)
@pytest.mark.parametrize("join", ["\n", "\r\n", " ", " \n ", ""], ids=repr)
def test_a_zone_is_found_with_all_its_lines(kind: str, join: str) -> None:
    zone = join.join(_ALL[kind])
    for written in (zone, zone.lower()):
        assert _found(f"скан:\n{written}\nвот") == [(written, 0.99, "checksum, structure")]


def test_a_zone_with_one_right_check_digit_is_found() -> None:
    first, second = _TD3
    wrong = str((int(second[9]) + 1) % 10)
    zone = f"{first}\n{second[:9]}{wrong}{second[10:]}"
    assert _found(zone) == [(zone, 0.9, "checksum, structure")]


@pytest.mark.parametrize(
    ("line", "score"),
    [(_TD3[0], 0.85), (_TD3[0][:30], 0.85), (_TD3[1], 0.99), (_TD1[0], 0.9), (_TD1[1], 0.99)],
)
def test_a_single_line_is_found(line: str, score: float) -> None:
    ((value, surety, _),) = _found(f"строка {line} конец")
    assert (value, surety) == (line, score)


def test_of_a_zone_with_wrong_digits_the_names_are_found() -> None:
    zone = f"{_TD3[0]}\n{'N12345670KAZ8504120M3001010<<<<<<'.ljust(44, '<')}"
    assert _found(zone) == [(_TD3[0], 0.85, "structure")]


@pytest.mark.parametrize(
    "text",
    [
        "A" * 44,
        "<" * 44,
        f"P<{'<' * 42}",
        "AKHMETOV<<NURLAN<<<<<<<<<<<<<<",
        f"X{_TD3[0]}",
        f"{_TD1[1]}0",
        "std::vector<std::pair<int,int>> v; std::cout << v.size() << std::endl;",
        "cat <<EOF",
        "IDKAZ0123456780850412300145<<<",
        f"IDKAZ{'0' * 25}",
    ],
)
def test_other_text_is_no_zone(text: str) -> None:
    assert _found(text) == []
