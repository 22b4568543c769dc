"""Calendars as last read, and the numbers made from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from guardian.model.events import MeetingKey, Occurrence, StoredOccurrence
from guardian.model.health import CalendarState
from guardian.model.time import Interval
from guardian.reports.weeks import GroupWeek, PersonWeek, WeekColumns


@dataclass(frozen=True, slots=True)
class WindowRead:
    """A complete read of one calendar, to be stored in one transaction."""

    state: CalendarState
    occurrences: Sequence[Occurrence]
    weeks: Sequence[PersonWeek]


class Facts(Protocol):
    """Calendars as last read. Every method is one transaction."""

    def calendars(self) -> list[CalendarState]: ...

    def calendar(self, mailbox: str) -> CalendarState | None: ...

    def save_state(self, state: CalendarState) -> None:
        """Health and cursor only; occurrences stay."""
        ...

    def replace_window(self, read: WindowRead, now: datetime) -> None:
        """The read replaces everything stored inside its window, all or nothing.

        Occurrences that overlap `read.state.window` and are not in the read are removed. An occurrence whose time,
        people, title, organiser or answer differs from its last version gets a new version at `now`. The weeks
        replace stored weeks of that person.
        """
        ...

    def put_occurrence(self, occurrence: Occurrence, now: datetime) -> None:
        """One occurrence as it is after a write of ours (or removed, when cancelled), so that it is no news later."""
        ...

    def occurrences(self, mailbox: str, span: Interval | None = None) -> list[StoredOccurrence]:
        """Those that overlap the span, by start then event id."""
        ...

    def series_ranking(self, span: Interval, mailboxes: Sequence[str] | None, most: int) -> list[str]:
        """The series (by what `copies` takes) with guests that come twice or more in the span and take most time in these
        mailboxes, or in all, at most `most` of them. Answers are not looked at: the true order is made from the copies."""
        ...

    def copies(self, series_uid: str, span: Interval) -> list[StoredOccurrence]:
        """Every mailbox's occurrences of that series which overlap the span, by start."""
        ...

    def find(self, mailbox: str, event: str) -> StoredOccurrence | None:
        """By the provider's event id or by the text of a meeting key."""
        ...

    def versions(self, mailbox: str, meeting: MeetingKey) -> list[tuple[datetime, Occurrence]]:
        """Its history, oldest first."""
        ...

    def forget(self, mailbox: str, now: datetime) -> None:
        """Everything held about the person; the audit keeps a digest instead of the address, and so does the mark
        that the person left (`Registry.departed`)."""
        ...


@dataclass(frozen=True, slots=True)
class Belonging:
    """Where somebody's hours count: in these teams, and for money in this band."""

    teams: tuple[str, ...] = ()
    band: str | None = None


class Rollups(Protocol):
    """Numbers by week, kept beside the facts they are made from. Every method is one transaction."""

    def save_weeks(self, weeks: Sequence[PersonWeek], now: datetime) -> None:
        """As measured at `now`. What was measured after its week closed is final and stays; every week that changed is
        dirty until its sums are saved. Somebody's first numbers of a week that has closed, and of which a sum is shown
        already, are kept for that person and counted in no sum."""
        ...

    def weeks(self, first: str, last: str, people: Sequence[str] | None = None) -> list[PersonWeek]:
        """Stored person-weeks with `first <= week <= last` (like `2026-W47`), of these people or of all."""
        ...

    def columns(self, week: str) -> WeekColumns:
        """Everybody's stored numbers of that week, by person."""
        ...

    def teams(self, week: str) -> dict[str, tuple[str, ...]]:
        """Everybody who has numbers of that week, with the teams they were in."""
        ...

    def follow(self, people: Mapping[str, Belonging], now: datetime) -> None:
        """`people` are all who are enrolled, by address. Weeks that are not closed yet get the teams and the band people have
        now; those of anybody else go. What is closed stays as it was measured."""
        ...

    def dirty(self) -> Mapping[str, int]:
        """Weeks whose sums are old, with the stamp to give back to `save_groups`. The week after a changed one is among them:
        who came and who left is told against the week before."""
        ...

    def decided_otherwise(self, min_group: int) -> list[str]:
        """Weeks whose groups were hidden by another minimum."""
        ...

    def save_groups(self, week: str, stamp: int, groups: Sequence[GroupWeek], min_group: int) -> None:
        """These are all groups of that week. It stays dirty when it changed since `stamp`."""
        ...

    def groups(self, first: str, last: str, scope: str | None = None) -> list[GroupWeek]:
        """Stored sums with `first <= week <= last` of one scope or of all, by scope and week."""
        ...
