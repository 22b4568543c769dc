"""The golden week: Europe/Berlin, 16-20 November 2026, 9-17 on five days, 13 counted meetings and one private hour.

Free stretches inside working hours, by hand (hours; F = 2 or more, the others are fragments):

    Mon  09:30-10:30 1.0    11:30-14:00 2.5 F   14:30-17:00 2.5 F              meetings 2.0   (+ 17:00-18:00 after hours)
    Tue  10:00-11:30 1.5    14:00-17:00 3.0 F                                  meetings 2.5   private 1.0
    Wed  10:00-11:00 1.0    12:30-15:00 2.5 F   16:00-17:00 1.0                meetings 3.5   (11:30-12:00 twice)
    Thu  09:00-10:15 1.25   11:45-13:00 1.25    14:00-17:00 3.0 F              meetings 2.5
    Fri  09:00-17:00 8.0 F                                                     (11:00-12:00 optional, not answered)

    A   5 x 8                                        40.0 h   2400 min
    MW  2.0 + 2.5 + 3.5 + 2.5                        10.5 h    630 min
    AH  Monday 17:00-18:00                            1.0 h     60 min
    MH  MW + AH                                      11.5 h    690 min
    CH  Wednesday 11:30-12:00                         0.5 h     30 min
    Blocked                                           1.0 h     60 min
    FH  2.5 + 2.5 + 3.0 + 2.5 + 3.0 + 8.0            21.5 h   1290 min
    FR  1.0 + 1.5 + 1.0 + 1.0 + 1.25 + 1.25           7.0 h    420 min
    FH at 60 minutes: every stretch is an hour long  28.5 h   1710 min
    FI  7.0 / 28.5                                    0.246
    EG  squares: fragments 1 + 2.25 + 1 + 1 + 1.5625 + 1.5625 = 8.375; focus 6.25 + 6.25 + 9 + 6.25 + 9 + 64 = 100.75;
        (8.375 + 100.75) / 28.5 = 3.829 h             3.83 h    230 min (109.125 h2 = 392,850 min2)
    back-to-back  Mon 11:00, Wed 15:30                2
    gaps that follow a meeting  3 + 1 + 3 + 2 + 0     9        none under 23 min: resume cost 9 x 10 = 90,
                                                               9 x 15 = 135 (2.25 h), 9 x 23 = 207
    longest run  the workshop, Tue 11:30-14:00      150 min    the only one of 2 h and more: 150 min in long runs
    PL  every window keeps 2 h and more in total: all fragments could be joined, 7.0 h, 420 min
    overbooked  the lengths sum to 720 min; 720 - 690 = 30 min
    contract  no holiday and no leave: as A, 2400 min
    AH  Monday is a working day: all of it is evening, 60 min
    focus bands 09:00-12:00 on five days: 5 x 3 = 15 h, 900 min; free in them
               Mon 1.0 + 0.5, Tue 1.5, Wed 1.0, Thu 1.25 + 0.25, Fri 3.0 = 8.5 h, 510 min
    meeting-free days  Tuesday and Friday; Friday is kept (what is not answered and optional is no meeting)
    placeholder  the rota on Saturday, 12 h: 1, outside working time
    recurring  standup 30 + one-on-one 30 + planning 60 = 120 min
    late notice  incident review, made 2 h before: 60 min (the debrief was made 24 h before, which is in time)
    1:1        one-on-one 30 + interview 30 = 60 min
    small      standup 30 + hiring 30 + client call 60 + planning 60 + design 60 + debrief 30 = 270 min
    large      roadmap (9 people) 30 + workshop (12) 150 = 180 min
    all-hands  budget (30 of 100 people) 90 + demo (60 guests, hidden) 60 = 150 min
    unknown    incident review (a list nobody expanded) 60 min; 60 + 270 + 180 + 150 + 60 = 720
    external   client call 60 + interview 30 = 90 min
    agenda     eligible: standup 30, hiring 30, roadmap 30, workshop 150, design 60, incident review 60, debrief 30,
               budget 90, demo 60 = 540 min (not the 1:1s, not the client's own, not planning, whose text is not shown)
    no agenda  standup 30 + hiring (39 characters) 30 + incident review 60 + debrief 30 = 150 min
    load made  interview 30 x 1 (the candidate is no colleague) + debrief 30 x 3 (Dan declined) = 120 person-min
    invitations  13 meetings - 2 of Ana's own + book club + the declined one = 13; accepted all but 4: incident review,
               demo, book club, the declined one = 9
    confirmed  without the tentative hour (Thu 13:00) and the unanswered Wed 11:30-12:30, of which 11:30-12:00 is
               covered by a confirmed one: 11.5 - 1.0 - 0.5 = 10.0 h, 600 min
    invited    with the optional one on Friday: 11.5 + 1.0 = 12.5 h, 750 min
"""

from typing import Any

from guardian.model.events import Agenda, Attendee, Occurrence, Response
from guardian.model.time import WallWindow
from guardian.reports.gauge import Gauge
from tests.reports.calendar_of import ANA, NINE_TO_FIVE, at, crowd, focus, meeting, solo, stretch

