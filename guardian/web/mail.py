"""The link at the end of every mail: one click stops that kind of mail, without a login.

Looking at the page changes nothing, because programs that check links look at all of them; only POST acts (RFC 8058).
"""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import Response

from guardian.bootstrap import Guardian, mail_secret
from guardian.engine.weekly import leave_alone
from guardian.mail.stops import read_token
from guardian.model.mail import MailKind
from guardian.web.access import In
from guardian.web.html import page
from guardian.web.problems import not_found

router = APIRouter(include_in_schema=False)

NAMES: Mapping[MailKind, str] = {
    MailKind.PERSON: "The weekly mail about your own calendar",
    MailKind.TEAM: "The weekly mail about teams",
    MailKind.ORG: "The weekly mail about the whole organisation",
}


@router.get("/mail/stop/{token}")
def ask(request: Request, guardian: In, token: str) -> Response:
    """What would be stopped."""
    recipient, kind = _read(guardian, token)
    return page(
        request, "mail_stop.html", title="Stop this mail?", what=NAMES[kind], recipient=recipient, stopped=False
    )


@router.post("/mail/stop/{token}")
def stop(request: Request, guardian: In, token: str) -> Response:
    """From now on this kind of mail is not sent to the address."""
    recipient, kind = _read(guardian, token)
    leave_alone(guardian.engine, recipient, [kind], "whoever holds the link")
    return page(request, "mail_stop.html", title="Stopped", what=NAMES[kind], recipient=recipient, stopped=True)


def _read(guardian: Guardian, token: str) -> tuple[str, MailKind]:
    found = read_token(mail_secret(guardian), token)
    if found is None:
        raise not_found("mail")
    return found
