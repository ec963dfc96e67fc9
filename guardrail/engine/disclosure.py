"""What people are told: that an AI answers, for whom, that it decides; and the proof of it.

The first words of a conversation begin with the notice where a person reads them, and a page has it
as a banner. Where a program reads, it stands beside the content, in a header, and an answer that is
nothing but code or JSON may be read by one (`guardrail.engine.prose`). Where a conversation goes on
for long, people are told again (`strictest_reminder`).

A request that carries its history says by itself whether it is the first turn; answers of nothing
but code had no place for the notice, so they don't count. Where the provider keeps the history,
`Conversations` knows who was told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import orjson

from guardrail.disclose import (
    accept_language,
    first_turn,
    language_of,
    notice_header,
    order_languages,
    render,
    together,
)
from guardrail.disclose.banner import with_banner
from guardrail.engine.case import Case, Examined
from guardrail.engine.conversations import MAX_CHARS, Conversations
from guardrail.engine.head import caller
from guardrail.engine.prose import is_prose
from guardrail.errors import ConfigError
from guardrail.facts import (
    Author,
    Decision,
    Duty,
    Exchange,
    Headers,
    Kind,
    Notice,
    Opaque,
    RawRequest,
    Segment,
)
from guardrail.policy import Judge, strictest_reminder
from guardrail.settings import Settings

FIRST_NOTICE = "chat.first"
"""The notice before the assistant's first words."""
CALL_NOTICE = "call.preface"
"""What stands in its place where the assistant speaks; only where it has as many languages."""
HEADER_NOTICE = "banner.short"
"""The same in a header, where room is short."""
REMINDER = "chat.reminder"
"""What is said again in a long conversation."""
ON_BEHALF = "agent.on-behalf"
"""For whom an agent acts; has a place for ``{name}``."""
DECISION_NOTICE = "decision.notice"
"""What people can ask for where answers take part in decisions."""
WORK_NOTICE = "work.notice"
"""What workers are told of a system at their workplace."""
CORRECTION = "human.corrected"
"""The notice behind an answer that claims to come from a human being."""

TEXT, PAGE, FRAME, HEADER, NOWHERE = "text", "page", "frame", "header", "none"
"""Where a notice stood, as evidence says it."""
IN_CONTENT = frozenset({TEXT, PAGE})

_HOUR = 3_600
_MOST_SPELT = 256
"""Headers that are remembered as they are spelt: there are as many as orders of languages."""
_LOOKED_AT = 65_536
"""Code points of code in a history, at most. Who got more counts as told."""
_SPEAKERS = frozenset({Author.USER, Author.ASSISTANT})
_SYSTEM_OR_ASSISTANT = frozenset({Author.SYSTEM, Author.ASSISTANT})

Proof = dict[str, str | list[str]]
"""What evidence says of a notice: `disclosed`, `lang`, `notices`."""


class Judging(Protocol):
    """Who has the words: a guard, whose packs may change under way."""

    judge: Judge
    settings: Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What an answer begins with."""

    notice: Notice
    """All of it as one, by language."""
    keys: tuple[str, ...]
    """Of the notices in it."""
    text: str
    """As it stands before the answer's first words of prose."""


def expect_words(judge: Judge, settings: Settings) -> None:
    """See to it that the packs have the words for all that is to be told.

    Raises:
        ConfigError: a notice is missing.
    """
    told = settings.disclosure
    wanted = {
        FIRST_NOTICE: True,
        HEADER_NOTICE: True,
        REMINDER: bool(strictest_reminder(judge.packs, told.remind_hours)),
        ON_BEHALF: bool(told.on_behalf_of),
        DECISION_NOTICE: told.decision,
    }
    for key, due in wanted.items():
        if due and key not in judge.notices:
            raise ConfigError(f"no policy pack has the notice {key!r}")


