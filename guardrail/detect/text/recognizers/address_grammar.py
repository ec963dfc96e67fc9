"""The grammar of addresses, over the classes that `address_lexer` gives tokens."""

from __future__ import annotations

from guardrail.detect.text.lazily import lazily

_NAME = "[WTGbv]"
_INITIALS = "(?:[DHCS] ?){0,2}"
_HOUSE = '(?:# ?)?N(?:[ -]?A(?! [WTGbv])| ?"A")?(?! ?u|-?[wyztbvWTGixUANYP]|[.:][NY])'
"""A number that counts nothing and is no part of a longer token, date or time."""

_BEFORE = (
    rf'(?:[wyztbv][ -][wyztbv](?:-N)?|"?{_INITIALS}(?:N(?:-?i)? ?)?'
    rf'{_NAME}(?:[ -][WTGbv]){{0,3}}(?:-N)?"?'
    r"|[wyztbv](?:[ -][wyztbvTG])?(?:-N)?|N u|A-?N|N(?:-?i)?(?! ?u|[.:]N|x))"
)
"""A name behind its marker."""
_NAMED = rf"{_INITIALS}{_NAME}(?:[ -][WTGbv]){{0,2}}"
_BEHIND = rf"(?:{_NAMED}|[wzt](?: b)?|t v)"
"""A name before its marker."""
_SURE = "(?:[WTbv](?:[ -][WTGbv]){0,2}|[wt](?: b)?|z b|t v)"
"""A name before the Russian or English word for a street."""
_ENGLISH = r"(?:[NY](?: ?A | )(?:[AU] )?)"

_SAID_BEHIND = "(?:-[HFOL]| ?[HFOL](?!:? ?#? ?[NY]))?"
"""What kind of number it was, unless that is said of the next one."""
_UNIT = (
    r"[HFOL]:? ?#? ?[NY](?:[ -]?A(?! [WTGbv]))?(?:-i)?(?! ?u|[.:]N|x)"
    rf"{_SAID_BEHIND}"
)

_PARTS = {
    "english": (
        rf"{_ENGLISH}(?:(?:(?:[WTGbvAEe]|N[iE]) ){{1,4}}[Ee]|[wyztbvTG] (?:[wyztbvTGe] )?E)"
        r"(?: [AU](?![a-zA-Z]))?"
    ),
    "box": r"(?:U |D ?D ?)?B:? ?#? ?[NYP]",
    "street": (
        rf"S:? ?{_BEFORE}|{_BEHIND} K|{_SURE} S(?!:? ?(?:[WTGbvtwyz]|N(?:-?i)? [WTGbv]))"
        r"|[WTbv](?: [WTGbv]){0,2} [Ee](?: [AU](?![a-zA-Z]))?"
    ),
    "micro": (
        rf"(?:{_BEHIND}(?:-N)?|{_INITIALS}{_NAME}(?:[ -][WTGbv]){{0,2}} N) (?:M|m R)"
        rf"|(?:M|m R):? ?{_BEFORE}|N(?:-?i)? ?-?(?:M|m R)"
    ),
    "unit": (rf"{_UNIT}|N-[HFOL]|N[HFOL](?!:? ?#? ?[NY])|# ?[NY](?! ?u|[.:]N|x)"),
    "town": (
        rf"C:? ?(?:{_NAME}(?:[ -][WTGbv]){{0,2}}|[wyzt])|{_BEHIND} [R]"
        rf"|(?:{_NAMED}|t) C(?! ?[WTGbv])"
        r"|R:? ?[WTGbv](?: [WTGbv])?"
    ),
    "post": (
        r"(?:[WTG](?: [WTG]){0,2},? (?:U )?)?P(?![a-zA-Z]|-)|U P|(?:[WG](?: W)?,? )?[AU]N NU|ANANAN"
        r"|I:? ?P"
    ),
    "named": (
        rf"(?:{_INITIALS}[WTbv](?: [WTGbv]){{0,2}}(?:,? |-)|[wzt] (?:b )?|y |t v ){_HOUSE}"
        r"(?! (?:[WTGbvtwyz] ){1,3}[Ee])"
    ),
    "place": "G(?:[ -]G)?(?: ?C(?! ?[WTGbvtwyz])| ?R| ?H(?! ?#? ?[NY]))?",
}
_NUMBERED = _HOUSE + _SAID_BEHIND

FIRST = lazily("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PARTS.items()))
"""The first part of an address."""
BEGINS = lazily(
    r"(?:[UDBSHCMmFOL#RPIG]|A(?=N)|[NY](?=[ A].{0,18}[Ee])|N(?=-?i? ?-?[MmHFOL])"
    r"|[WTbv](?=(?:[ -][WTGbv]){0,3}(?:,? |-)[KSEeMmRCPUN#A])"
    r"|[wt](?= b|-N| [KSMmRN#])|z(?= b|-N| [KMmRN#])|y(?=-N| [N#])|t(?= v| C))"
    r'(?<![^ \n,;:.\-("!].)'
)
"""What `FIRST` can start with where a token may start one: few places, quickly found."""
NEXT = lazily(
    f"{FIRST.pattern}|(?P<more>[wzt] [wzt] (?:K|M|m R))|(?P<number>{_NUMBERED})"
    r'|(?P<guess>[WTG](?: W)?(?=[.,;\n")!]|$))'
)
"""A further part."""
JOINT = lazily(r"(?: ?[,;] ?\n? ?| ?\n ?| )(?:- )?(?:o )?")
"""What stands between parts."""
