"""Choose the languages of a notice, and write it.

In Kazakhstan what a consumer is told must be in Kazakh and in Russian (Law 274-IV arts. 24, 25):
a person's own language comes first and takes nobody else's away.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from guardrail.disclose.fields import dictionary, display
from guardrail.facts import Headers, Notice

_MAX_HEADER = 1_000
"""Octets of Accept-Language that are read: browsers send under 100."""

_MAX_RANGES = 20
"""Language ranges that are read: nobody reads more languages than that."""

_MAX_TEXT = 500
"""Characters that tell a text's language: a sentence or two do."""

_RANGE = re.compile(
    r"[ \t]*+([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,4})"
    r"(?:[ \t]*+;[ \t]*+[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?[ \t]*+"
)
_KAZAKH = re.compile("[әғқңөұүһі]", re.IGNORECASE)
_CYRILLIC = re.compile("[Ѐ-ӿ]")
_LATIN = re.compile("[A-Za-z]")
_NO_WORD = re.compile(r"[@/\\_0-9]")
"""In addresses, paths and codes, which are of Latin letters in any language."""


def accept_language(header: bytes | None) -> tuple[str, ...]:
    """Return the languages that the reader asks for, in lower case, the best first.

    RFC 9110 section 12.5.4: without a weight it is 1, equal weights keep their order, weight 0
    means "not this one". ``*`` and what can't be read are passed over.
    """
    ranges = (header or b"")[:_MAX_HEADER].decode("latin-1").split(",")[:_MAX_RANGES]
    read = [found for text in ranges if (found := _RANGE.fullmatch(text))]
    weighed = [(float(found[2] or 1), found[1].lower()) for found in read]
    weighed.sort(key=lambda one: -one[0])
    return tuple(dict.fromkeys(tag for weight, tag in weighed if weight > 0))


def order_languages(
    required: Sequence[str],
    preferred: Sequence[str],
    *,
    available: Collection[str] | None = None,
) -> tuple[str, ...]:
    """Return the languages of a notice: the person's own first, then every required one.

    A preferred ``ru-KZ`` is served by ``ru`` (RFC 4647 section 3.4, look-up). Of the preferred
    languages that aren't required only the first is added.

    Args:
        required: languages that the law asks for, as ``("kk", "ru")``.
        preferred: the person's languages, the best first.
        available: languages that the notice has; without it, any language counts as available.
    """
    wishes = [found for tag in preferred if (found := _look_up(tag, required, available))]
    own = wishes[:1]
    asked = [tag for tag in wishes if tag in required]
    return tuple(dict.fromkeys([*own, *asked, *required]))


def language_of(text: str) -> str:
    """Guess `text`'s language from its letters: ``kk``, ``ru``, ``en``, or ``""`` without letters.

    More Cyrillic than Latin letters means Kazakh where a letter is Kazakh only, else Russian. All
    else is answered in English. Addresses and codes count only where there is nothing else.
    """
    start = text[:_MAX_TEXT]
    words = " ".join(word for word in start.split() if not _NO_WORD.search(word))
    start = words if any(map(str.isalpha, words)) else start
    cyrillic = len(_CYRILLIC.findall(start))
    if cyrillic and cyrillic >= len(_LATIN.findall(start)):
        return "kk" if _KAZAKH.search(start) else "ru"
    return "en" if any(map(str.isalpha, start)) else ""


def render(notice: Notice, languages: Sequence[str]) -> str:
    """Return the notice's texts in `languages`, a line each, no text twice.

    Where the notice has none of them, it is given in all that it has: silence isn't a language.
    """
    chosen = [notice.texts[tag] for tag in languages if notice.texts.get(tag)]
    return "\n".join(dict.fromkeys(chosen or filter(None, notice.texts.values())))


def first_turn(notice: Notice, languages: Sequence[str]) -> str:
    """Return what stands before the first text of the assistant; empty for an empty notice."""
    text = render(notice, languages)
    return f"{text}\n\n" if text else ""


def together(notices: Sequence[Notice]) -> Notice:
    """Return several notices as one: in each language their texts in turn, those that have it.

    It is called as the first is. Languages that the first doesn't have are left out.
    """
    first = notices[0]
    texts = {
        tag: " ".join(said for notice in notices if (said := notice.texts.get(tag, "")))
        for tag in first.texts
    }
    return Notice(key=first.key, texts=texts)


def notice_header(
    notice: Notice | None, languages: Sequence[str], *, correction: Notice | None = None
) -> Headers:
    """Return ``guardrail-notice``, display strings of RFC 9651; nothing where nothing is said.

    Args:
        notice: says that an AI answers: ``text``.
        languages: of both.
        correction: puts a reply right in which no words for people may stand: ``correction``.
    """
    notices = {"text": notice, "correction": correction}
    texts = {key: render(one, languages) for key, one in notices.items() if one is not None}
    said = {key: display(text) for key, text in texts.items() if text}
    return ((b"guardrail-notice", dictionary(said, ", ")),) if said else ()


def _look_up(tag: str, required: Sequence[str], available: Collection[str] | None) -> str:
    parts = tag.lower().split("-")
    if available is None and parts[0] not in required:
        return parts[0]
    known = set(required).union(available or ())
    shorter = ("-".join(parts[:size]) for size in range(len(parts), 0, -1))
    return next((one for one in shorter if one in known), "")
