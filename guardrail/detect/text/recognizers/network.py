"""IP addresses of somebody's, versions 4 and 6, and MAC addresses of devices."""

from __future__ import annotations

import re

from guardrail.detect.text.identifiers.device import is_personal_mac
from guardrail.detect.text.identifiers.network import is_personal_ip
from guardrail.detect.text.recognizer import TextRecognizer, Verdict, said, words

_IP_4 = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
_GROUP = "[0-9A-Fa-f]{0,4}"
_IP_6 = rf"[23][0-9A-Fa-f]{{3}}:(?:{_GROUP}:){{1,6}}(?:{_IP_4}|{_GROUP})"
_IP = words(
    r"ip[46v]{0,2}\w{0,9}|айпи\w{0,4}|адрес\w{0,4}|addr(?:ess)?(?:es)?|host\w{0,4}|"
    r"хост\w{0,3}|мекен-?жай\w{0,6}|серв[ие]р\w{0,4}|servers?|client\w{0,3}|клиент\w{0,3}|"
    r"remote\w{0,5}|from|source|src|dst|ping|ssh|x-forwarded-for|x-real-ip|login\w{0,3}|"
    r"вход\w{0,3}|peer"
)
_NUMBERED = words(
    r"v(?:er(?:sion)?s?)?\.?|верси\w{1,3}|нұсқа\w{0,6}|нуска\w{0,6}|releases?|релиз\w{0,3}|"
    r"build|сборк\w{1,2}|firmware|прошивк\w{1,2}|oid|п\.?|пп\.?|пункт\w{0,4}|раздел\w{0,3}|"
    r"тармақ\w{0,6}|бөлім\w{0,6}|section|chapter|clause|§|drivers?|драйвер\w{0,2}|глав\w{1,2}|"
    r"стать\w{1,3}"
)
_VERSION_NEAR = 24
"""Code points before four numbers in which a word says that they count something."""
_PINNED = re.compile(
    r"(?:[A-Za-z][\w.+\-]{0,40}/|(?:[=~^<>!]=|[~^<>]) ?|[vV#№]\.? ?|[rR]ev\.? ?|[._\-+])\Z"
)
"""``nginx/1.2.3.4``, ``==1.2.3.4``, ``v1.2.3.4``."""
_IN_URL = re.compile(r"(?:[a-z]{2,10}://|[?&](?:ip|addr|host|client|src)\w{0,8}=)\Z")
_CIDR = re.compile(r"/([0-9]{1,3})")
_BEFORE = re.compile(r"[0-9A-Za-z_]\Z|[0-9A-Za-z]\.\Z")
_BEHIND_4 = re.compile(r"[0-9A-Za-z_]|[.\-][0-9A-Za-z]")
_BEHIND_6 = re.compile(r"[0-9A-Za-z_]|:[0-9A-Fa-f:]|\.[0-9]")
_SPECIFIC = 64
"""Where no part of four is as high, they count chapters or versions more often than hosts."""


def _is_network(text: str, end: int, widest: int) -> bool:
    """Tell whether a prefix length up to `widest` stands behind: a network is nobody's address."""
    prefix = _CIDR.match(text, end)
    return prefix is not None and int(prefix[1]) <= widest


