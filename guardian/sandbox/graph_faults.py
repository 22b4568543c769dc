"""Faults that tests order at the Microsoft side, as the service and its gateways answer them."""

import re
from typing import Any

from guardian.sandbox.faults import Fault, Kinds
from guardian.sandbox.graph_delta import fresh_start
from guardian.sandbox.graph_errors import (
    GraphError,
    access_denied,
    conflict,
    directory_denied,
    invalid_token,
    no_mailbox,
    not_in_store,
    out_of_scope,
    sync_state_lost,
    throttled,
)
from guardian.sandbox.wire import Answer, html

_ERRORS: dict[str, GraphError] = {
    "401": invalid_token(),
    "403": out_of_scope(),
    "ErrorAccessDenied": access_denied(),
    "Authorization_RequestDenied": directory_denied(),
    "404": not_in_store(),
    "MailboxNotEnabledForRESTAPI": no_mailbox(),
    "409": GraphError(409, "ErrorDuplicateTransactionId", "The TransactionId is not unique."),
    "410": sync_state_lost(149),
    "SyncStateNotFound": sync_state_lost(149),
    "syncStateNotFound-400": GraphError(400, "syncStateNotFound", "The sync state generation is not found."),
    "resyncRequired": GraphError(400, "resyncRequired", "Resync required."),
    "412": conflict(),
    "500": GraphError(500, "InternalServerError", "Object reference not set to an instance of an object."),
    "504-unknown": GraphError(504, "UnknownError", ""),
}
_PAGES = {"500-html": 500, "502": 502, "503": 503, "504-html": 504}
_EMPTY = {"503-empty": 503, "504": 504}
_OAUTH = {"invalid_client": 401, "unauthorized_client": 400, "temporarily_unavailable": 503}

INSTEAD = frozenset(
    {*_ERRORS, *_PAGES, *_EMPTY, *_OAUTH, "410-location", "429", "MailboxConcurrency", "close-before-apply", "redirect"}
)
REWRITTEN = frozenset(("next-link-to-other-host", "dying-next-link", "silent-miss", "empty-page", "no-delta-link"))
MICROSOFT = Kinds(INSTEAD, REWRITTEN)

OTHER_HOST = "https://graph.microsoft.example.attacker.example"
_SKIP = re.compile(r"(\$skip(?:token)?=)[^&]*")


def instead(fault: Fault, root: str) -> Answer:
    """The answer of a fault that keeps the request from being done. `retry_after` goes into any of them."""
    after = fault.options.get("retry_after")
    reply = _answer(fault.kind, fault.struck, root)
    if after is not None:
        reply.headers["Retry-After"] = str(after)
    return reply


def _answer(kind: str, target: str, root: str) -> Answer:
    if kind == "429" and "/oauth2/" in target:
        return Answer(
            429, {"error": "temporarily_unavailable", "error_description": "AADSTS90033", "error_codes": [90033]}
        )
    if kind in {"429", "MailboxConcurrency"}:
        return _refusal(throttled(None))
    if kind == "410-location":
        where = root + fresh_start(target)
        return Answer(410, _refusal(sync_state_lost(149)).data, headers={"Location": where})
    if kind == "redirect":
        return Answer(302, raw=b"", headers={"Location": f"{OTHER_HOST}{target}"})
    if kind in _PAGES:
        return html(_PAGES[kind])
    if kind in _EMPTY:
        return Answer(_EMPTY[kind], raw=b"")
    if kind in _OAUTH:
        return Answer(_OAUTH[kind], {"error": kind, "error_description": "ordered by a fault", "error_codes": [90099]})
    return _refusal(_ERRORS[kind])


def _refusal(error: GraphError) -> Answer:
    return Answer(error.status, error.body("2026-01-01T00:00:00"), headers=dict(error.headers))


def rewrite(fault: Fault, reply: Answer, root: str) -> Answer:
    """A collection with one thing wrong in it; anything else is left as it is."""
    data = reply.data
    if reply.status != 200 or not data or "value" not in data:
        return reply
    _SPOILERS[fault.kind](data, root)
    return reply


def _to_other_host(data: dict[str, Any], root: str) -> None:
    for link in ("@odata.nextLink", "@odata.deltaLink"):
        if link in data:
            data[link] = str(data[link]).replace(root, OTHER_HOST)


def _dying(data: dict[str, Any], _: str) -> None:
    if "@odata.nextLink" in data:
        data["@odata.nextLink"] = _SKIP.sub(r"\1dead", data["@odata.nextLink"])


def _missing(data: dict[str, Any], _: str) -> None:
    data["value"] = data["value"][:-1]


def _empty(data: dict[str, Any], _: str) -> None:
    data["value"] = []


def _no_link(data: dict[str, Any], _: str) -> None:
    data.pop("@odata.deltaLink", None)


_SPOILERS = {
    "next-link-to-other-host": _to_other_host,
    "dying-next-link": _dying,
    "silent-miss": _missing,
    "empty-page": _empty,
    "no-delta-link": _no_link,
}
