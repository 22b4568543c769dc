"""An organisation with a week behind it: calendars, person-weeks, sums, decisions; a clock that tests move; a real post office.

It is Monday 23 November 2026, 07:30 in UTC. Groups of one are hidden. Ana, Ben and Kim are in team `core`, which Lea leads from outside; teams
`edge`, led by Zoe, and `rim` have one member each. Everybody lives in Berlin, but Kim in New York.
"""

import os
import socket
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import count
from pathlib import Path

from guardian.engine.gauge import gauge_of
from guardian.engine.house import Engine
from guardian.engine.letters import Letters
from guardian.engine.mail_turn import Turn
from guardian.engine.policies import in_force_now
from guardian.engine.rollup import refresh_groups
from guardian.engine.weekly import Post, Sent, due, letters_of, send
from guardian.engine.world import members_of
from guardian.mail.compose import Sender
from guardian.mail.scribe import MimeScribe
from guardian.mail.send import SmtpMailer
from guardian.model.events import Agenda, Attendee, EventRef, MeetingKey, Occurrence, Response
from guardian.model.ids import ulid
from guardian.model.ledger import Owner
from guardian.model.mail import Addressee, MailKind, MailRow
from guardian.model.people import Person
from guardian.model.time import Interval, Week
from guardian.ports import CalendarState, WindowRead
from guardian.reports.cost import Rates
from guardian.reports.load import weeks_of
from guardian.store.database import SqlStore, open_store
from tests.engine.town import fresh_database
from tests.mail.post_office import PostOffice, post_office

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
WEEK = "2026-W47"
LEA, BOSS = "lea@acme.example", "board@acme.example"
CORE = ("ana@acme.example", "ben@acme.example", "kim@acme.example")
ANA, BEN, KIM = CORE
ZOE = "zoe@acme.example"
EDGE, RIM = (ZOE,), ("rob@acme.example",)
MIN_GROUP = 2
BASE = "https://guardian.acme.example"
SECRET = "a secret of this installation, long enough"

