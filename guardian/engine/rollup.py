"""The sums of groups follow the person-weeks they are made from."""

from guardian.engine.house import Engine, enrolled
from guardian.model.time import Week
from guardian.reports.groups import group_weeks


def refresh_groups(engine: Engine) -> int:
    """Sum anew what changed since the last time; gives the number of weeks. What is hidden is decided here, once for all views.

    Of people who left the roster only closed weeks go on counting.
    """
    rollups = engine.store.rollups
    rollups.drop_open_weeks([person.email for person in enrolled(engine)], engine.clock())
    rollups.spoil(engine.min_group)
    waiting = rollups.dirty()
    for week in sorted({*waiting, *(_after(week) for week in waiting)}):
        weeks, before = rollups.weeks(week, week), rollups.weeks(_before(week), _before(week))
        rollups.save_groups(week, waiting.get(week, 0), group_weeks(weeks, before, engine.min_group), engine.min_group)
    return len(waiting)


def _after(week: str) -> str:
    """How many came and left is told against the week before, so the week after is summed with it."""
    return str(Week.parse(week).next())


def _before(week: str) -> str:
    return str(Week.parse(week).previous())
