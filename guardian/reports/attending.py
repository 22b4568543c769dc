"""One meeting as all mailboxes show it: who attends, and what can be seen of it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from guardian.model.events import Attendee, EventKind, MeetingKey, Occurrence, Response, StoredOccurrence
from guardian.model.time import Interval
from guardian.reports.crowd import CALENDAR_DOMAINS, Crowd, crowd_of
from guardian.reports.facts import LONGEST_MEETING, Standing, is_late, standing_of
from guardian.reports.spans import length, span


@dataclass(frozen=True, slots=True)
class Together:
    """One meeting (one occurrence of a series), put together from its copies.

    `view` is the copy that shows most. `attending` are the addresses inside that count as attending: the organiser,
    accepted, tentative, required without an answer. `at_least` is true where more may be in it than can be seen. `moved` is
    true when its time was changed after it was first read. The answers are those of the people inside but the organiser.
    """

    key: MeetingKey
    view: Occurrence
    when: Interval
    minutes: int
    attending: frozenset[str]
    crowd: Crowd
    at_least: bool
    private: bool
    late: bool
    moved: bool
    created_at: datetime
    accepted: int = 0
    tentative: int = 0
    declined: int = 0
    unanswered: int = 0
    optional: int = 0

    @property
    def person_minutes(self) -> int:
        """Its length times those attending inside: a list price, with everybody's whole time."""
        return self.minutes * len(self.attending)

    @property
    def asked(self) -> int:
        return self.accepted + self.tentative + self.declined + self.unanswered


def meetings_of(copies: Iterable[StoredOccurrence], inside: Collection[str] = ()) -> list[Together]:
    """The meetings that these copies are of, by start. What is cancelled, shown as free, all-day, longer than ten hours or
    without company everywhere is none. `inside` are the organisation's domains; without any nobody is outside."""
    by_key: dict[MeetingKey, list[StoredOccurrence]] = {}
    for copy in copies:
        if copy.occurrence.meeting.series_uid:
            by_key.setdefault(copy.occurrence.meeting, []).append(copy)
    found = [made for key, same in by_key.items() if (made := _together(key, same, inside))]
    return sorted(found, key=lambda m: (m.when.start, m.key))


def _together(key: MeetingKey, copies: Sequence[StoredOccurrence], inside: Collection[str]) -> Together | None:
    held = [copy for copy in copies if _may_be_held(copy.occurrence)]
    if not held:
        return None
    view = max(held, key=_shows).occurrence
    crowd = crowd_of(view, view.ref.mailbox, inside)
    if not isinstance(view.when, Interval) or not crowd.company:
        return None
    answers = _answers(view, [copy.occurrence for copy in held], inside)
    counts = dict.fromkeys(Response, 0)
    for address, answer in answers.items():
        if address != view.organizer:
            counts[answer.response] += 1
    first, last = span(view.when)
    return Together(
        key=key,
        view=view,
        when=view.when,
        minutes=last - first,
        attending=frozenset(a for a, answer in answers.items() if _attends(answer, organises=a == view.organizer)),
        crowd=crowd,
        at_least=not crowd.all_seen,
        private=any(copy.occurrence.private for copy in held),
        late=is_late(view),
        moved=any(copy.rescheduled_at is not None for copy in held),
        created_at=min(copy.created_at for copy in held),
        accepted=counts[Response.ACCEPTED],
        tentative=counts[Response.TENTATIVE],
        declined=counts[Response.DECLINED],
        unanswered=counts[Response.NEEDS_ACTION],
        optional=sum(answer.optional for answer in answers.values()),
    )


def _may_be_held(occurrence: Occurrence) -> bool:
    """All but the guests, whom only one copy is asked for: there may be thousands of both."""
    when = occurrence.when
    if occurrence.cancelled or occurrence.kind is not EventKind.MEETING or not isinstance(when, Interval):
        return False
    shown = occurrence.busy or occurrence.response is Response.DECLINED
    return shown and 0 < length([span(when)]) <= LONGEST_MEETING


def _shows(copy: StoredOccurrence) -> tuple[bool, bool, bool, int, str]:
    """How much a copy shows: the guests, the text, what the organiser sees; the last part only makes the choice stable."""
    occurrence = copy.occurrence
    return (
        not occurrence.private and occurrence.guests_known,
        occurrence.is_organizer,
        occurrence.agenda is not None,
        len(occurrence.attendees),
        occurrence.ref.mailbox,
    )


@dataclass(frozen=True, slots=True)
class _Answer:
    response: Response
    optional: bool
    counts: bool


def _answers(view: Occurrence, copies: Iterable[Occurrence], inside: Collection[str]) -> dict[str, _Answer]:
    """What everybody inside answered; a mailbox knows better about its own person than anybody else's copy."""
    found = {a.email: _listed(a) for a in view.attendees if _is_colleague(a, inside)}
    organizer = view.organizer
    if organizer and not organizer.endswith(CALENDAR_DOMAINS) and _is_inside(organizer, inside):
        found.setdefault(organizer, _Answer(Response.ACCEPTED, optional=False, counts=True))
    for copy in copies:
        counts = copy.response is not Response.DECLINED and standing_of(copy) <= Standing.COUNTED
        found[copy.ref.mailbox] = _Answer(copy.response or Response.ACCEPTED, copy.optional, counts)
    return found


def _attends(answer: _Answer, *, organises: bool) -> bool:
    return answer.counts or (organises and answer.response is not Response.DECLINED)


def _listed(attendee: Attendee) -> _Answer:
    unsure = attendee.optional and attendee.response is Response.NEEDS_ACTION
    counts = attendee.response is not Response.DECLINED and not unsure
    return _Answer(attendee.response, attendee.optional, counts)


def _is_colleague(attendee: Attendee, inside: Collection[str]) -> bool:
    return not attendee.resource and not attendee.group and _is_inside(attendee.email, inside)


def _is_inside(address: str, inside: Collection[str]) -> bool:
    return not inside or address.rpartition("@")[2] in inside
