"""Which series could be a written update, and why."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.model.events import Agenda, Attendee, Response
from guardian.model.time import Interval
from guardian.reports.candidates import Candidate, candidates, judge_series
from guardian.reports.crowd import Size
from guardian.reports.series import series_rows
from guardian.reports.written import DAILY, TEMPLATES, WEEKLY, Saving, template_for
from tests.reports.calendar_of import at
from tests.reports.series_of import NOW, TEAM, occurrence, stored, weekly

EIGHT_WEEKS = Interval(NOW - timedelta(weeks=8), NOW)
INSIDE = ("acme.example",)
(PLAIN,) = series_rows(weekly(), EIGHT_WEEKS, NOW, inside=INSIDE)


def judged(**changes: Any) -> Candidate:
    return judge_series(replace(PLAIN, **changes))


def points(found: Candidate) -> list[int]:
    return [reason.points for reason in found.reasons]


def test_a_status_meeting_without_agenda_and_end_is_one() -> None:
    found = judged()
    assert [reason.text for reason in found.reasons] == [
        "its title says that people bring each other up to date",
        "no agenda in 8 of 8",
        "no end in sight: still planned 8 weeks ahead, as far as calendars are read",
    ]
    assert (found.score, found.against, found.suggested) == (5, (), True)
    assert found.template is WEEKLY


def test_the_saving_shows_its_inputs() -> None:
    """15 minutes x 6 people = 90 against 6 x (2 + 5) = 42."""
    saving = judged().saving
    assert (saving.meeting, saving.writing, saving.saved) == (90, 42, 48)
    shown = "15 min x 6 people = 90 against 6 x 2 to write + 6 x 5 to read = 42: 48 min each time"
    assert str(saving) == shown
    assert saving.over(8) == 384
    assert judged().saved_each_week == 48


def test_what_comes_every_day_comes_five_times_a_week() -> None:
    """48 minutes on five days; weekly and fortnightly in their own rhythm."""
    assert [judged(rhythm_days=days).saved_each_week for days in (1.0, 7.0, 14.0)] == [240, 48, 24]


def test_writing_times_are_settings() -> None:
    saving = judge_series(PLAIN, write=5, read=2.5).saving
    assert (saving.writing, saving.saved) == (45, 45)
    assert judge_series(PLAIN, write=60, read=5).saving.saved == 0
    assert not judge_series(PLAIN, write=60, read=5).suggested
    assert Saving(3, 10, 3, 3, 0.1, 0).writing == 1


AGAINST = {
    "rare": ({"rhythm_days": 28.0}, "less often than every two weeks"),
    "once": ({"rhythm_days": None}, "less often than every two weeks"),
    "new": ({"in_eight_weeks": 3}, "fewer than 4 times in eight weeks"),
    "few people": ({"people": 3}, "fewer than 4 people"),
    "from outside": ({"external": True}, "somebody from outside is in it"),
    "long": ({"minutes": 61}, "longer than 60 minutes"),
    "everybody": ({"size": Size.ALL_HANDS}, "for everybody"),
    "kept": ({"labels": frozenset({"keep"})}, "labelled 'keep'"),
    "private": ({"private": True}, "private"),
}


@pytest.mark.parametrize(("changes", "why"), AGAINST.values(), ids=AGAINST)
def test_what_speaks_against_is_said(changes: dict[str, Any], why: str) -> None:
    found = judged(**changes)
    assert why in found.against
    assert not found.suggested


@pytest.mark.parametrize("rhythm", [1.0, 7.0, 14.0, 15.0])
def test_at_least_fortnightly(rhythm: float) -> None:
    assert judged(rhythm_days=rhythm).against == ()


@pytest.mark.parametrize("title", [
    "1:1 status", "Status: interview loop", "Sprint retro + sync", "INCIDENT update", "Post-mortem sync", "Decision sync",
    "Training update", "Workshop check-in", "Company All-Hands update", "Town hall round-up", "Coffee check-in",
    "Brainstorming sync", "\u200bRetro\u200b status", "RETRO",
])  # fmt: skip
def test_what_a_call_is_right_for_is_left_alone(title: str) -> None:
    assert judged(title=title).against != ()


@pytest.mark.parametrize("title", [
    "Status", "Daily Standup", "Stand-up", "stand up", "Team sync", "Sync-up", "Weekly update", "Updates", "Check-in", "check in",
    "Round-up", "STATUS\u00a0REPORT", "\uff33tatus", "s\u200bt\u200batus", "<b>status</b>", "\r\nstatus\r\n", "\u202estatus",
])  # fmt: skip
def test_titles_that_say_that_people_update_each_other(title: str) -> None:
    found = judged(title=title)
    assert points(found)[0] == 2
    assert found.against == ()


@pytest.mark.parametrize(
    "title", ["Estatus", "synchrony", "upstairs", "candidates", "", "(a+)+$", "statusquo", "checking"]
)
def test_titles_that_do_not(title: str) -> None:
    assert points(judged(title=title)) == [2, 1]


@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ({"lacking": 4}, 0),
        ({"lacking": 3}, -2),
        ({"readable": 0, "lacking": 0}, -2),
        ({"accepted": 28, "declined": 6, "unanswered": 6}, 1),
        ({"accepted": 29, "declined": 6, "unanswered": 5}, 0),
        ({"optional": 12}, 1),
        ({"optional": 11}, 0),
        ({"shorter": 1, "moved": 1}, 1),
        ({"shorter": 1}, 0),
        ({"people": 8}, 1),
        ({"people": 7}, 0),
        ({"planned_weeks": 6}, -1),
        ({"planned_weeks": 7}, 0),
        ({"planned_weeks": 0}, -1),
        ({"documented": 4}, 1),
        ({"documented": 4, "organizers": 2}, 0),
        ({"documented": 3}, 0),
    ],
)
def test_points(changes: dict[str, Any], more: int) -> None:
    assert judged(**changes).score == 5 + more


def test_below_four_points_nothing_is_proposed() -> None:
    assert judged(lacking=0).score == 3
    assert not judged(lacking=0).suggested


def test_the_one_that_saves_most_a_week_comes_first() -> None:
    daily = replace(PLAIN, series="daily", rhythm_days=1.0)
    large = replace(PLAIN, series="large", inside=9, people=9)
    no = replace(PLAIN, series="no", external=True)
    assert [c.row.series for c in candidates([PLAIN, large, no, daily])] == ["daily", "large", "status"]


def test_templates_are_ready_to_use() -> None:
    assert template_for(1.0) is DAILY
    assert template_for(1.4) is DAILY
    assert template_for(7.0) is template_for(None) is WEEKLY
    for template in TEMPLATES:
        assert template.text.isascii()
        assert template.text.endswith("\n")
        assert "<" not in template.text


@given(st.text(max_size=300), st.text(max_size=30))
def test_no_title_or_label_breaks_it(title: str, label: str) -> None:
    found = judged(title=title, labels=frozenset({label}))
    assert 3 <= found.score <= 5


def test_endless_titles_cost_nothing() -> None:
    """A megabyte of what patterns begin with; only the beginning is looked at."""
    assert judged(title="status " * 150_000).score == 5
    assert judged(title="statu" * 200_000).score == 3


def test_from_calendars_to_the_proposal() -> None:
    guests = [Attendee(p, response=Response.NEEDS_ACTION) for p in TEAM]
    good = Agenda(20, 200)
    silent = series_rows(
        [stored(occurrence(at(d, "09:00"), uid="daily", title="Team sync", answers=guests)) for d in range(-55, 60)],
        EIGHT_WEEKS, NOW, inside=INSIDE,
    )  # fmt: skip
    useful = series_rows(weekly(uid="review", title="Design review", agenda=good), EIGHT_WEEKS, NOW, inside=INSIDE)
    (found,) = candidates([*silent, *useful])
    assert found.row.series == "daily"
    assert points(found) == [2, 2, 1, 1]
    assert found.template is DAILY
