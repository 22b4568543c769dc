"""Who is in a meeting, as the numbers need it. Names and addresses are looked at and not kept."""

from collections.abc import Collection
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from guardian.model.events import Occurrence, Response

CALENDAR_DOMAINS = ("group.calendar.google.com", "resource.calendar.google.com")
"""Where organisers live that are calendars, not people."""

# Looked up once: this is asked for every guest of every meeting.
_DECLINED, _UNANSWERED = Response.DECLINED, Response.NEEDS_ACTION

SMALL = 8
ALL_HANDS = 50
ALL_HANDS_SHARE = 0.3


class Size(StrEnum):
    ONE_ON_ONE = "one_on_one"
    SMALL = "small"
    LARGE = "large"
    ALL_HANDS = "all_hands"
    UNKNOWN = "unknown"


_ONE_ON_ONE, _SMALL, _LARGE, _ALL_HANDS, _UNKNOWN = Size


class Crowd(NamedTuple):
    """`company` is whether the person is not alone: two people at least, of whom one other has not declined (a list is
    somebody). `people` is how many are invited, at least; `all_seen` whether that is all of them (no list that nobody expanded, no
    hidden guests). `counted` are those inside the organisation who count as attending (organiser, accepted, tentative, or
    required without an answer), the person of the copy included where they do not decline."""

    company: bool
    people: int
    all_seen: bool
    outside: bool
    counted: int

    def size(self, organisation: int = 0) -> Size:
        """2, 3 to 8, 9 to 49, and 50 or more or 30 % of the organisation; unknown where the rest could change the class."""
        people = self.people
        if people >= ALL_HANDS or (people > SMALL and organisation and people >= ALL_HANDS_SHARE * organisation):
            return _ALL_HANDS
        if not self.all_seen:
            return _UNKNOWN
        if people > SMALL:
            return _LARGE
        return _SMALL if people > 2 else _ONE_ON_ONE


def crowd_of(occurrence: Occurrence, email: str, inside: Collection[str] = ()) -> Crowd:
    """Who is in it, as the copy of `email` shows it. Rooms are nobody. Without domains in `inside` nobody is outside.

    One loop, because it is most of what measuring a calendar costs.
    """
    others = extra = counted = brought = 0
    own = lists = outside = present = False
    at_home = _endings(tuple(inside))
    seen: set[str] = set()
    for attendee in occurrence.attendees:
        if attendee.resource:
            continue
        address, response = attendee.email, attendee.response
        seen.add(address)
        if attendee.extra_guests:
            extra += attendee.extra_guests
        stranger = not address.endswith(at_home)
        if stranger:
            outside = True
        if attendee.is_self or address == email:
            own = True
            brought += attendee.extra_guests if attendee.is_self else 0
            continue
        others += 1
        if attendee.group:
            lists = True
        if response is not _DECLINED:
            present = True
            if not (stranger or attendee.group or (attendee.optional and response is _UNANSWERED)):
                counted += 1
    organizer = occurrence.organizer
    if organizer and organizer not in seen and _organises_unlisted(occurrence, email):
        seen.add(organizer)
        others += 1
        present = True
        stranger = not organizer.endswith(at_home)
        outside = outside or stranger
        counted += not stranger
    itself = 0 if own or "@" not in email else 1
    hidden = bool(occurrence.guests) and (occurrence.private or not occurrence.guests_known)
    # Somebody whose own address is unknown may be the only one listed; then one row is one person, not two.
    met = present and ("@" in email or others >= 2 or own or lists)
    return Crowd(
        hidden or met or (not present and brought > 0),
        max(len(seen) + extra + itself, occurrence.guests + 1),
        occurrence.guests_known and not lists,
        outside,
        counted + (occurrence.response is not _DECLINED),
    )


def _organises_unlisted(occurrence: Occurrence, email: str) -> bool:
    """Whether somebody else organises whom the service does not list; calendars that organise are not people."""
    organizer = occurrence.organizer
    if occurrence.is_organizer or organizer == email or organizer.endswith(CALENDAR_DOMAINS):
        return False
    if not occurrence.attendees:
        return not occurrence.guests_known
    return not any(a.email == organizer for a in occurrence.attendees)


@lru_cache(maxsize=1024)
def _endings(inside: tuple[str, ...]) -> tuple[str, ...]:
    """How the addresses inside end; every address does where no domain is given."""
    return tuple(f"@{domain}" for domain in inside) or ("",)
