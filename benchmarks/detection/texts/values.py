"""What the slots of templates are filled with, and as which entity it is to be found."""

from __future__ import annotations

import base64
import json
import string
from collections.abc import Callable
from functools import partial

from benchmarks.detection.texts import names, numbers
from benchmarks.detection.texts.drawing import Drawing
from benchmarks.detection.texts.fill import Text, fill, marked
from benchmarks.detection.texts.letters import PASSPORT, latin

DOMAINS = (
    "qyran-poshta.kz", "shugyla-mail.kz", "tulpar-firma.kz", "severny-parus.ru",
    "aksu-univer.edu.kz", "steppe-letters.com", "post.zhaily-bel.ru", "birlik-qor.org",
)  # fmt: skip
"""Invented, yet none of those set aside for documentation, which are nobody's."""

ADDRESS = "STREET_ADDRESS|KZ_POST_CODE"
HANDLE = "USERNAME|PERSON"
SECRET = "SECRET_KEY|PASSWORD|CONNECTION_STRING|JWT|PRIVATE_KEY"

Make = Callable[[Drawing], str]


def latin_name(rng: Drawing, part: str) -> str:
    who = names.person(rng, rng.choice(("kk", "kk", "ru")), rare=rng.random() < 0.5)
    word = who.given if part == "given" else who.surname
    return latin(Text(word.lower()), PASSPORT).text.replace("'", "")


def email(rng: Drawing) -> str:
    given, surname = latin_name(rng, "given"), latin_name(rng, "surname")
    local = rng.choice(
        (f"{given}.{surname}", f"{surname}{rng.randint(1, 99)}", f"{given[0]}.{surname}", given,
         f"{given}_{surname}", f"{surname}-{given[0]}", f"{given}+shop",
         f"{given}{rng.randint(1960, 2009)}")
    )  # fmt: skip
    made = f"{local}@{rng.choice(DOMAINS)}"
    return made.title() if rng.random() < 0.04 else made


def handle(rng: Drawing) -> str:
    given, surname = latin_name(rng, "given"), latin_name(rng, "surname")
    return "@" + rng.choice(
        (
            f"{given}_{surname}",
            f"{given}{rng.randint(1, 99)}",
            f"{surname}_kz",
            f"{given}.{surname}",
        )
    )


def birthday(rng: Drawing) -> str:
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1940, 2015)
    return rng.choice(
        (f"{day:02}.{month:02}.{year}", f"{day}.{month:02}.{year}", f"{year}-{month:02}-{day:02}",
         f"{day:02}/{month:02}/{year}")
    )  # fmt: skip


def geo(rng: Drawing) -> str:
    north, east = rng.uniform(41, 55), rng.uniform(47, 87)
    return rng.choice(
        (f"{north:.6f}, {east:.6f}", f"{north:.5f},{east:.5f}", f"{north:.4f}°N {east:.4f}°E")
    )


def jwt(rng: Drawing) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    head = part({"alg": "HS256", "typ": "JWT"})
    return f"{head}.{part({'sub': numbers.digits(rng, 8), 'adm': True})}.{numbers.token(rng, 43)}"


