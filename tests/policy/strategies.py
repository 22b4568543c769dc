"""Random meetings, rules, policies and views for laws that hold for all of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from guardian.model.actions import Mode
from guardian.model.events import FOCUS_MARK, Agenda, EventKind, MeetingKey, Occurrence, Response
from guardian.model.people import HolidayCalendar, Member
from guardian.model.time import DayRange
from guardian.policy.model import (
    AgendaRequired,
    Bypass,
    Condition,
    DoubleBooking,
    FocusBlock,
    Matcher,
    MaxAttendees,
    MeetingFreeDay,
    MeetingLength,
    NoticePeriod,
    PolicySet,
    Rule,
    Safety,
    Scope,
    ScopeKind,
)
from guardian.policy.view import View
from tests.policy import worlds as w

caps = st.sampled_from([Mode.FLAG, Mode.ENFORCE, Mode.OBSERVE])
mostly_enforce = st.integers(0, 29).map(lambda n: {7: Mode.OFF, 13: Mode.OBSERVE, 17: Mode.FLAG}.get(n, Mode.ENFORCE))
moments = st.integers(0, 14 * 24 * 12).map(
    lambda n: datetime(2026, 11, 22, tzinfo=UTC) + timedelta(days=2, minutes=5 * n)
)
nows = st.tuples(st.integers(0, 9), moments).map(lambda pair: pair[1] if pair[0] in (3, 7) else w.NOW)
answers = st.sampled_from([*[Response.NEEDS_ACTION] * 6, None, *Response])
our_answers = st.sampled_from([None, None, None, Response.DECLINED, Response.TENTATIVE])
rarely = st.integers(0, 19).map(lambda n: n in (7, 13))
mostly = rarely.map(lambda x: not x)
crowds = st.lists(st.sampled_from([w.BOB, w.CLIENT, "kim@acme.example"]), unique=True, min_size=1).map(
    lambda p: (*p, w.ANA)
)
ACTIONS = ("decline", "tentative", "flag", "notify_person", "notify_organizer", "notify_owner")


@st.composite
def occurrences(draw: st.DrawFn, uid: str = "uid-1") -> Occurrence:
    start = draw(moments)
    changes: dict[str, Any] = {
        "meeting": MeetingKey(uid),
        "title": draw(st.sampled_from(["Sync", "[urgent] outage", ""])),
        "organizer": draw(st.sampled_from([w.BOB, w.CLIENT, w.ANA, ""])),
        "response": draw(answers),
        "is_organizer": draw(rarely),
        "guests_known": draw(mostly),
        "agenda": draw(st.sampled_from([None, Agenda(), Agenda(words=20)])),
        "series_id": draw(st.sampled_from([None, "s1"])),
        "created_at": draw(st.sampled_from([None, w.LONG_AGO, start - timedelta(hours=3)])),
        "locked": draw(rarely),
    }
    people, minutes = draw(crowds), draw(st.sampled_from([0, 15, 30, 45, 60, 600, 1500]))
    usual = draw(st.sampled_from([True] * 4 + [False]))
    if not usual:
        changes |= _unusual(draw)
    return (
        w.private(**_without_details(changes))
        if draw(st.integers(0, 5)) == 0
        else w.meeting(start, minutes, people, **changes)
    )


def _unusual(draw: st.DrawFn) -> dict[str, Any]:
    day = DayRange(date(2026, 11, 24), date(2026, 11, 25))
    return draw(
        st.sampled_from(
            [
                {"cancelled": True},
                {"busy": False},
                {"when": day},
                {"kind": EventKind.OUT_OF_OFFICE},
                {"kind": EventKind.FOCUS},
                {"guardian_key": FOCUS_MARK + "1"},
            ]
        )
    )


def _without_details(changes: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in changes.items() if k not in ("title", "organizer", "agenda")}


conditions: st.SearchStrategy[Condition] = st.one_of(
    st.sampled_from([("09:00", "13:00"), ("00:00", "24:00"), ("15:00", "17:00")]).map(
        lambda s: FocusBlock((w.window(*s, days=w.ALL_DAYS),))
    ),
    st.builds(MeetingFreeDay, st.frozensets(st.integers(0, 6), min_size=1), shift_on_holiday=st.booleans()),
    st.builds(
        MeetingLength,
        mine=st.sampled_from(["shorten", "notify_person"]),
        others=st.sampled_from(["notify_organizer", "flag"]),
    ),
    st.just(AgendaRequired(due_before=timedelta(days=30))),
    st.just(NoticePeriod()),
    st.builds(MaxAttendees, st.integers(1, 4)),
    st.just(DoubleBooking()),
)
matchers = st.sampled_from(
    [
        Matcher(external=True),
        Matcher(external=False),
        Matcher(title=("[urgent]",)),
        Matcher(one_on_one=True),
        Matcher(recurring=True),
        Matcher(organizer=(w.BOB,)),
        Matcher(attendees=(2, None)),
    ]
)
maybe = st.one_of(st.none(), st.none(), st.none(), matchers)
scopes = st.sampled_from(
    [
        (Scope(ScopeKind.EVERYONE),),
        (Scope(ScopeKind.EVERYONE),),
        (Scope(ScopeKind.TEAM, "design"),),
        (Scope(ScopeKind.PERSON, w.ANA),),
    ]
)
ENTRY_IDS = ("b0", "b1")


@st.composite
def rules(draw: st.DrawFn, number: int = 0) -> Rule:
    condition = draw(conditions)
    return w.rule(
        condition,
        f"r{number}",
        action="shorten" if isinstance(condition, MeetingLength) else draw(st.sampled_from(ACTIONS)),
        mode=draw(mostly_enforce),
        when=draw(maybe),
        unless=draw(maybe),
        for_=draw(scopes),
        bypass=draw(st.sampled_from([None, (), ("b0",)])),
    )


@st.composite
def entries(draw: st.DrawFn, name: str) -> Bypass:
    return w.entry(name, draw(matchers), limit=draw(st.sampled_from([None, 2])))


@st.composite
def policies(draw: st.DrawFn) -> PolicySet:
    size = draw(st.integers(1, 5))
    return w.policy(
        *(draw(rules(n)) for n in range(size)),
        bypass=tuple(draw(entries(name)) for name in ENTRY_IDS[: draw(st.sampled_from([0, 0, 1, 2]))]),
        teams=(w.team("design", w.ANA, mode_ceiling=draw(mostly_enforce)),),
        ceiling=draw(mostly_enforce),
        safety=Safety(existing_meetings=draw(caps), private_meetings=draw(st.sampled_from([Mode.FLAG, Mode.ENFORCE]))),
    )


members: st.SearchStrategy[Member] = st.builds(
    lambda zone, teams, holidays: w.member(zone=zone, teams=teams, holidays=holidays),
    st.sampled_from([w.BERLIN, "America/New_York", "Pacific/Auckland"]),
    st.sampled_from([("design",), ("design",), ()]),
    st.sampled_from([None, HolidayCalendar("PT")]),
)


@st.composite
def views(draw: st.DrawFn) -> View:
    return w.view(
        draw(occurrences()),
        draw(members),
        enforced_since=draw(st.sampled_from([w.EVER, w.EVER, {}])),
        clashes=tuple(w.stored(draw(occurrences(f"other-{n}"))) for n in range(draw(st.integers(0, 1)))),
        our_answer=draw(our_answers),
        over_limit=draw(st.sampled_from([frozenset(), frozenset({"b0"})])),
        bound_rules=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"r0"})])),
        frozen=draw(rarely),
        series_kept=draw(rarely),
    )
