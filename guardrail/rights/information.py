"""The public document on how the service works, for people and for machines.

Law 230-VIII gives people the right to know how a system works and what its limits are (arts. 7 and
16), and wants a form that machines can read (art. 22). The document says what its arguments say
and nothing else: where nothing is known, the member isn't there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from guardrail.facts import Action, Direction

PATH = "/.well-known/ai-transparency.json"
"""Where the document is served."""

SCHEMA = "guardrail-ai-transparency/1"

_WORDS: Mapping[str, Mapping[str, str]] = {
    "kk": {
        "ai": "«{name}» қызметі жасанды интеллект жүйесін пайдаланады.",
        "request": "Хабарламаңыз жүйеге жіберілмес бұрын автоматты түрде тексеріледі.",
        "reply": "Жүйенің жауабы сізге берілмес бұрын автоматты түрде тексеріледі.",
        "refuse": "Келісім берілмеген дербес деректер табылса, сұрау жүйеге жіберілмейді.",
        "mask": (
            "Табылған дербес деректерге келісім берілмесе, олар жүйеге жіберілмес бұрын жасырылады."
        ),
        "pseudonymise": (
            "Табылған дербес деректерге келісім берілмесе, олар жүйеге жіберілмес бұрын шартты "
            "белгілермен ауыстырылады, ал жауапта қайта қойылады."
        ),
        "consent": "Келісім беру: {consent}.",
        "withdrawal": "Келісімді кері қайтарып алу: {withdrawal}.",
        "contact": "Байланыс: {contact}.",
    },
    "ru": {
        "ai": "Сервис «{name}» использует систему искусственного интеллекта.",
        "request": "Ваше сообщение автоматически проверяется до передачи системе.",
        "reply": "Ответ системы автоматически проверяется, прежде чем вы его получите.",
        "refuse": (
            "Если найдены персональные данные, на которые нет согласия, запрос системе не "
            "передаётся."
        ),
        "mask": (
            "Найденные персональные данные, на которые нет согласия, скрываются до передачи "
            "системе."
        ),
        "pseudonymise": (
            "Найденные персональные данные, на которые нет согласия, до передачи системе "
            "заменяются условными обозначениями, а в ответе возвращаются."
        ),
        "consent": "Дать согласие: {consent}.",
        "withdrawal": "Отозвать согласие: {withdrawal}.",
        "contact": "Связаться: {contact}.",
    },
    "en": {
        "ai": "The service “{name}” uses an artificial intelligence system.",
        "request": "Your message is examined automatically before the system gets it.",
        "reply": "The system's answer is examined automatically before you get it.",
        "refuse": (
            "If personal data is found without consent, the request is not passed to the system."
        ),
        "mask": (
            "Personal data that is found without consent is hidden before the system gets the "
            "message."
        ),
        "pseudonymise": (
            "Personal data that is found without consent is replaced by placeholders before the "
            "system gets the message, and put back in the answer."
        ),
        "consent": "To give consent: {consent}.",
        "withdrawal": "To withdraw consent: {withdrawal}.",
        "contact": "Contact: {contact}.",
    },
}
"""Kazakh and Russian first (Law 274-IV arts. 24, 25)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who answers for the system (Law 230-VIII arts. 15 and 21(3))."""

    name: str = ""
    bin: str = ""
    """Business identification number, 12 digits."""
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A policy pack in force."""

    ref: str
    """Name and version, as ``kz-230-viii@2026.11.1``."""
    title: Mapping[str, str] = field(default_factory=dict)
    """Language → title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What is publicly known of a guarded service."""

    name: str
    owner: Owner = field(default_factory=Owner)
    packs: tuple[Pack, ...] = ()
    examined: Mapping[Direction, tuple[str, ...]] = field(default_factory=dict)
    """Direction → kinds of data that are looked for in its messages."""
    unconsented: Action | None = None
    """What is done with personal data without consent in a request."""
    consent: str = ""
    """Where or how consent is given."""
    withdrawal: str = ""
    """Where or how consent is withdrawn."""
    retention: Mapping[str, str] = field(default_factory=dict)
    """What is kept, as ``evidence`` → ISO 8601 duration, as ``P3Y``."""
    languages: tuple[str, ...] = ()
    """Languages that people are addressed in."""
    limits: Mapping[str, str] = field(default_factory=dict)
    """Language → what the system can't do or gets wrong."""


def information(service: Service) -> dict[str, object]:
    """Return the document for `PATH`, ready for a JSON writer."""
    owner = service.owner
    document = {
        "schema": SCHEMA,
        "service": service.name,
        "owner": _known({"name": owner.name, "bin": owner.bin, "contact": owner.contact}),
        "packs": [_known({"ref": p.ref, "title": dict(p.title)}) for p in service.packs],
        "examined": {str(way): list(kinds) for way, kinds in service.examined.items() if kinds},
        "unconsented_personal_data": str(service.unconsented or ""),
        "consent": _known({"give": service.consent, "withdraw": service.withdrawal}),
        "retention": dict(service.retention),
        "languages": list(service.languages),
        "how_it_works": {tag: _told(service, words) for tag, words in _WORDS.items()},
        "limits": dict(service.limits),
    }
    return _known(document)


def _known(members: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in members.items() if value}


def _told(service: Service, words: Mapping[str, str]) -> str:
    sentences = (words[key] for key in _true_of(service))
    return " ".join(
        sentence.format(
            name=service.name,
            consent=service.consent,
            withdrawal=service.withdrawal,
            contact=service.owner.contact,
        )
        for sentence in sentences
    )


def _true_of(service: Service) -> Iterator[str]:
    yield "ai"
    yield from (str(way) for way in Direction if service.examined.get(way))
    if service.examined.get(Direction.REQUEST) and service.unconsented in _TOLD_ACTIONS:
        yield str(service.unconsented)
    if service.consent:
        yield "consent"
    if service.withdrawal:
        yield "withdrawal"
    if service.owner.contact:
        yield "contact"


_TOLD_ACTIONS = frozenset({Action.REFUSE, Action.MASK, Action.PSEUDONYMISE})
