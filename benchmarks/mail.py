"""How fast weekly mails are written: `python -m benchmarks.mail [--people N] [--pictures N]`.

Numbers in, finished MIME message out, for many people, each with a picture of their own; on one core. Two parts, told apart because
they cost so differently: the letter (words, text, HTML with inlined styles, MIME with the picture's bytes) and the drawing of
the picture. The floor of the letter is a message of the same parts and sizes made by the standard library alone; that of the
picture is an empty one of the same size.
"""

import argparse
import random
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from fractions import Fraction
from pathlib import Path

from guardian.mail.compose import Envelope, Sender, compose, wire_bytes
from guardian.mail.picture import png_of
from guardian.model.events import Attendee, EventRef, MeetingKey, Occurrence, Response
from guardian.model.mail import Addressee, MailKind
from guardian.model.people import Schedule
from guardian.model.time import Interval, WallWindow, Week, zone_named
from guardian.reports.charts import STANDALONE, week_picture
from guardian.reports.cost import Money
from guardian.reports.gauge import Gauge
from guardian.reports.letter import Costly, Deed, Links, Proposal
from guardian.reports.letter_parts import day_bars, risks
from guardian.reports.letter_writing import Material, write
from guardian.reports.load import weeks_of
from guardian.reports.week_view import WeekView, summary, week_view
from guardian.reports.weeks import PersonWeek
from guardian.reports.written import DAILY

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
WEEKS = [Week(2026, number) for number in range(43, 48)]
TARGET = 100
SENDER = Sender("Calendar guardian", "guardian@acme.example")
BASE = "https://guardian.acme.example"
LINKS = Links(f"{BASE}/methods", BASE, f"{BASE}/mail/stop/{'x' * 60}", "mailto:guardian@acme.example?subject=stop")
WEEKDAYS = frozenset(range(5))
SCHEDULE = Schedule(zone_named("Europe/Berlin"), (WallWindow(WEEKDAYS, 9 * 60, 17 * 60),))


def gauge(email: str) -> Gauge:
    return Gauge(email, SCHEDULE, focus_bands=(WallWindow(WEEKDAYS, 9 * 60, 11 * 60),), organisation=10_000)


def calendar(email: str, chance: random.Random, week: Week) -> Iterator[Occurrence]:
    """Some 18 meetings."""
    monday = datetime.combine(week.monday, datetime.min.time(), tzinfo=UTC)
    for n in range(18):
        start = monday + timedelta(days=chance.randrange(5), hours=8, minutes=30 * chance.randrange(18))
        yield Occurrence(
            EventRef(email, "primary", f"{week}-{n}"),
            MeetingKey(f"{week}-{n}"),
            Interval(start, start + timedelta(minutes=chance.choice((15, 30, 30, 45, 60)))),
            title=f"Planning of area {chance.randrange(1000)}",
            organizer="rui@acme.example",
            attendees=(Attendee("rui@acme.example", response=Response.ACCEPTED),),
            guests=1,
            response=Response.ACCEPTED,
        )


def person(number: int) -> tuple[str, list[PersonWeek], WeekView]:
    """Somebody's five weeks and the view of the last one, by a seed of their own."""
    email, chance = f"person{number}@acme.example", random.Random(number)
    found = [item for week in WEEKS for item in calendar(email, chance, week)]
    who = gauge(email)
    return email, weeks_of(found, who, WEEKS), week_view(found, [], who, WEEKS[-1])


def material(email: str, weeks: Sequence[PersonWeek], view: WeekView) -> Material:
    return Material(
        kind=MailKind.PERSON,
        name=email.partition("@")[0],
        now=weeks[-1],
        before=weeks[:-1],
        money=Money("EUR", Fraction(weeks[-1].meeting_minutes * 3, 2)),
        bars=day_bars(view),
        deeds=[
            Deed("Declined", f"Sync {n}", "focus-time: in the window 09:00-11:00", f"{BASE}/d/{n}") for n in range(5)
        ],
        passes={"urgent": 2},
        costly=[
            Costly(f"Series {n}", "4 times 30 min, 6 colleagues: 12.0 person-hours", "No agenda.") for n in range(5)
        ],
        proposal=Proposal("k", "Standup", "Saves 48 minutes.", "6 x 15 = 90 against 42.", "Why: standup.", DAILY.text),
        risks=risks(view),
        links=LINKS,
    )