def pem(rng: Drawing) -> str:
    rows = "\n".join(numbers.token(rng, 64) for _ in range(5))
    kind = rng.choice(("RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "EC PRIVATE KEY"))
    return f"-----BEGIN {kind}-----\n{rows}\n-----END {kind}-----"


def dsn(rng: Drawing) -> str:
    scheme = rng.choice(("postgresql", "mysql", "mongodb", "redis", "amqp"))
    return f"{scheme}://app:{numbers.token(rng, 14)}@db{rng.randint(1, 9)}.example.kz:5432/prod"


def password(rng: Drawing) -> str:
    word = rng.choice(("Qwerty", "Almaty", "zima", "Tulpar", "sunflower"))
    return word + rng.choice("!_#$") + numbers.token(rng, 5)


def _cased(rng: Drawing, letters: int) -> str:
    return "".join(rng.choice(string.ascii_uppercase) for _ in range(letters))


def _mrz(rng: Drawing) -> str:
    return numbers.mrz(rng, latin_name(rng, "surname"), latin_name(rng, "given"))


def _mac(rng: Drawing) -> str:
    return rng.choice(":-").join(numbers.hexed(rng, 2) for _ in range(6))


def _ip(rng: Drawing) -> str:
    network = rng.choice((2, 37, 89, 178, 185))
    return f"{network}.{rng.randint(2, 250)}.{rng.randint(0, 250)}.{rng.randint(1, 254)}"


def _rupass(rng: Drawing) -> str:
    a, b, c = f"{rng.randint(1, 89):02}", f"{rng.randint(0, 24):02}", numbers.digits(rng, 6)
    return rng.choice((f"{a}{b} {c}", f"{a} {b} {c}", f"{a}{b}{c}", f"{a}{b} № {c}"))


def _kzpass(rng: Drawing) -> str:
    number = numbers.digits(rng, rng.choice((8, 8, 8, 7)))
    return rng.choice(("N", "N", "N", "n", "N ", "№ N")) + number


def _licence(rng: Drawing) -> str:
    return _cased(rng, 2) + rng.choice(("", "", " ", " № ")) + numbers.digits(rng, 6)


def _iban(rng: Drawing) -> str:
    made = numbers.iban(rng, rng.choice(("KZ",) * 8 + ("DE", "FR", "AT")))
    return rng.choice((made, made, made, made.lower(), *(numbers.in_fours(made),) * 2))


MARKED: dict[str, tuple[str, Make]] = {
    "iin": ("KZ_IIN", lambda rng: numbers.grouped(rng, numbers.iin(rng))),
    "bin": ("KZ_BIN", numbers.business),
    "iban": ("IBAN_CODE", _iban),
    "card": ("CREDIT_CARD", lambda rng: numbers.card_written(rng, numbers.card(rng))),
    "phone": ("PHONE_NUMBER", numbers.phone),
    "email": ("EMAIL_ADDRESS", email),
    "kzpass": ("KZ_PASSPORT", _kzpass),
    "idcard": ("KZ_ID_CARD", lambda rng: "0" + numbers.digits(rng, 8)),
    "licence": ("KZ_DRIVER_LICENSE", _licence),
    "plate": ("KZ_LICENSE_PLATE", numbers.plate),
    "rupass": ("RU_PASSPORT", _rupass),
    "mrz": ("MRZ_CODE", _mrz),
    "inn": ("RU_INN", numbers.inn),
    "snils": ("RU_SNILS", numbers.snils),
    "imei": ("IMEI", numbers.imei),
    "ip": ("IP_ADDRESS", _ip),
    "mac": ("MAC_ADDRESS", _mac),
    "geo": ("GEO_COORDINATES", geo),
    "dob": ("DATE_OF_BIRTH", birthday),
    "age": ("AGE", lambda rng: str(rng.randint(19, 88))),
    "handle": (HANDLE, handle),
    "awsid": (SECRET, lambda rng: _cased(rng, 16)),
    "t40": (SECRET, lambda rng: numbers.token(rng, 40)),
    "github": (SECRET, lambda rng: "ghp_" + numbers.token(rng, 36)),
    "gitlab": (SECRET, lambda rng: "glpat-" + numbers.token(rng, 20)),
    "slack": (SECRET, lambda rng: f"xoxb-{numbers.digits(rng, 12)}-{numbers.token(rng, 24)}"),
    "openai": (SECRET, lambda rng: "sk-proj-" + numbers.token(rng, 48)),
    "stripe": (SECRET, lambda rng: "sk_live_" + numbers.token(rng, 24)),
    "google": (SECRET, lambda rng: "AIza" + numbers.token(rng, 35)),
    "jwt": (SECRET, jwt),
    "pem": (SECRET, pem),
    "dsn": (SECRET, dsn),
    "password": (SECRET, password),
}  # fmt: skip
"""Slot: its entity, and what makes a value."""

PLAIN: dict[str, Make] = {
    **{f"n{size}": partial(numbers.digits, count=size) for size in range(1, 20)},
    **{f"hex{size}": partial(numbers.hexed, count=size) for size in (2, 6, 7, 8, 12, 32, 40, 64)},
    "house": lambda rng: str(rng.randint(1, 240)) + rng.choice(("", "", "", "а", "Б")),
    "houseen": lambda rng: str(rng.randint(1, 240)) + rng.choice(("", "", "", "A", "b")),
    "houseus": lambda rng: str(rng.randint(100, 9_999)),
    "flat": lambda rng: str(rng.randint(1, 260)),
    "postcode": lambda rng: f"{rng.randint(1, 16):02}" + numbers.digits(rng, 4),
    "year": lambda rng: str(rng.randint(1950, 2026)),
    "hour": lambda rng: f"{rng.randint(0, 23):02}",
    "min": lambda rng: f"{rng.randint(0, 59):02}",
    "day": lambda rng: f"{rng.randint(1, 28):02}",
    "month": lambda rng: f"{rng.randint(1, 12):02}",
    "small": lambda rng: str(rng.randint(2, 60)),
    "t20": partial(numbers.token, count=20),
    "t32": partial(numbers.token, count=32),
}
"""Slots whose values are nobody's."""

LISTS = {"street": "streets", "city": "cities", "village": "villages"}


def address(rng: Drawing, lang: str) -> Text:
    template = rng.line(f"addresses_{lang}.txt")
    return marked(fill(rng, template, partial(slot, lang=lang)).text, ADDRESS)


def slot(rng: Drawing, name: str, *, lang: str, rare: float = 0.3) -> Text:
    """Return a value for the slot `name` in a text in `lang`.

    Args:
        rng: decides.
        name: a slot, as ``iin`` or ``p.full.gen``.
        lang: kk, ru or en.
        rare: the share of persons with uncommon names.
    """
    if name.startswith("p."):
        return _person(rng, name, lang, rare)
    head, _, tail = name.partition(".")
    if head == "addr":
        return address(rng, tail or lang)
    if head in LISTS:
        return Text(rng.line(f"{LISTS[head]}_{tail}.txt"))
    if head == "district":
        return Text(rng.line("districts.txt"))
    if head in MARKED:
        entity, make = MARKED[head]
        return marked(make(rng), entity)
    return Text(PLAIN[head](rng))


def _person(rng: Drawing, name: str, lang: str, rare: float) -> Text:
    _, _, rest = name.partition(".")
    form, _, case = rest.rpartition(".")
    who = names.person(rng, _nation(rng, lang), rare=rng.random() < rare)
    called = names.called(rng, who, form or "any", case, lang)
    if lang == "en" and who.lang != "en":
        called = latin(Text(called), PASSPORT).text
    return marked(called, "PERSON")


def _nation(rng: Drawing, lang: str) -> str:
    shares = {"kk": (("kk", 0.93), ("ru", 1.0)), "ru": (("ru", 0.6), ("kk", 1.0)),
              "en": (("en", 0.8), ("kk", 0.93), ("ru", 1.0))}  # fmt: skip
    drawn = rng.random()
    return next(nation for nation, upto in shares[lang] if drawn < upto)
