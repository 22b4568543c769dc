"""Who is invited, as far as it can be seen."""

from functools import lru_cache

from guardian.model.events import Occurrence


def others(occurrence: Occurrence) -> int:
    """How many other people are invited at least; lists count as one, rooms not at all."""
    return max(occurrence.guests, sum(1 for a in occurrence.attendees if not a.resource and not a.is_self))


def headcount(occurrence: Occurrence) -> tuple[int, bool]:
    """How many people at least, and whether that is all of them.

    Rooms do not count. A list that nobody has expanded counts as one person at least, and leaves the number open. Extra
    guests announced by an attendee count. The organiser counts where known.
    """
    people, extra, lists = set(), 0, False
    for attendee in occurrence.attendees:
        if not attendee.resource:
            people.add(attendee.email)
            extra += attendee.extra_guests
            lists = lists or attendee.group
    if occurrence.organizer and not _listed_under_another_name(occurrence):
        people.add(occurrence.organizer)
    return max(len(people) + extra, occurrence.guests + 1), occurrence.guests_known and not lists


def _listed_under_another_name(occurrence: Occurrence) -> bool:
    """The organiser is the person, already counted by another address of theirs, or no human but a shared calendar."""
    shared = occurrence.organizer.endswith("@group.calendar.google.com")
    return shared or (occurrence.is_organizer and any(a.is_self for a in occurrence.attendees))


def domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


@lru_cache(maxsize=1024)
def internal_domains(named: tuple[str, ...], own: str) -> tuple[str, ...]:
    """The policy's internal domains in lower case; the person's own where it names none."""
    return tuple(d.lower().removeprefix("@") for d in named) or (own,)


@lru_cache(maxsize=65536)
def _inside(address: str, internal: tuple[str, ...]) -> bool:
    return domain(address) in internal


def addresses(occurrence: Occurrence) -> list[str]:
    """Everybody who can be seen, the organiser included; rooms left out."""
    found = [a.email for a in occurrence.attendees if not a.resource]
    if occurrence.organizer:
        found.append(occurrence.organizer)
    return found


def somebody_outside(occurrence: Occurrence, internal: tuple[str, ...]) -> bool | None:
    """Is anybody's address outside these domains? A list counts by its own address. Unknown while guests are hidden and
    nobody from outside is in sight."""
    if any(not _inside(a, internal) for a in addresses(occurrence)):
        return True
    return False if occurrence.guests_known and not occurrence.private else None


def somebody_of(occurrence: Occurrence, domains: tuple[str, ...]) -> bool | None:
    """Is anybody of these domains or of their sub-domains? Unknown while guests are hidden and none is in sight."""
    seen = (domain(a) for a in addresses(occurrence))
    if any(d == wanted or d.endswith("." + wanted) for d in seen for wanted in domains):
        return True
    return False if occurrence.guests_known and not occurrence.private else None
