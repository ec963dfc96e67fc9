"""Made-up values that stand around names: telephone numbers, dates, sums, codes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

_CODES = ("701", "702", "705", "707", "747", "771", "775", "777", "778")
_MINUTES = ("00", "05", "10", "15", "20", "30", "40", "45")
_BOXES = ("info", "office", "hr", "sales", "a.k", "user12", "reception", "d2", "client", "x.y")
_HOSTS = ("example.kz", "example.com", "mail.test")


def _digits(rng: Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def phone(rng: Random) -> str:
    """A telephone number of Kazakhstan in one of the usual spellings."""
    code, tail = rng.choice(_CODES), _digits(rng, 7)
    return rng.choice(
        (
            f"+7 {code} {tail[:3]} {tail[3:5]} {tail[5:]}",
            f"8 ({code}) {tail[:3]}-{tail[3:5]}-{tail[5:]}",
            f"8{code}{tail}",
            f"+7{code}{tail}",
            f"{code} {tail[:3]} {tail[3:]}",
        )
    )


def date(rng: Random) -> str:
    """A day as numbers."""
    day, month = f"{rng.randint(1, 28):02}", f"{rng.randint(1, 12):02}"
    year = rng.randint(1950, 2026)
    return rng.choice((f"{day}.{month}.{year}", f"{year}-{month}-{day}", f"{day}/{month}/{year}"))


def clock(rng: Random) -> str:
    """A time of the day."""
    return f"{rng.randint(7, 22)}:{rng.choice(_MINUTES)}"


def email(rng: Random) -> str:
    """An address at a reserved domain."""
    box = rng.choice(_BOXES)
    return f"{box}{rng.randint(1, 99)}@{rng.choice(_HOSTS)}"


KINDS: dict[str, Callable[[Random], str]] = {
    "phone": phone,
    "date": date,
    "time": clock,
    "email": email,
    "num": lambda rng: str(rng.randint(2, 99)),
    "n": lambda rng: str(rng.randint(1, 9)),
    "id": lambda rng: _digits(rng, rng.choice((6, 8, 9, 10, 12))),
    "iin": lambda rng: _digits(rng, 12),
    "sum": lambda rng: f"{rng.randint(1, 950)} {rng.choice(('000', '500', '250'))}",
    "code": lambda rng: rng.choice("ABCDEFKMNTX") + _digits(rng, 5),
}
"""What each slot of this kind writes."""
