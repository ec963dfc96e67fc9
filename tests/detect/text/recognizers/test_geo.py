from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.detect.text.recognizers.geo import GeoRecognizer

Asked = Callable[..., Callable[[str], list[tuple[str, str]]]]

_PLACES = [
    "43.238949, 76.889709",
    "координаты 43.238949 76.889709",
    "координаты: 4.2389, 7.8897",
    '{"lat": 43.238949, "lon": 76.889709}',
    "lat=43.238949&lng=76.889709",
    "https://maps.google.com/?q=43.238949,76.889709",
    "https://www.google.com/maps/@43.238949,76.889709,17z",
    "https://yandex.kz/maps/?ll=76.889709%2C43.238949&z=16",
    "geo:43.2389,76.8897",
    "широта 43.2389, долгота: 76.8897",
    "2gis: 76.889709,43.238949",
    "43.2389° N, 76.8897° E",
    "43°15'24\"N 76°55'42\"E",
    "43°15\u203224\u2033 с. ш. 76°55\u203242\u2033 в. д.",
    "ендік 43.2389, бойлық: 76.8897",
]


@pytest.mark.parametrize("text", _PLACES)
def test_places_are_found(asked: Asked, text: str) -> None:
    assert [entity for entity, _ in asked(GeoRecognizer)(text)] == ["GEO_COORDINATES"]


_OTHER = [
    "[0.1234567, 0.7654321, 0.5555555] [[12.3456, 45.6789], [43.1234, 76.1234]]",
    "loss 0.12345, acc 0.98765",
    "12.34567 45.67891 23.45678",
    "12.34567, 45.67891, 23.45678",
    "-152.001,-85.50507262,-114.433198",
    "3.14159, 2.71828",
    "2024-01-15 12:30:45.123456, 2024-01-15T12:30:45.123456Z",
    "цена 12345,6789 тенге; 1234.5678, 12.1234",
    "температура 36°C, угол 45° и 90°",
    "координаты 143.2389, 276.8897 и 91.2345, 95.2345",
    "43.238949123, 76.8897",
    "x43.2389, 76.8897 f(43.2389, 76.8897)",
    "99°15'24\"N 276°55'42\"E 91°15'24\"N 95°55'42\"E",
    "a43°15'24\"N 76°55'42\"E",
]


@pytest.mark.parametrize("text", _OTHER)
def test_rows_of_numbers_and_angles_are_none(asked: Asked, text: str) -> None:
    assert asked(GeoRecognizer)(text) == []


@pytest.mark.parametrize("text", [*(f"я тут {one}, жду" for one in _PLACES), *_OTHER])
def test_streams_find_the_same(streamed_alike: Callable[..., None], text: str) -> None:
    streamed_alike([GeoRecognizer], text)


@pytest.mark.parametrize("unit", ["43.238949 ", "43° ", "1.23456,", "12"])
def test_what_goes_on_is_held_within_bounds(most_held: Callable[..., int], unit: str) -> None:
    assert most_held([GeoRecognizer], unit * 40) <= GeoRecognizer.LONGEST + 64
