"""Is the process alive, can it work, how does it do. Open to everybody, so nothing personal is in it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Request, Response

from guardian.bootstrap import Guardian
from guardian.engine.policies import status
from guardian.errors import GuardianError
from guardian.ports import CalendarState
from guardian.web.access import In
from guardian.web.metrics import Metrics
from guardian.web.models import Alive, CalendarCounts, Checks, Readiness

router = APIRouter(tags=["health"])
FRESH_FOR = 3
"""Poll intervals after which a calendar counts as stale."""

POLICY_WORDS = {
    "in_force": "ok",
    "not_accepted": "a version on disk is not accepted yet",
    "broken": "the file is broken",
}


@router.get("/healthz", operation_id="healthz")
def healthz() -> Alive:
    """The process answers."""
    return Alive()


@router.get("/readyz", operation_id="readyz", responses={503: {"model": Readiness}})
def readyz(guardian: In, response: Response) -> Readiness:
    """Database, migrations, policy and the freshness of calendars."""
    readiness = judge(guardian)
    if readiness.status == "not_ready":
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return readiness


@router.get("/metrics", operation_id="metrics", response_class=Response)
def metrics(request: Request, guardian: In) -> Response:
    """Prometheus text."""
    found: Metrics = request.app.state.metrics
    body, kind = found.render(guardian)
    return Response(body, media_type=kind)


def judge(guardian: Guardian) -> Readiness:
    """`not_ready` without a database or a policy, `degraded` when something is stale, failed or broken."""
    wrong = guardian.store.check()
    if wrong:
        empty = CalendarCounts(total=0, fresh=0, stale=0, failed=0)
        checks = Checks(database=wrong, migrations=wrong, policy="unknown", calendars=empty)
        return Readiness(status="not_ready", checks=checks)
    try:
        policy, usable = _policy(guardian)
        calendars = counts(guardian.store.facts.calendars(), guardian.engine.clock(), guardian.settings.poll_interval)
    except GuardianError as error:
        empty = CalendarCounts(total=0, fresh=0, stale=0, failed=0)
        checks = Checks(database=str(error), migrations="ok", policy="unknown", calendars=empty)
        return Readiness(status="not_ready", checks=checks)
    checks = Checks(database="ok", migrations="ok", policy=policy, calendars=calendars)
    return Readiness(status=_status(policy, calendars, usable=usable), checks=checks)


def _policy(guardian: Guardian) -> tuple[str, bool]:
    found = status(guardian.store.registry, guardian.engine.policy_files)
    usable = found["in_force"] is not None or found["on_disk"] is not None
    return (POLICY_WORDS[found["state"]] if usable else "no valid policy yet"), usable


def _status(policy: str, calendars: CalendarCounts, *, usable: bool) -> Literal["ready", "degraded", "not_ready"]:
    if not usable:
        return "not_ready"
    fine = policy == "ok" and not calendars.stale and not calendars.failed
    return "ready" if fine else "degraded"


def counts(states: Sequence[CalendarState], now: datetime, interval: int) -> CalendarCounts:
    oldest = now - timedelta(seconds=FRESH_FOR * interval)
    failed = sum(1 for s in states if s.error)
    fresh = sum(1 for s in states if not s.error and s.last_success and s.last_success >= oldest)
    return CalendarCounts(total=len(states), fresh=fresh, stale=len(states) - fresh - failed, failed=failed)
