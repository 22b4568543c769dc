"""Which series could be a written update: shown with every reason, proposed to the organiser, never done.

A calendar does not say everything one would like to ask. Descriptions are not kept, so only titles are looked at. What was
cancelled leaves the calendar, so "cancelled or shortened" is what was shortened or moved. Where a series ends is not told,
so "no end" is: still planned as far ahead as calendars are read.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from guardian.policy.titles import TitlePattern, plain
from guardian.reports.crowd import Size
from guardian.reports.series import SeriesRow
from guardian.reports.written import READ, WRITE, Saving, Template, template_for

FORTNIGHT_DAYS = 15
"""Two weeks and a day: a holiday moves an occurrence by one."""

FEWEST_OCCURRENCES = 4
FEWEST_PEOPLE = 4
LONGEST_MINUTES = 60
SUGGESTED_FROM = 4
WORKING_DAYS = 5
KEEP = "keep"

UPDATE_WORDS = (
    "status", "standup", "stand-up", "stand up", "sync", "sync-up", "syncup", "update", "updates", "check-in", "check in",
    "checkin", "round-up", "round up", "roundup",
)  # fmt: skip
"""Titles of meetings in which people tell each other what they could write."""

CALLS = {
    "a 1:1": ("1:1", "1-1", "1on1", "one-on-one", "one on one"),
    "an interview": ("interview*", "hiring"),
    "a retrospective": ("retro", "retros", "retrospective*"),
    "about incidents": ("incident*", "outage*", "postmortem*", "post-mortem*", "war room"),
    "for decisions": ("decision*", "decide", "steering"),
    "training": ("training*", "workshop*", "onboarding", "lesson*", "course"),
    "for everybody": ("all-hands", "all hands", "allhands", "town hall", "townhall"),
    "social time": ("social", "coffee", "lunch", "drinks", "team building", "brainstorm*"),
}
"""What a call is right for, by the words in the title."""


def _patterns(words: tuple[str, ...]) -> tuple[TitlePattern, ...]:
    return tuple(TitlePattern(word) for word in words)


_UPDATES = _patterns(UPDATE_WORDS)
_CALLS = {what: _patterns(words) for what, words in CALLS.items()}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for a written update, with its points."""

    points: int
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is to be said about one series. `against` says why it is none, empty where it may be one; `saving` shows what it
    would save each time and of what that is made; `template` is ready to be used."""

    row: SeriesRow
    reasons: tuple[Reason, ...]
    against: tuple[str, ...]
    saving: Saving
    template: Template

    @property
    def score(self) -> int:
        return sum(reason.points for reason in self.reasons)

    @property
    def suggested(self) -> bool:
        """Whether to propose it to the organiser."""
        return not self.against and self.score >= SUGGESTED_FROM and self.saving.saved > 0

    @property
    def saved_each_week(self) -> float:
        """What it would save a week in its own rhythm, 0 where that is not known. What comes every day comes on working days."""
        days = self.row.rhythm_days
        return self.saving.saved * min(7 / days, WORKING_DAYS) if days else 0.0


def judge_series(row: SeriesRow, write: float = WRITE, read: float = READ) -> Candidate:
    """Whether that series could be a written update. Everybody who attends writes and reads; `write` and `read` are minutes."""
    saving = Saving(row.inside, row.minutes, row.inside, row.inside, write, read)
    return Candidate(row, tuple(_reasons(row)), tuple(_against(row)), saving, template_for(row.rhythm_days))


def candidates(rows: list[SeriesRow], write: float = WRITE, read: float = READ) -> list[Candidate]:
    """The series to propose, the one that saves most a week first."""
    judged = (judge_series(row, write, read) for row in rows)
    return sorted((c for c in judged if c.suggested), key=lambda c: (-c.saved_each_week, c.row.series))


def _against(row: SeriesRow) -> Iterator[str]:
    if row.private:
        yield "private"
        return
    if row.rhythm_days is None or row.rhythm_days > FORTNIGHT_DAYS:
        yield "less often than every two weeks"
    if row.in_eight_weeks < FEWEST_OCCURRENCES:
        yield f"fewer than {FEWEST_OCCURRENCES} times in eight weeks"
    if row.people < FEWEST_PEOPLE:
        yield f"fewer than {FEWEST_PEOPLE} people"
    if row.external:
        yield "somebody from outside is in it"
    if row.minutes > LONGEST_MINUTES:
        yield f"longer than {LONGEST_MINUTES} minutes"
    if row.size is Size.ALL_HANDS:
        yield "for everybody"
    if KEEP in row.labels:
        yield f"labelled '{KEEP}'"
    title = plain(row.title)
    yield from (f"{what}, by its title" for what, words in _CALLS.items() if any(w.found_in(title) for w in words))


def _reasons(row: SeriesRow) -> Iterator[Reason]:
    title = plain(row.title)
    if any(word.found_in(title) for word in _UPDATES):
        yield Reason(2, "its title says that people bring each other up to date")
    if row.readable and 2 * row.lacking >= row.readable:
        yield Reason(2, f"no agenda in {row.lacking} of {row.readable}")
    silent = row.unanswered + row.declined
    if row.asked and 10 * silent >= 3 * row.asked:
        yield Reason(1, f"{_percent(silent, row.asked)} of answers are missing or no")
    if row.asked and 10 * row.optional >= 3 * row.asked:
        yield Reason(1, f"{_percent(row.optional, row.asked)} are optional")
    if 4 * (row.shorter + row.moved) >= row.occurrences:
        yield Reason(1, f"shortened or moved {row.shorter + row.moved} times in {row.occurrences}")
    if row.people >= 8:
        yield Reason(1, f"{row.people} are invited")
    if row.planned_weeks and row.planned_weeks + (row.rhythm_days or 0) / 7 >= row.horizon_weeks:
        yield Reason(1, f"no end in sight: still planned {row.planned_weeks} weeks ahead, as far as calendars are read")
    if row.organizers == 1 and row.readable and 2 * row.documented >= row.readable:
        yield Reason(1, "one person organises it and writes it down already")


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}"
