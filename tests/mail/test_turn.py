"""When a mail is due, by the reader's own clock, around holidays and clock changes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from guardian.engine.mail_turn import Turn
from guardian.model.people import HolidayCalendar, Schedule
from guardian.model.time import WallWindow, Week, zone_named

MONDAY = Turn(0, 8)
WORKDAYS = frozenset(range(5))


def schedule(zone: str, country: str | None = None, days: frozenset[int] = WORKDAYS) -> Schedule:
    calendar = HolidayCalendar(country) if country else None
    return Schedule(zone_named(zone), (WallWindow(days, 9 * 60, 17 * 60),), calendar)


@pytest.mark.parametrize(
    ("turn", "zone", "country", "week", "due"),
    [
        (MONDAY, "Europe/Berlin", None, "2026-W47", "2026-11-23T07:00"),
        (MONDAY, "America/New_York", None, "2026-W47", "2026-11-23T13:00"),
        (MONDAY, "Asia/Kolkata", None, "2026-W47", "2026-11-23T02:30"),
        (MONDAY, "Pacific/Kiritimati", None, "2026-W47", "2026-11-22T18:00"),
        (MONDAY, "Europe/Berlin", None, "2026-W12", "2026-03-23T07:00"),
        (MONDAY, "Europe/Berlin", None, "2026-W13", "2026-03-30T06:00"),  # clocks went forward on Sunday
        (MONDAY, "Europe/Berlin", None, "2026-W43", "2026-10-26T07:00"),  # and back
        (MONDAY, "America/Sao_Paulo", None, "2026-W13", "2026-03-30T11:00"),
        (Turn(4, 0), "Africa/Cairo", None, "2026-W16", "2026-04-23T22:00"),  # 00:00 does not exist that Friday
        (MONDAY, "Europe/Berlin", "DE", "2026-W14", "2026-04-07T06:00"),  # Easter Monday -> Tuesday
        (MONDAY, "Europe/Berlin", "DE", "2026-W53", "2027-01-04T07:00"),
        (Turn(4, 9), "Europe/Berlin", "DE", "2026-W13", "2026-04-07T07:00"),  # Good Friday -> Tuesday after Easter
        (Turn(2, 8), "Europe/Berlin", None, "2026-W47", "2026-11-25T07:00"),
    ],
)
def test_the_moment(turn: Turn, zone: str, country: str | None, week: str, due: str) -> None:
    place, about = schedule(zone, country), Week.parse(week)
    moment = datetime.fromisoformat(f"{due}:00+00:00").astimezone(UTC)
    assert turn.moment(about, place) == moment
    assert turn.due(place, moment) == about
    assert turn.due(place, moment - timedelta(seconds=1)) != about


def test_somebody_who_works_from_tuesday_on_gets_it_on_tuesday() -> None:
    moment = MONDAY.moment(Week.parse("2026-W47"), schedule("Europe/Berlin", days=frozenset({1, 2})))
    assert moment == datetime(2026, 11, 24, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "week"),
    [
        ("2026-11-23T06:59", None),  # nothing of the week before last is sent, however late it is
        ("2026-11-23T07:00", "2026-W47"),
        ("2026-11-25T03:00", "2026-W47"),  # the service was down on Monday
        ("2026-11-29T22:59", "2026-W47"),
        ("2026-11-29T23:00", None),
    ],
)
def test_only_the_week_that_just_ended_is_ever_due(now: str, week: str | None) -> None:
    found = MONDAY.due(schedule("Europe/Berlin"), datetime.fromisoformat(f"{now}:00+00:00").astimezone(UTC))
    assert found == (Week.parse(week) if week else None)


def test_a_friday_mail_pushed_into_the_next_week_goes_out_there() -> None:
    place = schedule("Europe/Berlin", "DE")
    assert Turn(4, 9).due(place, datetime(2026, 4, 7, 12, tzinfo=UTC)) == Week.parse("2026-W13")
    assert Turn(4, 9).due(place, datetime(2026, 4, 8, 12, tzinfo=UTC)) is None


def test_without_a_working_day_there_is_no_mail() -> None:
    place = schedule("Europe/Berlin", days=frozenset())
    assert MONDAY.moment(Week.of(date(2026, 11, 16)), place) is None
