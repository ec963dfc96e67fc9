from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.audit.clocks import calendars, clocks, kinds, running
from guardrail.errors import ConfigError

ALMATY = ZoneInfo("Asia/Almaty")
KZ = calendars()["kz"]


def by(kind: str, aware: datetime) -> dict[str, str]:
    return {
        due.clock.id: due.by.isoformat(timespec="minutes")
        for due in running(kind, aware, zone=ALMATY)
    }


def test_one_working_day_ends_at_the_end_of_the_next_one() -> None:
    monday = datetime(2026, 11, 2, 10, tzinfo=ALMATY)
    assert by("breach", monday)["kz.breach.authority"] == "2026-11-03T23:59+05:00"


def test_a_weekend_is_no_working_day() -> None:
    friday = datetime(2026, 11, 6, 18, tzinfo=ALMATY)
    found = by("breach", friday)
    assert found["kz.breach.authority"] == "2026-11-09T23:59+05:00"
    assert found["gdpr.breach.authority"] == "2026-11-09T18:00+05:00"


def test_nauryz_puts_one_working_day_behind_the_72_hours() -> None:
    friday = datetime(2026, 3, 20, 15, tzinfo=ALMATY)
    found = by("breach", friday)
    assert found["kz.breach.authority"] == "2026-03-26T23:59+05:00"
    assert found["gdpr.breach.authority"] == "2026-03-23T15:00+05:00"


def test_the_day_is_kazakhstans_not_utcs() -> None:
    late_sunday_in_utc = datetime(2026, 11, 1, 20, tzinfo=UTC)
    assert by("breach", late_sunday_in_utc)["kz.breach.authority"] == "2026-11-03T23:59+05:00"


@pytest.mark.parametrize(
    ("kind", "days"), [("serious", 15), ("serious.death", 10), ("serious.widespread", 2)]
)
def test_each_serious_incident_has_its_own_clock(kind: str, days: int) -> None:
    aware = datetime(2027, 12, 3, 9, tzinfo=ALMATY)
    (due,) = running(kind, aware, zone=ALMATY)
    assert due.by.date() == aware.date() + timedelta(days=days)


def test_a_year_that_the_calendar_doesnt_know_is_told() -> None:
    with pytest.raises(ConfigError, match="no holidays of 2031"):
        running("breach", datetime(2031, 1, 5, tzinfo=UTC), zone=ALMATY)


@pytest.mark.parametrize("year", KZ.years)
def test_the_holidays_are_those_that_others_know(year: int) -> None:
    known = holidays.country_holidays("KZ", years=year)
    assert {day for day in KZ.holidays if day.year == year} == set(known)


@given(st.dates(date(2026, 1, 1), date(2028, 11, 30)), st.integers(1, 15))
def test_every_term_ends_on_a_working_day_with_that_many_within(day: date, term: int) -> None:
    end = KZ.after(day, term)
    within = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]
    assert KZ.works(end)
    assert sum(map(KZ.works, within)) == term


def test_every_clock_says_where_it_was_read_in_three_languages() -> None:
    for clock in clocks():
        assert clock.source
        assert tuple(clock.title) == ("kk", "ru", "en")
        assert clock.hours + clock.days + clock.working_days > 0
    assert kinds() == ("breach", "serious", "serious.death", "serious.widespread")
