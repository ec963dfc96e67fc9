"""Addresses of cryptocurrency wallets, by their own check wherever the network has one."""

from __future__ import annotations

import re

from guardrail.detect.text.identifiers.crypto import is_base58check, is_eip55, is_segwit, is_ton
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import TextRecognizer, Verdict, said, words

_BECH32 = r"(?:bc|ltc)1[02-9ac-hj-np-z]{11,71}|(?:BC|LTC)1[02-9AC-HJ-NP-Z]{11,71}"
_HEX = "0[xX][0-9A-Fa-f]{40}"
_TON = r"[EU]Q[A-Za-z0-9_\-]{46}"
_BASE58 = "[13ADLMT][1-9A-HJ-NP-Za-km-z]{25,34}"
_WALLET = words(
    r"wallet\w{0,3}|кошел[её]?[кь]\w{0,4}|әмиян\w{0,6}|амиян\w{0,6}|address\w{0,2}|"
    r"адрес\w{0,4}|eth\w{0,6}|эфир\w{0,6}|usd[tc]|erc-?20|bep-?20|bsc|крипто\w{0,12}|"
    r"crypto\w{0,9}|metamask|метамаск\w{0,3}|polygon|bnb|recipient|sender|получател\w{1,3}|"
    r"отправител\w{1,3}|донат\w{0,3}|donat\w{1,5}"
)
_PREFIXES = (
    r"0[xX][0-9A-Fa-f]{8}|(?:bc|ltc|BC|LTC)1[02-9ac-hj-np-zAC-HJ-NP-Z]{11}"
    r"|\b[EU]Q[A-Za-z0-9_\-]{20}|\b[13ADLMT][1-9A-HJ-NP-Za-km-z]{25}"
)
_JOINED = lazily(r"[\w\-]")


class CryptoRecognizer(TextRecognizer):
    """Bitcoin, Litecoin, Dogecoin, TRON, TON and Ethereum addresses."""

    ENTITY = "CRYPTO"
    PATTERN = rf"{_HEX}|{_BECH32}|{_TON}|{_BASE58}"
    TRIGGERS = (_PREFIXES,)
    BACKWARD = ""
    LONGEST = 75

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept a right check; hex digits of one case only where a wallet is spoken of."""
        start, end = match.span()
        address = match[0]
        if _JOINED.match(text, end) or (start and _JOINED.match(text[start - 1])):
            return None
        if address[1] in "xX":
            return self._ethereum(text, start, address)
        bech32 = address[:3].lower() in ("bc1", "ltc")
        check = is_segwit if bech32 else is_ton if address[1] == "Q" else is_base58check
        # An address of base58 may look like the start of TON's, and the other way round.
        if not check(address) and not is_base58check(address):
            return None
        return Verdict(start=start, end=end, score=0.98, reason="checksum")

    def resume(self, text: str, match: re.Match[str]) -> int:  # noqa: ARG002 - the base's signature
        """Look on from the next character: an address may start inside a rejected match."""
        return match.start() + 1

    def _ethereum(self, text: str, start: int, address: str) -> Verdict | None:
        end = start + len(address)
        digits = address[2:]
        if digits not in (digits.lower(), digits.upper()):
            found = is_eip55(address)
            return Verdict(start=start, end=end, score=0.98, reason="checksum") if found else None
        if len(set(digits.lower())) < 8 or not said(_WALLET, text, start):
            return None
        return Verdict(start=start, end=end, score=0.8, reason="pattern, context")
