"""The sums of groups follow the person-weeks they are made from."""

from guardian.engine.house import Engine
from guardian.engine.people import members
from guardian.model.time import Week
from guardian.ports import Belonging
from guardian.reports.groups import decided_anew, group_weeks


def refresh_groups(engine: Engine) -> int:
    """Sum anew what changed since the last time; gives the number of weeks. What is hidden is decided here, once for all views.

    Weeks that are still open follow roster and policy: they count in the teams people are in now, and of people who are no
    longer enrolled they go. Under another minimum all weeks are decided anew, and their sums stay: some of the person-weeks
    they were made from may be gone.
    """
    rollups = engine.store.rollups
    rollups.follow({e: Belonging(m.teams, m.person.band) for e, m in members(engine).items()}, engine.clock())
    hide_anew(engine)
    waiting = rollups.dirty()
    for week in sorted(waiting):
        before = rollups.teams(str(Week.parse(week).previous()))
        groups = group_weeks(rollups.columns(week), before, engine.min_group)
        rollups.save_groups(week, waiting[week], groups, engine.min_group)
    return len(waiting)


def hide_anew(engine: Engine) -> None:
    """Under another minimum than they were decided by, all weeks are decided anew from their sums. Done before anything is
    read, so that a raised minimum does not wait for the next pass."""
    rollups = engine.store.rollups
    for week in rollups.decided_otherwise(engine.min_group):
        groups = decided_anew(rollups.groups(week, week), rollups.teams(week), engine.min_group)
        rollups.save_groups(week, 0, groups, engine.min_group)
