"""`POST /v1.0/$batch`: up to twenty requests in one, each with its own headers and its own answer."""

import json
from collections import Counter
from collections.abc import Callable

from guardian.sandbox.graph_errors import GraphError, bad_request, throttled
from guardian.sandbox.microsoft_switches import MicrosoftSwitches
from guardian.sandbox.moments import Body
from guardian.sandbox.wire import Answer, Request

PATH = "/v1.0/$batch"
MOST_PARTS = 20


def answer(
    request: Request,
    serve: Callable[[Request], Answer],
    mailbox_of: Callable[[Request], str | None],
    switches: MicrosoftSwitches,
) -> Answer:
    """Every part through `serve`; 424 for those that depend on a failed one. Raises GraphError 400 for what is no batch."""
    rows = _rows(request)
    statuses: dict[str, int] = {}
    used: Counter[str] = Counter()
    responses: list[Body] = []
    for row in rows:
        part = _part(row, request)
        mailbox = mailbox_of(part)
        used[mailbox or ""] += 1
        if any(statuses.get(str(name), 424) >= 400 for name in row.get("dependsOn") or ()):
            reply = _refusal(GraphError(424, "FailedDependency", "A request this one depends on has failed."))
        elif mailbox and switches.refuse_large_batches and used[mailbox] > switches.most_in_flight:
            reply = _refusal(throttled(switches.retry_after))
        else:
            reply = serve(part)
        statuses[str(row["id"])] = reply.status
        responses.append(_response(str(row["id"]), reply))
    return Answer(200, {"responses": responses[::-1] if switches.shuffle_batch else responses})


def parts_by_mailbox(request: Request, mailbox_of: Callable[[Request], str | None]) -> Counter[str]:
    """How many parts go to each mailbox; nothing for what is no batch."""
    try:
        found = [mailbox_of(_part(row, request)) for row in _rows(request)]
    except GraphError:
        return Counter()
    return Counter(mailbox for mailbox in found if mailbox)


def _rows(request: Request) -> list[Body]:
    try:
        data = request.json()
    except ValueError:
        data = None
    rows = data.get("requests") if isinstance(data, dict) else None
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_PARTS:
        raise bad_request("Number of batch request steps must be between 1 and 20.", "BadRequest")
    if len({str(row.get("id")) for row in rows}) != len(rows) or any(_is_malformed(row) for row in rows):
        raise bad_request("Invalid batch payload format.", "BadRequest")
    return rows


def _is_malformed(row: Body) -> bool:
    """A part with a body must say what it is."""
    headers = {name.lower() for name in row.get("headers") or {}}
    return not row.get("id") or not row.get("url") or ("body" in row and "content-type" not in headers)


def _part(row: Body, request: Request) -> Request:
    headers = {name.lower(): str(value) for name, value in (row.get("headers") or {}).items()}
    headers["authorization"] = request.headers.get("authorization", "")
    body = json.dumps(row["body"]).encode() if "body" in row else b""
    return Request(str(row.get("method", "GET")).upper(), f"/v1.0/{str(row['url']).lstrip('/')}", headers, body)


def _response(name: str, reply: Answer) -> Body:
    shown: Body = {"id": name, "status": reply.status, "headers": dict(reply.headers)}
    if reply.data is not None:
        shown["headers"]["Content-Type"] = "application/json"
        shown["body"] = reply.data
    elif reply.raw:
        shown["headers"]["Content-Type"] = reply.content_type
        shown["body"] = reply.raw.decode()
    return shown


def _refusal(error: GraphError) -> Answer:
    return Answer(error.status, error.body(), headers=dict(error.headers))
