"""How fast decisions are made: `python -m benchmarks.decide`.

Four measurements on one core, each beside the floor measured in the same run (making one `Decision` per meeting and
nothing else): nothing matches without and with traces, every meeting matches, and 20 rules over 10,000 people for two weeks.
"""

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from guardian.model.actions import Decision, Mode, Outcome
from guardian.model.events import Agenda, Attendee, EventRef, MeetingKey, Occurrence, Response, StoredOccurrence
from guardian.model.people import Member, Person, Schedule
from guardian.model.time import Interval, WallWindow, zone_named
from guardian.policy.decide import decide
from guardian.policy.model import (
    AgendaRequired,
    Bypass,
    Condition,
    Defaults,
    DoubleBooking,
    FocusBlock,
    Matcher,
    MaxAttendees,
    MeetingFreeDay,
    MeetingLength,
    NoticePeriod,
    Place,
    PolicySet,
    Rule,
    Safety,
)
from guardian.policy.view import PersonFacts, View

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ZONES = ("Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kolkata")
WEEKDAYS = frozenset(range(5))
HOURS = (WallWindow(WEEKDAYS, 9 * 60, 17 * 60),)


def conditions(focus_from: int) -> list[Condition]:
    """One of each type; the focus window is two hours from that minute on."""
    return [
        FocusBlock((WallWindow(WEEKDAYS, focus_from, focus_from + 120),)),
        MeetingFreeDay(frozenset({5, 6})),
        MeetingLength(others="flag"),
        AgendaRequired(),
        MaxAttendees(),
        NoticePeriod(),
        DoubleBooking(),
    ]


def policy(rules: int, focus_from: int) -> PolicySet:
    """That many rules, types in turn, and three bypass entries."""
    made = [c for n in range(rules) for c in (conditions(focus_from + n)[n % 7],)]
    place = Place("config/policies.yaml", 1)
    return PolicySet(
        version="sha256:benchmark",
        file=place.file,
        defaults=Defaults(mode_ceiling=Mode.ENFORCE, internal_domains=("acme.example",)),
        safety=Safety(),
        teams=(),
        bypass=(
            Bypass("clients", Matcher(external=True), place),
            Bypass("urgent", Matcher(title=("[urgent]", "incident")), place, per_organizer_week=2),
            Bypass("one-on-one", Matcher(one_on_one=True), place),
        ),
        rules=tuple(
            Rule(f"rule-{n}", type(c).__name__, c, "decline", place, f"print-{n}", mode=Mode.ENFORCE)
            for n, c in enumerate(made)
        ),
    )


def member(number: int) -> Member:
    email = f"person{number}@acme.example"
    return Member(Person(email, "google"), (), (), Schedule(zone_named(ZONES[number % len(ZONES)]), HOURS))


def meetings(who: Member, days: int, per_day: int) -> Iterator[View]:
    """25-minute meetings with agenda, four people, made long ago: none of them breaks a rule with a focus window at night."""
    facts = PersonFacts(who, {f"rule-{n}": datetime(2026, 1, 1, tzinfo=UTC) for n in range(20)})
    others = (Attendee(f"guest{n}@acme.example") for n in range(3))
    people = (*others, Attendee(who.email, is_self=True))
    for day in range(days):
        for slot in range(per_day):
            start = datetime(2026, 11, 23, 15, tzinfo=UTC) + timedelta(days=day + 2 * (day // 5), minutes=30 * slot)
            yield View(facts, StoredOccurrence(_occurrence(who, people, start), first_seen=NOW))


def _occurrence(who: Member, people: tuple[Attendee, ...], start: datetime) -> Occurrence:
    return Occurrence(
        ref=EventRef(who.email, "primary", start.isoformat()),
        meeting=MeetingKey(start.isoformat()),
        when=Interval(start, start + timedelta(minutes=25)),
        title="Weekly planning",
        organizer="guest0@acme.example",
        attendees=people,
        guests=3,
        response=Response.NEEDS_ACTION,
        agenda=Agenda(words=20, characters=120),
        created_at=datetime(2026, 10, 1, tzinfo=UTC),
    )


def rate(run: Callable[[View], object], views: list[View], seconds: float = 1.5) -> float:
    """Calls a second, the best of rounds that together last that long."""
    best, until = 0.0, time.process_time() + seconds
    while time.process_time() < until:
        began = time.process_time()
        for view in views:
            run(view)
        best = max(best, len(views) / (time.process_time() - began))
    return best


def floor(view: View) -> Decision:
    return Decision(view.person.member.email, view.stored.occurrence, Outcome.NONE, None, None, "", "sha256:benchmark")


def rates() -> None:
    views = [v for n in range(40) for v in meetings(member(n), days=10, per_day=4)]
    quiet, busy = policy(7, 60), policy(7, 15 * 60)
    lowest = rate(floor, views)
    print(f"{'floor (one Decision each)':<44}{lowest:>12,.0f} /s")
    for name, rules, trace in (
        ("7 rules, nothing matches, no trace", quiet, False),
        ("7 rules, nothing matches, full trace", quiet, True),
        ("7 rules, some match, no trace", busy, False),
        ("7 rules, some match, full trace", busy, True),
        ("20 rules, nothing matches, no trace", policy(20, 30), False),
        ("20 rules, nothing matches, full trace", policy(20, 30), True),
    ):
        found = rate(partial(decide, rules, now=NOW, trace=trace), views)
        print(f"{name:<44}{found:>12,.0f} /s   {found / lowest:6.3f} of the floor")


def organisation(people: int) -> None:
    """20 rules, two weeks, four meetings a day: one person after the other, as the service does it."""
    rules, began, total, acting = policy(20, 9 * 60), time.process_time(), 0, 0
    for number in range(people):
        for view in meetings(member(number), days=10, per_day=4):
            acting += decide(rules, view, NOW, trace=False).outcome is not Outcome.NONE
            total += 1
    took = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"20 rules x {people:,} people x 2 weeks: {total:,} decisions ({acting:,} act) in {took:.1f} s, peak {peak:,.0f} MiB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000, help="people in the organisation measured at the end")
    people = parser.parse_args().people
    rates()
    organisation(people)


if __name__ == "__main__":
    main()
