"""Prometheus metrics; no personal data, so no label names a person."""

from collections import Counter as Tally
from collections.abc import Iterable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from guardian.bootstrap import Guardian
from guardian.engine.account import PassReport

BUCKETS = (0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)


class Metrics:
    """One set of metrics for one process."""

    def __init__(self) -> None:
        self.registry = kept = CollectorRegistry()
        self.age = Gauge("guardian_calendar_age_seconds", "Age of the oldest calendar", ["provider"], registry=kept)
        asked = ["provider", "method", "status"]
        self.requests = Counter("guardian_provider_requests", "Requests to calendar services", asked, registry=kept)
        self.decisions = Counter("guardian_decisions", "Decisions made", ["rule", "outcome"], registry=kept)
        self.actions = Counter("guardian_actions", "Acts settled", ["action", "state"], registry=kept)
        self.held = Gauge("guardian_held_actions", "Acts that wait", registry=kept)
        self.policy = Gauge("guardian_policy_info", "The policy version in force", ["version"], registry=kept)
        took = "How long passes take"
        self.duration = Histogram("guardian_pass_duration_seconds", took, buckets=BUCKETS, registry=kept)

    def request(self, provider: str, method: str, status: int) -> None:
        self.requests.labels(provider, method, str(status)).inc()

    def passed(self, report: PassReport, guardian: Guardian) -> None:
        """Count what one pass did."""
        ended = report.run.ended_at or report.run.started_at
        self.duration.observe((ended - report.run.started_at).total_seconds())
        for row in report.decisions:
            self.decisions.labels(row.decision.rule or "", str(row.decision.outcome)).inc()
        settled = (r for r in guardian.store.ledger.rows() if r.settled_at and r.settled_at >= report.run.started_at)
        for (action, state), number in _tally((r.action.verb, r.state) for r in settled):
            self.actions.labels(action, state).inc(number)

    def render(self, guardian: Guardian) -> tuple[bytes, str]:
        """The text and its content type; gauges are read from the store now."""
        self._ages(guardian)
        self.held.set(len(guardian.store.ledger.rows(states=("held",))))
        accepted = guardian.store.registry.accepted_policies()
        self.policy.clear()
        if accepted:
            self.policy.labels(accepted[0].version).set(1)
        return generate_latest(self.registry), CONTENT_TYPE_LATEST

    def _ages(self, guardian: Guardian) -> None:
        now = guardian.engine.clock()
        oldest: dict[str, float] = {}
        for state in guardian.store.facts.calendars():
            if state.last_success:
                age = (now - state.last_success).total_seconds()
                oldest[state.provider] = max(age, oldest.get(state.provider, 0.0))
        self.age.clear()
        for provider, age in oldest.items():
            self.age.labels(provider).set(age)


def _tally(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[tuple[str, str], int]]:
    return Tally(pairs).items()