def message(email: str, made: Material, picture: bytes, alt: str) -> bytes:
    addressee = Addressee(MailKind.PERSON, email, f"person:{email}", str(WEEKS[-1]))
    envelope = Envelope(SENDER, email, email.partition("@")[0], addressee.message_id(SENDER.domain), NOW)
    return wire_bytes(compose(write(made), envelope, picture, alt))


def least(text: str, html: str, picture: bytes) -> bytes:
    """The same parts and sizes by the standard library alone."""
    found = EmailMessage(SMTP)
    found["Subject"], found["From"], found["To"] = "Week 47", "g@acme.example", "p@acme.example"
    found.set_content(text, cte="quoted-printable")
    found.add_alternative(html, subtype="html", cte="quoted-printable")
    _, part = found.iter_parts()
    assert isinstance(part, EmailMessage)
    part.add_related(picture, "image", "png", cid="<week@acme.example>")
    return found.as_bytes()


def seconds(call: Callable[[], object], times: int) -> float:
    """Of this process alone, each."""
    begun = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - begun) / times


def resident_mib() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


def letters(people: int) -> None:
    """Calendars and pictures are made beforehand for a hundred people, so that only writing is measured."""
    some = [person(number) for number in range(100)]
    made = [(email, material(email, weeks, view), summary(view)) for email, weeks, view in some]
    pictures = [png_of(week_picture(view, STANDALONE)) for _, _, view in some[:10]]
    sample = message(*made[0][:2], pictures[0], made[0][2])
    memory, begun, size = resident_mib(), time.process_time(), 0
    for number in range(people):
        _, one, alt = made[number % len(made)]
        email = f"somebody{number}@acme.example"
        size = max(size, len(message(email, replace(one, name=f"Somebody {number}"), pictures[number % 10], alt)))
    took = (time.process_time() - begun) / people
    floor = _floor(sample, pictures[0])
    print(f"letters: {people:,} messages with picture inside, {1 / took:,.0f} a second, {took * 1e3:.1f} ms each")
    print(
        f"  (target {TARGET}); floor of MIME alone {floor * 1e3:.1f} ms, ratio {took / floor:.1f}; largest {size:,} bytes"
    )
    now = resident_mib()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  resident memory {memory:.0f} -> {now:.0f} MiB, ratio {now / memory:.2f}; peak {peak:.0f} MiB")


def _floor(sample: bytes, picture: bytes) -> float:
    from email import message_from_bytes, policy

    parts = {part.get_content_type(): part for part in message_from_bytes(sample, policy=policy.default).walk()}
    text, html = parts["text/plain"].get_content(), parts["text/html"].get_content()
    return seconds(lambda: least(text, html, picture), 200)


def pictures(count: int) -> None:
    views = [person(number)[2] for number in range(count)]
    svgs = [week_picture(view, STANDALONE) for view in views]
    begun = time.process_time()
    sizes = [len(png_of(svg)) for svg in svgs]
    took = (time.process_time() - begun) / count
    head, _, _ = svgs[0].partition("<title")
    empty = seconds(
        lambda: png_of.__wrapped__(f'{head}<rect x="0" y="0" width="760" height="500" fill="#fff"/></svg>'), 10
    )
    again = seconds(lambda: png_of(svgs[-1]), 1000)
    print(
        f"pictures: {count} different ones, {1 / took:.0f} a second, {took * 1e3:.0f} ms each, {max(sizes):,} bytes at most"
    )
    print(
        f"  floor, an empty one, {empty * 1e3:.0f} ms, ratio {took / empty:.1f}; one drawn before {again * 1e6:.0f} us"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--pictures", type=int, default=100)
    options = parser.parse_args()
    letters(options.people)
    pictures(options.pictures)


if __name__ == "__main__":
    main()