GAUGE = Gauge(
    ANA,
    NINE_TO_FIVE,
    focus_bands=(WallWindow(frozenset(range(5)), 9 * 60, 12 * 60),),
    free_weekdays=frozenset({1, 4}),
    internal_domains=("acme.example",),
    organisation=100,
)

SILENT = Agenda()
SAID = Agenda(words=30, characters=200)
CANDIDATE = Attendee("candidate@mail.example")
OWN: dict[str, Any] = {"organizer": ANA, "is_organizer": True}


def series(name: str) -> dict[str, Any]:
    return {"series_id": name}


COUNTED: tuple[Occurrence, ...] = (
    meeting("standup", stretch(0, "09:00", "09:30"), attendees=crowd(6), agenda=SILENT, **series("standup")),
    meeting("hiring", stretch(0, "10:30", "11:00"), attendees=crowd(3), agenda=Agenda(words=7, characters=39)),
    meeting("roadmap", stretch(0, "11:00", "11:30"), attendees=crowd(9), agenda=Agenda(words=7, characters=40)),
    meeting("one-on-one", stretch(0, "14:00", "14:30"), agenda=SILENT, **series("one-on-one")),
    meeting(
        "client-call",
        stretch(0, "17:00", "18:00"),
        attendees=crowd(3, Attendee("lee@client.example")),
        organizer="lee@client.example",
        agenda=SILENT,
    ),
    meeting("workshop", stretch(1, "11:30", "14:00"), attendees=crowd(12), agenda=Agenda(has_document=True)),
    meeting("planning", stretch(2, "09:00", "10:00"), attendees=crowd(8), **series("planning")),
    meeting("design", stretch(2, "11:00", "12:00"), attendees=crowd(5), agenda=SAID, created_at=at(0, "09:00")),
    meeting(
        "incident-review",
        stretch(2, "11:30", "12:30"),
        Response.NEEDS_ACTION,
        attendees=crowd(2, Attendee("ops@acme.example", group=True)),
        agenda=SILENT,
        created_at=at(2, "09:30"),
    ),
    meeting("interview", stretch(2, "15:00", "15:30"), attendees=crowd(2, CANDIDATE)[1:], agenda=SILENT, **OWN),
    meeting(
        "debrief",
        stretch(2, "15:30", "16:00"),
        attendees=crowd(3, Attendee("dan@acme.example", response=Response.DECLINED)),
        agenda=Agenda(words=2, characters=10),
        created_at=at(1, "15:30"),
        **OWN,
    ),
    meeting("budget", stretch(3, "10:15", "11:45"), attendees=crowd(30), agenda=SAID),
    meeting(
        "demo",
        stretch(3, "13:00", "14:00"),
        Response.TENTATIVE,
        attendees=crowd(2)[1:],
        guests=59,
        guests_known=False,
        agenda=SAID,
    ),
)

PRIVATE_HOUR = solo("dentist", stretch(1, "09:00", "10:00"), title="", private=True)

BESIDE: tuple[Occurrence, ...] = (
    meeting("book-club", stretch(4, "11:00", "12:00"), Response.NEEDS_ACTION, optional=True),
    meeting("no-thanks", stretch(4, "13:00", "15:00"), Response.DECLINED),
    meeting("called-off", stretch(4, "09:00", "11:00"), cancelled=True),
    focus("deep-work", stretch(4, "13:00", "17:00")),
    meeting("rota", stretch(5, "08:00", "20:00")),
)

GOLDEN: tuple[Occurrence, ...] = (*COUNTED, PRIVATE_HOUR, *BESIDE)

NUMBERS = {
    "meetings": 13,
    "contract_minutes": 2400,
    "available_minutes": 2400,
    "meeting_minutes": 690,
    "confirmed_meeting_minutes": 600,
    "invited_meeting_minutes": 750,
    "inside_minutes": 630,
    "after_hours_minutes": 60,
    "evening_minutes": 60,
    "weekend_minutes": 0,
    "holiday_minutes": 0,
    "away_minutes": 0,
    "focus_minutes": 1290,
    "focus_60_minutes": 1710,
    "fragmented_minutes": 420,
    "blocked_minutes": 60,
    "square_minutes": 392_850,
    "packing_loss_minutes": 420,
    "focus_band_minutes": 900,
    "focus_band_kept_minutes": 510,
    "free_days": 2,
    "free_days_kept": 1,
    "gaps_after_meetings": 9,
    "resume_10_minutes": 90,
    "resume_minutes": 135,
    "resume_23_minutes": 207,
    "back_to_back": 2,
    "long_run_minutes": 150,
    "longest_run_minutes": 150,
    "double_booked_minutes": 30,
    "overbooked_minutes": 30,
    "placeholders": 1,
    "recurring_minutes": 120,
    "late_notice_minutes": 60,
    "one_on_one_minutes": 60,
    "small_minutes": 270,
    "large_minutes": 180,
    "all_hands_minutes": 150,
    "unknown_size_minutes": 60,
    "external_minutes": 90,
    "agenda_minutes": 540,
    "no_agenda_minutes": 150,
    "load_made_minutes": 120,
    "invitations": 13,
    "accepted": 9,
    "saved_upper_minutes": 0,
    "saved_lower_minutes": 0,
    "saved_focus_minutes": 0,
    "would_save_minutes": 0,
}
