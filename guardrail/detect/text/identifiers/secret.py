"""What tells a secret from a placeholder, a word, or a name in a program."""

from __future__ import annotations

import math
from collections import Counter

from guardrail.detect.text.lazily import lazily

_STAND_INS = lazily(
    r"(?i)your|example|sample|placeholder|change_?-?me|replace_?-?me|insert|todo|dummy|fake|redacted"
    r"|masked|hidden|removed|secret_?here|_here\b|x{4}|\*\*\*|\.\.\.|\u2022\u2022|\u2026|0123456789"
    r"|123456789a|abcdefgh|foobar|lorem|^test$|^null$|^none$|^nil$|^undefined$|^true$|^false$"
    r"|^string$|^required$|^optional$|^empty$|^todo$|^n/?a$|^пример|замените|ваш_|сіздің"
)
_REFERENCE = lazily(
    r"^[$%<{\[]|[{}]|\$\(|\(\)?$|^(?:env|os|process|settings|config|self|this|vault|secrets|var"
    r"|data|local|ctx|req|request|args|options|params|props|state|import|await|new)\b[.:\[(]"
)
"""``${TOKEN}``, ``<your key>``, ``{{ key }}``, ``%KEY%``, ``os.environ[...]``."""

_NAME = lazily(
    r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[a-z]+(?:[_\-.][a-z]+)+"
    r"|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+|[A-Za-z_][\w.]*\(.*"
)
"""``DB_PASSWORD``, ``next_page_token``, ``req.body.password``, ``get_secret(``."""

_UUID = lazily(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PARTS = lazily(r"[A-Za-z]+|[0-9]+")
_RUNS = lazily(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_SIGNS = lazily(r"[^A-Za-z0-9]")


def entropy(text: str) -> float:
    """Return Shannon's entropy of the characters in bits a character; 0 for no text."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts)


def is_stand_in(value: str) -> bool:
    """Tell whether the value is what manuals and masks show for a secret."""
    return len(set(value)) <= 2 or _STAND_INS.search(value) is not None


def is_placeholder(value: str) -> bool:
    """Tell whether the value stands where a secret would: a stand-in, a reference, a name."""
    if is_stand_in(value) or _REFERENCE.search(value):
        return True
    return _NAME.fullmatch(value) is not None


def is_random(value: str, *, floor: float = 3.4) -> bool:
    """Tell whether the value looks drawn by chance: enough entropy, and not words with numbers.

    Args:
        value: of 16 characters or more.
        floor: bits a character at least. Sixteen random hex digits have 3.2 on average, sixteen of
            base64 3.8, English prose 3 to 4: so words are looked for besides.
    """
    if is_placeholder(value) or _UUID.fullmatch(value) or entropy(value) < floor:
        return False
    # A name such as ``release-2024-candidate-7`` or ``getUserTokenV2`` seldom changes its class of
    # characters; where a sign stands doesn't count.
    changes = sum(len(_PARTS.findall(part)) - 1 for part in _SIGNS.split(value) if part)
    runs = sum(len(_RUNS.findall(part)) - 1 for part in _SIGNS.split(value) if part)
    return changes >= 4 or runs >= 0.3 * len(value)


_WEAK = frozenset(
    {"qwerty", "qwertyuiop", "qazwsx", "qweasd", "zxcvbn", "zxcvbnm", "asdfgh", "asdfghjkl",
     "iloveyou", "letmein", "monkey", "dragon", "sunshine", "princess", "football", "baseball",
     "superman", "batman", "shadow", "killer", "йцукен", "фывапр", "ячсмит", "марина", "наташа",
     "любовь", "солнышко"}
)  # fmt: skip
"""Words that people set as passwords and hardly write behind the word "password" otherwise."""

_CLOCK = lazily(r"[0-9]{1,4}([.\-/:])[0-9]{1,2}(?:\1[0-9]{1,4})?")
_STANDARDS = lazily(
    r"(?i)(?:sha|md|aes|rsa|ed|base|utf|rc|wpa|ipv?|o?auth|http|tls|ssl|pbkdf|argon)-?[0-9_\-]+"
)


def is_password(value: str, *, floor: int) -> bool:
    """Tell whether the value looks like a password that somebody set.

    Args:
        value: without quotes and the sentence's punctuation.
        floor: how many kinds of characters (small, capital, digit, sign) it needs at least. Behind
            an equals sign one is enough for digits, four of them; prose needs more.
    """
    if is_placeholder(value) or _CLOCK.fullmatch(value) or _STANDARDS.fullmatch(value):
        return False
    if value.lower() in _WEAK:
        return True
    small, capital = any(map(str.islower, value)), any(map(str.isupper, value))
    digit = any(map(str.isdigit, value))
    sign = any(not (one.isalnum() or one == "_") for one in value)
    if not digit and not (_SIGN.search(value, 1) and (small or capital)):
        return False
    return small + capital + digit + sign >= floor


_SIGN = lazily(r"[!@#$%^&*+=?~]")
"""What passwords without digits have, and words and names don't."""
