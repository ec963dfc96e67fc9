"""Which IP addresses may belong to somebody (IANA's special-purpose registries, RFC 6890)."""

from __future__ import annotations

import ipaddress

_PUBLIC_SERVICES = frozenset(
    ipaddress.ip_address(one)
    for one in (
        # Resolvers by Google, Cloudflare, Quad9, OpenDNS, Yandex, AdGuard, Level 3, Comodo.
        "8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "2001:4860:4860::8844",
        "1.1.1.1", "1.0.0.1", "1.1.1.2", "1.0.0.2", "1.1.1.3", "1.0.0.3",
        "2606:4700:4700::1111", "2606:4700:4700::1001",
        "9.9.9.9", "149.112.112.112", "2620:fe::fe", "2620:fe::9",
        "208.67.222.222", "208.67.220.220",
        "77.88.8.8", "77.88.8.1", "77.88.8.2", "77.88.8.3", "77.88.8.7", "77.88.8.88",
        "2a02:6b8::feed:ff", "2a02:6b8:0:1::feed:ff",
        "94.140.14.14", "94.140.15.15", "4.2.2.1", "4.2.2.2", "8.26.56.26", "8.20.247.20",
    )
)  # fmt: skip

_UNICAST_6 = ipaddress.ip_network("2000::/3")
"""All global unicast IPv6 there is (RFC 4291 section 2.4, IANA's allocation)."""

_CARRIER = ipaddress.ip_network("100.64.0.0/10")
_TUNNELS = (ipaddress.ip_network("2001:db8::/32"), ipaddress.ip_network("3fff::/20"))


def is_personal_ip(address: str) -> bool:
    """Tell whether the text is a global unicast address that isn't a well-known resolver's."""
    try:
        one = ipaddress.ip_address(address)
    except ValueError:
        return False
    if one in _PUBLIC_SERVICES or not one.is_global or one.is_multicast or one.is_reserved:
        return False
    if isinstance(one, ipaddress.IPv4Address):
        return one not in _CARRIER
    return one in _UNICAST_6 and not any(one in net for net in _TUNNELS)
