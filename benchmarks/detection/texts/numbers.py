"""Made-up identifiers that pass their check digits, written as people write them.

Made apart from the product's own arithmetic, so that one error can't hide behind the other.
"""

from __future__ import annotations

import string

from benchmarks.detection.texts.drawing import Drawing

LATIN_PLATE = "ABCDEFHKLMNOPQRSTUVWXYZ"
CYRILLIC_PLATE = "АВЕКМНОРСТУХ"
MOBILE = ("700", "701", "702", "705", "707", "708", "747", "771", "775", "776", "777", "778")
BANKS = ("125", "722", "601", "965", "856", "926", "563", "319", "821")


def digits(rng: Drawing, count: int) -> str:
    return "".join(rng.choice(string.digits) for _ in range(count))


def _mod11(number: str, first: int) -> int:
    return sum(int(d) * ((first + i - 1) % 11 + 1) for i, d in enumerate(number)) % 11


def _with_kz_check(head: str) -> str | None:
    check = _mod11(head, 1)
    if check == 10:
        check = _mod11(head, 3)
    return None if check == 10 else head + str(check)


def iin(rng: Drawing) -> str:
    while True:
        year = rng.randint(1945, 2019)
        sex = rng.choice("34" if year < 2000 else "56")
        day = f"{year % 100:02}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
        made = _with_kz_check(day + sex + digits(rng, 4))
        if made:
            return made


def business(rng: Drawing) -> str:
    """Return a BIN."""
    while True:
        head = f"{rng.randint(0, 25):02}{rng.randint(1, 12):02}{rng.choice('456')}"
        made = _with_kz_check(head + rng.choice("0123") + digits(rng, 5))
        if made:
            return made


def grouped(rng: Drawing, number: str) -> str:
    """Return twelve digits as they are typed: mostly in one piece."""
    return rng.choice(
        [number] * 6
        + [f"{number[:6]} {number[6:]}", " ".join(number[i : i + 3] for i in (0, 3, 6, 9))]
        + [f"{number[:6]}-{number[6:]}", " ".join(number[i : i + 4] for i in (0, 4, 8))]
    )


def iban(rng: Drawing, country: str = "KZ") -> str:
    if country == "KZ":
        body = rng.choice(BANKS) + "".join(
            rng.choice(string.digits * 3 + string.ascii_uppercase) for _ in range(13)
        )
    else:
        body = digits(rng, {"DE": 18, "FR": 23, "AT": 16, "ES": 20}[country])
    number = "".join(str(int(c, 36)) for c in body + country) + "00"
    return f"{country}{98 - int(number) % 97:02}{body}"


def in_fours(number: str) -> str:
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))


def luhn(head: str) -> str:
    total = 0
    for place, digit in enumerate(map(int, reversed(head))):
        value = digit if place % 2 else digit * 2
        total += value - 9 if value > 9 else value
    return head + str(-total % 10)


def card(rng: Drawing) -> str:
    prefix = rng.choice(
        ("4400", "4003", "5169", "5211", "5578", "2200", "4263", "37", "6011", "62")
    )
    return luhn(prefix + digits(rng, (14 if prefix == "37" else 15) - len(prefix)))


def card_written(rng: Drawing, number: str) -> str:
    if len(number) == 15:
        return rng.choice((number, f"{number[:4]} {number[4:10]} {number[10:]}"))
    return rng.choice(
        (number, in_fours(number), in_fours(number), in_fours(number).replace(" ", "-"))
    )


def phone(rng: Drawing) -> str:
    """Return a phone of Kazakhstan, Russia or elsewhere in one of many written forms."""
    kind = rng.random()
    if kind < 0.72:
        return _written(rng, rng.choice(MOBILE), digits(rng, 7))
    if kind < 0.82:
        return _written(rng, rng.choice(("903", "916", "921", "926", "985")), digits(rng, 7))
    if kind < 0.92:
        city, size = rng.choice((("727", 7), ("7172", 6), ("7212", 6), ("7252", 6)))
        rest = rng.choice("23") + digits(rng, size - 1)
        split = f"{rest[:-4]}-{rest[-4:-2]}-{rest[-2:]}"
        return rng.choice((f"+7 ({city}) {split}", f"8 ({city}) {split}", f"+7{city}{rest}"))
    far = rng.choice(("+49 1512 345", "+44 7911 12", "+90 532 41", "+998 90 12", "+996 700 1"))
    size = {"+49": 4, "+44": 4, "+90": 5, "+998": 5, "+996": 5}[far.split()[0]]
    return far + digits(rng, size)


