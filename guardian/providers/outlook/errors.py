"""What Microsoft Graph answers when it refuses, as the errors the guardian acts on.

Decided by status, then by code whatever its case, never by the message: https://learn.microsoft.com/en-us/graph/errors
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx2

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
from guardian.providers.shared import line, retry_after

REFUSALS = Refusals("Microsoft Graph")

UNSENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError, httpx2.UnsupportedProtocol)
"""The request never left, so that a write did not happen."""

RESYNC = frozenset(
    {"syncstatenotfound", "syncstateinvalid", "resyncrequired", "errorinvalidsyncstatedata", "fullsyncrequired"}
)
NO_MAILBOX = {
    "mailboxnotenabledforrestapi": "this person has no Exchange Online mailbox: take them off the roster or license one",
    "mailboxnotsupportedforrestapi": "this mailbox is not in Exchange Online: take the person off the roster or move it",
    "errornonexistentmailbox": "there is no mailbox of this address: correct the roster",
    "errorinvaliduser": "there is no such person in the tenant: correct the address on the roster",
    "request_resourcenotfound": "there is no such person in the tenant: correct the address on the roster",
    "resourcenotfound": "there is no such person in the tenant: correct the address on the roster",
}
DIRECTORY = "authorization_requestdenied"


class Malformed(NotSupported):
    """400: something in the request is not acceptable here."""


class OutOfReach(AccessLost):
    """403 from Exchange: the permission is missing for all, or this mailbox is outside the app's scope."""


def unanswered(error: Exception, call: Call) -> GuardianError:
    """No answer, half an answer, or one that is not the JSON it should be."""
    return REFUSALS.unanswered(error, Call() if isinstance(error, UNSENT) else call)


@dataclass(frozen=True, slots=True)
class Answered:
    """A refusal, taken apart. `codes` are all error codes in lower case, the outermost first; `retry_after` is in
    seconds; `request` is the id that Microsoft's support asks for."""

    status: int
    codes: tuple[str, ...]
    code: str
    message: str
    retry_after: float | None
    request: str

    @classmethod
    def of(cls, response: httpx2.Response, now: datetime) -> "Answered":
        error = error_object(response.content)
        codes = tuple(_codes(error))
        return cls(
            response.status_code,
            tuple(code.lower() for code in codes),
            codes[0] if codes else "",
            line(str(error.get("message") or ""))[:200],
            retry_after(response.headers.get("retry-after"), now),
            line(response.headers.get("request-id", ""))[:64],
        )

    def __str__(self) -> str:
        said = f" {self.code}: {self.message}" if self.code else ""
        return f"{self.status}{said}" + (f"; request-id {self.request}" if self.request else "")


def refused(answer: Answered, call: Call) -> GuardianError:
    """The guardian's error for an answer that is no success."""
    if answer.status == 429:
        return RateLimited(f"Microsoft Graph asks to slow down ({answer})", answer.retry_after)
    if answer.status == 410 or RESYNC & set(answer.codes):
        return _gone(answer, call)
    if answer.status >= 500 or answer.status < 400:
        return _fault(answer, call)
    return BY_STATUS.get(answer.status, REFUSALS.refused)(answer, call)


def _fault(answer: Answered, call: Call) -> GuardianError:
    if call.write:
        return OutcomeUnknown(f"Microsoft Graph failed during the write ({answer})")
    if answer.retry_after is not None:
        return RateLimited(f"Microsoft Graph asks to come back later ({answer})", answer.retry_after)
    return ProviderDown(f"Microsoft Graph has a fault of its own ({answer})")


def _gone(answer: Answered, call: Call) -> GuardianError:
    if call.token or not call.event:
        return CursorExpired(f"the delta link is no longer valid ({answer})")
    return Gone(f"the event does not exist ({answer})")


def _forbidden(answer: Answered, _: Call) -> GuardianError:
    if DIRECTORY in answer.codes:
        return AccessLost(f"the app has no permission for this: grant it in the app registration ({answer})")
    return OutOfReach(f"Microsoft Graph does not let the app into this mailbox ({answer})")


def _missing(answer: Answered, call: Call) -> GuardianError:
    known = next((NO_MAILBOX[code] for code in answer.codes if code in NO_MAILBOX), None)
    if known is not None:
        return AccessLost(f"{known} ({answer})", credentials=False)
    if call.event:
        return Gone(f"the event does not exist ({answer})")
    return no_calendar(answer)


def _malformed(answer: Answered, call: Call) -> GuardianError:
    if call.token:
        return CursorExpired(f"the delta link was not accepted ({answer})")
    return Malformed(f"Microsoft Graph does not accept this ({answer})")


def _changed(answer: Answered, _: Call) -> GuardianError:
    return PreconditionFailed(f"the event changed in the meantime ({answer})")


BY_STATUS: dict[int, Callable[[Answered, Call], GuardianError]] = {
    400: _malformed,
    401: REFUSALS.unauthorized,
    403: _forbidden,
    404: _missing,
    408: _fault,
    409: _changed,
    412: _changed,
}


def _codes(error: dict[str, Any]) -> list[str]:
    """The error's own code, then those nested in it, which may say more. At most eight levels are looked into."""
    found: list[str] = []
    inner: Any = error
    for _ in range(8):
        if not isinstance(inner, dict):
            break
        if isinstance(inner.get("code"), str) and inner["code"]:
            found.append(line(inner["code"])[:100])
        inner = inner.get("innerError") or inner.get("innererror")
    return found
