"""Every matcher: yes, no, and cannot tell where what it asks for is hidden."""

from datetime import date, timedelta
from typing import Any

import pytest

from guardian.model.events import EventKind, Occurrence, Response
from guardian.model.time import Interval
from guardian.policy.case import Case, Truth
from guardian.policy.matchers import ready
from guardian.policy.model import Matcher
from tests.policy import worlds as w

TEAMS = (w.team("design", w.BOB), w.team("oncall", "group:oncall@acme.example"))
POLICY = w.policy(teams=TEAMS)


def truth(matcher: Matcher, occurrence: Occurrence, **changes: Any) -> Truth:
    view = w.view(occurrence, **changes)
    assert isinstance(occurrence.when, Interval)
    return ready(matcher, POLICY)(Case(POLICY, view, occurrence.when, w.NOW))


HIDDEN = w.meeting(guests_known=False, people=(w.ANA,))
LIST = w.guest("all@acme.example", group=True)
ROOM = w.guest("room@resource.calendar.google.com", resource=True)
SERIES = w.meeting(series_id="s1")

CASES = [
    (Matcher(organizer=(w.BOB,)), w.meeting(), True),
    (Matcher(organizer=("BOB@acme.example",)), w.meeting(), True),
    (Matcher(organizer=(w.CLIENT, w.BOB)), w.meeting(), True),
    (Matcher(organizer=(w.CLIENT,)), w.meeting(), False),
    (Matcher(organizer=(w.BOB,)), w.private(), None),
    (Matcher(organizer=(w.ANA,)), w.meeting(organizer="", is_organizer=True), True),
    (Matcher(organizer=("team:design",)), w.meeting(), True),
    (Matcher(organizer=("team:design",)), w.meeting(organizer=w.CLIENT), False),
    (Matcher(organizer=("team:oncall",)), w.meeting(), None),
    (Matcher(organizer=("team:nobody",)), w.meeting(), False),
    (Matcher(organizer=("group:oncall@acme.example",)), w.meeting(), None),
    (Matcher(organizer=("group:oncall@acme.example", w.BOB)), w.meeting(), True),
    (Matcher(external=True), w.meeting(), False),
    (Matcher(external=True), w.meeting(people=(w.ANA, w.CLIENT)), True),
    (Matcher(external=True), w.meeting(organizer=w.CLIENT), True),
    (Matcher(external=True), w.meeting(people=(w.ANA, "x@sub.acme.example")), True),
    (Matcher(external=True), HIDDEN, None),
    (Matcher(external=True), w.meeting(organizer=w.CLIENT, guests_known=False), True),
    (Matcher(external=True), w.private(), None),
    (Matcher(external=True), w.meeting(attendees=(w.guest(w.ANA), w.guest(w.BOB), ROOM)), False),
    (Matcher(external=False), w.meeting(), True),
    (Matcher(external=False), HIDDEN, None),
    (Matcher(external=False), w.meeting(people=(w.CLIENT,)), False),
    (Matcher(external_domains=("client.example",)), w.meeting(people=(w.CLIENT,)), True),
    (Matcher(external_domains=("client.example",)), w.meeting(people=("a@eu.client.example",)), True),
    (Matcher(external_domains=("client.example",)), w.meeting(people=("a@notclient.example",)), False),
    (Matcher(external_domains=("client.example",)), HIDDEN, None),
    (Matcher(title=("sync", "pitch")), w.meeting(title="Pitch"), True),
    (Matcher(title=("sync",)), w.meeting(title=""), False),
    (Matcher(title=("sync",)), w.private(), None),
    (Matcher(title=("sync",)), w.private(title="Sync"), None),
    (Matcher(label=("Board",)), w.meeting(labels=("board",)), True),
    (Matcher(label=("board",)), w.meeting(labels=("boards",)), False),
    (Matcher(label=("board",)), w.private(), None),
    (Matcher(attendees=(2, None)), w.meeting(), True),
    (Matcher(attendees=(3, None)), w.meeting(), False),
    (Matcher(attendees=(3, None)), HIDDEN, None),
    (Matcher(attendees=(2, None)), HIDDEN, True),
    (Matcher(attendees=(None, 1)), HIDDEN, False),
    (Matcher(attendees=(None, 8)), HIDDEN, None),
    (Matcher(attendees=(2, 2)), w.meeting(attendees=(w.guest(w.ANA), w.guest(w.BOB), ROOM)), True),
    (Matcher(attendees=(None, 5)), w.meeting(attendees=(w.guest(w.ANA), LIST)), None),
    (Matcher(attendees=(4, None)), w.meeting(attendees=(w.guest(w.ANA), w.guest(w.BOB, extra_guests=2))), True),
    (Matcher(attendees=(4, 4)), w.private(guests=3), True),
    (Matcher(one_on_one=True), w.meeting(), True),
    (Matcher(one_on_one=True), w.meeting(people=(w.ANA, w.CLIENT)), False),
    (Matcher(one_on_one=True), HIDDEN, None),
    (Matcher(one_on_one=True), w.meeting(people=(w.ANA, w.CLIENT), guests_known=False), False),
    (Matcher(one_on_one=False), w.meeting(), False),
    (Matcher(one_on_one=False), HIDDEN, None),
    (Matcher(recurring=True), SERIES, True),
    (Matcher(recurring=False), SERIES, False),
    (Matcher(response=("needs_action",)), w.meeting(), True),
    (Matcher(response=("accepted", "tentative")), w.meeting(response=Response.TENTATIVE), True),
    (Matcher(response=("accepted",)), w.meeting(response=Response.DECLINED), False),
    (Matcher(my_role=("organizer",)), w.meeting(is_organizer=True), True),
    (Matcher(my_role=("optional",)), w.meeting(optional=True), True),
    (Matcher(my_role=("required",)), w.meeting(), True),
    (Matcher(my_role=("organizer", "optional")), w.meeting(), False),
    (Matcher(event_type=("meeting",)), w.meeting(), True),
    (Matcher(event_type=("focus",)), w.meeting(kind=EventKind.FOCUS), True),
    (Matcher(visibility=("private",)), w.private(), True),
    (Matcher(visibility=("public",)), w.private(), False),
    (Matcher(visibility=("public",)), w.meeting(), True),
    (Matcher(conference=True), w.meeting(conference=True), True),
    (Matcher(conference=True), w.meeting(), False),
    (Matcher(conference=False), w.private(), None),
    (Matcher(created_before=date(2026, 11, 22)), w.meeting(), True),
    (Matcher(created_before=date(2026, 11, 21)), w.meeting(), False),
    (Matcher(created_before=date(2026, 11, 22)), w.meeting(created_at=w.utc(21, 23)), False),
    (Matcher(length=(timedelta(hours=1), timedelta(hours=1))), w.meeting(), True),
    (Matcher(length=(None, timedelta(minutes=59))), w.meeting(), False),
    (Matcher(length=(timedelta(minutes=61), None)), w.meeting(), False),
    (Matcher(any=(Matcher(recurring=True), Matcher(one_on_one=True))), w.meeting(), True),
    (Matcher(any=(Matcher(recurring=True), Matcher(title=("x",)))), w.private(), None),
    (Matcher(any=(Matcher(recurring=False), Matcher(title=("x",)))), w.private(), True),
    (Matcher(all=(Matcher(recurring=False), Matcher(title=("x",)))), w.private(), None),
    (Matcher(all=(Matcher(recurring=True), Matcher(title=("x",)))), w.private(), False),
    (Matcher(recurring=True, title=("x",)), w.private(), False),
    (
        Matcher(external=False, any=(Matcher(all=(Matcher(title=("sync",)), Matcher(recurring=False))),)),
        w.meeting(),
        True,
    ),
]


