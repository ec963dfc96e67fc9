"""Clocks of the law: by when somebody must be told, in hours, days and working days.

How long is data (`calendars.yaml`), with where it was read; which days are worked on is, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache
from importlib.resources import files

import yaml

from guardrail.errors import ConfigError

DATA = "calendars.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """On which days a country works."""

    id: str
    source: str
    holidays: Mapping[date, str]
    worked: frozenset[date]
    """Saturdays and Sundays that are working days by decree."""

    @property
    def years(self) -> range:
        """The years that the calendar knows the holidays of."""
        known = [day.year for day in self.holidays]
        return range(min(known), max(known) + 1)

    def works(self, day: date) -> bool:
        """Tell whether `day` is a working day.

        Raises:
            ConfigError: the calendar doesn't know that year's holidays.
        """
        if day.year not in self.years:
            raise ConfigError(
                f"the calendar {self.id} has no holidays of {day.year}",
                fix="install a newer version of guardrail",
            )
        if day in self.worked:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def after(self, day: date, working_days: int) -> date:
        """Return the last day of a term of working days that begins on the day after `day`.

        Raises:
            ConfigError: the calendar doesn't know a year's holidays.
        """
        while working_days:
            day += timedelta(days=1)
            working_days -= self.works(day)
        return day


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A term: who must be told of what, within which time of somebody's becoming aware."""

    id: str
    law: str
    incidents: frozenset[str]
    """Kinds of incident that start it."""
    hours: int = 0
    days: int = 0
    working_days: int = 0
    source: str = ""
    verify: bool = True
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A clock that runs."""

    clock: Clock
    by: datetime
    """The last moment, in the zone of the law's country."""


def running(kind: str, aware: datetime, *, zone: tzinfo) -> tuple[Due, ...]:
    """Return the clocks that an incident starts, the shortest first.

    Args:
        kind: of the incident, as ``breach`` or ``serious.death``.
        aware: when somebody became aware of it.
        zone: whose days the working days are.

    Raises:
        ConfigError: the calendar doesn't know a year's holidays.
    """
    due = [
        Due(clock=clock, by=_by(clock, aware, zone))
        for clock in clocks()
        if kind in clock.incidents
    ]
    return tuple(sorted(due, key=lambda one: (one.by, one.clock.id)))


def _by(clock: Clock, aware: datetime, zone: tzinfo) -> datetime:
    if clock.hours:
        return (aware + timedelta(hours=clock.hours)).astimezone(zone)
    day = aware.astimezone(zone).date()
    if clock.working_days:
        last = calendars()["kz"].after(day, clock.working_days)
    else:
        last = day + timedelta(days=clock.days)
    return datetime.combine(last, time(23, 59, 59), zone)


def kinds() -> tuple[str, ...]:
    """Return the kinds of incident that some clock knows, sorted."""
    return tuple(sorted({kind for clock in clocks() for kind in clock.incidents}))


@cache
def calendars() -> Mapping[str, Calendar]:
    """Return the calendars by the country that they are of."""
    return {name: _calendar(name, raw) for name, raw in _data().calendars.items()}


@cache
def clocks() -> tuple[Clock, ...]:
    """Return all clocks."""
    return tuple(map(_clock, _data().clocks))


def _calendar(name: str, raw: Mapping[str, object]) -> Calendar:
    match raw:
        case {"source": str(source), "holidays": dict(holidays), "worked": list(worked)}:
            days = {date.fromisoformat(str(day)): str(what) for day, what in holidays.items()}
            on = frozenset(date.fromisoformat(str(day)) for day in worked)
            return Calendar(id=name, source=source, holidays=days, worked=on)
        case _:
            raise ConfigError(f"{DATA}: the calendar {name} isn't as it must be")


def _clock(raw: Mapping[str, object]) -> Clock:
    match raw:
        case {
            "id": str(name),
            "law": str(law),
            "incidents": list(incidents),
            "source": str(source),
            "verify_with_counsel": bool(verify),
            "title": dict(title),
        }:
            terms = {key: _whole(raw.get(key, 0)) for key in ("hours", "days", "working_days")}
            return Clock(
                id=name,
                law=law,
                incidents=frozenset(map(str, incidents)),
                source=source,
                verify=verify,
                title=title,
                **terms,
            )
        case _:
            raise ConfigError(f"{DATA}: a clock isn't as it must be")


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


@dataclass(frozen=True, slots=True)
class _Data:
    calendars: Mapping[str, Mapping[str, object]]
    clocks: Sequence[Mapping[str, object]]


@cache
def _data() -> _Data:
    return _Data(**yaml.safe_load(files("guardrail.audit").joinpath(DATA).read_text("utf-8")))
