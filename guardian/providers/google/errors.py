"""What the service and its libraries answer when they refuse, as the errors the guardian acts on.

The reason in the body decides, not the status: 410 may mean "read all again" or "this event is gone", 403 "slow down",
"stop for hours" or "never". Bodies: https://developers.google.com/workspace/calendar/api/guides/errors
"""

import http.client
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httplib2
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from googleapiclient.errors import HttpError, UnexpectedBodyError

from guardian.errors import (
    AccessLost,
    CursorExpired,
    Gone,
    GuardianError,
    NotSupported,
    OutcomeUnknown,
    PreconditionFailed,
    ProviderDown,
    RateLimited,
)
from guardian.providers.refusals import Call, Refusals, error_object, no_calendar
from guardian.providers.shared import retry_after

REFUSALS = Refusals("Google Calendar")

BROKEN = (OSError, http.client.HTTPException, httplib2.HttpLib2Error, UnexpectedBodyError, ValueError)
"""No answer, half an answer, or one that is not JSON. `ValueError` covers JSON and text that cannot be decoded."""

FAULTS: tuple[type[Exception], ...] = (HttpError, GoogleAuthError, *BROKEN)
"""Everything a call through the client library may raise."""

SLOW_DOWN = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"})
ACCOUNT_LIMITS = frozenset({"quotaExceeded", "dailyLimitExceeded", "calendarUsageLimitsExceeded"})
RESYNC = frozenset({"fullSyncRequired", "updatedMinTooLongAgo"})
REFUSED_TO_ALL = {
    "accessNotConfigured": "the Calendar API is not enabled in the project of the service account: enable it in the API library",
    "SERVICE_DISABLED": "the Calendar API is not enabled in the project of the service account: enable it in the API library",
    "insufficientPermissions": "the token does not carry the scope this call needs: add it to the domain-wide delegation",
    "forbiddenForServiceAccounts": "the service account acts without domain-wide delegation: set it up in the admin console",
}
REFUSED_TO_ONE = {
    "notACalendarUser": "this person has no Google Calendar: take them off the roster or switch the service on",
}
JWT_BLAMED = "the service account's key or this machine's clock is wrong"
JWT_FAULT = "jwt"
"""In the description of an `invalid_grant` that blames the key or the clock instead of the person."""


class DuplicateId(PreconditionFailed):
    """An event with this id exists already, or did."""


def translate(error: Exception, call: Call, now: datetime) -> GuardianError:
    """The guardian's error for whatever a call raised; `now` turns a Retry-After date into seconds."""
    if isinstance(error, RefreshError):
        return token_refused(error)
    if isinstance(error, TransportError | GoogleAuthError):
        return ProviderDown(f"the token service did not answer: {error}")
    if isinstance(error, HttpError):
        return _answered(Answered.of(error, now), call)
    return REFUSALS.unanswered(error, call)


@dataclass(frozen=True, slots=True)
class Answered:
    """A refusal, taken apart. `retry_after` is in seconds, `location` the parameter or header that is to blame."""

    status: int
    reason: str
    message: str
    location: str
    retry_after: float | None

    @classmethod
    def of(cls, error: HttpError, now: datetime) -> "Answered":
        body = error_object(error.content)
        first = _first(body.get("errors"))
        reason = first.get("reason") or body.get("status") or ""
        message = body.get("message") or error.reason
        wait = retry_after(error.resp.get("retry-after"), now)
        return cls(error.status_code, str(reason), str(message)[:300], str(first.get("location", "")), wait)

    def __str__(self) -> str:
        return f"{self.status} {self.reason}: {self.message}" if self.reason else f"{self.status}: {self.message}"


def _answered(answer: Answered, call: Call) -> GuardianError:
    if answer.status == 429 or answer.reason in SLOW_DOWN:
        return RateLimited(f"Google Calendar asks to slow down ({answer})", answer.retry_after)
    if answer.reason in ACCOUNT_LIMITS:
        return RateLimited(f"the account's limits are used up for hours ({answer})", answer.retry_after, account=True)
    if answer.status >= 500 or answer.status < 400:
        return _fault(answer, call)
    return BY_STATUS.get(answer.status, REFUSALS.refused)(answer, call)


def _fault(answer: Answered, call: Call) -> GuardianError:
    if call.write:
        return OutcomeUnknown(f"Google Calendar failed during the write ({answer.status})")
    return ProviderDown(f"Google Calendar has a fault of its own ({answer.status})")


def _forbidden(answer: Answered, call: Call) -> GuardianError:
    if answer.reason in REFUSED_TO_ALL:
        return AccessLost(f"{REFUSED_TO_ALL[answer.reason]} ({answer})")
    if answer.reason in REFUSED_TO_ONE:
        return AccessLost(f"{REFUSED_TO_ONE[answer.reason]} ({answer})", credentials=False)
    if call.write:
        return NotSupported(f"Google Calendar does not allow this here ({answer})")
    return AccessLost(f"Google Calendar does not let us read this calendar ({answer})")


def _missing(answer: Answered, call: Call) -> GuardianError:
    if call.event:
        return Gone(f"the event does not exist ({answer.status})")
    return no_calendar(answer)


def _gone(answer: Answered, call: Call) -> GuardianError:
    if call.token or answer.reason in RESYNC:
        return CursorExpired(f"the sync token is no longer valid ({answer})")
    return _missing(answer, call)


def _malformed(answer: Answered, call: Call) -> GuardianError:
    if call.token:
        return CursorExpired(f"the sync token was not accepted ({answer})")
    return REFUSALS.refused(answer, call)


def _changed(answer: Answered, _: Call) -> GuardianError:
    return PreconditionFailed(f"the event changed in the meantime ({answer.status})")


def _duplicate(answer: Answered, _: Call) -> GuardianError:
    return DuplicateId(f"an event of this id is there already ({answer})")


BY_STATUS: dict[int, Callable[[Answered, Call], GuardianError]] = {
    400: _malformed,
    401: REFUSALS.unauthorized,
    403: _forbidden,
    404: _missing,
    408: _fault,
    409: _duplicate,
    410: _gone,
    412: _changed,
}


def token_refused(error: RefreshError) -> GuardianError:
    """`unauthorized_client` is the whole organisation's delegation, `invalid_grant` this one person, unless the text blames
    the signed token itself (a deleted key, a wrong clock)."""
    details = next((a for a in error.args if isinstance(a, dict)), {})
    code, words = str(details.get("error", "")), str(details.get("error_description", ""))
    said = f"{code}: {words}" if code else str(error)
    if code == "invalid_grant" and JWT_FAULT not in words.lower():
        return AccessLost(f"no token for this mailbox, the person is unknown or suspended ({said})", credentials=False)
    if code == "invalid_grant":
        return AccessLost(f"{JWT_BLAMED} ({said})")
    if getattr(error, "retryable", False):
        return ProviderDown(f"the token service has a fault of its own ({said})")
    return AccessLost(f"no token ({said})")


def _first(errors: Any) -> dict[str, Any]:
    return errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