@pytest.mark.parametrize(("matcher", "occurrence", "expected"), CASES)
def test_matcher(matcher: Matcher, occurrence: Occurrence, expected: Truth) -> None:
    assert truth(matcher, occurrence) is expected


def test_team_and_groups_of_an_enrolled_organiser_are_known() -> None:
    bob = w.member(w.BOB, teams=("oncall",), groups=("oncall@acme.example",))
    for scope in ("team:oncall", "group:oncall@acme.example"):
        assert truth(Matcher(organizer=(scope,)), w.meeting(), organizer_member=bob) is True
        assert truth(Matcher(organizer=(scope,)), w.meeting(), organizer_member=w.member(w.BOB)) is False


def test_without_internal_domains_the_persons_own_is_internal() -> None:
    policy = w.policy(internal_domains=())
    external = ready(Matcher(external=True), policy)
    for people, expected in (((w.ANA, w.BOB), False), ((w.ANA, w.CLIENT), True)):
        occurrence = w.meeting(people=people)
        assert isinstance(occurrence.when, Interval)
        assert external(Case(policy, w.view(occurrence), occurrence.when, w.NOW)) is expected


def test_our_own_answer_is_not_the_persons() -> None:
    """Else a rule for unanswered invitations would stop matching as soon as it acted (I6)."""
    declined = w.meeting(response=Response.DECLINED)
    unanswered = Matcher(response=("needs_action",))
    assert truth(unanswered, declined, our_answer=Response.DECLINED) is True
    assert truth(unanswered, declined, our_answer=Response.TENTATIVE) is False


def test_an_empty_matcher_matches_always() -> None:
    assert truth(Matcher(), w.meeting()) is True
