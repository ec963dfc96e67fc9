from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.detect.text.recognizer import TextRecognizer
from guardrail.detect.text.recognizers.network import IpRecognizer, MacRecognizer

Asked = Callable[..., Callable[[str], list[tuple[str, str]]]]
_BOTH: tuple[type[TextRecognizer], ...] = (IpRecognizer, MacRecognizer)

_ADDRESSES = [
    ("зашёл с 95.57.12.200 вчера", "95.57.12.200"),
    ("ip 2.72.10.33", "2.72.10.33"),
    ("client=178.91.4.12:5050", "178.91.4.12"),
    ("http://95.57.12.200:8080/x", "95.57.12.200"),
    ("http://2.3.4.5/", "2.3.4.5"),
    ("айпи адресім 5.76.22.1", "5.76.22.1"),
    ('178.89.1.2 - - "GET /"', "178.89.1.2"),
    ("ssh root@37.150.3.4", "37.150.3.4"),
    ("IP: 37.150.3.4.", "37.150.3.4"),
    ("вход с ip 95.57.12.200/32", "95.57.12.200"),
    ("2a02:6b8:c02:901::1", "2a02:6b8:c02:901::1"),
    ("[2a03:5a00:1:2::7]:443", "2a03:5a00:1:2::7"),
    ("с 2a02:2168:a0:1:2:3:4:5: отказ", "2a02:2168:a0:1:2:3:4:5"),
    ("2a02:6b8:1::95.57.12.200 ok", "2a02:6b8:1::95.57.12.200"),
]


@pytest.mark.parametrize(("text", "address"), _ADDRESSES)
def test_addresses_of_somebody_are_found(asked: Asked, text: str, address: str) -> None:
    assert asked(IpRecognizer)(text) == [("IP_ADDRESS", address)]


_OTHER = [
    "10.0.0.5 192.168.1.1 127.0.0.1 203.0.113.7 8.8.8.8",
    "версия 120.0.99.109, v91.2.3.4, nginx/91.25.3.1 release 98.16.200.3",
    "requests==92.31.0.1 foo>=91.2.3.4 pkg@91.2.3.4",
    "пункт 5.2.1.3 и 12.1.3.4 раздела; нұсқа 92.1.3.4",
    "Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.99",
    "188.0.0.0/8 и 95.57.0.0/16, 2a02:6b8::/32",
    "OID 1.3.6.1.4.1.311.21.20",
    "95.57.12.200.5 5.95.57.12.200.1 a95.57.12.200 95.57.12.200x 95.57.12.200-beta",
    "188.10.0.0 и 12.13.14.15",
    "std::vector a::b fe80::1 2001:db8::1 2001:4860:4860::8888",
    "12:30:45 2024:01:15 10:20:30:40:50:60:70:80 2a02:6b8::1::2 x:2a02:6b8::1",
    "2a02:6b8::1zz a2a02:6b8::1 2000:1:2",
]


@pytest.mark.parametrize("text", _OTHER)
def test_versions_networks_and_chapters_are_no_addresses(asked: Asked, text: str) -> None:
    assert asked(IpRecognizer)(text) == []


_DEVICES = [
    "mac 3c:22:fb:10:aa:01",
    "3C-22-FB-10-AA-01",
    "3c22.fb10.aa01",
    "мак адрес 00:1a:2b:3c:4d:5e.",
    "mac 12-34-56-78-90-12",
    "MAC 3C22FB10AA01",
    "мак-адрес 3c22-fb10-aa01",
    "BSSID 3c22fb-10aa01",
    "MAC-адрес 3C 22 FB 10 AA 01",
    "роутер 12-34-56-78-90-12",
    "mac address: 3d:22:fb:10:aa:01",
]


@pytest.mark.parametrize("text", _DEVICES)
def test_addresses_of_devices_are_found(asked: Asked, text: str) -> None:
    assert [entity for entity, _ in asked(MacRecognizer)(text)] == ["MAC_ADDRESS"]


_NO_DEVICES = [
    "ff:ff:ff:ff:ff:ff 00:00:00:00:00:00 01:00:5e:00:00:fb",
    "2a:3b:4c:5d:6e:7f:80:91:a2:b3:c4:d5:e6:f7:08:19:2a:3b:4c:5d",
    "12-34-56-78-90-12 и 1234.5678.9012",
    "3c:22-fb:10:aa:01 face.cafe.beef",
    "3c:22:fb:10:aa:01x a3c:22:fb:10:aa:01",
    "3d:22:fb:10:aa:01 и 3C22FB10AA01 и 3c 22 fb 10 aa 01",
    "mac 00:00:00:00:00:00 и mac ff:ff:ff:ff:ff:ff, mac 33:33:00:00:00:01",
    "машинный код 990101350123",
]


@pytest.mark.parametrize("text", _NO_DEVICES)
def test_fingerprints_and_groups_are_no_devices(asked: Asked, text: str) -> None:
    assert asked(MacRecognizer)(text) == []


@pytest.mark.parametrize("text", [*(text for text, _ in _ADDRESSES), *_OTHER, *_DEVICES])
def test_streams_find_the_same(streamed_alike: Callable[..., None], text: str) -> None:
    streamed_alike(_BOTH, text)


@pytest.mark.parametrize("unit", ["1.", "2a02:", "1.2.3.4 ", "ab:", "95.57.12.200"])
def test_what_goes_on_is_held_within_bounds(most_held: Callable[..., int], unit: str) -> None:
    assert most_held(_BOTH, unit * 60) <= IpRecognizer.LONGEST + 64


def test_prose_is_hardly_held(most_held: Callable[..., int]) -> None:
    assert most_held(_BOTH, "Добрый день: отчёт (к 15.01.2024) готов в 12:30. ") <= 14
