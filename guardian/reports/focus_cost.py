"""How much focus time one meeting costs. These costs do not sum: what two meetings break together neither breaks alone."""

from collections.abc import Iterable

from guardian.model.events import MeetingKey, Occurrence
from guardian.model.time import DayRange, Week, local_days
from guardian.reports.load import Gauge, weeks_of


def focus_cost(occurrences: Iterable[Occurrence], gauge: Gauge, meeting: MeetingKey) -> int:
    """The minutes of focus time this person would have more without the meeting; the cost of a meeting is the sum over those
    who attend."""
    every = list(occurrences)
    others = [o for o in every if o.meeting != meeting]
    weeks = _weeks([o for o in every if o.meeting == meeting], gauge)
    without, held = weeks_of(others, gauge, weeks), weeks_of(every, gauge, weeks)
    return sum(w.focus_minutes for w in without) - sum(w.focus_minutes for w in held)


def _weeks(copies: Iterable[Occurrence], gauge: Gauge) -> list[Week]:
    timed = [o.when for o in copies if not isinstance(o.when, DayRange)]
    return sorted({Week.of(day) for when in timed for day in local_days(when, gauge.schedule.zone)})