class IpRecognizer(TextRecognizer):
    """Global unicast address; private, documentation and resolvers' ones are nobody's."""

    ENTITY = "IP_ADDRESS"
    PATTERN = rf"{_IP_6}|{_IP_4}"
    TRIGGERS = (r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]|[23][0-9A-Fa-f]{3}:[0-9A-Fa-f]{0,4}:",)
    BACKWARD = r"[0-9]{0,3}/?[0-9A-Fa-f:.]{1,50}"
    LONGEST = 50

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept what is an address by form and registry, and counts nothing by what is said."""
        start = match.start()
        if _BEFORE.search(text[max(0, start - 2) : start]):
            return None
        return self._six(text, match) if ":" in match[0] else self._four(text, match)

    def resume(self, text: str, match: re.Match[str]) -> int:
        """Look on behind the first number: ``1.2.3.4`` may start inside of a longer row."""
        return match.start() + 1 if ":" in match[0] else super().resume(text, match)

    def _six(self, text: str, match: re.Match[str]) -> Verdict | None:
        start = match.start()
        address = match[0] if match[0].endswith("::") else match[0].rstrip(":")
        end = start + len(address)
        if text[max(0, start - 1) : start] == ":" or _BEHIND_6.match(text, match.end()):
            return None
        if not is_personal_ip(address) or _is_network(text, end, 64):
            return None
        return Verdict(start=start, end=end, score=0.9, reason="structure, pattern")

    def _four(self, text: str, match: re.Match[str]) -> Verdict | None:
        start, end = match.span()
        if _BEHIND_4.match(text, end) or not is_personal_ip(match[0]):
            return None
        before = text[max(0, start - 48) : start]
        addressed = _IN_URL.search(before) is not None
        if not addressed and (_PINNED.search(before) or _NUMBERED.search(before[-_VERSION_NEAR:])):
            return None
        context = addressed or said(_IP, text, start)
        if before.endswith("@") and not context:  # a package's version
            return None
        parts = [int(part) for part in match[0].split(".")]
        telling = max(parts) >= _SPECIFIC and parts[2:] != [0, 0]
        if _is_network(text, end, 24) or not (context or telling):
            return None
        reason = "structure, context" if context else "structure, pattern"
        return Verdict(start=start, end=end, score=0.9 if context else 0.75, reason=reason)


_MAC = words(
    r"mac\w{0,8}", r"мак-?адрес\w{0,4}", r"мак\w{0,2}", r"hwaddr", r"ether\w{0,3}", r"bssid",
    r"физическ\w{2,4}", r"wi-?fi", r"вай-?фай\w{0,2}", r"hardware address", r"адаптер\w{0,2}",
    r"роутер\w{0,2}", r"router", r"bluetooth", r"device", r"устройств\w{1,2}", r"құрылғы\w{0,6}",
)  # fmt: skip
_CALLED_MAC = words(
    r"mac(?:[ \-]?addr\w{0,5}|id)?", r"мак(?:[ \-]?адрес\w{0,4})?", r"hwaddr", r"bssid",
    r"физическ\w{2,4} адрес\w{0,3}", r"hardware address",
)  # fmt: skip
"""What a device's address is called outright: then it may be written without signs."""
_MAC_LIKE = (
    r"[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]"
    r"|[0-9A-Fa-f]{2}-[0-9A-Fa-f]{2}-[0-9A-Fa-f]{2}-[0-9A-Fa-f]"
    r"|[0-9A-Fa-f]{4}[.:\-][0-9A-Fa-f]{4}[.:\-][0-9A-Fa-f]"
    r"|(?i:mac|мак[ \-]?адрес|мак[ :]|hwaddr|bssid|физическ|hardware addr)[^\n]*[^0-9A-Za-z]"
    r"(?:[0-9A-Fa-f]{12}|[0-9A-Fa-f]{6}-[0-9A-Fa-f]{6}|[0-9A-Fa-f]{2}(?: [0-9A-Fa-f]{2}){5})"
)
_PAIRS = re.compile(r"[0-9A-Fa-f]{2}([:\-])[0-9A-Fa-f]{2}(?:\1[0-9A-Fa-f]{2}){4}")
_DOTTED = re.compile(r"[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2}")
_HEX_BEFORE = re.compile(r"[0-9A-Za-z_]\Z|[0-9A-Fa-f][:.\-]\Z")
_HEX_BEHIND = re.compile(r"[0-9A-Za-z_]|[:.\-][0-9A-Fa-f]")


class MacRecognizer(TextRecognizer):
    """Hardware address in six pairs or, as Cisco writes it, three groups of four."""

    ENTITY = "MAC_ADDRESS"
    VERSION = "2"
    PATTERN = (
        r"[0-9A-Fa-f]{2}(?:[:\-][0-9A-Fa-f]{2}){5}"
        r"|[0-9A-Fa-f]{4}[.:\-][0-9A-Fa-f]{4}[.:\-][0-9A-Fa-f]{4}"
        r"|[0-9A-Fa-f]{6}-[0-9A-Fa-f]{6}|[0-9A-Fa-f]{12}|[0-9A-Fa-f]{2}(?: [0-9A-Fa-f]{2}){5}"
    )
    TRIGGERS = (_MAC_LIKE,)
    BACKWARD = (
        r"[0-9A-Fa-f]{0,2} (?:[0-9A-Fa-f]{2} ){0,4}[0-9A-Fa-f]{2}(?:[^0-9A-Za-z_]|$)"
        r"|[0-9A-Fa-f:.\-]{1,18}"
    )
    LONGEST = 17

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept a device's address; an unusual one only where it is called so."""
        start, end = match.span()
        if _HEX_BEFORE.search(text[max(0, start - 2) : start]) or _HEX_BEHIND.match(text, end):
            return None
        digits = match[0].translate(_NO_SIGNS)
        context = said(_MAC, text, start)
        called = said(_CALLED_MAC, text, start)
        if not (_names_device(digits) if called else self._is_plain(match[0], digits, context)):
            return None
        reason = "structure, context" if context else "structure, pattern"
        return Verdict(start=start, end=end, score=0.95 if context else 0.85, reason=reason)

    def _is_plain(self, written: str, digits: str, context: bool) -> bool:  # noqa: FBT001 - one of three facts
        """Tell whether an address shows itself: in pairs or as Cisco writes it, not of one kind."""
        dotted = _DOTTED.fullmatch(written) is not None
        if not (dotted or _PAIRS.fullmatch(written)) or not is_personal_mac(digits):
            return False
        return context or not (digits.isdigit() or (dotted and digits.isalpha()))

    def resume(self, text: str, match: re.Match[str]) -> int:  # noqa: ARG002 - the base's signature
        """Look on from the next character: an address may start inside a rejected match."""
        return match.start() + 1


def _names_device(digits: str) -> bool:
    """Tell whether what is called an address is one at all: not nil, everybody's or an example."""
    low = digits.lower()
    return len(set(low)) > 1 and not low.startswith(("00005e0053", "01005e", "3333"))


_NO_SIGNS = str.maketrans("", "", ":.- ")
