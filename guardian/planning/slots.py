"""Free alternatives: times that suit every enrolled person of a meeting."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice, zip_longest
from zoneinfo import ZoneInfo

from guardian.model.events import EventKind, Occurrence, Response, StoredOccurrence
from guardian.model.people import Member
from guardian.model.time import Interval, as_interval, days_between, intersect, local_date, subtract, union
from guardian.planning.protected import hours_on

QUARTER = timedelta(minutes=15)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

HORIZON = 10
"""Working days that are searched, counted from the day of the meeting."""

CALENDAR_DAYS = 42
"""No search goes further than this, however few working days there are."""

Times = Mapping[str, Sequence[Interval]]


def alternatives(
    meeting: Occurrence,
    members: Sequence[Member],
    busy: Times,
    closed: Times,
    earliest: datetime,
    count: int,
    horizon: int = HORIZON,
) -> list[Interval]:
    """Up to `count` times of the meeting's length in which all of `members` are free, ascending.

    `busy` and `closed` (focus windows, meeting-free days) are by address. Each time lies inside everybody's working
    hours, starts on a quarter of an hour and not before `earliest`. Different days come before a second time on one day.
    The search begins on the day of the meeting and covers `horizon` days on which everybody works.
    """
    if not members or count < 1 or not isinstance(meeting.when, Interval) or meeting.when.minutes < 1:
        return []
    length, zone = meeting.when.length, members[0].zone
    first = local_date(max(meeting.when.start, earliest), zone)
    taken = _taken(members, busy, closed, meeting.when, first, zone)
    days = islice(_shared_days(members, first), horizon)
    offers = [list(islice(_fit(day, taken, earliest, length), count)) for day in days]
    turns = chain.from_iterable(zip_longest(*offers))
    return sorted(islice((slot for slot in turns if slot is not None), count))


def span(meeting: Occurrence, earliest: datetime, zone: ZoneInfo) -> list[date]:
    """The local days a search may touch: what `closed` has to cover for each member (a day more on both sides)."""
    first = local_date(max(as_interval(meeting.when, zone).start, earliest), zone)
    return list(days_between(first - timedelta(days=1), first + timedelta(days=CALENDAR_DAYS + 1)))


def busy_times(stored: Iterable[StoredOccurrence], zone: ZoneInfo) -> list[Interval]:
    """When the person is taken: everything busy that is not declined; working locations say nothing."""
    return union(as_interval(o.when, zone) for o in (s.occurrence for s in stored) if is_busy(o))


def is_busy(occurrence: Occurrence) -> bool:
    counts = occurrence.busy and not occurrence.cancelled and occurrence.kind is not EventKind.WORKING_LOCATION
    return counts and occurrence.response is not Response.DECLINED


def _taken(
    members: Sequence[Member], busy: Times, closed: Times, now_at: Interval, first: date, zone: ZoneInfo
) -> list[Interval]:
    """Everybody's taken time within reach of the search, and the time the meeting has now."""
    reach = _reach(first, zone)
    everybody = (i for m in members for times in (busy, closed) for i in times.get(m.email, ()))
    return union([now_at, *(i for i in everybody if i.overlaps(reach))])


def _reach(first: date, zone: ZoneInfo) -> Interval:
    """The whole reach of a search that begins on that local day, with a day to spare on both sides."""
    start = datetime(first.year, first.month, first.day, tzinfo=zone).astimezone(UTC)
    return Interval(start - timedelta(days=1), start + timedelta(days=CALENDAR_DAYS + 2))


def _shared_days(members: Sequence[Member], first: date) -> Iterator[list[Interval]]:
    """Day by day (of the first member's zone) the time inside everybody's working hours, days without any left out.

    Somebody else's day of the same date may begin before or end after it; so the days beside it are looked at too.
    """
    for day in days_between(first, first + timedelta(days=CALENDAR_DAYS)):
        shared = hours_on(members[0], day)
        for member in members[1:]:
            near = days_between(day - timedelta(days=1), day + timedelta(days=1))
            shared = intersect(shared, [i for d in near for i in hours_on(member, d)]) if shared else []
        if shared:
            yield shared


def _fit(day: list[Interval], taken: list[Interval], earliest: datetime, length: timedelta) -> Iterator[Interval]:
    """Disjoint times of that length in what is left of the day."""
    for piece in subtract(day, _around(day, taken)):
        start = next_quarter(max(piece.start, earliest))
        while start + length <= piece.end:
            yield Interval(start, start + length)
            start = next_quarter(start + length)


def _around(day: list[Interval], taken: list[Interval]) -> list[Interval]:
    reach = Interval(day[0].start, day[-1].end)
    return [i for i in taken if i.overlaps(reach)]


def next_quarter(instant: datetime) -> datetime:
    """The instant itself or the first quarter of an hour after it."""
    return EPOCH + -(-(instant - EPOCH) // QUARTER) * QUARTER