POLICY = f"""\
version: 1
defaults:
  timezone: Europe/Berlin
  working_hours: {{days: [mon-fri], start: "09:00", end: "17:00"}}
  holidays: DE-BE
  internal_domains: [acme.example]
  mode_ceiling: enforce
teams:
  core: {{members: [{", ".join(CORE)}], owners: [{LEA}]}}
  edge: {{members: [{", ".join(EDGE)}], owners: [{ZOE}]}}
  rim: {{members: [{", ".join(RIM)}]}}
rules:
  - id: focus-time
    type: focus_block
    windows: [{{days: [mon-fri], start: "09:00", end: "11:00"}}]
    action: decline
    mode: enforce
"""


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026, in UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def meeting(
    email: str, uid: str, start: datetime, length: int = 30, guests: Sequence[str] = (LEA,), **changes: object
) -> Occurrence:
    others = [Attendee(guest, response=Response.ACCEPTED) for guest in dict.fromkeys((LEA, *guests)) if guest != email]
    base = Occurrence(
        ref=EventRef(email, "primary", f"{uid}-{start:%m%d%H%M}"),
        meeting=MeetingKey.occurrence(f"{uid}@acme.example", start),
        when=Interval(start, start + timedelta(minutes=length)),
        title=uid.title(),
        organizer=LEA,
        attendees=(Attendee(email, response=Response.ACCEPTED, is_self=True), *others),
        guests=len(others),
        response=Response.ACCEPTED,
        series_id=uid,
        agenda=Agenda(),
        created_at=datetime(2026, 9, 1, tzinfo=UTC),
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the names are those of Occurrence


def usual_weeks(email: str) -> list[Occurrence]:
    """From four weeks before: a standup every day, two longer meetings, one after hours."""
    mondays = [at(23, 0) + timedelta(weeks=n) for n in range(-5, 3)]
    return [occurrence for monday in mondays for occurrence in usual_week(email, monday)]


def usual_week(email: str, monday: datetime) -> list[Occurrence]:
    def on(day: int, hour: int) -> datetime:
        return monday + timedelta(days=day, hours=hour)

    standups = [meeting(email, "standup", on(day, 10), 15, guests=CORE) for day in range(5)]
    more = [meeting(email, "planning", on(0, 12), 60), meeting(email, "review", on(2, 13), 90)]
    return [*standups, *more, meeting(email, "call overseas", on(3, 17))]


@dataclass
class Office:
    """Everything at hand. `post` may be replaced."""

    engine: Engine
    store: SqlStore
    smtp: PostOffice
    post: Post
    url: str
    moment: list[datetime] = field(default_factory=lambda: [NOW])
    halted: bool = False

    def later(self, **span: float) -> None:
        self.moment[0] += timedelta(**span)

    @property
    def letters(self) -> Letters:
        return letters_of(self.engine, self.post)

    def due(self) -> list[Addressee]:
        return due(self.engine, self.post, self.letters)

    def send(self, addressees: Sequence[Addressee] | None = None) -> Sent:
        """A run, as after a pass."""
        letters = self.letters
        chosen = due(self.engine, self.post, letters) if addressees is None else addressees
        return send(self.engine, self.post, letters, chosen, Sent())

    def rows(self, week: str = WEEK) -> dict[tuple[str, str], MailRow]:
        """By kind and recipient."""
        return {(r.addressee.kind, r.addressee.recipient): r for r in self.store.mails.of_week(week)}

    def row(self, recipient: str = ANA, kind: MailKind = MailKind.PERSON) -> MailRow:
        return self.rows()[(kind, recipient)]

    @property
    def inbox(self) -> list[str]:
        return sorted(self.smtp.recipients)


def only(recipient: str = ANA, kind: MailKind = MailKind.PERSON, week: str = WEEK) -> list[Addressee]:
    scope = {MailKind.PERSON: f"person:{recipient}", MailKind.TEAM: "team:core", MailKind.ORG: "org"}[kind]
    return [Addressee(kind, recipient, scope, week)]


def people() -> list[Person]:
    names = {ANA: "Ana Ruiz", BEN: "Ben Oto", KIM: "Kim Lee", ZOE: "Zoe Adams"}
    zones = {KIM: "America/New_York"}
    return [Person(email, "google", names.get(email, ""), zones.get(email)) for email in (*CORE, *EDGE, *RIM)]


def make_engine(store: SqlStore, clock: Callable[[], datetime], policy: Callable[[], str] = lambda: POLICY) -> Engine:
    ids = count()
    return Engine(
        store=store,
        providers={},
        roster=people,
        policy_files=lambda: {"policies.yaml": policy()},
        clock=clock,
        killed=lambda: False,
        owner=Owner(socket.gethostname(), os.getpid()),
        new_id=lambda now: ulid(now, next(ids).to_bytes(10, "big")),
        sleep=lambda _seconds: None,
        min_group=MIN_GROUP,
        rates=Rates("EUR", 90.0),
    )


def fill(engine: Engine, calendars: Callable[[str], list[Occurrence]] | None = None) -> None:
    """Calendars as read, with the weeks measured from them, and the sums of groups."""
    now = engine.clock()
    window = Interval(now - timedelta(days=45), now + timedelta(days=30))
    policy = in_force_now(engine.store.registry, engine.policy_files).policy
    everybody = members_of(engine.store, policy, people(), "UTC")
    weeks = [Week(2026, number) for number in range(43, 50)]
    for email, member in everybody.items():
        found = calendars(email) if calendars else usual_weeks(email)
        measured = weeks_of(found, gauge_of(policy, member, len(everybody)), weeks)
        state = CalendarState(email, "google", window=window, last_success=now, last_attempt=now)
        engine.store.facts.replace_window(WindowRead(state, found, measured), now)
    refresh_groups(engine)


def make_post(smtp: PostOffice | None, halted: Callable[[], bool] = lambda: False) -> Post:
    sender = Sender("Calendar guardian", "guardian@acme.example")
    mailer = SmtpMailer(smtp.config()) if smtp else None
    return Post(MimeScribe(sender, BASE, SECRET), mailer, Turn(0, 8), (BOSS,), halted=halted)


@contextmanager
def office(
    folder: Path, calendars: Callable[[str], list[Occurrence]] | None = None, url: str | None = None
) -> Iterator[Office]:
    """Open until the block ends, on a migrated database, by default an SQLite file in the folder."""
    usual = url is None and calendars is None
    place = url or (_usual_database(folder) if usual else fresh_database(folder))
    store = open_store(place)
    try:
        with post_office() as smtp:
            moment = [NOW]
            engine = make_engine(store, lambda: moment[0])
            found = Office(engine, store, smtp, make_post(smtp), place, moment)
            found.post = make_post(smtp, lambda: found.halted)
            if not usual:
                fill(engine, calendars)
            yield found
    finally:
        store.close()


def _usual_database(folder: Path) -> str:
    path = folder / "guardian.db"
    path.write_bytes(_filled())
    path.chmod(0o600)
    return f"sqlite:///{path}"


@lru_cache(maxsize=1)
def _filled() -> bytes:
    """A database with the usual weeks: a copy is made faster than the weeks are measured."""
    with tempfile.TemporaryDirectory() as name:
        store = open_store(fresh_database(Path(name)))
        fill(make_engine(store, lambda: NOW))
        store.close()
        with sqlite3.connect(Path(name) / "guardian.db") as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return (Path(name) / "guardian.db").read_bytes()
