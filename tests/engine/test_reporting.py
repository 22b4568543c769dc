"""The reports from what is stored: money, recurring meetings, savings, one meeting."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from guardian.engine.reporting import (
    EVERYTHING,
    Eyes,
    UnknownScope,
    change_report,
    cost_report,
    load_report,
    meeting_report,
    savings_report,
    series_report,
)
from guardian.engine.reporting.meeting import UnknownMeeting
from guardian.errors import InputError
from guardian.model.actions import Plan
from guardian.model.events import Agenda, Attendee, EventRef, MeetingKey, Occurrence, Response
from guardian.model.time import Interval
from guardian.ports import CalendarState, WindowRead
from guardian.reports.cost import Rates
from guardian.reports.money_body import NO_RATE
from tests.engine.reporting_world import CORE, CURRENCY, EDGE, NOW, PEOPLE, SPAN, TITLE, WEEK, rated, weigh
from tests.store.test_rollups import Desk
from tests.store_world import decision, person_week

# --- money


def test_a_week_costs_its_hours_at_the_rate_and_overlaps_only_in_the_list_price(desk: Desk) -> None:
    body = cost_report(rated(desk), "org", *SPAN)
    (week,) = body["weeks"]
    assert (body["schema"], week["people"]) == ("guardian.report.cost/1", 8)
    assert (week["currency"], week["cost"], week["list_price"]) == ("EUR", 480, 720)
    assert list(week)[-4:] == ["currency", "cost", "list_price", "suppressed"]
    load = load_report(desk.engine(), "org", *SPAN)["weeks"][0]
    assert {name: value for name, value in week.items() if name in load} == load


@pytest.mark.parametrize(
    ("chosen", "policy", "told"), [("", "", "EUR"), ("", CURRENCY, "CHF"), ("USD", CURRENCY, "USD")]
)
def test_the_currency_is_that_of_the_settings_else_the_policys_else_euros(
    desk: Desk, chosen: str, policy: str, told: str
) -> None:
    engine = replace(rated(desk, Rates(chosen, 60)), policy_files=lambda: {"policies.yaml": f"version: 1\n{policy}"})
    assert cost_report(engine, "org", *SPAN)["weeks"][0]["currency"] == told


def test_without_a_rate_there_is_no_money_and_the_mend_is_told(desk: Desk) -> None:
    body = cost_report(desk.engine(), "org", *SPAN)
    assert body["note"] == NO_RATE
    assert {body["weeks"][0][name] for name in ("currency", "cost", "list_price")} == {None}


@pytest.mark.parametrize("make", [load_report, cost_report, savings_report])
def test_a_hidden_week_is_the_same_row_in_every_report(desk: Desk, make: Any) -> None:
    edge = make(rated(desk), "team:edge", *SPAN)["weeks"]
    assert edge == [{"week": WEEK, "suppressed": True, "reason": "fewer than 5 people"}]
    core = make(rated(desk), "team:core", *SPAN)["weeks"]
    assert core[0]["suppressed"]
    assert set(core[0]) == {"week", "suppressed", "reason"}


def test_bands_that_would_tell_of_few_people_show_no_money(desk: Desk) -> None:
    rows = [person_week(email, "2026-W47", band="A" if email in EDGE else None, meeting_minutes=60) for email in PEOPLE]
    desk.store.rollups.save_weeks(rows, NOW)
    desk.people = [replace(p, band="A" if p.email in EDGE else None) for p in desk.people]
    desk.refresh()
    engine = rated(desk, Rates("EUR", 60, {"A": 100}))
    (week,) = cost_report(engine, "org", date(2026, 11, 16), date(2026, 11, 23))["weeks"]
    assert (week["suppressed"], week["meeting_minutes"], week["cost"], week["list_price"]) == (False, 480, None, None)


# --- who and when


@pytest.mark.parametrize("scope", ["team:nobody", "person:nobody@acme.example", "nonsense"])
@pytest.mark.parametrize("make", [load_report, cost_report, savings_report, change_report, series_report])
def test_nobody_is_unknown_to_every_report(desk: Desk, make: Any, scope: str) -> None:
    with pytest.raises(UnknownScope):
        make(desk.engine(), scope, *SPAN)


@pytest.mark.parametrize("make", [load_report, series_report, change_report])
@pytest.mark.parametrize("since", [date(1, 1, 1), date(9999, 12, 31)])
def test_days_out_of_this_world_are_refused(desk: Desk, make: Any, since: date) -> None:
    with pytest.raises(InputError, match="reports lie between"):
        make(desk.engine(), "org", since, None)


# --- recurring meetings


def weekly(
    mailbox: str, guests: Sequence[str], uid: str = "standup", minutes: int = 30, **changes: Any
) -> list[Occurrence]:
    """Eight Mondays back and three ahead, as this mailbox shows them."""
    found = []
    for week in range(-8, 3):
        start = NOW.replace(hour=10) + timedelta(weeks=week)
        base = Occurrence(
            ref=EventRef(mailbox, "primary", f"{uid}-{week}"),
            meeting=MeetingKey.occurrence(uid, start),
            when=Interval(start, start + timedelta(minutes=minutes)),
            title=TITLE,
            organizer=guests[0],
            attendees=tuple(Attendee(g, response=Response.ACCEPTED, is_self=g == mailbox) for g in guests),
            guests=len(guests) - 1,
            response=Response.ACCEPTED,
            is_organizer=mailbox == guests[0],
            series_id=uid,
            agenda=Agenda(),
            created_at=NOW - timedelta(weeks=30),
        )
        found.append(replace(base, **changes))
    return found


def store_calendars(desk: Desk, calendars: dict[str, list[Occurrence]]) -> None:
    window = Interval(NOW - timedelta(days=70), NOW + timedelta(days=60))
    for mailbox, found in calendars.items():
        state = CalendarState(mailbox, "google", window=window, timezone="UTC")
        desk.store.facts.replace_window(WindowRead(state, found, ()), NOW)


@pytest.fixture
def meetings(desk: Desk) -> Desk:
    """A standup of six, a private talk of two, both weekly."""
    calendars = {email: weekly(email, CORE) for email in CORE}
    for email in EDGE:
        calendars[email] = weekly(email, EDGE, "talk", 120)
    store_calendars(desk, calendars)
    return desk


def test_series_are_ranked_with_what_speaks_for_writing(meetings: Desk) -> None:
    body = series_report(rated(meetings), "org", None, None)
    first, second = body["series"]
    assert body["schema"] == "guardian.report.series/1"
    assert (body["from"], body["to"]) == ("2026-09-28", "2026-11-23")
    assert (first["series"], first["occurrences"], first["person_minutes"]) == ("talk", 8, 8 * 2 * 120)
    assert (second["title"], second["person_minutes"], second["list_price"]) == (TITLE, 8 * 6 * 30, 1400)
    assert first["list_price"] is None  # two people: it would be about somebody's pay
    candidate = second["candidate"]
    assert candidate["suggested"]
    assert candidate["sum"].startswith("30 min x 6 people = 180 against 6 x 2 to write + 6 x 5 to read = 42")


def test_what_writing_takes_is_a_setting(meetings: Desk) -> None:
    engine = replace(meetings.engine(), write_minutes=10.0, read_minutes=20.0)
    row = series_report(engine, f"person:{CORE[0]}", None, None)["series"][0]
    assert (row["candidate"]["writing_minutes"], row["candidate"]["saved_minutes"]) == (180, 0)


def test_titles_are_for_those_who_take_part(meetings: Desk) -> None:
    for eyes in (Eyes(CORE[3]), EVERYTHING):
        assert TITLE in str(series_report(meetings.engine(), "team:core", None, None, eyes=eyes))
    for eyes in (Eyes(EDGE[0]), Eyes(None)):
        (row,) = series_report(meetings.engine(), "team:core", None, None, eyes=eyes)["series"]
        assert (row["title"], row["organizer"]) == (None, None)
        assert row["series"] != "standup"
        assert "title" not in str(row["candidate"])


def test_small_series_are_told_to_their_people_only(meetings: Desk) -> None:
    def told(eyes: Eyes) -> list[int]:
        return [row["people"] for row in series_report(meetings.engine(), "org", None, None, eyes=eyes)["series"]]

    assert told(Eyes(CORE[0])) == [6]
    assert told(Eyes(None)) == [6]
    assert told(Eyes(EDGE[1])) == [2, 6]


def test_of_a_team_only_what_enough_of_its_own_people_take_part_in(meetings: Desk) -> None:
    """The list of a team of one would be that person's calendar."""
    store_calendars(meetings, {EDGE[0]: weekly(EDGE[0], [*CORE, EDGE[0]])})
    assert series_report(meetings.engine(), "team:edge", None, None, eyes=Eyes("lead@acme.example"))["series"] == []
    (row,) = series_report(meetings.engine(), "team:edge", None, None, eyes=Eyes(CORE[0]))["series"]
    assert row["title"] == TITLE


