"""Documents that a law asks for, begun from what is known: `documents.yaml` says what goes where.

What the product knows stands there with where it is from. What it doesn't know is a gap that names
who fills it; nothing is made up. What the operator states is told as the operator's statement.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

import yaml

from guardrail.audit.clocks import Due
from guardrail.audit.figures import Figures
from guardrail.audit.page import Block, Gap, Page, Paragraph, Said, Section
from guardrail.errors import ConfigError, nearest

DATA = "documents.yaml"
RISKS = ("minimal", "medium", "high")
"""Degrees of risk of Law 230-VIII art. 17(1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section that a document must have."""

    id: str
    title: Mapping[str, str]
    ask: Mapping[str, str]
    """What the law wants to be said here."""
    fill: tuple[str, ...]
    """What the product knows of it: names of `FILLS`."""
    by: str
    """Who fills the rest; empty where nothing is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A document's form."""

    id: str
    law: str
    obligation: tuple[str, ...]
    packs: frozenset[str]
    """It is made where one of these is among the chosen packs."""
    risks: frozenset[str]
    """And only for systems of these degrees of risk."""
    incidents: frozenset[str]
    """It is about incidents of these kinds, and made for one of them alone."""
    source: str
    verify: bool
    title: Mapping[str, str]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An incident that documents are made for."""

    number: str
    kind: str
    aware: datetime
    """When somebody became aware of it."""
    due: tuple[Due, ...]


@cache
def forms() -> tuple[Form, ...]:
    """Return all forms.

    Raises:
        ConfigError: the data isn't as it must be.
    """
    raw = yaml.safe_load(files("guardrail.audit").joinpath(DATA).read_text("utf-8"))
    return tuple(map(_form, raw))


def wanted(packs: Collection[str], risk: str) -> tuple[Form, ...]:
    """Return the forms of documents, those on incidents aside, for packs and a degree of risk."""
    return tuple(
        form
        for form in forms()
        if not form.incidents and form.packs & set(packs) and (not form.risks or risk in form.risks)
    )


def on_incident(kind: str) -> tuple[Form, ...]:
    """Return the forms of documents on an incident."""
    return tuple(form for form in forms() if kind in form.incidents)


def document(
    form: Form,
    figures: Figures,
    statements: Mapping[str, str],
    happened: Happened | None = None,
) -> Page:
    """Return a document in the figures' language, with its gaps.

    Args:
        form: which one.
        figures: what is known.
        statements: what the operator says, by ``<document>.<part>``.
        happened: the incident that it is on.
    """
    words = figures.words
    sections = tuple(_section(form, part, figures, statements, happened) for part in form.parts)
    about = (
        figures.about.service,
        form.law,
        words("report.period", since=figures.about.since, until=figures.about.until,
              zone=figures.about.zone_name) if figures.about.since else "",
        words("report.not-advice"),
        f"{words('verify')}: {form.source}" if form.verify else form.source,
    )  # fmt: skip
    page = Page(
        lang=words.lang,
        title=form.title[words.lang],
        about=about,
        sections=sections,
        gap=words("gap"),
    )
    left = words("gaps.count", count=page.gaps)
    return Page(
        lang=page.lang,
        title=page.title,
        about=(*about, left),
        sections=sections,
        gap=page.gap,
    )


def check_statements(statements: Mapping[str, str]) -> None:
    """Refuse statements on parts that no document has.

    Raises:
        ConfigError: there is one; it names the nearest part.
    """
    known = [f"{form.id}.{part.id}" for form in forms() for part in form.parts]
    for name in statements:
        if name not in known:
            raise ConfigError(f"no document has a part {name!r}{nearest(name, known)}")


def _section(
    form: Form,
    part: Part,
    figures: Figures,
    statements: Mapping[str, str],
    happened: Happened | None,
) -> Section:
    words = figures.words
    blocks: list[Block] = [Paragraph(words=part.ask[words.lang])]
    for name in part.fill:
        blocks += FILLS[name](figures, happened)
    stated = statements.get(f"{form.id}.{part.id}", "")
    if stated:
        blocks.append(Paragraph(label=words("stated"), words=stated))
    elif part.by:
        blocks.append(Gap(words=words("gap.text"), by=words(f"by.{part.by}")))
    return Section(id=f"{form.id}-{part.id}", title=part.title[words.lang], blocks=tuple(blocks))


# ---------------------------------------------------------------- what is known

Fill = Callable[[Figures, Happened | None], Sequence[Block]]


def _of(make: Callable[[Figures], Block]) -> Fill:
    return lambda figures, _: (make(figures),)


def _controls(*names: str) -> Fill:
    def made(figures: Figures, _: Happened | None) -> Sequence[Block]:
        there = {one.name: one for duty in figures.law.duties for one in duty.controls}
        rows = [
            (
                name,
                Said(text=there[name].does, lang="en"),
                figures.words("control.there") if not there[name].why_not
                else Said(text=there[name].why_not, lang="en"),
            )
            for name in names
            if name in there
        ]  # fmt: skip
        return (figures.table("duty.controls", ("control", "does", "there"), rows),)

    return made


def _recipients(figures: Figures, _: Happened | None) -> Sequence[Block]:
    about, tally = figures.about, figures.tally
    rows = [(name, "") for name in filter(None, (about.recipient, about.provider, about.country))]
    rows += [(name, str(count)) for name, count in tally.recipients]
    return (figures.table("fill.recipients", ("what", "count"), rows),)


def _purposes(figures: Figures, _: Happened | None) -> Sequence[Block]:
    rows = [(figures.about.purpose, "")] if figures.about.purpose else []
    rows += [(name, str(count)) for name, count in figures.tally.purposes]
    return (figures.table("fill.purposes", ("what", "count"), rows),)


def _happened(figures: Figures, happened: Happened | None) -> Sequence[Block]:
    if happened is None:
        return ()
    zone = figures.about.zone
    aware = happened.aware.astimezone(zone).isoformat(sep=" ", timespec="minutes")
    rows = [
        (figures.words("incident.number"), happened.number),
        (figures.words("incident.kind"), happened.kind),
        (figures.words("incident.aware"), aware),
    ]
    return (figures.table("incident.title", ("what", "value"), rows),)


def _clocks(figures: Figures, happened: Happened | None) -> Sequence[Block]:
    lang = figures.words.lang
    rows = [
        (
            one.clock.title[lang],
            one.clock.law,
            one.by.isoformat(sep=" ", timespec="minutes"),
            Said(text=f"{'⚖ ' if one.clock.verify else ''}{one.clock.source}", lang="en"),
        )
        for one in (happened.due if happened else ())
    ]
    return (figures.table("incident.clocks", ("clock", "law", "by", "source"), rows),)


FILLS: Mapping[str, Fill] = {
    "whose": _of(Figures.whose),
    "totals": _of(Figures.totals),
    "actions": _of(Figures.actions),
    "days": _of(Figures.days),
    "packs": _of(Figures.packs),
    "detectors": _of(Figures.detectors),
    "entities": _of(Figures.entities),
    "standings": _of(Figures.standings),
    "consents": _of(Figures.consents),
    "told": _of(Figures.told),
    "labels": lambda figures, _: figures.labels(),
    "errors": lambda figures, _: figures.errors(),
    "incidents": _of(Figures.incidents),
    "prohibited": _of(Figures.prohibited),
    "anchors": _of(Figures.anchors),
    "limits": lambda figures, _: figures.limits(),
    "rights": lambda figures, _: (Paragraph(words=figures.words("data.rights")),),
    "security": _controls("SEC", "LOG", "PDET", "CONS", "GEO"),
    "oversight": _controls("HITL", "KILL", "RIGHTS"),
    "keeping": _controls("RET", "LOG"),
    "recipients": _recipients,
    "purposes": _purposes,
    "happened": _happened,
    "clocks": _clocks,
}
"""What the product can say, by the name that the data uses."""


# ---------------------------------------------------------------- the data


def _form(raw: Mapping[str, object]) -> Form:
    match raw:
        case {
            "id": str(name),
            "law": str(law),
            "title": dict(title),
            "source": str(source),
            "verify_with_counsel": bool(verify),
            "parts": list(parts),
        }:
            return Form(
                id=name,
                law=law,
                obligation=tuple(_names(raw, "obligation")),
                packs=frozenset(_names(raw, "packs")),
                risks=frozenset(_names(raw, "risks")),
                incidents=frozenset(_names(raw, "incidents")),
                source=source,
                verify=verify,
                title=title,
                parts=tuple(map(_part, parts)),
            )
        case _:
            raise ConfigError(f"{DATA}: a document isn't as it must be")


def _part(raw: Mapping[str, object]) -> Part:
    fill = tuple(_names(raw, "fill"))
    for name in fill:
        if name not in FILLS:
            raise ConfigError(f"{DATA}: nothing fills {name!r}{nearest(name, FILLS)}")
    match raw:
        case {"id": str(name), "title": dict(title), "ask": dict(ask)}:
            return Part(id=name, title=title, ask=ask, fill=fill, by=str(raw.get("by", "")))
        case _:
            raise ConfigError(f"{DATA}: a part of a document isn't as it must be")


def _names(raw: Mapping[str, object], key: str) -> Iterator[str]:
    value = raw.get(key, [])
    yield from map(str, value if isinstance(value, list) else [])
