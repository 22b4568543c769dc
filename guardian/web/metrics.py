"""Prometheus metrics; no personal data, so no label names a person."""

import math
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Lock
from typing import cast

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from guardian.bootstrap import Guardian
from guardian.engine.account import PassReport
from guardian.engine.house import enrolled
from guardian.engine.weekly import Sent
from guardian.errors import GuardianError

BUCKETS = (0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)


_no_created_series = cast("Callable[[], None]", disable_created_metrics)
"""Else the client adds a `..._created` series to every counter."""


class Metrics:
    """One set of metrics for one process."""

    def __init__(self) -> None:
        _no_created_series()
        self._rendering = Lock()
        self._counted: datetime | None = None
        self.registry = kept = CollectorRegistry()
        self.age = Gauge("guardian_calendar_age_seconds", "Age of the oldest calendar", ["provider"], registry=kept)
        asked = ["provider", "method", "status"]
        self.requests = Counter("guardian_provider_requests", "Requests to calendar services", asked, registry=kept)
        self.decisions = Counter(
            "guardian_decisions", "New decisions; one that stands is counted once", ["rule", "outcome"], registry=kept
        )
        self.actions = Counter("guardian_actions", "Acts settled", ["action", "state"], registry=kept)
        self.mails = Counter("guardian_mails", "Mails that were tried", ["kind", "state"], registry=kept)
        self.held = Gauge("guardian_held_actions", "Acts that wait", registry=kept)
        self.policy = Gauge("guardian_policy_info", "The policy version in force", ["version"], registry=kept)
        took = "How long passes take"
        self.duration = Histogram("guardian_pass_duration_seconds", took, buckets=BUCKETS, registry=kept)

    def request(self, provider: str, method: str, status: int) -> None:
        self.requests.labels(provider, method, str(status)).inc()

    def mailed(self, sent: Sent) -> None:
        for (kind, state), number in sent.counts.items():
            self.mails.labels(kind, state).inc(number)

    def passed(self, report: PassReport, guardian: Guardian) -> None:
        """Count what one pass made, and every act settled since the pass before."""
        started, ended = report.run.started_at, report.run.ended_at or report.run.started_at
        self.duration.observe((ended - started).total_seconds())
        for (rule, outcome), number in report.made.items():
            self.decisions.labels(rule, outcome).inc(number)
        since, self._counted = self._counted or started - timedelta.resolution, guardian.engine.clock()
        for (action, state), number in guardian.store.ledger.tally(since + timedelta.resolution).items():
            self.actions.labels(action, state).inc(number)

    def render(self, guardian: Guardian) -> tuple[bytes, str]:
        """The text and its content type; gauges are read from the store now, and left out, or not a number, while it does not answer."""
        with self._rendering:
            self.age.clear()
            self.held.set(math.nan)
            self.policy.clear()
            with suppress(GuardianError):
                self._gauges(guardian)
            return generate_latest(self.registry), CONTENT_TYPE_LATEST

    def _gauges(self, guardian: Guardian) -> None:
        ages = _ages(guardian)
        held = len(guardian.store.ledger.rows(states=("held",)))
        accepted = guardian.store.registry.accepted_policies()
        for provider, age in ages.items():
            self.age.labels(provider).set(age)
        self.held.set(held)
        if accepted:
            self.policy.labels(accepted[0].version).set(1)


def _ages(guardian: Guardian) -> dict[str, float]:
    """Seconds since the last success of the oldest calendar of those enrolled, by provider."""
    now, people = guardian.engine.clock(), {person.email for person in enrolled(guardian.engine)}
    oldest: dict[str, float] = {}
    for state in guardian.store.facts.calendars():
        if state.last_success and state.mailbox in people:
            age = (now - state.last_success).total_seconds()
            oldest[state.provider] = max(age, oldest.get(state.provider, 0.0))
    return oldest
