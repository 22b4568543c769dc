"""`POST /batch/calendar/v3`: many requests in one multipart body, each with its own authorization."""

from collections.abc import Callable
from email.parser import BytesParser
from email.policy import HTTP
from io import BytesIO

from guardian.sandbox.errors import bad_request
from guardian.sandbox.wire import Answer, Request, encode, read_request

PATH = "/batch/calendar/v3"
MOST_PARTS = 1000
BOUNDARY = "batch_sandbox"


def answer(request: Request, serve: Callable[[Request], Answer]) -> Answer:
    """Every part through `serve`; the answers carry the parts' ids. Raises ApiError 400 for what is no batch."""
    parts = _parts(request)
    if not 0 < len(parts) <= MOST_PARTS:
        raise bad_request("The batch request is empty or too large.", "badRequest")
    chunks = [_chunk(content_id, serve(inner)) for content_id, inner in parts]
    body = b"".join(chunks) + f"--{BOUNDARY}--\r\n".encode()
    return Answer(200, raw=body, content_type=f"multipart/mixed; boundary={BOUNDARY}")


def _parts(request: Request) -> list[tuple[str, Request]]:
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + request.body)
    found = []
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        inner = read_request(BytesIO(content if isinstance(content, bytes) else b""))
        if inner is not None:
            outer = {k: v for k, v in request.headers.items() if k == "authorization"}
            found.append(
                (
                    str(part["Content-ID"] or ""),
                    Request(inner.verb, inner.target, outer | dict(inner.headers), inner.body),
                )
            )
    return found


def _chunk(content_id: str, reply: Answer) -> bytes:
    named = f"<response-{content_id.strip('<>')}>"
    head = f"--{BOUNDARY}\r\nContent-Type: application/http\r\nContent-ID: {named}\r\n\r\n"
    return head.encode() + encode(reply) + b"\r\n"
