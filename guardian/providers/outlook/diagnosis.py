"""What `guardian doctor` looks at for one Outlook mailbox, each with its mend."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from guardian.errors import AccessLost, GuardianError, ProviderDown
from guardian.ports import Clock
from guardian.providers.diagnosis import Check, clock_check
from guardian.providers.outlook.client import Client
from guardian.providers.outlook.config import PERMISSION_ACT, PERMISSION_READ
from guardian.providers.outlook.errors import OutOfReach
from guardian.providers.outlook.faults import EXPIRED_CERTIFICATE, SignInRefused
from guardian.providers.outlook.reading import Reader
from guardian.providers.outlook.roles import roles_in

RENEW = timedelta(days=30)
LATER = "try again later; if it stays, see the service health page of Microsoft 365"


def diagnose(client: Client, reader: Reader, now: Clock, mailbox: str) -> list[Check]:
    """In the order in which things should be mended; without a token nothing behind it is tried."""
    return list(_looked_at(client, reader, now, mailbox))


def _looked_at(client: Client, reader: Reader, now: Clock, mailbox: str) -> Iterator[Check]:
    token = _sign_in(client)
    calendar = _calendar(client, reader, mailbox) if token.ok else None
    yield clock_check(client.date or client.tokens.date, now(), "Microsoft")
    if client.credential.expires is not None:
        yield _certificate(client.credential.expires, now())
    yield token
    if calendar is not None:
        yield calendar
    if calendar is not None and calendar.ok:
        yield _settings(reader, mailbox)


def _sign_in(client: Client) -> Check:
    name = "Microsoft sign-in"
    try:
        token = client.tokens.current()
    except SignInRefused as error:
        return Check(name, False, str(error), _mend(client, error))
    except ProviderDown as error:
        mend = "check GUARDIAN_OUTLOOK__AUTHORITY, proxies and GUARDIAN_OUTLOOK__CA_FILE; otherwise try again later"
        return Check(name, False, _with_cause(error), mend)
    except GuardianError as error:
        return Check(name, False, str(error), LATER)
    roles = (
        ", ".join(sorted(roles_in(token)))
        or "none in the token: Exchange grants by RBAC for Applications, or nobody does"
    )
    return Check(name, True, f"token received; application permissions: {roles}")


def _mend(client: Client, error: SignInRefused) -> str:
    if error.code in EXPIRED_CERTIFICATE and client.credential.expires is not None:
        return f"{error.mend} (the file's certificate ends {client.credential.expires:%Y-%m-%d})"
    return error.mend


def _with_cause(error: ProviderDown) -> str:
    return f"{error}: {error.__cause__}"[:300] if error.__cause__ else str(error)


def _certificate(expires: datetime, now: datetime) -> Check:
    name, detail = "app certificate", f"valid until {expires:%Y-%m-%d}"
    if now >= expires:
        mend = (
            "make a new certificate, upload it to the app registration and replace GUARDIAN_OUTLOOK__CERTIFICATE_FILE"
        )
        return Check(name, False, f"expired on {expires:%Y-%m-%d}", mend)
    return Check(name, True, f"{detail}: renew it soon" if expires - now < RENEW else detail)


def _calendar(client: Client, reader: Reader, mailbox: str) -> Check:
    name = f"calendar of {mailbox}"
    try:
        reader.peek(mailbox)
    except OutOfReach as error:
        return Check(name, False, str(error), _reach_mend(error))
    except AccessLost as error:
        mend = "check the app registration" if error.credentials else "correct the roster, or give the person a mailbox"
        return Check(name, False, str(error), mend)
    except GuardianError as error:
        return Check(name, False, str(error), LATER)
    return Check(name, True, _readable(client))


def _readable(client: Client) -> str:
    roles = roles_in(client.tokens.current())
    if PERMISSION_READ in roles and PERMISSION_ACT not in roles:
        return f"readable; nothing can be written without {PERMISSION_ACT}"
    return "readable"


def _reach_mend(error: OutOfReach) -> str:
    if not error.credentials:
        return "add the mailbox to the group that limits the app in Exchange (a change may take an hour), or take it off the roster"
    return (
        f"grant the application permission {PERMISSION_ACT} with admin consent; with RBAC for Applications assign "
        f"'Application {PERMISSION_ACT}' and add the mailbox to its scope"
    )


def _settings(reader: Reader, mailbox: str) -> Check:
    name = f"settings of {mailbox}"
    try:
        zone = reader.settings(mailbox).timezone
    except GuardianError as error:
        return Check(name, False, str(error), LATER)
    if zone is None:
        return Check(name, True, "not granted (MailboxSettings.Read); the zone of the roster or of the policy is used")
    return Check(name, True, f"time zone {zone}")