def test_a_private_series_has_no_title_for_anybody(desk: Desk) -> None:
    hidden: dict[str, Any] = {"private": True, "title": "", "organizer": "", "attendees": (), "agenda": None}
    store_calendars(desk, {CORE[0]: weekly(CORE[0], CORE[:3], **hidden), CORE[1]: weekly(CORE[1], CORE[:3])})
    (row,) = series_report(desk.engine(), "org", None, None)["series"]
    assert (row["private"], row["title"], row["candidate"]["against"]) == (True, None, ["private"])


def test_only_the_top_is_read(meetings: Desk) -> None:
    (row,) = series_report(meetings.engine(), "org", None, None, most=1)["series"]
    assert row["series"] == "talk"


# --- one meeting


def test_a_series_page_tells_time_money_and_focus(meetings: Desk) -> None:
    body = meeting_report(rated(meetings), "standup")
    assert (body["series"], body["meeting"], body["title"]) == ("standup", None, TITLE)
    assert body["person_minutes"] == 11 * 6 * 30
    assert (body["attending"], body["list_price"], body["cost"]) == (6, 2000, 2000)
    assert body["focus_minutes"] == 6 * 11 * 90  # 10:00 to 10:30 leaves an hour before it: 9:00 to 10:00 is a scrap
    assert len(body["occurrences"]) == 11
    assert body["agenda"] == {"words": 0, "characters": 0, "has_document": False}
    assert body["recurring"]["series"] == "standup"


