"""All slices of made-up texts, from a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from benchmarks.detection.texts import letters, numbers, values
from benchmarks.detection.texts.drawing import Drawing
from benchmarks.detection.texts.evasion import EVASIONS
from benchmarks.detection.texts.fill import SLOT, Span, Text, fill, joined, marked
from benchmarks.detection.texts.negatives import clean

EMOJI = (" 😊", " 🙏", "!!!", " )))", " 😂", "...", " ❤️")
LANGS = ("kk", "ru", "en")


@dataclass(frozen=True, slots=True)
class Sliced:
    """A text with the slice it is counted in."""

    text: Text
    slice: str
    lang: str


Maker = Callable[[Drawing], Text]


def _filled(rng: Drawing, template: str, lang: str, rare: float = 0.3) -> Text:
    return fill(rng, template, partial(values.slot, lang=lang, rare=rare))


def names_in(lang: str, rare: float) -> Maker:
    """Return what makes messages and forms with persons' names in `lang`."""

    def make(rng: Drawing) -> Text:
        if rng.random() < 0.25:
            return _filled(rng, rng.line(f"{lang}_forms.txt"), lang, rare)
        count = rng.choices((1, 2, 3, 6), (70, 18, 9, 3))[0]
        chosen = rng.sample(rng.lines(f"{lang}_chat.txt"), count)
        message = [_filled(rng, one, lang, rare) for one in chosen]
        if rng.random() < 0.12:
            message.insert(rng.randint(0, count), Text(clean(rng, prose=lang).text))
        if rng.random() < 0.1:
            message.append(Text(rng.choice(EMOJI).strip()))
        return joined(message, rng.choice((" ", " ", "\n")))

    return make


def changed(make: Maker, change: Callable[[Drawing, Text], Text]) -> Maker:
    return lambda rng: change(rng, make(rng))


def from_file(name: str) -> Maker:
    """Return what fills templates of mixed languages."""

    def make(rng: Drawing) -> Text:
        count = rng.choices((1, 2, 3), (80, 14, 6))[0]
        chosen = rng.sample(rng.lines(name), count)
        made = [_filled(rng, one, language(one)) for one in chosen]
        if rng.random() < 0.12:
            made.insert(rng.randint(0, count), clean(rng, prose=rng.choice(LANGS)))
        text = joined(made, rng.choice((" ", "\n", ". ")))
        small = name == "address_messages.txt" and rng.random() < 0.15
        return letters.lower(text) if small else text

    return make


def language(template: str) -> str:
    """Return the language of a template by its letters."""
    words = SLOT.sub("", template).lower()
    if any(c in "әғқңөұүһі" for c in words):
        return "kk"
    return "ru" if any("а" <= c <= "я" for c in words) else "en"


def special(rng: Drawing) -> Text:
    pairs = [line.partition("|")[::2] for line in rng.lines("special.txt")]
    entity = rng.choice(sorted({entity for entity, _ in pairs}))
    template = rng.choice([template for own, template in pairs if own == entity])
    made = _filled(rng, template, language(template))
    return Text(made.text, (Span(0, len(made.text), entity), *made.spans))


def secret(rng: Drawing) -> Text:
    template = rng.line("secrets.txt")
    return _filled(rng, template, language(template))


def evaded(name: str) -> Maker:
    kinds, evade = EVASIONS[name]

    def make(rng: Drawing) -> Text:
        kind, _, template = rng.choice(
            [one for one in rng.lines("evasions.txt") if one.partition("|")[0] in kinds]
        ).partition("|")
        label, value = raw(rng, kind)
        return fill(rng, template, lambda rng, _: marked(evade(rng, value), label))

    return make


def raw(rng: Drawing, kind: str) -> tuple[str, str]:
    """Return the entity of a kind and a value of it in its plainest form."""
    made = {
        "iin": ("KZ_IIN", numbers.iin(rng)),
        "card": ("CREDIT_CARD", "4400" + numbers.card(rng)[4:]),
        "phone": ("PHONE_NUMBER", "8" + rng.choice(numbers.MOBILE) + numbers.digits(rng, 7)),
        "iban": ("IBAN_CODE", numbers.iban(rng)),
        "email": ("EMAIL_ADDRESS", values.email(rng).lower()),
    }
    if kind == "card":
        return "CREDIT_CARD", numbers.luhn("4400" + numbers.digits(rng, 11))
    return made[kind]


def _latin(rng: Drawing, text: Text) -> Text:
    tables = (letters.PASSPORT, letters.ACUTE_2018, letters.UMLAUT_2021, letters.CHAT)
    return letters.latin(text, rng.choice(tables))


def _slices() -> dict[str, tuple[float, str, Maker]]:
    kk, ru, en = (names_in(lang, 0.3) for lang in LANGS)
    rare = {lang: names_in(lang, 1.0) for lang in LANGS}

    def small(_: Drawing, text: Text) -> Text:
        return letters.lower(text)

    return {
        "kk names": (10, "kk", kk),
        "kk names, lower case": (5, "kk", changed(kk, small)),
        "kk names, upper case": (2, "kk", changed(kk, lambda _, t: letters.upper(t))),
        "kk names, no Kazakh letters": (3, "kk", changed(kk, lambda _, t: letters.folded(t))),
        "kk names, Latin": (6, "kk", changed(kk, _latin)),
        "kk names, unseen": (6, "kk", rare["kk"]),
        "ru names": (9, "ru", ru),
        "ru names, lower case": (5, "ru", changed(ru, small)),
        "ru names, upper case": (2, "ru", changed(ru, lambda _, t: letters.upper(t))),
        "ru names, Latin": (2, "ru", changed(ru, lambda _, t: letters.latin(t, letters.PASSPORT))),
        "ru names, unseen": (3, "ru", rare["ru"]),
        "en names": (6, "en", en),
        "en names, lower case": (3, "en", changed(en, small)),
        "en names, unseen": (2, "en", rare["en"]),
        "identifiers": (14, "", from_file("identifiers.txt")),
        "documents": (8, "", from_file("documents.txt")),
        "more identifiers": (4, "", from_file("more_identifiers.txt")),
        "addresses": (7, "", from_file("address_messages.txt")),
        "special categories": (3, "", special),
        "secrets": (3, "", secret),
        **{f"evasion: {name}": (1.0, "", evaded(name)) for name in EVASIONS},
        "negatives": (24, "", clean),
    }


SLICES = _slices()
"""Slice: its share, its language (empty for mixed), and what makes its texts."""


def texts(*, seed: int, count: int, part: str) -> Iterator[Sliced]:
    """Yield about `count` texts, no two alike within a slice as far as its templates reach."""
    total = sum(share for share, _, _ in SLICES.values())
    for name, (share, lang, make) in SLICES.items():
        rng = Drawing(f"{seed} {name}", part)
        seen: set[str] = set()
        wanted, tries = max(1, round(count * share / total)), 0
        while len(seen) < wanted and tries < 6 * wanted:
            tries += 1
            made = make(rng)
            if made.text not in seen:
                seen.add(made.text)
                yield Sliced(made, name, lang)
