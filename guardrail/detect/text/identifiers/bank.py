"""Bank account numbers (IBAN) and payment card numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping

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


def is_iban(account: str) -> bool:
    """Tell whether upper-case letters and digits are an IBAN: length, and 97 modulo leaves 1."""
    if IBAN_LENGTHS.get(account[:2]) != len(account):
        return False
    turned = account[4:] + account[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def has_luhn(number: str) -> bool:
    """Tell whether the digits pass the Luhn check (ISO/IEC 7812-1 annex B)."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2])
    return (sum(map(int, number[-1::-2])) + sum(doubled)) % 10 == 0


_BRANDS = re.compile(
    r"""(?x)
    4[0-9]{12} | 4[0-9]{15} | 4[0-9]{18}                            # Visa
  | (?: 5[1-5][0-9]{2} | 222[1-9] | 22[3-9][0-9] | 2[3-6][0-9]{2} | 27[01][0-9] | 2720 )[0-9]{12}
                                                                    # Mastercard
  | 220[0-4][0-9]{12,15}                                            # Mir
  | 3[47][0-9]{13}                                                  # American Express
  | 3(?:0[0-5]|[689][0-9])[0-9]{11,13}                              # Diners Club
  | 35(?:2[89]|[3-8][0-9])[0-9]{12,15}                              # JCB
  | (?: 6011 | 64[4-9][0-9] | 65[0-9]{2} )[0-9]{12,15}              # Discover
  | (?: 62 | 81 )[0-9]{14,17}                                       # UnionPay
  | (?: 50 | 5[6-8] | 6[0-9] )[0-9]{10,17}                          # Maestro
  | 9112[0-9]{12} | 9860[0-9]{12} | 8600[0-9]{12}                   # Elcart, Humo, Uzcard
    """
)


def is_card(number: str) -> bool:
    """Tell whether 12 to 19 digits have a card scheme's prefix and length and pass Luhn."""
    return _BRANDS.fullmatch(number) is not None and has_luhn(number)
