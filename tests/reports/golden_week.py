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
    gaps that follow a meeting  3 + 1 + 3 + 2 + 0     9        none under 15 min: resume cost 9 x 15 min = 2.25 h
    confirmed  without the tentative hour (Thu 13:00) and the unanswered Wed 11:30-12:30, of which 11:30-12:00 is
               covered by a confirmed one: 11.5 - 1.0 - 0.5 = 10.0 h, 600 min
    invited    with the optional one on Friday: 11.5 + 1.0 = 12.5 h, 750 min
"""

from guardian.model.events import Occurrence, Response
from tests.reports.calendar_of import focus, meeting, solo, stretch

COUNTED: tuple[Occurrence, ...] = (
    meeting("standup", stretch(0, "09:00", "09:30")),
    meeting("hiring", stretch(0, "10:30", "11:00")),
    meeting("roadmap", stretch(0, "11:00", "11:30")),
    meeting("one-on-one", stretch(0, "14:00", "14:30")),
    meeting("client-call", stretch(0, "17:00", "18:00")),
    meeting("workshop", stretch(1, "11:30", "14:00")),
    meeting("planning", stretch(2, "09:00", "10:00")),
    meeting("design", stretch(2, "11:00", "12:00")),
    meeting("incident-review", stretch(2, "11:30", "12:30"), Response.NEEDS_ACTION),
    meeting("interview", stretch(2, "15:00", "15:30")),
    meeting("debrief", stretch(2, "15:30", "16:00")),
    meeting("budget", stretch(3, "10:15", "11:45")),
    meeting("demo", stretch(3, "13:00", "14:00"), Response.TENTATIVE),
)

PRIVATE_HOUR = solo("dentist", stretch(1, "09:00", "10:00"), title="", private=True)

BESIDE: tuple[Occurrence, ...] = (
    meeting("book-club", stretch(4, "11:00", "12:00"), Response.NEEDS_ACTION, optional=True),
    meeting("no-thanks", stretch(4, "13:00", "15:00"), Response.DECLINED),
    meeting("called-off", stretch(4, "09:00", "11:00"), cancelled=True),
    focus("deep-work", stretch(4, "13:00", "17:00")),
)

GOLDEN: tuple[Occurrence, ...] = (*COUNTED, PRIVATE_HOUR, *BESIDE)

NUMBERS = {
    "meetings": 13,
    "available_minutes": 2400,
    "meeting_minutes": 690,
    "confirmed_meeting_minutes": 600,
    "invited_meeting_minutes": 750,
    "inside_minutes": 630,
    "after_hours_minutes": 60,
    "focus_minutes": 1290,
    "focus_60_minutes": 1710,
    "fragmented_minutes": 420,
    "blocked_minutes": 60,
    "square_minutes": 392_850,
    "back_to_back": 2,
    "double_booked_minutes": 30,
}