class Disclosure:
    """Tells people, and knows who was told. One object a guard; for several threads."""

    def __init__(self, guard: Judging, key: bytes) -> None:
        """Take who has the words, and the secret by which conversations are known again."""
        self._guard = guard
        self._known = Conversations(key)
        self._spelt: tuple[object, dict[tuple[object, ...], Headers]] = (None, {})
        """Some packs' notices, and how they were spelt in a header."""

    def recall(self, case: Case, now: datetime) -> None:
        """Find out whether the turn that a request begins is the first, or due for a reminder."""
        exchange = case.exchange
        if not case.route.tells:
            return
        ids = self._ids(case, exchange.conversation)
        case.told_at = self._known.told(ids) if ids else None
        if case.told_at is not None and exchange.first_turn:
            case.exchange = replace(exchange, first_turn=False)
        elif case.told_at is None and _is_untold(exchange):
            case.exchange = replace(exchange, first_turn=True)
        hours = self._hours()
        if hours:
            self._recall_time(case, ids, int(now.timestamp()), hours)

    def remember(self, case: Case, ids: Sequence[str], where: str, now: int) -> None:
        """Take note of a reply that leaves.

        Args:
            case: the exchange.
            ids: what later requests call the reply by.
            where: its notice stood; empty where it needed none. What a program got in a header may
                not have reached a person, unless programs read all answers here.
            now: Unix seconds.
        """
        told = where in IN_CONTENT or (where == HEADER and case.exchange.machine_read)
        at = now if told else case.told_at
        if at is None:
            return
        names = self._ids(case, ids)
        self._known.note((*names, *case.known_as) if told else names, at)

    def opening(self, case: Case, decision: Decision) -> Opening | None:
        """Return what the answer begins with where a person reads it; None for nothing."""
        if case.exchange.machine_read or not case.route.tells:
            return None
        if Duty.DISCLOSE in decision.duties and case.exchange.first_turn:
            return self._opening(case, self._first_keys(case))
        return self._opening(case, (REMINDER,)) if case.reminds else None

    def notice(self, case: Case) -> str:
        """Return the first-turn notice in the person's languages."""
        opening = self._opening(case, self._first_keys(case))
        return opening.text if opening is not None else ""

    def page(self, examined: Examined, decision: Decision, body: bytes) -> bytes:
        """Return a page with the notice as its banner; the very same bytes for anything else."""
        if examined.notation.kind != "html" or not examined.ok:
            return body
        opening = self.opening(examined.case, decision)
        if opening is None:
            return body
        return with_banner(body, opening.notice, self.languages(examined.case))

    def frame(self, case: Case, decision: Decision) -> str:
        """Return the notice as an event of its own, in JSON, by language; empty for nothing."""
        opening = self.opening(case, decision)
        if opening is None or not self._guard.settings.disclosure.first_frame:
            return ""
        said = self._by_language(opening.notice, case)
        event = {"type": "guardrail.notice", "event_id": case.request_id, "notice": said}
        return orjson.dumps(event).decode()

    def header(self, case: Case, *, told: bool = True, corrects: bool = False) -> Headers:
        """Return what people are told as a header field.

        Args:
            case: the exchange.
            told: whether the short notice is in it.
            corrects: whether it puts right what claims to come from a human being.
        """
        if not (told or corrects):
            return ()
        notices = self._guard.judge.notices
        languages = self.languages(case)
        packs, spelt = self._spelt
        if packs is not notices or len(spelt) >= _MOST_SPELT:
            spelt = {}
            self._spelt = notices, spelt
        known = spelt.get((told, corrects, languages))
        if known is None:
            known = spelt[told, corrects, languages] = notice_header(
                notices[HEADER_NOTICE] if told else None,
                languages,
                correction=notices[CORRECTION] if corrects else None,
            )
        return known

    def proof(self, case: Case, decision: Decision, opening: Opening | None, where: str) -> Proof:
        """Return what evidence says of how people were told; nothing where they needn't be.

        Args:
            case: the exchange.
            decision: on the reply.
            opening: what stood in the content.
            where: it stood; empty where it didn't.
        """
        if opening is not None and where:
            return self._proof(case, opening.notice, where, opening.keys)
        if Duty.DISCLOSE not in decision.duties:
            return {}
        notice = self._guard.judge.notices[HEADER_NOTICE]
        if case.route.tells and render(notice, self.languages(case)):
            return self._proof(case, notice, HEADER, (HEADER_NOTICE,))
        return {"disclosed": NOWHERE}

    def corrects(self, case: Case) -> bool:
        """Tell whether an answer that claims to come from a human being is put right."""
        known = CORRECTION in self._guard.judge.notices
        return known and case.route.tells and not case.exchange.machine_read

    def correction(self, case: Case) -> str:
        """Return what puts such an answer right, in the person's languages."""
        return f"\n\n{self.said(CORRECTION, case)}"

    def corrections(self, case: Case) -> dict[str, str]:
        """Return the same by language, for what stands beside an answer."""
        return self._by_language(self._guard.judge.notices[CORRECTION], case)

    def said(self, key: str, case: Case) -> str:
        """Return a notice in the person's languages; empty where no pack has it."""
        notice = self._guard.judge.notices.get(key)
        return render(notice, self.languages(case)) if notice is not None else ""

    def languages(self, case: Case) -> tuple[str, ...]:
        """Return the languages of notices, the person's own first, then those of the law."""
        if not case.languages:
            case.languages = self._ordered(case.raw, case.exchange)
        return case.languages

    def _ordered(self, raw: RawRequest, exchange: Exchange) -> tuple[str, ...]:
        spoken = next(
            (
                language
                for segment in reversed(exchange.segments)
                if segment.author is Author.USER
                and segment.kind is Kind.TEXT
                and (language := language_of(segment.text))
            ),
            "",
        )
        preferred = ((spoken,) if spoken else ()) + accept_language(raw.header(b"accept-language"))
        judge = self._guard.judge
        told = judge.notices[FIRST_NOTICE].texts
        return order_languages(judge.languages, preferred, available=told)

    def _first_notice(self, case: Case) -> str:
        notices = self._guard.judge.notices
        said, usual = notices.get(CALL_NOTICE), notices.get(FIRST_NOTICE)
        if not case.speaks or said is None or usual is None:
            return FIRST_NOTICE
        return CALL_NOTICE if said.texts.keys() >= usual.texts.keys() else FIRST_NOTICE

    def _first_keys(self, case: Case) -> tuple[str, ...]:
        settings = self._guard.settings
        told = settings.disclosure
        wanted = {
            self._first_notice(case): True,
            ON_BEHALF: bool(told.on_behalf_of),
            DECISION_NOTICE: told.decision,
            WORK_NOTICE: "work" in settings.service.contexts,
        }
        notices = self._guard.judge.notices
        return tuple(key for key, due in wanted.items() if due and key in notices)

    def _opening(self, case: Case, keys: tuple[str, ...]) -> Opening | None:
        notices = self._guard.judge.notices
        parts = [notices[key] for key in keys if key in notices]
        if not parts:
            return None  # packs that came later lack the words
        notice = together(parts)
        name = self._guard.settings.disclosure.on_behalf_of
        if name and ON_BEHALF in keys:
            texts = {tag: text.replace("{name}", name) for tag, text in notice.texts.items()}
            notice = replace(notice, texts=texts)
        text = first_turn(notice, self.languages(case))
        return Opening(notice=notice, keys=keys, text=text) if text else None

    def _by_language(self, notice: Notice, case: Case) -> dict[str, str]:
        texts = notice.texts
        own = {tag: texts[tag] for tag in self.languages(case) if texts.get(tag)}
        return own or dict(texts)

    def _proof(self, case: Case, notice: Notice, where: str, keys: Sequence[str]) -> Proof:
        own = [tag for tag in self.languages(case) if notice.texts.get(tag)]
        tags = own or [tag for tag, text in notice.texts.items() if text]
        return {"disclosed": where, "lang": "+".join(tags), "notices": list(keys)}

    def _hours(self) -> float:
        wanted = self._guard.settings.disclosure.remind_hours
        return strictest_reminder(self._guard.judge.packs, wanted)

    def _ids(self, case: Case, ids: Sequence[str]) -> tuple[bytes, ...]:
        who = caller(case.raw) if ids else b""
        return tuple(self._known.name("id", who, one) for one in ids)

    def _recall_time(self, case: Case, ids: tuple[bytes, ...], now: int, hours: float) -> None:
        """Find out when the people of a conversation were told last.

        A person who is known is one however many conversations there are. Else a conversation is
        what its provider calls it, or the words that it begins with, the person's and the answer;
        where the person began with a picture or the like, by that.
        """
        begun: tuple[bytes, ...] = ()
        names = ids
        who = caller(case.raw)
        if case.query.subject:
            names = (self._known.name("subject", who, case.query.subject),)
        elif not ids:
            said = _first_words(case.exchange)
            names = (self._known.name("words", who, *said),)
            begun = (self._known.name("words", who, said[0], ""),)
        case.known_as = names
        if case.exchange.first_turn:
            return
        last = self._known.told(names)
        if last is None:
            # From its first answer on it is known by other words; or nobody knows when it began.
            last = self._known.told(begun)
            last = now if last is None else last
            self._known.note(names, last)
        case.reminds = now - last >= hours * _HOUR


