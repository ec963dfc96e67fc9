"""Cryptocurrency addresses: the checks that each network's own wallets make.

Sources: Bitcoin's base58check (developer reference, "Address Conversion"), BIP 173 and BIP 350
(bech32, bech32m), EIP-55 over Keccak-256 (the Keccak submission's padding, not FIPS 202's),
TRON's and Litecoin's base58check versions, TON's TEP-2.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator

_BASE58 = {
    character: value
    for value, character in enumerate("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
}
_VERSIONS = frozenset({0x00, 0x05, 0x1E, 0x16, 0x30, 0x32, 0x41})
"""Bitcoin's two, Dogecoin's two, Litecoin's two, TRON's."""

_BECH32 = {character: value for value, character in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32M = 0x2BC830A3


def is_base58check(address: str) -> bool:
    """Tell whether base58 text is a version of a known network, 20 bytes and their check."""
    number = 0
    for character in address:
        value = _BASE58.get(character)
        if value is None:
            return False
        number = number * 58 + value
    if number.bit_length() > 200:
        return False
    raw = number.to_bytes(25)
    ones = len(address) - len(address.lstrip("1"))
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    check = hashlib.sha256(hashlib.sha256(raw[:21]).digest()).digest()[:4]
    return ones == zeros and raw[0] in _VERSIONS and check == raw[21:]


def _polymod(values: Iterator[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, one in enumerate(_GENERATOR):
            check ^= one if top >> place & 1 else 0
    return check


def _expanded(prefix: str, values: list[int]) -> Iterator[int]:
    yield from (ord(one) >> 5 for one in prefix)
    yield 0
    yield from (ord(one) & 31 for one in prefix)
    yield from values


def is_segwit(address: str) -> bool:
    """Tell whether the text is a native SegWit address: one case, check, program's length."""
    if address not in (address.lower(), address.upper()):
        return False
    prefix, _, data = address.lower().rpartition("1")
    values = [_BECH32.get(one, -1) for one in data]
    if len(values) < 8 or -1 in values:
        return False
    version, program = values[0], (len(values) - 7) * 5 // 8
    if _polymod(_expanded(prefix, values)) != (1 if version == 0 else _BECH32M):
        return False
    return program in (20, 32) if version == 0 else version <= 16 and 2 <= program <= 40


_MASK = (1 << 64) - 1
_SPONGE_RATE = 136


def _round_constants() -> Iterator[int]:
    register = 1
    for _ in range(24):
        constant = 0
        for place in range(7):
            constant |= (register & 1) << ((1 << place) - 1)
            register <<= 1
            register ^= 0x171 if register >> 8 else 0
        yield constant


def _moves() -> Iterator[tuple[int, int, int]]:
    """Yield, for each lane, where it goes in the steps rho and pi and by how many bits it turns."""
    yield 0, 0, 0
    x, y = 1, 0
    for step in range(24):
        turned = (step + 1) * (step + 2) // 2 % 64
        yield x + 5 * y, y + 5 * ((2 * x + 3 * y) % 5), turned
        x, y = y, (2 * x + 3 * y) % 5


_ROUNDS = tuple(_round_constants())
_MOVES = tuple(_moves())
_NEIGHBOURS = tuple(
    (row + column, row + (column + 1) % 5, row + (column + 2) % 5)
    for row in range(0, 25, 5)
    for column in range(5)
)


def _permuted(lanes: list[int]) -> list[int]:
    for constant in _ROUNDS:
        sums = [
            lanes[one] ^ lanes[one + 5] ^ lanes[one + 10] ^ lanes[one + 15] ^ lanes[one + 20]
            for one in range(5)
        ]
        mixed = [
            sums[one - 1] ^ (sums[one - 4] << 1 & _MASK | sums[one - 4] >> 63) for one in range(5)
        ]
        moved = [0] * 25
        for source, target, turn in _MOVES:
            lane = lanes[source] ^ mixed[source % 5]
            moved[target] = (lane << turn | lane >> (64 - turn)) & _MASK
        lanes = [moved[a] ^ (~moved[b] & moved[c]) for a, b, c in _NEIGHBOURS]
        lanes[0] ^= constant
    return lanes


def keccak256(data: bytes) -> bytes:
    """Return Keccak-256 of less than 136 bytes, as Ethereum uses it."""
    block = bytearray(data.ljust(_SPONGE_RATE, b"\0"))
    block[len(data)] ^= 0x01
    block[-1] ^= 0x80
    lanes = [int.from_bytes(block[place : place + 8], "little") for place in range(0, 136, 8)]
    out = _permuted(lanes + [0] * 8)
    return b"".join(lane.to_bytes(8, "little") for lane in out[:4])


def is_eip55(address: str) -> bool:
    """Tell whether the case of the 40 hex digits behind ``0x`` is EIP-55's check."""
    digits = address[2:]
    digest = keccak256(digits.lower().encode()).hex()
    return all(
        one.isdigit() or one.isupper() == (int(nibble, 16) >= 8)
        for one, nibble in zip(digits, digest, strict=False)
    )


def is_ton(address: str) -> bool:
    """Tell whether 48 base64url characters are a user-friendly TON address (TEP-2)."""
    try:
        raw = base64.b64decode(address, b"-_", validate=True)
    except ValueError:
        return False
    known = raw[:1] in (b"\x11", b"\x51") and raw[1:2] in (b"\x00", b"\xff")
    return known and len(raw) == 36 and binascii.crc_hqx(raw[:34], 0) == int.from_bytes(raw[34:])
