"""The two policies that the documentation shows."""

STARTER = """\
# yaml-language-server: $schema=./policy.schema.json
version: 1
defaults:
  timezone: Europe/London            # used when the calendar does not say
  working_hours: {days: [mon-fri], start: "09:00", end: "17:30"}
  holidays: GB-ENG
  internal_domains: [acme.example]
  mode_ceiling: flag                 # whole file: nothing is declined until you raise this
bypass:                              # these meetings are always let through
  - {id: clients,  when: {external: true}}
  - {id: urgent,   when: {title: ["[urgent]", incident]}, limit: {per_organizer_week: 2}}
  - {id: one-on-one, when: {one_on_one: true}}
rules:
  - id: focus-time
    type: focus_block
    windows:
      - {days: [mon-fri], start: "09:00", end: "13:00"}
      - {days: [mon-fri], start: "15:00", end: "17:00"}
    action: decline
    mode: enforce                    # capped to 'flag' by mode_ceiling above
  - {id: no-meeting-wednesday, type: meeting_free_day, days: [wed], action: decline, mode: flag}
  - {id: short-meetings, type: meeting_length, mode: flag}      # 30 -> 25, 60 -> 50
  - {id: agenda, type: agenda_required, due_before: 24h, mode: observe}
"""

AGENCY = """\
# yaml-language-server: $schema=./policy.schema.json
version: 1
extends: [guardian:async-first@1]     # built in, pinned; `guardian policy show` prints the merged result
defaults:
  timezone: Europe/Oslo
  working_hours: {days: [mon-fri], start: "08:30", end: "16:30"}
  holidays: "NO"
  internal_domains: [northlight.example, northlight.test]
  mode_ceiling: enforce
  currency: NOK
safety:
  hold: 10m                           # wait, tell the person, let them veto
  freeze_before: 2h                   # no writes to meetings that start sooner
  existing_meetings: flag             # created before a rule's starts_on: flag at most
  max_declines: {per_person_day: 3, per_run: 20, per_day: 60, percent_of_run: 10}
  on_trip: flag                       # what the rest becomes when a limit trips
teams:
  design: {members: ["group:design@northlight.example"], owners: [mari@northlight.example]}
  engineering:
    members: ["group:eng@northlight.example"]
    owners: [jonas@northlight.example]
    working_hours: {days: [mon-fri], start: "09:00", end: "17:00"}
  support-lisbon:
    members: [rui@northlight.example, ines@northlight.example]
    timezone: Europe/Lisbon
    holidays: PT
    working_hours: {days: [mon-fri], start: "07:00", end: "15:00"}
  leadership: {members: [ceo@northlight.example, coo@northlight.example], mode_ceiling: observe}
bypass:
  - id: clients
    when:
      any:
        - {external_domains: [bigbank.example, museum.example]}
        - {external: true, title: [pitch, workshop, client]}
  - {id: interviews, when: {title: [interview, candidate]}}
  - {id: incident, when: {title: ["[incident]", sev1, sev2], organizer: ["group:oncall@northlight.example"]}}
  - {id: board, when: {organizer: [ceo@northlight.example], label: [board]}}
  - id: urgent-ask                    # escalation path: bounded, so that it is not abused
    when: {title: ["[urgent]"]}
    limit: {per_organizer_week: 2}
    notify: [team_owner]
messages:
  focus: |
    Hi {{ organizer.first_name }}, {{ person.first_name }} keeps {{ rule.window }} free for focused work.
    Times that work for everyone: {{ alternatives | join(", ") }}.
    Could this be a written update? {{ links.async_template }}
    Urgent? Put [urgent] in the title, or reply here and a person will look.
  free-day: |
    {{ rule.day }} is meeting-free for {{ team.name }}. Nearest options: {{ alternatives | join(", ") }}.
  agenda: |
    "{{ meeting.title }}" has no agenda yet. A line or two and any pre-reading by {{ rule.due }} is enough.
rules:
  - id: focus-makers
    type: focus_block
    for: ["team:design", "team:engineering"]
    windows:
      - {days: [mon-thu], start: "09:00", end: "13:00"}
      - {days: [mon-thu], start: "15:00", end: "16:30"}
    book: true                        # also put the block on the calendar
    unless: {my_role: organizer}
    action: decline
    message: focus
    alternatives: 3
    mode: enforce
    starts_on: 2026-12-01
  - id: focus-flexible
    type: focus_block
    not_for: ["team:design", "team:engineering"]
    flexible: {min_block: 2h, per_day: 1, per_week: 10h, prefer: morning}
    book: true
    action: tentative
    mode: flag
  - id: free-wednesday
    type: meeting_free_day
    not_for: ["team:support-lisbon"]
    days: [wed]
    except_dates: [2026-12-16]        # Christmas lunch
    shift_on_holiday: false           # true: a holiday counts as that week's free day
    action: decline
    message: free-day
    bypass: [clients, incident, board]   # here '[urgent]' alone is not enough
    mode: enforce
    starts_on: 2026-12-01
  - id: lengths
    type: meeting_length
    trim: {short: 5m, long: 10m}      # under 60 min: -5; 60 and more: -10
    edge: end
    leave_under: 20m                  # 15-minute meetings stay as they are
    mine: shorten                     # the organiser is enrolled: change it
    others: notify_organizer          # anyone else's meeting: suggest, never change
    mode: flag
  - id: agenda
    type: agenda_required
    when: {attendees: {min: 3}}
    due_before: 24h
    min_words: 8                      # join links and dial-in text do not count
    action: notify_organizer
    message: agenda
    mode: enforce
  - {id: gap, type: buffer, minutes: 5m, action: flag, mode: observe}
  - {id: big-meetings, type: max_attendees, max: 8, unless: {title: [all-hands]}, action: notify_organizer, mode: flag}
  - {id: budget, type: meeting_budget, per_day: 4h, per_week: 15h, action: tentative, mode: observe}
  - {id: notice, type: notice_period, at_least: 24h, action: flag, mode: flag}
  - {id: lunch, type: lunch, between: {start: "11:00", end: "13:30"}, need: 30m, action: tentative, mode: flag}
  - {id: clashes, type: double_booking, loser: later_created, action: tentative, mode: flag}
  - id: series-review                 # keep / shorten / every other week / written update / end
    type: recurring_review
    every: 30d
    ask: organizer
    if_unanswered: flag               # never ends a series by itself
    mode: enforce
overrides:                            # tune or switch off a rule for a narrower scope
  - {rule: focus-makers, for: ["person:ola@northlight.example"], mode: "off", reason: part-time mornings, until: 2027-03-01}
  - {rule: free-wednesday, for: ["team:engineering"], set: {days: [fri]}, reason: release train}
personal:                             # what people may do for themselves, no pull request
  may: [let_through, snooze_day, pause_rule, add_focus_block]
  max_pause: 14d
  audit: team_owner
"""
