"""`sendMail`: noted among the world's mails, never sent."""

from guardian.sandbox.graph_call import Call
from guardian.sandbox.graph_errors import bad_request
from guardian.sandbox.moments import Body
from guardian.sandbox.wire import Answer

MOST_HEADERS = 5


def send_mail(call: Call) -> Answer:
    """202 and nothing to look up. Raises GraphError 400 for headers that are not `x-` ones, and without recipients."""
    message = call.body().get("message") or call.body().get("Message")
    if not isinstance(message, dict):
        raise bad_request("The property 'Message' is required.", "ErrorInvalidRequest")
    try:
        recipients = [row["emailAddress"]["address"] for row in message.get("toRecipients") or ()]
    except (KeyError, TypeError):
        recipients = []
    if not recipients:
        raise bad_request("At least one recipient isn't valid.", "ErrorInvalidRecipients")
    headers = {str(row["name"]): row["value"] for row in message.get("internetMessageHeaders") or ()}
    if len(headers) > MOST_HEADERS or any(not name.lower().startswith("x-") for name in headers):
        raise bad_request(
            "The internet message header name should start with 'x-' or 'X-'.", "InvalidInternetMessageHeader"
        )
    call.store.mails.extend(_note(call, message, to, headers) for to in recipients)
    return Answer(202)


def _note(call: Call, message: Body, to: str, headers: dict[str, str]) -> Body:
    note: Body = {"kind": "mail", "from": call.email, "to": to, "event": None, "title": message.get("subject", "")}
    note |= {"at": call.store.now(), "answer": None, "comment": None, "headers": headers}
    return note | {"content": (message.get("body") or {}).get("content", "")}
