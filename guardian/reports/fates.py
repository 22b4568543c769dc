"""What became of an act of the guardian by the end of the week, and the calendar as it would be without it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from guardian.model.events import EventKind, EventRef, MeetingKey, Occurrence, Response
from guardian.model.time import Interval, When
from guardian.policy.titles import plain
from guardian.reports.facts import Standing, is_meeting, standing_of

REBOUND = timedelta(days=7)
"""So near a declined meeting comes back under another invitation."""


class Kind(StrEnum):
    DECLINED = "declined"
    SHORTENED = "shortened"


@dataclass(frozen=True, slots=True)
class Act:
    """One act of the guardian that touches this person's time.

    `before` is the person's own copy as it stood then. `vanished` is true where a declined meeting leaves the calendar
    (Outlook). `undone` acts save nothing. `likelihood` is how likely the person would have attended.
    """

    key: str
    kind: Kind
    at: datetime
    before: Occurrence
    vanished: bool = False
    undone: bool = False
    likelihood: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Fate:
    """`word` is `stands`, `moved`, `undone`, `accepted`, `cancelled` or `lengthened`. Without the act
    `gone` would not stand in the calendar and `back` would; back is None where nothing of it is left."""

    word: str
    gone: tuple[Occurrence, ...] = ()
    back: Occurrence | None = None

    @property
    def stands(self) -> bool:
        return self.word == "stands"

    @property
    def changes(self) -> bool:
        """Whether the calendar without the act is another one."""
        return self.back is not None


def undo(fates: Iterable[Fate], ended: Sequence[Occurrence]) -> list[Occurrence]:
    """The calendar as it ended, without these acts. A meeting that was both shortened and declined gets both back."""
    gone, back = set[EventRef](), dict[MeetingKey, Occurrence]()
    for fate in fates:
        gone |= {occurrence.ref for occurrence in fate.gone}
        if fate.back:
            key = fate.back.meeting
            back[key] = _both(back[key], fate) if key in back else fate.back
    return [*(o for o in ended if o.ref not in gone), *back.values()]


def _both(first: Occurrence, fate: Fate) -> Occurrence:
    assert fate.back is not None
    if fate.gone and fate.back.when != fate.gone[0].when:
        return replace(first, when=fate.back.when)
    return replace(first, response=fate.back.response)


def fate_of(act: Act, ended: Sequence[Occurrence], email: str, elsewhere: Mapping[MeetingKey, Occurrence]) -> Fate:
    """What became of it in the calendar as it ended (one copy of each meeting)."""
    if act.undone:
        return Fate("undone")
    own = next((o for o in ended if o.meeting == act.before.meeting), None)
    if act.kind is Kind.SHORTENED:
        return _of_shortened(act, own)
    if own is None:
        return _of_vanished(act, ended, email, elsewhere)
    if own.response is not Response.DECLINED:
        return Fate("accepted") if own.when == act.before.when else Fate("moved", (own,), _at(own, act.before.when))
    return _of_declined(replace(own, response=act.before.response), own, act, ended, email)


def _of_shortened(act: Act, own: Occurrence | None) -> Fate:
    if own is None:
        return Fate("cancelled")
    before, now = act.before.when, own.when
    if not isinstance(before, Interval) or not isinstance(now, Interval) or now.length >= before.length:
        return Fate("lengthened")
    inside = before.start <= now.start and now.end <= before.end
    return Fate("stands", (own,), _at(own, before if inside else Interval(now.start, now.start + before.length)))


def _of_vanished(act: Act, ended: Sequence[Occurrence], email: str, elsewhere: Mapping[MeetingKey, Occurrence]) -> Fate:
    """Gone by our own decline, or because it was called off. A copy of somebody else's says where it ended."""
    other = elsewhere.get(act.before.meeting)
    if not act.vanished or (other is not None and other.cancelled):
        return Fate("cancelled")
    back = _at(act.before, other.when) if other is not None else act.before
    return _of_declined(back, None, act, ended, email)


def _of_declined(back: Occurrence, own: Occurrence | None, act: Act, ended: Sequence[Occurrence], email: str) -> Fate:
    held = (own,) if own else ()
    again = next((o for o in ended if _is_rebound(act, o, email)), None)
    if again is None:
        return Fate("stands", held, back)
    return Fate("moved", (*held, again), _at(back, act.before.when))


def _at(occurrence: Occurrence, when: When) -> Occurrence:
    return replace(occurrence, when=when)


def _is_rebound(act: Act, other: Occurrence, email: str) -> bool:
    """The declined meeting under another invitation: made afterwards, by the same organiser, with half of its people at
    least, a similar title, within seven days."""
    first, made = act.before, other.created_at
    if other.meeting == first.meeting or made is None or made < act.at or other.organizer != first.organizer:
        return False
    if not first.organizer or not isinstance(first.when, Interval) or not isinstance(other.when, Interval):
        return False
    if abs(other.when.start - first.when.start) > REBOUND or not _similar(first.title, other.title):
        return False
    if not _share_people(first, other) or other.kind is not EventKind.MEETING or not other.busy:
        return False
    attends = other.response is not Response.DECLINED and standing_of(other) <= Standing.COUNTED
    return attends and is_meeting(other, email)


def _share_people(first: Occurrence, other: Occurrence) -> bool:
    people = {a.email for a in first.humans}
    return 2 * len(people & {a.email for a in other.humans}) >= len(people) > 0


def _similar(one: str, other: str) -> bool:
    """Half of the words of both together are in both; titles that are not shown are like no other."""
    left, right = set(plain(one).split()), set(plain(other).split())
    return 2 * len(left & right) >= len(left | right) > 0