def test_one_occurrence_is_found_by_its_key_with_its_history(meetings: Desk) -> None:
    key = str(MeetingKey.occurrence("standup", NOW.replace(hour=10)))
    changed = [replace(o, title="Canary, new") if str(o.meeting) == key else o for o in weekly(CORE[1], CORE)]
    store_calendars(meetings, {CORE[1]: changed})
    body = meeting_report(rated(meetings), key, eyes=Eyes(CORE[1]))
    assert (body["meeting"], body["title"]) == (key, "Canary, new")
    assert (body["person_minutes"], body["list_price"]) == (180, 180)
    assert [version["title"] for version in body["history"]] == [TITLE, "Canary, new"]
    assert body["own_focus_minutes"] == 90


def test_a_clash_is_paid_once(meetings: Desk) -> None:
    """The talk of two from 9:30 on shares the standup's half hour."""
    both = [*weekly(CORE[0], CORE), *weekly(CORE[0], CORE[:3], "clash", 30)]
    store_calendars(meetings, {CORE[0]: both})
    body = meeting_report(rated(meetings), str(MeetingKey.occurrence("standup", NOW.replace(hour=10))))
    assert (body["list_price"], body["cost"]) == (180, 170)  # 180 less a quarter of an hour at 60


def test_a_meeting_is_not_there_for_who_does_not_take_part(meetings: Desk) -> None:
    for name, eyes in (("standup", Eyes(EDGE[0])), ("standup", Eyes(None)), ("nothing", EVERYTHING)):
        with pytest.raises(UnknownMeeting):
            meeting_report(meetings.engine(), name, eyes=eyes)


