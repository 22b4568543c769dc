"""Letters to look at and to take apart: a full one for a person, one for a team, and words that mean harm."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

from guardian.mail.compose import Envelope, Sender
from guardian.model.mail import Addressee, MailKind
from guardian.reports.cost import Money
from guardian.reports.letter import Bar, Costly, Deed, Letter, Links, Proposal
from guardian.reports.letter_writing import Material, write
from guardian.reports.weeks import GroupWeek, PersonWeek

ANA = "ana@acme.example"
WEEK = "2026-W47"
BASE = "https://guardian.acme.example"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
SENDER = Sender("Calendar guardian", "guardian@acme.example")
STOP = f"{BASE}/mail/stop/abcDEF-123_x"

LINKS = Links(f"{BASE}/methods", BASE, STOP, "mailto:guardian@acme.example?subject=stop%20weekly%20mail")

BARS = (
    Bar("Mon 16", 120, 300, 60),
    Bar("Tue 17", 150, 180, 150),
    Bar("Wed 18", 240, 150, 120),
    Bar("Thu 19", 150, 180, 150),
    Bar("Fri 20", 0, 480),
)
DEEDS = (
    Deed("Declined", "Roadmap sync", "focus-time: in the focus window 09:00-13:00", f"{BASE}/decisions/01J1"),
    Deed("Marked", "All about budgets", "agenda: no agenda a day before", f"{BASE}/decisions/01J2"),
    Deed("Booked focus time", "", "6 blocks, 14.0 h", ""),
)
COSTLY = (
    Costly("Daily standup", "5 times, 1.3 h of yours, 7.5 h of everybody's", "Try a written update, see below."),
    Costly("Planning", "once, 2.0 h of yours, 16.0 h of everybody's", "8 people: who must be there, who can read?"),
)
TEMPLATE = "Daily update\n- Done yesterday:\n- Today:\n- Blocked or asking (with details):"
PROPOSAL = Proposal(
    "uid-standup@acme.example",
    "Daily standup: 15 minutes, 6 people",
    "A written update instead saves 48 person-minutes each time.",
    "6 x 15 = 90 person-minutes against 6 x (2 to write + 5 to read) = 42.",
    "Says standup in its title; no agenda in most; no end date.",
    TEMPLATE,
)
RISKS = ("Tue 24: no stretch of two hours is left.", "2 meetings clash on Thu 26.")
UNREAD = ("Your calendar could not be read since Fri 20 Nov 14:00: access was refused.",)


def week(name: str = WEEK, **changes: object) -> PersonWeek:
    base = PersonWeek(
        person=ANA,
        week=name,
        zone="Europe/Berlin",
        contract_minutes=2400,
        available_minutes=2400,
        meetings=13,
        meeting_minutes=690,
        inside_minutes=630,
        after_hours_minutes=60,
        focus_minutes=1290,
        fragmented_minutes=420,
        blocked_minutes=60,
        focus_band_minutes=1200,
        focus_band_kept_minutes=930,
        free_days=1,
        free_days_kept=1,
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the names are those of PersonWeek


def group(name: str = WEEK, scope: str = "team:platform", **changes: object) -> GroupWeek:
    base = GroupWeek(
        scope=scope,
        week=name,
        people=8,
        contract_minutes=19200,
        available_minutes=19200,
        meetings=90,
        meeting_minutes=5520,
        inside_minutes=5040,
        focus_minutes=10320,
        fragmented_minutes=3360,
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the names are those of GroupWeek


BEFORE = tuple(week(f"2026-W{number}", focus_minutes=1164, meeting_minutes=714) for number in range(43, 47))


def material(**changes: object) -> Material:
    base = Material(
        kind=MailKind.PERSON,
        name="Ana",
        now=week(),
        before=BEFORE,
        money=Money("EUR", Fraction(1035)),
        money_before={row.week: Money("EUR", Fraction(1071)) for row in BEFORE},
        bars=BARS,
        deeds=DEEDS,
        passes={"urgent": 2},
        costly=COSTLY,
        proposal=PROPOSAL,
        risks=RISKS,
        unread=UNREAD,
        links=LINKS,
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the names are those of Material


def letter(**changes: object) -> Letter:
    return write(material(**changes))


def envelope(recipient: str = ANA, name: str = "Ana Ruiz") -> Envelope:
    addressee = Addressee(MailKind.PERSON, recipient, f"person:{recipient}", WEEK)
    return Envelope(SENDER, recipient, name, addressee.message_id(SENDER.domain), NOW)
