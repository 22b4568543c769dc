"""People: who is enrolled, and what is known of them when a decision is made."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from guardian.model.time import WallWindow


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the roster: somebody who agreed to be read and acted for. `email` is lower case."""

    email: str
    provider: str
    name: str = ""
    timezone: str | None = None
    manager: bool = False
    band: str | None = None

    @property
    def first_name(self) -> str:
        """How a message addresses them: `Ana` for "Ana Ruiz", "Ruiz, Ana" and "Dr. Ana Ruiz", else from the address."""
        family, comma, given = self.name.partition(",")
        words = [] if "@" in self.name else (given.split() or family.split() if comma else family.split())
        whole = next((word for word in words if not word.endswith(".")), None)
        part = next((part for part in self.email.split("@")[0].split(".") if part), self.email)
        return whole or part.capitalize()


@dataclass(frozen=True, slots=True)
class HolidayCalendar:
    """Public holidays of a country, or of one of its subdivisions, by the codes of the `holidays` package."""

    country: str
    subdivision: str | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """When somebody works: the zone, one window per working day, public holidays."""

    zone: ZoneInfo
    hours: tuple[WallWindow, ...]
    holidays: HolidayCalendar | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """An enrolled person with everything the policy and the mailbox say about them (resolved, nothing left to look up)."""

    person: Person
    teams: tuple[str, ...]
    groups: tuple[str, ...]
    schedule: Schedule

    @property
    def email(self) -> str:
        return self.person.email

    @property
    def zone(self) -> ZoneInfo:
        return self.schedule.zone
