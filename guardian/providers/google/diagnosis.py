"""What `guardian doctor` looks at for one Google mailbox, each with its mend."""

from collections.abc import Callable
from typing import Any

from guardian.errors import AccessLost, GuardianError
from guardian.ports import Clock
from guardian.providers.diagnosis import Check, clock_check
from guardian.providers.google.client import Client
from guardian.providers.google.config import SCOPE_SETTINGS
from guardian.providers.google.errors import JWT_BLAMED
from guardian.providers.hosted import CALENDAR
from guardian.providers.refusals import Call

DELEGATE = (
    "in the admin console (Security, API controls) give client {client} domain-wide delegation for the scope {scope}; "
    "a change takes up to 24 hours"
)
ENABLE = "enable the Calendar API in the Google Cloud project of {project}"
MENDS = {
    "accessNotConfigured": ENABLE,
    "SERVICE_DISABLED": ENABLE,
    JWT_BLAMED: "set this machine's clock if it is told to be wrong below; else the key was deleted: download a fresh one",
    "unauthorized_client": DELEGATE,
}
"""By the service's own code, or our words for it, in the error."""


def diagnose(client: Client, now: Clock, mailbox: str) -> list[Check]:
    """One read of the calendar tells token, scope, API and mailbox; its Date header tells the clock."""
    dates: list[str] = []
    request = client.events.list(calendarId=CALENDAR, maxResults=1, fields="timeZone")
    request.add_response_callback(lambda response: dates.append(response.get("date", "")))
    calendar = _tried(f"calendar of {mailbox}", lambda: client.read(mailbox, "events.list", request, Call()), client)
    return [calendar, clock_check(dates[-1] if dates else client.date(), now(), "Google"), _settings(client, mailbox)]


def _settings(client: Client, mailbox: str) -> Check:
    request = client.settings.list(fields="items(id)")
    name = f"settings of {mailbox}"
    try:
        client.read(mailbox, "settings.list", request, Call(), scope=SCOPE_SETTINGS)
    except AccessLost:
        return Check(name, True, "not granted; the calendar's own time zone is used instead")
    except GuardianError as error:
        return Check(name, False, str(error), "try again later")
    return Check(name, True, "readable")


def _tried(name: str, ask: Callable[[], Any], client: Client) -> Check:
    try:
        ask()
    except AccessLost as error:
        return Check(name, False, str(error), _mend(error, client))
    except GuardianError as error:
        return Check(name, False, str(error), "try again later; if it stays, see the status page of Google Workspace")
    return Check(name, True, f"readable with the scope {client.config.scope}")


def _mend(error: AccessLost, client: Client) -> str:
    if not error.credentials:
        return "check the address on the roster, and that the account is active and has Google Calendar"
    mend = next((mend for code, mend in MENDS.items() if code in str(error)), DELEGATE)
    return mend.format(client=client.key.client_id, scope=client.config.scope, project=client.key.account)
