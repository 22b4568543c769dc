"""The town's policy: mornings are for focused work, and every brake can be set for a test."""

LIMITS = "per_person_day: 50, per_run: 50, per_day: 200, percent_of_run: 100"


def policy(
    *,
    mode: str = "enforce",
    hold: str = "0m",
    limits: str = LIMITS,
    book: bool = False,
    bypass_limit: int = 1,
    more_safety: str = "",
    more_rules: str = "",
) -> str:
    """Focus windows on weekdays 09:00-13:00, declined in `mode`; '[urgent]' gets `bypass_limit` meetings a week through."""
    return f"""\
version: 1
defaults:
  timezone: Etc/UTC
  working_hours: {{days: [mon-fri], start: "09:00", end: "17:00"}}
  internal_domains: [acme.example]
  mode_ceiling: enforce
safety:
  hold: {hold}
  freeze_before: 2h
  existing_meetings: flag
  max_declines: {{{limits}}}
{more_safety}
bypass:
  - id: urgent
    when: {{title: ["[urgent]"]}}
    limit: {{per_organizer_week: {bypass_limit}}}
rules:
  - id: focus-time
    type: focus_block
    windows: [{{days: [mon-fri], start: "09:00", end: "13:00"}}]
    action: decline
    book: {str(book).lower()}
    mode: {mode}
{more_rules}
"""


POLICY = policy()
HELD = policy(hold="10m")
