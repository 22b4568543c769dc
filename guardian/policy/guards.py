"""The guards: what no policy can switch off.

Some end the matter (not a meeting, over): `stopped`. The others only cap what rules may do here: `standing`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from guardian.model.actions import Mode
from guardian.model.events import EventKind, Occurrence, Response
from guardian.model.holidays import is_holiday
from guardian.model.time import Interval
from guardian.policy.case import Case
from guardian.policy.guests import others
from guardian.policy.view import View
from guardian.policy.wording import day_text, length_text


@dataclass(frozen=True, slots=True)
class Stop:
    """The outcome is none, whatever the rules say."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Cap:
    """Nothing above `mode` here. `answers` limits it to decline and tentative. `keeps_ours`: an answer of ours that already
    stands is not touched by it, because keeping it writes nothing. `time_based`: rules that look at time alone are free of it.
    """

    id: str
    reason: str
    mode: Mode = Mode.FLAG
    answers: bool = False
    keeps_ours: bool = False
    time_based: bool = False


NOT_A_MEETING = {
    EventKind.FOCUS: "focus time, not a meeting",
    EventKind.OUT_OF_OFFICE: "out of office, not a meeting",
    EventKind.WORKING_LOCATION: "a working location, not a meeting",
    EventKind.OTHER: "not a meeting",
}
OWN_BLOCK = Stop("own-block", "a focus block booked by the guardian")
CANCELLED = Stop("cancelled", "the meeting is cancelled")
FREE = Stop("not-busy", "shown as free")
ALL_DAY = Stop("all-day", "an all-day event")
ALONE = Stop("not-a-meeting", "nobody else is invited")
OVER = Stop("over", "the meeting is over")
DECLINED = Stop("answered", "you declined it yourself")

ANSWERS = frozenset({Response.ACCEPTED, Response.TENTATIVE, Response.DECLINED})


def is_meeting(occurrence: Occurrence) -> bool:
    """A busy, timed event of the ordinary kind, not cancelled, with somebody else in it."""
    return not_a_meeting(occurrence) is None


def not_a_meeting(occurrence: Occurrence) -> Stop | None:
    """Why it is none."""
    if occurrence.own_block:
        return OWN_BLOCK
    if occurrence.kind is not EventKind.MEETING:
        return Stop("not-a-meeting", NOT_A_MEETING[occurrence.kind])
    if occurrence.cancelled:
        return CANCELLED
    if not occurrence.busy:
        return FREE
    if not isinstance(occurrence.when, Interval):
        return ALL_DAY
    return None if with_others(occurrence) else ALONE


def with_others(occurrence: Occurrence) -> bool:
    """Somebody else is invited, invites, or may be hidden."""
    if occurrence.guests > 0 or not occurrence.guests_known or others(occurrence) > 0:
        return True
    return bool(occurrence.organizer) and not occurrence.is_organizer


def stopped(view: View, now: datetime) -> Stop | None:
    """What ends the matter before any rule is asked, None when nothing does."""
    occurrence = view.stored.occurrence
    reason = not_a_meeting(occurrence)
    if reason is not None:
        return reason
    if isinstance(occurrence.when, Interval) and occurrence.when.end <= now:
        return OVER
    if occurrence.response is Response.DECLINED and answered_by_hand(view):
        return DECLINED
    return None


def answered_by_hand(view: View) -> bool:
    """The person answered, and it is not our answer that stands there."""
    given = view.stored.occurrence.response
    return given in ANSWERS and given is not view.our_answer


def standing(case: Case) -> tuple[Cap, ...]:
    """Every cap that holds for this case."""
    return (*_about_the_answer(case), *_about_the_moment(case), *_about_what_is_hidden(case))


def _about_the_answer(case: Case) -> Iterator[Cap]:
    meeting = case.occurrence
    if answered_by_hand(case.view):
        yield Cap("answered", "you answered it yourself", answers=True)
    if meeting.is_organizer:
        yield Cap("own-meeting", "your own meetings are never declined", answers=True)
    elif meeting.response is None:
        yield Cap("no-answer", "there is no invitation of yours to answer", answers=True)
    if case.view.frozen:
        yield Cap("frozen", "the answer changed hands three times in a day; people sort it out")


def _about_the_moment(case: Case) -> Iterator[Cap]:
    if case.start <= case.now:
        yield Cap("freeze", "the meeting has begun", keeps_ours=True)
    elif case.start < case.now + case.policy.safety.freeze_before:
        soon = length_text(case.policy.safety.freeze_before)
        yield Cap("freeze", f"it starts in less than {soon}", keeps_ours=True)
    holiday = next((d for d in case.days if is_holiday(case.member.schedule.holidays, d)), None)
    if holiday is not None:
        yield Cap("holiday", f"{day_text(holiday)} is a public holiday", answers=True)


def _about_what_is_hidden(case: Case) -> Iterator[Cap]:
    if not case.occurrence.private:
        return
    ceiling = case.policy.safety.private_meetings
    if ceiling is not Mode.ENFORCE:
        yield Cap("private", "private meetings are capped by safety.private_meetings", mode=ceiling)
    else:
        yield Cap("private", "only rules about time act on private meetings", time_based=True)
