"""How long things are kept: once a day a pass lets go of what is older."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

from guardian.engine.house import Engine, renew
from guardian.model.time import Week

CHORE = "retention"
EVERY = timedelta(hours=24)


def retain(engine: Engine) -> Mapping[str, int]:
    """Let go of what is older than the settings say, at most once a day; how many rows went, by table."""
    now, upkeep = engine.clock(), engine.store.upkeep
    last = upkeep.done_at(CHORE)
    if last is not None and timedelta() <= now - last < EVERY:
        return {}
    renew(engine)
    read_from = engine.reach.window(now).start  # what is read again every day is never too old
    gone = dict(upkeep.expire(min(now - timedelta(days=engine.keep.raw_days), read_from), now))
    gone["weeks"] = upkeep.expire_weeks(str(Week.of(months_before(now.date(), engine.keep.months))))
    upkeep.note(CHORE, now)
    return gone


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months ago, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
