"""A believable organisation: four weeks behind it, three ahead, the same every time for the same day."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from guardian.sandbox import seed_special, staff
from guardian.sandbox.agenda import AD_HOC, AGENDAS, ALONE, NO_AGENDAS
from guardian.sandbox.second_wave import second_wave
from guardian.sandbox.staff import BERLIN, LISBON, NEW_YORK, Member
from guardian.sandbox.world import World

__all__ = ["organisation", "second_wave"]

WEEKS_BACK, WEEKS_AHEAD = 4, 3
WORKDAYS = "MO,TU,WE,TH,FR"


def organisation(world: World, now: datetime, people: int = 30, *, mixed: bool = False) -> list[Member]:
    """Fill the world with people and their meetings around `now` (only its day counts); gives the people.

    Deterministic. Everything was created and answered in the past, and no notices are left in the mailbox. `mixed` puts
    half of everybody, and half of the rooms, on Outlook; else all are on Google.
    """
    members = staff.on_both(staff.members(people)) if mixed else staff.members(people)
    for member in members:
        world.add_person(member.email, member.name, member.zone, admin=member == members[0], service=member.service)
    for place, (room, name) in enumerate(staff.ROOMS.items()):
        world.add_room(f"{room}@{staff.DOMAIN}", name, service="outlook" if mixed and place % 2 else "google")
    if mixed:
        _directory(world)
    world.add_group(f"everyone@{staff.DOMAIN}", [member.email for member in members])
    calendar = Planner(world, now, members)
    for team, crew in staff.teams(members).items():
        team_life(calendar, team, crew)
    if people >= 30:
        across_teams(calendar)
        company(calendar)
        seed_special.special_events(calendar)
    world.mails.clear()
    return members


def _directory(world: World) -> None:
    """Who else is in the Microsoft directory: a guest, a service account, and the group of everybody there."""
    world.add_account(staff.CLIENT, "Kim Larsen", guest=True)
    world.add_account(f"scanner@{staff.DOMAIN}", "Scanner")
    outlook = [person.email for person in world.people.values() if person.outlook and not person.room]
    world.add_group(f"outlook@{staff.DOMAIN}", outlook)


class Planner:
    """Puts meetings on calendars: local times of day, answers and creation dates as people would have left them."""

    def __init__(self, world: World, now: datetime, members: Sequence[Member]) -> None:
        self.world = world
        self.today = now.astimezone(UTC).date()
        self.monday = self.today - timedelta(days=self.today.weekday())
        self.first = self.monday - timedelta(weeks=WEEKS_BACK)
        self.members = members
        self.emails = [member.email for member in members]
        self.random = Random(f"acme {self.today.isoformat()}")  # noqa: S311 - wants the same numbers every time

    def at(self, day: date, clock: str, zone: str) -> datetime:
        """A wall-clock time of the zone."""
        return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone))

    def created(self, start: datetime, days: int) -> datetime:
        """`days` before the start, but never after yesterday noon."""
        latest = datetime.combine(self.today - timedelta(days=1), time(12), UTC)
        return min(start.astimezone(UTC) - timedelta(days=days), latest)

    def answers(self, guests: Sequence[str]) -> dict[str, str]:
        """Most people accept, some leave it open, a few decline."""
        weights = {"accepted": 78, "needsAction": 12, "tentative": 6, "declined": 4}
        return {guest: self.random.choices(list(weights), list(weights.values()))[0] for guest in guests}

    def meet(
        self,
        title: str,
        day: date,
        clock: str,
        minutes: int,
        who: Sequence[str],
        zone: str,
        *,
        series: str | None = None,
        agenda: str | None = None,
        days_before: int = 10,
        visibility: str | None = None,
        room: str | None = None,
        answers: dict[str, str] | None = None,
    ) -> str:
        """One meeting or series; the first of `who` organises it."""
        start = self.at(day, clock, zone)
        guests = [*who[1:], *([f"{room}@{staff.DOMAIN}"] if room else [])]
        return self.world.invite(
            who[0],
            title,
            start,
            start + timedelta(minutes=minutes),
            guests,
            series=[f"RRULE:{series}"] if series else None,
            description=agenda,
            visibility=visibility,
            timezone=zone,
            created=self.created(start, 30 if series else days_before),
            answers=self.answers(who[1:]) if answers is None else answers,
        )

    def workdays(self) -> list[date]:
        """Monday to Friday of all seeded weeks."""
        weeks = WEEKS_BACK + WEEKS_AHEAD + 1
        return [self.first + timedelta(days=n) for n in range(weeks * 7) if n % 7 < 5]


def team_life(plan: Planner, team: str, crew: Sequence[Member]) -> None:
    """What every team has: a standup, planning and retro, 1:1s, meetings by the way, and time alone."""
    zone, emails = crew[0].zone, [member.email for member in crew]
    clock = {"platform": "10:00", "product": "13:15", "studio-lisbon": "09:30", "growth": "09:30"}.get(team, "09:45")
    days = "MO,WE,FR" if team == "growth" else WORKDAYS
    standup = plan.meet(
        f"{team.title()} standup", plan.first, clock, 15, emails, zone, series=f"FREQ=WEEKLY;BYDAY={days}"
    )
    _disturb(plan, standup, clock, zone, 15)
    tuesday, friday = plan.first + timedelta(days=1), plan.first + timedelta(days=4)
    fortnightly = "FREQ=WEEKLY;INTERVAL=2"
    plan.meet(f"{team.title()} planning", tuesday, "13:00", 60, emails, zone, series=fortnightly, agenda=AGENDAS[1])
    plan.meet(f"{team.title()} retro", friday, "14:00", 60, emails, zone, series=fortnightly, agenda=AGENDAS[2])
    _one_on_ones(plan, crew)
    _by_the_way(plan, crew)
    for member in crew[::2]:
        _alone(plan, member)


def _disturb(plan: Planner, event_id: str, clock: str, zone: str, minutes: int) -> None:
    """One occurrence was moved within this week, one next week is cancelled."""
    moved = plan.at(plan.monday, clock, zone)
    later = moved + timedelta(hours=1)
    plan.world.move(plan.world.occurrence(event_id, moved), later, later + timedelta(minutes=minutes))
    plan.world.cancel(plan.world.occurrence(event_id, plan.at(plan.monday + timedelta(days=11), clock, zone)))


def _one_on_ones(plan: Planner, crew: Sequence[Member]) -> None:
    lead = crew[0]
    for place, member in enumerate(crew[1:]):
        day = plan.first + timedelta(days=place % 5)
        clock = ("13:30", "14:30", "15:30")[place % 3]
        often = "FREQ=WEEKLY" + (";INTERVAL=2" if place % 2 else "")
        title = f"{lead.name.split()[0]} / {member.name.split()[0]} 1:1"
        plan.meet(title, day, clock, 30, [lead.email, member.email], lead.zone, series=often)


def _by_the_way(plan: Planner, crew: Sequence[Member]) -> None:
    """Meetings nobody planned long ahead: about one a day and team."""
    for day in plan.workdays():
        pick, zone = plan.random, crew[0].zone
        who = [member.email for member in pick.sample(list(crew), k=min(len(crew), pick.randint(2, 5)))]
        clock = pick.choice(("09:30", "11:00", "11:30", "13:00", "14:00", "15:00", "16:00"))
        agenda = pick.choice(AGENDAS) if pick.random() < 0.5 else pick.choice(NO_AGENDAS)
        plan.meet(
            pick.choice(AD_HOC),
            day,
            clock,
            pick.choice((25, 30, 30, 45, 60, 60)),
            who,
            zone,
            agenda=agenda,
            days_before=pick.randint(2, 12),
        )


def _alone(plan: Planner, member: Member) -> None:
    plan.meet("Lunch", plan.first, "12:30", 45, [member.email], member.zone, series=f"FREQ=WEEKLY;BYDAY={WORKDAYS}")
    for title in plan.random.sample(ALONE[1:], k=2):
        day = plan.random.choice(plan.workdays())
        private = "private" if title in {"Dentist", "School run"} else None
        plan.meet(
            title,
            day,
            plan.random.choice(("08:30", "11:30", "16:30")),
            60,
            [member.email],
            member.zone,
            visibility=private,
        )


def across_teams(plan: Planner) -> None:
    """Series between teams and zones, large and small, with and without an agenda."""
    by_team = {team: [m.email for m in crew] for team, crew in staff.teams(list(plan.members)).items()}
    leads = [crew[0] for team, crew in by_team.items() if not team.startswith("squad")]
    platform, product, lisbon, growth = (by_team[t] for t in ("platform", "product", "studio-lisbon", "growth"))
    first = plan.first
    thursday = first + timedelta(days=3)
    plan.meet("Leadership round", first, "15:00", 60, leads, BERLIN, series="FREQ=WEEKLY", agenda=AGENDAS[0])
    plan.meet(
        "Platform / Product sync", thursday, "14:00", 60, [*platform[:6], *product[:6]], BERLIN, series="FREQ=WEEKLY"
    )
    wednesday = first + timedelta(days=2)
    plan.meet(
        "Architecture review",
        wednesday,
        "15:00",
        90,
        [*platform[:5], *lisbon[:2]],
        BERLIN,
        series="FREQ=WEEKLY",
        agenda=AGENDAS[3],
    )
    plan.meet(
        "Studio / Product hand-over",
        first,
        "14:00",
        30,
        [lisbon[1], *lisbon[2:4], *product[2:4]],
        LISBON,
        series="FREQ=WEEKLY",
    )
    plan.meet(
        "Transatlantic pipeline",
        first,
        "10:00",
        45,
        [*growth[:4], lisbon[0], product[0]],
        NEW_YORK,
        series="FREQ=WEEKLY",
    )


def company(plan: Planner) -> None:
    """What concerns everybody, and a small circle with a room of its own."""
    by_team = {team: [m.email for m in crew] for team, crew in staff.teams(list(plan.members)).items()}
    product, lisbon, first = by_team["product"], by_team["studio-lisbon"], plan.first
    thursday = first + timedelta(days=3)
    monthly = plan.meet(
        "All-hands",
        _first_thursday(first),
        "16:00",
        60,
        plan.emails[:30],
        BERLIN,
        series="FREQ=MONTHLY;BYDAY=1TH",
        agenda=AGENDAS[2],
        room="room-tejo",
    )
    plan.world.edit(monthly, location="Tejo, and online")
    plan.meet(
        "Design critique",
        thursday,
        "11:00",
        60,
        [*product[2:7], lisbon[4]],
        BERLIN,
        series="FREQ=WEEKLY;INTERVAL=2",
        room="room-spree",
    )


def _first_thursday(day: date) -> date:
    first = day.replace(day=1)
    return first + timedelta(days=(3 - first.weekday()) % 7)
