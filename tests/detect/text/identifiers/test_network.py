from __future__ import annotations

import pytest

from guardrail.detect.text.identifiers.network import is_personal_ip


@pytest.mark.parametrize("address", ["95.57.12.200", "2.72.10.33", "2a02:6b8:c02:901::1"])
def test_a_global_unicast_address_may_be_somebodys(address: str) -> None:
    assert is_personal_ip(address)


@pytest.mark.parametrize(
    "address",
    ["10.0.0.5", "192.168.1.1", "172.16.0.1", "127.0.0.1", "169.254.1.1", "100.64.3.2",
     "203.0.113.7", "198.51.100.1", "192.0.2.1", "224.0.0.1", "239.1.1.1", "255.255.255.255",
     "240.0.0.1", "8.8.8.8", "1.1.1.1", "fe80::1", "::1", "::", "fd00::1", "ff02::1", "a::b",
     "2001:db8::1", "3fff::1", "2001:4860:4860::8888", "256.1.1.1", "01.2.3.4", "2001:::1", ""],
)  # fmt: skip
def test_other_addresses_are_nobodys(address: str) -> None:
    assert not is_personal_ip(address)
