"""The error answers of the service, by status and reason.

Statuses, domains and reasons as documented at developers.google.com/workspace/calendar/api/guides/errors.
"""

from typing import Any


class ApiError(Exception):
    """An answer with an error body. `location` is ("parameter" or "header", name) where the service names one."""

    def __init__(
        self,
        status: int,
        reason: str,
        message: str,
        *,
        domain: str = "global",
        location: tuple[str, str] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.message = message
        self.domain = domain
        self.location = location
        self.retry_after = retry_after

    def body(self) -> dict[str, Any]:
        """The JSON body: one entry in `errors`, code and message repeated above it."""
        entry = {"domain": self.domain, "reason": self.reason, "message": self.message}
        if self.location:
            entry |= {"locationType": self.location[0], "location": self.location[1]}
        return {"error": {"errors": [entry], "code": self.status, "message": self.message}}


def bad_request(message: str, reason: str = "invalid", parameter: str | None = None) -> ApiError:
    location = ("parameter", parameter) if parameter else None
    return ApiError(400, reason, message, location=location)


def unauthorized() -> ApiError:
    return ApiError(401, "authError", "Invalid Credentials", location=("header", "Authorization"))


def insufficient_scope() -> ApiError:
    return ApiError(403, "insufficientPermissions", "Request had insufficient authentication scopes.")


def forbidden_for_guests() -> ApiError:
    return ApiError(
        403, "forbiddenForNonOrganizer", "Shared properties can only be changed by the organizer.", domain="calendar"
    )


def not_found() -> ApiError:
    return ApiError(404, "notFound", "Not Found")


def duplicate() -> ApiError:
    return ApiError(409, "duplicate", "The requested identifier already exists.")


def deleted() -> ApiError:
    return ApiError(410, "deleted", "Resource has been deleted")


def full_sync_required() -> ApiError:
    message = "Sync token is no longer valid, a full sync is required."
    return ApiError(410, "fullSyncRequired", message, domain="calendar", location=("parameter", "syncToken"))


def condition_not_met() -> ApiError:
    return ApiError(412, "conditionNotMet", "Precondition Failed", location=("header", "If-Match"))


def usage_limit(status: int, reason: str, message: str, retry_after: int | None = None) -> ApiError:
    return ApiError(status, reason, message, domain="usageLimits", retry_after=retry_after)
