"""Is the process alive, can it work, how does it do. Open to everybody, so nothing personal is in it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from guardian.bootstrap import Guardian
from guardian.engine.house import enrolled
from guardian.engine.policies import in_force_now, status
from guardian.errors import GuardianError, PolicyProblems, SettingsError
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
NO_POLICY = "no valid policy yet"
NO_COUNTS = CalendarCounts(total=0, fresh=0, stale=0, failed=0)


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
    database, migrations = guardian.store.state()
    if (database, migrations) != ("ok", "ok"):
        return _not_ready(database, migrations)
    try:
        policy, calendars = _policy(guardian), _calendars(guardian)
    except GuardianError:  # gone in this moment: a broken policy or roster is no error here
        return _not_ready("does not answer", "unknown")
    checks = Checks(database=database, migrations=migrations, policy=policy, calendars=calendars)
    if policy == NO_POLICY:
        return Readiness(status="not_ready", checks=checks)
    fine = policy == "ok" and not calendars.stale and not calendars.failed
    return Readiness(status="ready" if fine else "degraded", checks=checks)


def _not_ready(database: str, migrations: str) -> Readiness:
    checks = Checks(database=database, migrations=migrations, policy="unknown", calendars=NO_COUNTS)
    return Readiness(status="not_ready", checks=checks)


def _policy(guardian: Guardian) -> str:
    registry, files = guardian.store.registry, guardian.engine.policy_files
    try:
        in_force_now(registry, files)
    except PolicyProblems:
        return NO_POLICY
    return POLICY_WORDS[status(registry, files)["state"]]


def _calendars(guardian: Guardian) -> CalendarCounts:
    """Of everybody enrolled; of everybody read before while the roster cannot be read."""
    states = {state.mailbox: state for state in guardian.store.facts.calendars()}
    try:
        people: Iterable[str] = [person.email for person in enrolled(guardian.engine)]
    except SettingsError:
        people = states
    return counts(people, states, guardian.engine.clock(), guardian.settings.poll_interval)


def counts(people: Iterable[str], states: Mapping[str, CalendarState], now: datetime, interval: int) -> CalendarCounts:
    """`interval` is the time between polls in seconds; somebody never read yet counts as stale."""
    oldest = now - timedelta(seconds=FRESH_FOR * interval)
    found = [states.get(email) for email in people]
    failed = sum(1 for s in found if s and s.error)
    fresh = sum(1 for s in found if s and not s.error and s.last_success and s.last_success >= oldest)
    return CalendarCounts(total=len(found), fresh=fresh, stale=len(found) - fresh - failed, failed=failed)
