"""Bank account numbers (IBAN) and payment card numbers."""

from __future__ import annotations

from collections.abc import Mapping

from guardrail.detect.text.lazily import lazily

IBAN_LENGTHS: Mapping[str, int] = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FK FI FO GL NL SD", 19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK", 21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST",
        26: "IS TR", 27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
"""Characters of an IBAN by country (SWIFT's IBAN registry, ISO 13616)."""


_LETTERS = str.maketrans(
    {chr(letter): str(letter - 55) for letter in range(ord("A"), ord("Z") + 1)}
)


def is_iban(account: str) -> bool:
    """Tell whether upper-case letters and digits are an IBAN: length, and 97 modulo leaves 1."""
    if IBAN_LENGTHS.get(account[:2]) != len(account):
        return False
    return int((account[4:] + account[:4]).translate(_LETTERS)) % 97 == 1


_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")
_ZERO = ord("0")


def has_luhn(number: str) -> bool:
    """Tell whether the digits pass the Luhn check (ISO/IEC 7812-1 annex B)."""
    digits = number.encode()
    total = sum(digits[-1::-2]) + sum(digits[-2::-2].translate(_DOUBLED))
    return (total - _ZERO * len(digits)) % 10 == 0


_EVERYDAY = lazily(
    r"""(?x)
    4[0-9]{15}                                                          # Visa
  | (?: 5[1-5][0-9]{2} | 222[1-9] | 22[3-9][0-9] | 2[3-6][0-9]{2} | 27[01][0-9] | 2720 )[0-9]{12}
                                                                        # Mastercard
  | 220[0-4][0-9]{12}                                                   # Mir
  | 3[47][0-9]{13}                                                      # American Express
  | 35(?:2[89]|[3-8][0-9])[0-9]{12}                                     # JCB
  | (?: 6011 | 64[4-9][0-9] | 65[0-9]{2} )[0-9]{12}                     # Discover
  | 62[0-9]{14} (?:[0-9]{3})?                                           # UnionPay
  | (?: 5018 | 5020 | 5038 | 5893 | 6304 | 6390 | 6759 | 676[1-3] )[0-9]{12}   # Maestro
  | (?: 9112 | 9860 | 8600 )[0-9]{12}                                   # Elcart, Humo, Uzcard
    """
)
_RARE = lazily(
    r"""(?x)
    4[0-9]{12} | 4[0-9]{18}                                             # Visa
  | 220[0-4][0-9]{13,15}                                                # Mir
  | 3(?:0[0-5]|[689][0-9])[0-9]{11,13}                                  # Diners Club
  | 35(?:2[89]|[3-8][0-9])[0-9]{13,15}                                  # JCB
  | (?: 62 | 81 )[0-9]{14,17}                                           # UnionPay
  | (?: 50 | 5[6-8] | 6[0-9] )[0-9]{10,17}                              # Maestro, Discover
    """
)


def has_brand(number: str, *, everyday: bool = False) -> bool:
    """Tell whether 12 to 19 digits have a card scheme's prefix and length.

    Args:
        number: digits.
        everyday: count each scheme's usual lengths and prefixes only: in one piece and with nothing
            said before, other digits are rather a bar code or an order's number.
    """
    if _EVERYDAY.fullmatch(number) is not None:
        return True
    return not everyday and _RARE.fullmatch(number) is not None


def is_card(number: str) -> bool:
    """Tell whether 12 to 19 digits have a card scheme's prefix and length and pass Luhn."""
    return has_brand(number) and has_luhn(number)


_STAMP = lazily(
    r"(?:20)?(?:[0-2][0-9]|3[0-3])(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"(?:[01][0-9]|2[0-3])(?:[0-5][0-9]){2}"
)
_SINCE_EPOCH = lazily(r"1[0-9]{12}(?:[0-9]{3}){0,2}")
"""Milli-, micro- or nanoseconds since 1970, from 2001 to 2033."""


def is_timestamp(number: str) -> bool:
    """Tell whether digits start with a date and a time, or count from 1970."""
    return _STAMP.match(number) is not None or _SINCE_EPOCH.fullmatch(number) is not None