def _written(rng: Drawing, code: str, rest: str) -> str:
    a, b, c = rest[:3], rest[3:5], rest[5:]
    forms = (
        f"+7{code}{rest}", f"8{code}{rest}", f"+7 {code} {a} {b} {c}", f"8 {code} {a} {b} {c}",
        f"+7 ({code}) {a}-{b}-{c}", f"8({code}){a}-{b}-{c}", f"8 ({code}) {a} {b} {c}",
        f"+7-{code}-{a}-{b}-{c}", f"8-{code}-{a}-{b}{c}", f"{code} {a} {b} {c}",
        f"+7.{code}.{a}.{b}.{c}", f"8{code} {a}{b}{c}", f"+7 {code} {rest}", f"7{code}{rest}",
        f"8 {code} {a}{b}{c}", f"+7({code}){rest}", f"{code}-{a}-{b}-{c}", f"+7 {code} {a}-{b}-{c}",
    )  # fmt: skip
    return rng.choice(forms)


def plate(rng: Drawing) -> str:
    """Return a number plate of Kazakhstan; the letters may be Cyrillic look-alikes."""
    letters = rng.choice((LATIN_PLATE, LATIN_PLATE, CYRILLIC_PLATE))
    word = "".join(rng.choice(letters) for _ in range(rng.choice((3, 3, 2))))
    number, region = digits(rng, 3), f"{rng.randint(1, 20):02}"
    forms = (f"{number} {word} {region}", f"{number}{word}{region}", f"{number}{word} {region}",
             f"{number} {word} {region}", f"{rng.choice(letters)} {number} {word}")  # fmt: skip
    made = rng.choice(forms)
    return made.lower() if rng.random() < 0.25 else made


def inn(rng: Drawing) -> str:
    """Return a Russian INN of a person: twelve digits."""
    head = f"{rng.randint(1, 79):02}" + digits(rng, 8)
    for weights in ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)):
        total = sum(w * int(d) for w, d in zip(weights, head, strict=True))
        head += str(total % 11 % 10)
    return head


def snils(rng: Drawing) -> str:
    head = f"{rng.randint(2, 199):03}" + digits(rng, 6)
    total = sum((9 - i) * int(d) for i, d in enumerate(head))
    check = total % 101 % 100
    return f"{head[:3]}-{head[3:6]}-{head[6:]} {check:02}"


def imei(rng: Drawing) -> str:
    return luhn(rng.choice(("35", "86")) + digits(rng, 12))


def mrz(rng: Drawing, surname: str, given: str) -> str:
    """Return the two lines of a passport's machine-readable zone (ICAO 9303, TD3)."""
    name = f"P<KAZ{surname.upper()}<<{given.upper()}"[:44].ljust(44, "<")
    number, born, until = f"N{digits(rng, 8)}", iin(rng)[:6], f"{rng.randint(27, 34)}0415"
    person = iin(rng)[:12].ljust(14, "<")
    fields = [number + _mrz_check(number), "KAZ", born + _mrz_check(born), "M",
              until + _mrz_check(until), person + _mrz_check(person)]  # fmt: skip
    checked = fields[0] + fields[2] + fields[4] + fields[5]
    return name + "\n" + "".join(fields) + _mrz_check(checked)


def _mrz_check(field: str) -> str:
    values = (0 if c == "<" else int(c, 36) for c in field)
    return str(sum(v * (7, 3, 1)[i % 3] for i, v in enumerate(values)) % 10)


def hexed(rng: Drawing, count: int) -> str:
    return "".join(rng.choice("0123456789abcdef") for _ in range(count))


def token(rng: Drawing, count: int) -> str:
    return "".join(rng.choice(string.ascii_letters + string.digits) for _ in range(count))
