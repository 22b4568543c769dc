"""Whatever stands in a calendar, every page and report about it answers, and nothing of it becomes a tag."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardian.model.actions import Mode, Outcome, Plan, TraceStep
from guardian.model.events import Agenda, Attendee, EventKind, EventRef, MeetingKey, Occurrence, Response
from guardian.model.time import DayRange, Interval
from guardian.ports import CalendarState, WindowRead
from guardian.reports.links import meeting_path
from tests.engine.town import ANA, BEN
from tests.store_world import decision
from tests.web.house import CANARY, OPERATOR, Web, house

MARK = "<img src=x onerror=alert(1)>"
WORDS = st.sampled_from(
    ["", " ", "Planning", MARK, f'"{MARK}', "'\"><svg/onload=x>", "\x00\x0b\x1b[31m", "\r\nSet-Cookie: a=b", "=1+1", "{{ 7*7 }}",
     "{% raw %}", "\u202egnp.exe", "\ud800", "../..", "a/b/c", "%2e%2e/", "?", "#", "🧨" * 50, "x" * 5000, "[a](javascript:x)"]
)  # fmt: skip
ADDRESSES = st.sampled_from([ANA, BEN, "x@client.example", "no address", "", MARK, "@", "a@b@c"])
MOMENTS = st.one_of(
    st.integers(0, 18 * 24 * 12).map(lambda n: datetime(2026, 11, 16, tzinfo=UTC) + timedelta(minutes=5 * n)),
    st.sampled_from([datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)]),
)
LENGTHS = st.sampled_from([0, 1, 15, 60, 24 * 60, 9 * 24 * 60]).map(lambda n: timedelta(minutes=n))
WHENS = st.one_of(
    st.builds(lambda start, length: Interval(start, start + length), MOMENTS, LENGTHS),
    st.sampled_from(
        [DayRange(date(2026, 11, 24), date(2026, 11, 24)), DayRange(date(2026, 11, 20), date(2026, 12, 20))]
    ),
)
ATTENDEES = st.builds(
    Attendee,
    ADDRESSES,
    WORDS,
    st.sampled_from(Response),
    optional=st.booleans(),
    resource=st.booleans(),
    group=st.booleans(),
    is_self=st.booleans(),
    extra_guests=st.sampled_from([0, 3]),
)
COPIES = st.builds(
    Occurrence,
    ref=st.just(EventRef(ANA, "primary", "")),
    meeting=st.builds(MeetingKey, WORDS, st.sampled_from(["", "2026-11-23T10:00:00Z", "2026-11-24", "soon"])),
    when=WHENS,
    title=WORDS,
    organizer=ADDRESSES,
    organizer_name=WORDS,
    attendees=st.lists(ATTENDEES, max_size=4, unique_by=lambda a: a.email).map(tuple),
    guests=st.sampled_from([0, 1, 5000]),
    guests_known=st.booleans(),
    response=st.sampled_from([None, *Response]),
    comment=WORDS,
    is_organizer=st.booleans(),
    optional=st.booleans(),
    busy=st.booleans(),
    cancelled=st.booleans(),
    kind=st.sampled_from(EventKind),
    agenda=st.sampled_from([None, Agenda(), Agenda(9, 900, has_document=True)]),
    private=st.booleans(),
    labels=st.lists(WORDS, max_size=2).map(tuple),
    series_id=st.sampled_from([None, "", "s"]),
    created_at=st.one_of(st.none(), MOMENTS),
)


@pytest.fixture(scope="module")
def odd() -> Iterator[Web]:
    with house() as built:
        yield built


def keep(web: Web, copies: Sequence[Occurrence]) -> list[str]:
    """Both have these copies; each was judged. Gives the paths of meetings and decisions."""
    now, mailboxes, made = web.town.clock(), (ANA, BEN), []
    for mailbox in mailboxes:
        own = [replace(copy, ref=EventRef(mailbox, "primary", str(n))) for n, copy in enumerate(copies)]
        state = CalendarState(mailbox, "google", window=web.town.engine.reach.window(now), timezone="UTC")
        web.guardian.store.facts.replace_window(WindowRead(state, own, ()), now)
        trace = (TraceStep("rule", MARK, "match", MARK, f"{MARK}.yaml:7"),)
        made += [decision(copy, Outcome.FLAG, mode=Mode.FLAG, reason=MARK, trace=trace) for copy in own]
    run = web.guardian.engine.new_id(now)
    web.guardian.store.ledger.record(run, Plan(now, "sha256:1", tuple(made), ()), now, mailboxes=mailboxes)
    decided = [f"/decisions/{row.id}" for row in web.guardian.store.ledger.decisions(mailbox=ANA, run=run)]
    return [*decided, *(meeting_path(str(copy.meeting)) for copy in copies)]


PAGES = (
    "/",
    "/me",
    "/me?only=meetings",
    "/candidates",
    "/candidates?scope=org",
    "/decisions",
    "/teams/core",
    "/health",
    "/policy",
)
REPORTS = ("/api/v1/decisions", f"/api/v1/reports/series?scope=person:{ANA}", "/api/v1/reports/series?format=csv")


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(COPIES, min_size=1, max_size=6))
def test_every_page_answers(odd: Web, copies: list[Occurrence]) -> None:
    found = keep(odd, copies)
    for who in (ANA, OPERATOR):
        cookie = odd.cookie(who)
        for path in (*PAGES, *found, *REPORTS):
            answer = odd.client.get(path, headers={"Accept": "*/*" if path in REPORTS else "text/html", **cookie})
            assert answer.status_code in (200, 303, 400, 404), (path, answer.status_code, answer.text[-300:])
            if answer.headers.get("content-type", "").startswith("text/html"):
                assert "<img src=x" not in answer.text, path
                assert "<svg/" not in answer.text, path


TITLED = st.lists(COPIES, min_size=1, max_size=4).map(
    lambda copies: [
        replace(copy, title=CANARY, organizer=f"{CANARY}@client.example", organizer_name=CANARY, labels=(CANARY,))
        for copy in copies
    ]
)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(TITLED)
def test_titles_of_others_are_nowhere(odd: Web, copies: list[Occurrence]) -> None:
    """Neither on a page nor in a header, whatever the meeting is."""
    found = keep(odd, [replace(copy, attendees=()) for copy in copies])
    cookie = odd.cookie(OPERATOR)
    for path in (
        *PAGES,
        *found,
        "/api/v1/decisions",
        "/api/v1/runs",
        "/api/v1/reports/series",
        "/api/v1/calendars",
        "/metrics",
    ):
        answer = odd.client.get(path, headers={"Accept": "text/html", **cookie})
        assert CANARY not in answer.text + str(answer.headers), path