def _is_untold(exchange: Exchange) -> bool:
    """Tell whether a request's history has answers, and none with a place for the notice."""
    if exchange.first_turn or exchange.machine_read:
        return False
    left, last = _LOOKED_AT, None
    for segment in exchange.segments:
        if segment.author is not Author.ASSISTANT or segment.kind is not Kind.TEXT:
            continue
        if len(segment.text) > left or is_prose(segment.text):
            return False
        left, last = left - len(segment.text), segment
    # What the assistant said last may be the beginning of the very answer: `{"a":`.
    asks: list[Segment | Opaque] = list(exchange.opaque)
    asks += [one for one in exchange.segments if one.author not in _SYSTEM_OR_ASSISTANT]
    return last is not None and any(_is_before(last, one) for one in asks)


def _first_words(exchange: Exchange) -> tuple[bytes | str, str]:
    """Return what the person said first, or showed, and the first text of the assistant's."""
    first: dict[Author, Segment] = {}
    for segment in exchange.segments:
        if segment.kind is Kind.TEXT and segment.text and segment.author in _SPEAKERS:
            first.setdefault(segment.author, segment)
            if len(first) == len(_SPEAKERS):
                break
    person, assistant = first.get(Author.USER), first.get(Author.ASSISTANT)
    said = assistant.text if assistant is not None else ""
    if person is not None and (assistant is None or _is_before(person, assistant)):
        return person.text, said
    shown = next((one for one in exchange.opaque if one.data), None)
    if shown is not None and (person is None or _is_before(shown, person)):
        return _ends(shown.data), said
    return person.text if person is not None else "", said


def _is_before(one: Segment | Opaque, other: Segment | Opaque) -> bool:
    first, second = (
        [(isinstance(step, int), step) for step in each.place] for each in (one, other)
    )
    return first < second


def _ends(data: bytes | str) -> bytes:
    """Return what tells a medium from others: all of a film would take its time."""
    first, last = (_raw(one) for one in (data[:MAX_CHARS], data[-MAX_CHARS:]))
    return b"%d\n%b\n%b" % (len(data), first, last)


def _raw(data: bytes | str) -> bytes:
    return data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
