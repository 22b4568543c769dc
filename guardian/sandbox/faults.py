"""Faults that tests order: which request, which fault, how often."""

import re
import threading
from dataclasses import dataclass, field
from typing import Any

from guardian.sandbox.errors import ApiError, deleted, full_sync_required, unauthorized, usage_limit
from guardian.sandbox.wire import Answer, html

_ERRORS: dict[str, ApiError] = {
    "401": unauthorized(),
    "rateLimitExceeded": usage_limit(403, "rateLimitExceeded", "Rate Limit Exceeded"),
    "userRateLimitExceeded": usage_limit(403, "userRateLimitExceeded", "User Rate Limit Exceeded"),
    "quotaExceeded": usage_limit(403, "quotaExceeded", "Calendar usage limits exceeded."),
    "accessNotConfigured": usage_limit(
        403, "accessNotConfigured", "Google Calendar API has not been used in this project."
    ),
    "notACalendarUser": ApiError(
        403, "notACalendarUser", "The user must be signed up for Google Calendar.", domain="calendar"
    ),
    "forbiddenForServiceAccounts": ApiError(
        403, "forbiddenForServiceAccounts", "Service accounts cannot invite attendees.", domain="calendar"
    ),
    "forbidden": ApiError(403, "forbidden", "Forbidden"),
    "404": ApiError(404, "notFound", "Not Found"),
    "410": full_sync_required(),
    "deleted": deleted(),
    "412": ApiError(412, "conditionNotMet", "Precondition Failed", location=("header", "If-Match")),
}
_PAGES = {"500": 500, "502": 502, "503": 503}
_OAUTH = {"unauthorized_client": 401, "invalid_grant": 400, "internal_failure": 500}

INSTEAD = frozenset({*_ERRORS, *_PAGES, *_OAUTH, "429", "close-before-apply"})
"""Answered (or cut off) without doing what was asked."""

AFTER = frozenset({"apply-then-drop", "hang-after-apply", "apply-then-error", "truncated"})
"""Done as asked; the answer is lost, late, wrong or cut short."""

REWRITTEN = frozenset({"page-missing", "empty-page", "no-sync-token"})
"""Answers of `events.list` with something wrong in them."""


@dataclass(frozen=True)
class Kinds:
    """The faults a service knows: answered instead of doing what was asked, and answered with something wrong."""

    instead: frozenset[str]
    rewritten: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        return self.instead | AFTER | self.rewritten | {"delay"}


GOOGLE = Kinds(INSTEAD, REWRITTEN)


@dataclass
class Fault:
    """One order. It meets the requests number `nth` to `nth + times - 1` of those that match (None: all from `nth` on).

    `struck` is the target of the request it met last.
    """

    kind: str
    verb: str | None = None
    path: re.Pattern[str] | None = None
    person: str | None = None
    nth: int = 1
    times: int | None = 1
    options: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    fired: int = 0
    struck: str = ""

    def meets(self, verb: str, target: str, person: str | None) -> bool:
        return (
            (self.verb is None or self.verb == verb)
            and (self.path is None or self.path.search(target) is not None)
            and (self.person is None or self.person == person)
        )

    def due(self) -> bool:
        """Count one matching request and say whether the fault strikes it."""
        self.seen += 1
        strikes = self.seen >= self.nth and (self.times is None or self.seen < self.nth + self.times)
        self.fired += strikes
        return strikes


class Faults:
    """The orders of one server, tried in the order they were given; one fault per request."""

    def __init__(self, kinds: Kinds = GOOGLE) -> None:
        self.kinds = kinds
        self._orders: list[Fault] = []
        self._lock = threading.Lock()

    def add(
        self,
        kind: str,
        *,
        verb: str | None = None,
        path: str | None = None,
        person: str | None = None,
        nth: int = 1,
        times: int | None = 1,
        **options: Any,
    ) -> Fault:
        """Order a fault.

        `path` is a regular expression searched in the target as sent, query included (`pageToken=` meets later pages).
        Options: `retry_after` (429, seconds), `seconds` (delay), `status` (apply-then-error), `message`. Raises ValueError
        for an unknown kind.
        """
        name = kind.replace("_", "-") if kind.replace("_", "-") in self.kinds.all else kind
        if name not in self.kinds.all:
            raise ValueError(f"unknown fault {kind!r}; known: {', '.join(sorted(self.kinds.all))}")
        pattern = re.compile(path) if path else None
        fault = Fault(name, verb.upper() if verb else None, pattern, person, nth, times, options)
        with self._lock:
            self._orders.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._orders.clear()

    def strike(self, verb: str, target: str, person: str | None) -> Fault | None:
        """The fault that meets this request, None for most."""
        if not self._orders:
            return None
        with self._lock:
            due = [order for order in self._orders if order.meets(verb, target, person) and order.due()]
            for order in due[:1]:
                order.struck = target
        return due[0] if due else None


def instead(fault: Fault) -> Answer:
    """The answer of a fault that keeps the request from being done."""
    if fault.kind == "429":
        after = fault.options.get("retry_after")
        error = usage_limit(429, "rateLimitExceeded", "Rate Limit Exceeded")
        return Answer(429, error.body(), headers={} if after is None else {"Retry-After": str(after)})
    if fault.kind in _PAGES:
        return html(_PAGES[fault.kind])
    if fault.kind in _OAUTH:
        return Answer(
            _OAUTH[fault.kind], {"error": fault.kind, "error_description": fault.options.get("message", fault.kind)}
        )
    error = _ERRORS[fault.kind]
    return Answer(error.status, error.body())