def test_a_name_that_no_text_can_be_is_nobodys(meetings: Desk) -> None:
    """The store keeps what can be written, and would find that."""
    store_calendars(meetings, {CORE[0]: weekly(CORE[0], CORE, "odd\ud800")})
    with pytest.raises(UnknownMeeting):
        meeting_report(meetings.engine(), "odd\ud800", eyes=Eyes(CORE[0]))


def test_focus_of_few_colleagues_and_money_of_two_are_not_told(meetings: Desk) -> None:
    body = meeting_report(rated(meetings), "talk", eyes=Eyes(EDGE[0]))
    assert (body["cost"], body["list_price"], body["focus_minutes"]) == (None, None, None)
    assert body["own_focus_minutes"] > 0


def test_focus_is_told_where_each_occurrence_has_enough_people(meetings: Desk) -> None:
    """The page of each occurrence tells its own: the whole less the others would be the one with few."""
    eyes = Eyes(CORE[0])
    assert meeting_report(meetings.engine(), "standup", eyes=eyes)["focus_minutes"] > 0
    few: dict[str, Any] = {
        "attendees": tuple(Attendee(g, response=Response.ACCEPTED, is_self=g == CORE[0]) for g in CORE[:2])
    }
    store_calendars(
        meetings, {CORE[0]: [replace(o, **few) if n == 3 else o for n, o in enumerate(weekly(CORE[0], CORE))]}
    )
    for email in CORE[1:]:
        own = weekly(email, CORE)
        store_calendars(meetings, {email: own if email == CORE[1] else own[:3] + own[4:]})
    assert meeting_report(meetings.engine(), "standup", eyes=eyes)["focus_minutes"] is None
    assert meeting_report(meetings.engine(), "standup")["focus_minutes"] > 0


def test_history_is_that_of_the_own_copy_only(meetings: Desk) -> None:
    """A guest without a calendar here sees the meeting, not what a colleague answered over time."""
    guest = "guest@acme.example"
    store_calendars(meetings, {email: weekly(email, [*CORE, guest]) for email in CORE})
    body = meeting_report(meetings.engine(), str(weekly(CORE[0], CORE)[7].meeting), eyes=Eyes(guest))
    assert (body["title"], body["history"]) == (TITLE, [])


def test_decisions_about_it_are_the_own_ones_for_a_person(meetings: Desk) -> None:
    made = [decision(weekly(email, CORE)[9]) for email in CORE[:2]]
    meetings.store.ledger.record("run", Plan(NOW, "sha256:1", tuple(made), ()), NOW, mailboxes=CORE[:2])
    everybodys = meeting_report(meetings.engine(), "standup")["decisions"]
    assert sorted(d["person"] for d in everybodys) == CORE[:2]
    own = meeting_report(meetings.engine(), "standup", eyes=Eyes(CORE[1]))["decisions"]
    assert [d["person"] for d in own] == [CORE[1]]


# --- savings


def test_savings_count_in_closed_weeks_only(desk: Desk) -> None:
    for week in ("2026-W45", "2026-W47"):
        weigh(desk, week, saved_lower_minutes=10, saved_upper_minutes=20, saved_focus_minutes=60)
    body = savings_report(rated(desk), "org", date(2026, 11, 2), date(2026, 11, 23))
    assert [row["week"] for row in body["weeks"]] == ["2026-W45", WEEK]  # W47 ended yesterday
    first = body["weeks"][0]
    assert (first["saved_lower_minutes"], first["saved_upper_minutes"], first["saved_capacity"]) == (80, 160, 80)
    assert "capacity, not cash" in body["note"]
