"""The error answers of Microsoft Graph, by status and code.

Statuses and codes as documented at learn.microsoft.com/graph/errors and reported by users of the calendar API.
"""

import uuid
from typing import Any

from guardian.sandbox.errors import ApiError


class GraphError(Exception):
    """An answer with an error body."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}

    def body(self, at: str = "") -> dict[str, Any]:
        """The JSON body; `at` is the time of the answer."""
        inner = {"date": at, "request-id": str(uuid.uuid4())}
        return {"error": {"code": self.code, "message": self.message, "innerError": inner}}


def bad_request(message: str, code: str = "ErrorInvalidParameter") -> GraphError:
    return GraphError(400, code, message)


def invalid_token() -> GraphError:
    return GraphError(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")


def access_denied(message: str = "Access is denied. Check credentials and try again.") -> GraphError:
    return GraphError(403, "ErrorAccessDenied", message)


def out_of_scope() -> GraphError:
    return access_denied("Access to OData is disabled.")


def directory_denied() -> GraphError:
    return GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def no_mailbox() -> GraphError:
    message = "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
    return GraphError(404, "MailboxNotEnabledForRESTAPI", message)


def unknown_user(name: str) -> GraphError:
    return GraphError(404, "ErrorInvalidUser", f"The requested user '{name}' is invalid.")


def unknown_resource(name: str) -> GraphError:
    message = f"Resource '{name}' does not exist or one of its queried reference-property objects are not present."
    return GraphError(404, "Request_ResourceNotFound", message)


def not_in_store() -> GraphError:
    return GraphError(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def sync_state_lost(revision: int = 0) -> GraphError:
    message = f"The sync state generation is not found; generation={revision};[highest={revision + 8}]."
    return GraphError(410, "SyncStateNotFound", message)


def conflict() -> GraphError:
    message = (
        "The send or update operation could not be performed because the change key passed in the request does not "
    )
    return GraphError(412, "ErrorIrresolvableConflict", message + "match the current change key for the item.")


def throttled(retry_after: int | None) -> GraphError:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    message = "Application is over its MailboxConcurrency limit."
    return GraphError(429, "ApplicationThrottled", message, headers)


def unknown_zone(name: object) -> GraphError:
    message = f"A valid TimeZone value must be specified. The following TimeZone value is not supported: '{name}'."
    return GraphError(400, "TimeZoneNotSupportedException", message)


def translated(error: ApiError) -> GraphError:
    """A refusal of the shared calendar in the words of this service."""
    if error.status in {404, 410}:
        return not_in_store()
    return GraphError(error.status, "ErrorInvalidRequest", error.message)
