"""Identifiers of devices: IMEI (3GPP TS 23.003 section 6.2), MAC addresses (IEEE 802, RFC 9542)."""

from __future__ import annotations

from guardrail.detect.text.identifiers.bank import has_luhn

_REPORTING_BODIES = frozenset(
    {"01", "10", "30", "33", "35", "44", "45", "49", "50", "51", "52", "53", "54", "86", "91",
     "98", "99"}
)  # fmt: skip
"""First two digits of a type allocation code (GSMA TS.06); 00 marks test devices."""


def is_imei(number: str) -> bool:
    """Tell whether 15 digits start with a reporting body and end with the Luhn digit."""
    return number[:2] in _REPORTING_BODIES and has_luhn(number)


def is_personal_mac(address: str) -> bool:
    """Tell whether twelve hex digits may name somebody's device.

    Group addresses, nil, the documentation range 00-00-5E-00-53 (RFC 9542) and the 02-42 that
    container engines give out name none.
    """
    low = address.lower()
    group = int(low[:2], 16) & 1
    return not group and low.strip("0") != "" and not low.startswith(("00005e0053", "0242"))
