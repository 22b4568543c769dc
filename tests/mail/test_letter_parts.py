"""What a letter takes from calendar and ledger: deeds with their way back, what was let through, what lies ahead, what was not read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from guardian.model.actions import BookFocus, Flag, Outcome, State
from guardian.model.events import Occurrence, Response, StoredOccurrence
from guardian.model.health import CalendarState
from guardian.model.ledger import DecisionRow, OutboxRow
from guardian.model.people import Schedule
from guardian.model.time import Interval, WallWindow, Week, zone_named
from guardian.reports import letter_parts as parts
from guardian.reports.gauge import Gauge
from guardian.reports.letter import Bar
from guardian.reports.letter_series import Offer, costly, for_groups, proposal
from guardian.reports.series import SeriesRow, series_rows
from guardian.reports.week_view import WeekView, week_view
from tests.mail.world import ANA, BOSS, CORE, KIM, LEA, at, meeting, office, usual_weeks
from tests.store_world import act, decision

BERLIN = zone_named("Europe/Berlin")
WEEK = Week(2026, 47)
WITHIN = WEEK.interval(BERLIN)
WEEKDAYS = frozenset(range(5))
GAUGE = Gauge(
    ANA,
    Schedule(BERLIN, (WallWindow(WEEKDAYS, 9 * 60, 17 * 60),)),
    focus_bands=(WallWindow(WEEKDAYS, 9 * 60, 11 * 60),),
)


def single(day: int, hour: int, length: int = 30, **changes: Any) -> Occurrence:
    return meeting(ANA, f"m{day}-{hour}", at(day, hour), length, series_id=None, **changes)


def row(
    occurrence: Occurrence, when: datetime, effect: object = None, state: str = "done", rule: str = "focus"
) -> OutboxRow:
    action = act(occurrence, effect, rule)  # type: ignore[arg-type]  # any effect
    return OutboxRow(action, state, "run", "D1", when, settled_at=when)


def made(occurrence: Occurrence, id_: str = "D1", **changes: Any) -> DecisionRow:
    about = decision(occurrence, **changes)
    return DecisionRow(id_, "run", WITHIN.start, about, State.DONE, about.reason)


def view(*occurrences: Occurrence) -> WeekView:
    return week_view(occurrences, [], GAUGE, WEEK)


# --- deeds


def test_deeds_name_meeting_rule_and_the_way_back() -> None:
    planning = single(18, 9, title="Planning")
    rows = [
        row(planning, at(17, 8), Flag("x")),
        row(planning, at(17, 9)),
        row(planning, at(16, 9), state="skipped"),
        row(planning, at(24, 9)),
    ]
    found = parts.deeds(rows, {"D1": made(planning)}, WITHIN, "https://g.example", BERLIN)
    assert [deed.what for deed in found] == ["Declined", "Marked"]
    assert found[0].meeting == "Planning"
    assert found[0].why == "Wed 18, 10:00. Rule focus: in the focus window"
    assert found[0].link == "https://g.example/decisions/D1"
    assert parts.deeds(rows, {"D1": made(planning)}, WITHIN, "", BERLIN)[0].link == ""


def test_a_private_event_is_never_named() -> None:
    secret = single(18, 9, title="CANARY", private=True)
    (deed,) = parts.deeds([row(secret, at(17, 9))], {"D1": made(secret)}, WITHIN, "", BERLIN)
    assert deed.meeting == parts.PRIVATE
    assert "CANARY" not in repr(deed)


def test_focus_blocks_are_summed_up() -> None:
    block = Interval(at(18, 8), at(18, 10))
    book = BookFocus(block, "Europe/Berlin", "Focus time", "")
    found = parts.deeds([row(single(n, 8), at(17, 9), book) for n in (18, 19)], {}, WITHIN, "", BERLIN)
    assert [(deed.what, deed.why) for deed in found] == [("Booked focus time", "2 blocks, 4.0 h, by the team's rule")]


def test_of_a_group_only_numbers_by_rule_are_told() -> None:
    rows = [row(single(n, 9, title="CANARY"), at(17, 9), rule=rule) for n, rule in ((16, "a"), (17, "a"), (18, "b"))]
    tally = parts.tally(rows, WITHIN)
    assert tally == {("decline", "a"): 2, ("decline", "b"): 1}
    (deed,) = parts.group_deeds(tally)
    assert (deed.what, deed.meeting, deed.why) == ("Declined 3 meetings", "", "by rule: a (2) and b (1)")


def test_each_meeting_that_was_let_through_counts_once() -> None:
    urgent, late = single(18, 9), single(24, 9)
    rows = [
        made(urgent, "1", outcome=Outcome.NONE, bypass="urgent"),
        made(urgent, "2", outcome=Outcome.NONE, bypass="urgent"),
        made(late, "3", outcome=Outcome.NONE, bypass="urgent"),
        made(single(17, 9), "4"),
    ]
    assert parts.passes(rows, WITHIN) == Counter(urgent=1)


# --- days, and what lies ahead


def test_bars_are_the_days_of_the_view() -> None:
    found = parts.day_bars(view(single(16, 8, 120), single(20, 17, 60)))
    assert found[0] == Bar("Mon 16", 120, 360, 0)
    assert found[4] == Bar("Fri 20", 60, 480, 0), "after hours takes nothing of the day"
    assert [bar.label for bar in found] == ["Mon 16", "Tue 17", "Wed 18", "Thu 19", "Fri 20"]


@pytest.mark.parametrize(
    ("meetings", "words"),
    [
        ([], ()),
        ([single(16, 8, 60)], ("Meetings already take 1.0 h of your focus windows.",)),
        ([single(17, hour, 30) for hour in (9, 11, 13, 15)], ("No stretch of two hours is left on Tue 17.",)),
        ([single(18, 12, 60), single(18, 12, 30, title="x")], ("Meetings clash for 0.5 h, on Wed 18.",)),
        ([single(18, 17, 60)], ("1.0 h of meetings lie outside your working hours.",)),
        ([single(18, 12, 30, response=Response.NEEDS_ACTION)], ("1 invitation without your yes or no.",)),
    ],
)
def test_what_lies_ahead(meetings: list[Occurrence], words: tuple[str, ...]) -> None:
    if len(meetings) == 2:
        meetings = [meetings[0], replace(meetings[1], meeting=replace(meetings[1].meeting, series_uid="other"))]
    assert set(words) <= set(parts.risks(view(*meetings)))
    assert bool(words) == bool(parts.risks(view(*meetings)))


# --- what could not be read


def state(**changes: object) -> CalendarState:
    base = CalendarState(ANA, "google", last_success=at(20, 13))
    return replace(base, **changes)  # type: ignore[arg-type]  # the names are those of CalendarState


def test_what_could_not_be_read_is_told() -> None:
    assert parts.unread(state(), BERLIN) == ()
    assert parts.unread(state(error="access_lost", detail="CANARY"), BERLIN) == (
        "Your calendar could not be read since Fri 20 Nov 14:00: access was refused.",
    )
    assert parts.unread(None, BERLIN) == ("Your calendar was never read.",)
    told = parts.group_unread([state(), state(error="provider_down"), None], BERLIN)
    assert told == ("2 of 3 calendars could not be read, the longest since Fri 20 Nov 14:00.",)
    assert parts.group_unread([state()], BERLIN) == ()


# --- recurring meetings


CROWD = (*CORE, *(f"p{n}@acme.example" for n in range(3)))


def rows(people: Sequence[str] = CROWD, uid: str = "standup") -> list[SeriesRow]:
    days = [at(1, 10) + timedelta(days=n) for n in range(28)]
    copies = [meeting(ANA, uid, day, 15, guests=people) for day in days if day.weekday() < 5]
    stored = [StoredOccurrence(copy, datetime(2026, 9, 1, tzinfo=UTC)) for copy in copies]
    return series_rows(stored, Interval(at(1, 0), at(29, 0)), at(29, 0), inside=("acme.example",), organisation=50)


def test_a_proposal_shows_its_sum_and_is_not_made_again() -> None:
    found = proposal(rows(), Offer(), ())
    assert found is not None
    assert "15 min x 7 people = 105 against 7 x 2 to write + 7 x 5 to read = 49: 56 min each time" in found.inputs
    assert found.template.startswith("Daily update")
    assert "Suggest it to whoever organises it." in found.what
    mine = proposal(rows(), Offer(), (), reader=LEA)
    assert mine is not None
    assert "You organise it." in mine.what
    assert proposal(rows(), Offer(), {found.key}) is None
    linked = proposal(rows(), Offer(template="https://wiki.example/x"), ())
    assert linked is not None
    assert (linked.template, linked.link) == ("", "https://wiki.example/x")


def test_a_group_hears_of_no_title_and_of_no_small_series() -> None:
    large, small = rows(), rows(CORE[:2], "one on one")
    found = for_groups([*large, *small], 5)
    assert [row.series for row in found] == [large[0].series]
    told = (*costly(found, Offer(), None, named=False), proposal(found, Offer(), (), named=False))
    assert "standup" not in repr(told).lower().replace("standup@acme.example", "")
    assert LEA not in repr(told)


# --- and all of it, sent


def test_mails_to_groups_hold_no_title_and_no_name(tmp_path: Path) -> None:
    def calendars(email: str) -> list[Occurrence]:
        usual = [replace(item, title="CANARY meeting") for item in usual_weeks(email)]
        secret = meeting(email, "secret", at(17, 8), 60, title="SECRET", private=True, series_id=None)
        return [*usual, secret]

    with office(tmp_path, calendars) as place:
        place.send()
        place.later(hours=6)
        place.send()
        texts = {mail.recipients[0]: "".join(map(str, mail.message.walk())) for mail in place.smtp.arrived}
    assert "CANARY" in texts[ANA]
    assert all("SECRET" not in text for text in texts.values())
    for address in (LEA, BOSS):
        assert "CANARY" not in texts[address]
        for person in (*CORE, "Ana", "Ruiz", "Ben Oto"):
            assert person not in texts[address]
    assert KIM not in texts[ANA]
