"""How the reading of each calendar is doing, with the mend."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from guardian.bootstrap import Guardian
from guardian.engine.house import enrolled
from guardian.model.mail import MailRow, MailState
from guardian.ports import CalendarState
from guardian.web.access import Caller, In, Visitor
from guardian.web.health import FRESH_FOR, counts
from guardian.web.html import page
from guardian.web.pages.common import zone_of_caller

router = APIRouter(include_in_schema=False)

MAILS = 500
UNDELIVERED = (MailState.REFUSED, MailState.FAILED, MailState.BOUNCED, MailState.UNCERTAIN)

MENDS: Mapping[str, str] = {
    "access_lost": "Whoever runs the service looks at the permission: `guardian doctor` checks it step by step.",
    "rate_limited": "Nothing to do: the service asked to wait, and the next pass goes on.",
    "provider_down": "Nothing to do: the calendar service does not answer, and every pass tries again.",
    "suspicious_read": "Much was gone at once, so nothing is done. If it is right: `guardian sync --accept ADDRESS`.",
    "bad_data": "What could not be understood is left out; `guardian doctor` names it.",
}
"""By code of the error, what to do about it."""


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """One calendar. `standing` is `fresh`, `stale`, `failed` or `never read`."""

    email: str
    provider: str
    standing: str
    last_success: datetime | None
    age: float | None
    error: str
    detail: str
    mend: str
    left_out: int


@router.get("/health")
def health(request: Request, guardian: In, caller: Visitor) -> Response:
    """Of every calendar for operators, of one's own for everybody else."""
    now, interval = guardian.engine.clock(), guardian.settings.poll_interval
    people = {person.email: person.provider for person in enrolled(guardian.engine)}
    states = {state.mailbox: state for state in guardian.store.facts.calendars()}
    seen = [email for email in sorted(people) if _sees(caller, email)]
    rows = [_row(email, people[email], states.get(email), now, interval) for email in seen]
    order = {"failed": 0, "never read": 1, "stale": 2, "fresh": 3}
    return page(
        request,
        "health.html",
        rows=sorted(rows, key=lambda row: (order[row.standing], row.email)),
        counts=counts(people, states, now, interval),
        zone=zone_of_caller(guardian, caller),
        all=caller.sees_health_of_all,
        run=next(iter(guardian.store.ledger.runs(limit=1)), None) if caller.sees_runs else None,
        mails=_mails(guardian) if caller.sees_health_of_all else [],
    )


def _mails(guardian: Guardian) -> list[MailRow]:
    """Those of late that did not arrive, or may not have."""
    return [row for row in guardian.store.mails.latest(MAILS) if row.state in UNDELIVERED]


def _sees(caller: Caller, email: str) -> bool:
    return caller.sees_health_of_all or caller.sees_person(email)


def _row(email: str, provider: str, state: CalendarState | None, now: datetime, interval: int) -> CalendarRow:
    success = state.last_success if state else None
    error = (state.error or "") if state else ""
    old = success is None or now - success > timedelta(seconds=FRESH_FOR * interval)
    standing = "failed" if error else "never read" if success is None else "stale" if old else "fresh"
    return CalendarRow(
        email,
        provider,
        standing,
        success,
        (now - success).total_seconds() if success else None,
        error,
        state.detail if state else "",
        MENDS.get(error, "") if error else "The next pass reads it." if old else "",
        len(state.quarantined) if state else 0,
    )
