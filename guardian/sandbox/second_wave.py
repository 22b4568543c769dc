"""A morning's worth of new invitations: what the guardian is there for, and what it must let through."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from guardian.sandbox import staff
from guardian.sandbox.agenda import AGENDAS
from guardian.sandbox.staff import BERLIN, LISBON, NEW_YORK, address
from guardian.sandbox.world import World

JONAS, MARA, FELIX, AYLIN, TOBIAS = (
    address(n) for n in ("Jonas Weber", "Mara Lindqvist", "Felix Brandt", "Aylin Demir", "Tobias Kern")
)
CLARA, HUGO, SOFIA, ANTON, MILAN = (
    address(n) for n in ("Clara Vogt", "Hugo Martens", "Sofia Ricci", "Anton Berg", "Milan Novak")
)
INES, RUI, MARTA, TIAGO = (address(n) for n in ("Ines Carvalho", "Rui Almeida", "Marta Sousa", "Tiago Pinto"))
DANA, MARCUS, PRIYA = (address(n) for n in ("Dana Whitfield", "Marcus Reed", "Priya Nair"))


class Wave:
    """Invites now, for the coming working days; remembers the ids."""

    def __init__(self, world: World, now: datetime) -> None:
        self.world = world
        self.now = now.astimezone(UTC)
        self.days = [day for n in range(1, 15) if (day := self.now.date() + timedelta(days=n)).weekday() < 5]
        self.ids: list[str] = []

    def weekday(self, number: int) -> date:
        """The first such day at least two days ahead (Monday is 0)."""
        return next(day for day in self.days[1:] if day.weekday() == number)

    def plain_day(self, place: int) -> date:
        """A coming working day that is no Wednesday."""
        return [day for day in self.days[1:] if day.weekday() != 2][place]

    def invite(
        self,
        title: str,
        day: date,
        clock: str,
        minutes: int,
        who: Sequence[str],
        zone: str = BERLIN,
        *,
        agenda: str | None = None,
        visibility: str | None = None,
        series: Sequence[str] | None = None,
    ) -> str:
        start = datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone))
        end = start + timedelta(minutes=minutes)
        made = self.world.invite(
            who[0], title, start, end, who[1:], timezone=zone, description=agenda, visibility=visibility, series=series
        )
        self.ids.append(made)
        return made


def second_wave(world: World, now: datetime) -> list[str]:
    """Invitations that arrive now, one answered by hand, and one meeting moved by its organiser; gives the new ids."""
    wave = Wave(world, now)
    with world.store.lock:
        into_focus(wave)
        let_through(wave)
        other_rules(wave)
        by_hand(wave)
    return wave.ids


def into_focus(wave: Wave) -> None:
    """Mornings and late afternoons are focus time; the platform team keeps Wednesday free."""
    wave.invite("Product demo: Salesforge", wave.plain_day(0), "10:00", 45, [staff.VENDOR, MARA, FELIX])
    wave.invite("Reporting ideas", wave.plain_day(1), "11:30", 45, [HUGO, SOFIA, AYLIN], agenda=AGENDAS[3])
    wave.invite("Partnership catch-up", wave.plain_day(2), "15:30", 45, [staff.AGENCY, CLARA, INES])
    wave.invite("Studio asset review", wave.plain_day(0), "09:30", 45, [MARTA, TIAGO, RUI], LISBON)
    wave.invite("Tooling survey results", wave.weekday(2), "13:30", 50, [MILAN, TOBIAS, MARA], agenda=AGENDAS[2])
    wave.invite(
        "Weekly numbers", wave.plain_day(3), "12:00", 45, [PRIYA, CLARA, JONAS], series=["RRULE:FREQ=WEEKLY;COUNT=6"]
    )


def let_through(wave: Wave) -> None:
    """Each of these falls into focus time or on the free day, and has a reason to get through; but not two urgent ones a week."""
    wave.invite("[incident] Payment retries failing", wave.plain_day(0), "11:00", 45, [FELIX, JONAS, AYLIN, TOBIAS])
    wave.invite("[urgent] Sign-off for the release", wave.plain_day(1), "09:30", 25, [ANTON, CLARA, MARA])
    wave.invite("[urgent] Sign-off, part two", wave.plain_day(1), "16:00", 25, [ANTON, CLARA, FELIX])
    wave.invite("Northwind: scope of phase two", wave.weekday(2), "10:00", 50, [staff.CLIENT, RUI, JONAS])
    wave.invite("Interview: data engineer", wave.plain_day(2), "10:00", 50, [staff.AGENCY, AYLIN, staff.CANDIDATES[0]])
    wave.invite("Catching up", wave.plain_day(3), "10:00", 25, [SOFIA, HUGO])


def other_rules(wave: Wave) -> None:
    """A private one, a clash, over-long ones by our own people, and one for tomorrow morning at the latest."""
    wave.invite("Personal matter", wave.plain_day(2), "11:00", 25, [INES, CLARA, DANA], visibility="private")
    wave.invite("Capacity question", wave.weekday(3), "14:15", 25, [staff.AGENCY, TOBIAS, AYLIN])
    wave.invite("Release notes, together", wave.plain_day(1), "13:30", 60, [JONAS, LEA, PAUL], agenda=AGENDAS[1])
    wave.invite("Copy deck", wave.plain_day(3), "13:00", 30, [INES, MARTA, TIAGO], LISBON, agenda=AGENDAS[0])
    wave.invite("Campaign numbers", wave.plain_day(0), "11:00", 30, [staff.VENDOR, MARCUS, DANA], NEW_YORK)
    soon = (wave.now + timedelta(hours=5)).replace(minute=0, second=0, microsecond=0)
    wave.ids.append(wave.world.invite(HUGO, "Quick alignment", soon, soon + timedelta(minutes=25), [SOFIA, MILAN]))


LEA, PAUL = address("Lea Schubert"), address("Paul Hoffmann")


def by_hand(wave: Wave) -> None:
    """Clara accepts a call inside her focus time herself; the budget meeting is moved into everybody's morning."""
    if CLARA not in wave.world.people:
        return
    wave.world.answer(CLARA, wave.ids[2], "accepted")
    budget = next((e for e in wave.world.events(CLARA) if _is_coming_budget(e, wave.now)), None)
    if budget is not None:
        start = datetime.combine(wave.plain_day(4), time(9, 30), ZoneInfo(BERLIN))
        wave.world.move(budget["id"], start, start + timedelta(hours=1))


def _is_coming_budget(event: dict[str, object], now: datetime) -> bool:
    start = event["start"]
    mine = event.get("summary") == "Budget walk-through" and isinstance(start, dict) and "dateTime" in start
    return mine and datetime.fromisoformat(str(start["dateTime"] if isinstance(start, dict) else "")) > now + timedelta(
        days=1
    )
