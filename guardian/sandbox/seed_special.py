"""What makes a calendar a real one: clients, incidents, interviews, holidays, private things, double bookings."""

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from guardian.sandbox import staff
from guardian.sandbox.agenda import AGENDAS
from guardian.sandbox.staff import BERLIN, LISBON, NEW_YORK, address

if TYPE_CHECKING:
    from guardian.sandbox.seed import Planner

JONAS, MARA, FELIX, AYLIN, TOBIAS = (
    address(n) for n in ("Jonas Weber", "Mara Lindqvist", "Felix Brandt", "Aylin Demir", "Tobias Kern")
)
CLARA, HUGO, SOFIA, YUKI = (address(n) for n in ("Clara Vogt", "Hugo Martens", "Sofia Ricci", "Yuki Tanaka"))
INES, RUI, MARTA = (address(n) for n in ("Ines Carvalho", "Rui Almeida", "Marta Sousa"))
DANA, MARCUS, PRIYA = (address(n) for n in ("Dana Whitfield", "Marcus Reed", "Priya Nair"))


def special_events(plan: "Planner") -> None:
    """Everything that is not team routine."""
    clients(plan)
    emergencies(plan)
    interviews(plan)
    absences(plan)
    private_things(plan)
    double_bookings(plan)


def clients(plan: "Planner") -> None:
    """Calls with other companies: organised by them, by us, weekly and monthly, with a moved and a cancelled one."""
    tuesday = plan.first + timedelta(days=1)
    weekly = plan.meet(
        "Northwind status call", tuesday, "11:00", 60, [staff.CLIENT, RUI, INES, HUGO], BERLIN, series="FREQ=WEEKLY"
    )
    now = plan.monday + timedelta(days=8)
    start = plan.at(now, "11:00", BERLIN)
    later = start + timedelta(days=1, hours=2)
    plan.world.move(plan.world.occurrence(weekly, start), later, later + timedelta(hours=1))
    plan.world.cancel(plan.world.occurrence(weekly, plan.at(plan.monday - timedelta(days=6), "11:00", BERLIN)))
    plan.meet(
        "Northwind sprint review",
        plan.first + timedelta(days=3),
        "15:30",
        60,
        [RUI, MARTA, staff.CLIENT, staff.CLIENT_LEAD],
        LISBON,
        series="FREQ=WEEKLY;INTERVAL=2",
        agenda=AGENDAS[2],
    )
    plan.meet(
        "Harborbank steering",
        plan.first + timedelta(days=9),
        "10:00",
        60,
        [DANA, PRIYA, staff.BANK],
        NEW_YORK,
        series="FREQ=MONTHLY;BYDAY=2WE",
        agenda=AGENDAS[0],
    )
    plan.meet(
        "Intro: Salesforge for your pipeline",
        plan.monday + timedelta(days=9),
        "10:30",
        30,
        [staff.VENDOR, MARCUS, DANA],
        NEW_YORK,
        days_before=9,
    )


def emergencies(plan: "Planner") -> None:
    """An incident last week with its review, and one thing that could not wait."""
    past = plan.monday - timedelta(days=4)
    plan.meet(
        "[incident] Checkout latency",
        past,
        "11:10",
        90,
        [FELIX, AYLIN, TOBIAS, JONAS],
        BERLIN,
        days_before=0,
        answers=dict.fromkeys((AYLIN, TOBIAS, JONAS), "accepted"),
    )
    plan.meet(
        "Incident review: checkout latency",
        plan.monday + timedelta(days=3),
        "13:00",
        60,
        [JONAS, FELIX, AYLIN, TOBIAS, CLARA],
        BERLIN,
        agenda=AGENDAS[2],
        days_before=4,
    )
    plan.meet(
        "[urgent] Contract wording",
        plan.monday - timedelta(days=3),
        "09:30",
        30,
        [DANA, INES, CLARA],
        BERLIN,
        days_before=1,
    )


def interviews(plan: "Planner") -> None:
    for place, (candidate, who) in enumerate(zip(staff.CANDIDATES, (AYLIN, SOFIA, MARTA), strict=True)):
        day = plan.monday + timedelta(days=7 * place - 5)
        plan.meet(
            "Interview: backend engineer",
            day,
            "10:00",
            60,
            [CLARA, who, candidate],
            BERLIN,
            days_before=8,
            room="room-havel",
        )


def absences(plan: "Planner") -> None:
    """Holidays as all-day events, out-of-office blocks, a conference, a focus block somebody made by hand."""
    world, noon = plan.world, time(12)
    week = plan.monday + timedelta(days=7)
    created = datetime.combine(plan.first, noon, UTC)
    world.invite(
        address("Emeka Obi"), "Vacation", week, week + timedelta(days=5), created=created, transparency="transparent"
    )
    start = plan.at(week, "00:00", BERLIN)
    world.invite(
        address("Emeka Obi"),
        "Out of office",
        start,
        start + timedelta(days=5),
        event_type="outOfOffice",
        created=created,
    )
    trip = plan.at(week + timedelta(days=3), "12:00", LISBON)
    world.invite(
        address("Diogo Ramos"),
        "Out of office",
        trip,
        trip + timedelta(hours=6),
        event_type="outOfOffice",
        created=created,
    )
    for email in (SOFIA, YUKI):
        day = plan.monday + timedelta(days=14)
        world.invite(email, "UX conference", day, day + timedelta(days=2), created=created)
    focus = plan.at(plan.monday + timedelta(days=8), "13:00", BERLIN)
    world.invite(
        TOBIAS, "Focus: query planner", focus, focus + timedelta(hours=2), event_type="focusTime", created=created
    )
    birthday = plan.monday + timedelta(days=2)
    world.invite(
        CLARA, "Ida's birthday", birthday, birthday + timedelta(days=1), created=created, transparency="transparent"
    )


def private_things(plan: "Planner") -> None:
    plan.meet("Salary review", plan.monday + timedelta(days=9), "11:00", 45, [INES, RUI], LISBON, visibility="private")
    plan.meet("Doctor", plan.monday + timedelta(days=10), "09:00", 60, [HUGO], BERLIN, visibility="private")
    plan.meet(
        "Board preparation",
        plan.monday + timedelta(days=8),
        "16:00",
        60,
        [CLARA, JONAS, DANA],
        BERLIN,
        visibility="confidential",
    )


def double_bookings(plan: "Planner") -> None:
    """Two accepted meetings at once, the second one asked for later; and one far too large."""
    both = {MARA: "accepted", YUKI: "accepted"}
    day = plan.monday + timedelta(days=9)
    plan.meet(
        "Search relevance review",
        day,
        "13:00",
        60,
        [CLARA, MARA, YUKI],
        BERLIN,
        days_before=20,
        answers=both,
        agenda=AGENDAS[3],
    )
    plan.meet("Cost of the data warehouse", day, "13:30", 60, [HUGO, MARA, YUKI], BERLIN, days_before=6, answers=both)
    plan.meet(
        "Town hall rehearsal",
        plan.monday + timedelta(days=10),
        "13:30",
        60,
        [DANA, *plan.emails[:14]],
        BERLIN,
        days_before=12,
    )
    plan.meet(
        "Budget walk-through",
        plan.monday + timedelta(days=11),
        "13:30",
        60,
        [CLARA, HUGO, SOFIA, MARA],
        BERLIN,
        days_before=15,
        agenda=AGENDAS[0],
    )
