"""The Microsoft directory: members of the tenant with a person's mailbox, and members of groups.

https://learn.microsoft.com/en-us/graph/api/user-list, https://learn.microsoft.com/en-us/graph/api/group-list-transitivemembers
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import quote

from guardian.errors import AccessLost, Gone, ProviderDown
from guardian.model.people import Person
from guardian.ports import Clock
from guardian.providers.outlook.client import Ask, Client, Json
from guardian.providers.outlook.errors import OutOfReach
from guardian.providers.refusals import Call
from guardian.providers.shared import line

USER_FIELDS = "id,displayName,mail,userPrincipalName,accountEnabled,userType"
PAGE = "999"
PEOPLE = frozenset({"user", "linked"})
"""Values of `userPurpose` that stand for a person; the others are shared mailboxes, rooms and equipment."""

PURPOSE_AGE = timedelta(hours=24)
USERS = "grant the application permission User.Read.All with admin consent"
GROUPS = "grant the application permissions GroupMember.Read.All and User.Read.All with admin consent"
SETTINGS = (
    "grant the application permission MailboxSettings.Read, which tells people from rooms and shared mailboxes; with RBAC "
    "for Applications assign 'Application MailboxSettings.Read'"
)


class Directory:
    """Thread-safe. What a mailbox is for is asked once a day."""

    def __init__(self, client: Client, now: Clock) -> None:
        self._client = client
        self._now = now
        self._lock = Lock()
        self._purposes: dict[str, tuple[datetime, str]] = {}

    def people(self) -> Iterator[Person]:
        """Enabled members with a person's mailbox that the app may enter, in the groups of the settings if there are any.

        Raises AccessLost where the app may enter no mailbox at all.
        """
        groups, refused, entered = self._client.config.groups, 0, 0
        chosen = frozenset[str]().union(*(self.members(group) for group in groups)) if groups else None
        for user in self._listed("users", "users.list", {"$select": USER_FIELDS, "$top": PAGE}, USERS):
            email = _address(user)
            if not email or not _is_active(user) or (chosen is not None and email not in chosen):
                continue
            purpose = self._purpose(email)
            refused, entered = refused + (purpose is None), entered + (purpose is not None)
            if purpose in PEOPLE:
                yield Person(email, "outlook", line(str(user.get("displayName") or "")))
        if refused and not entered:
            raise AccessLost(f"the app may enter none of {refused} mailboxes to see what they are for", mend=SETTINGS)

    def members(self, group: str) -> frozenset[str]:
        """Members of members too: accounts, and contacts for people whose mailbox is elsewhere. Raises Gone for an unknown
        group, AccessLost where the app sees that there are members, but not who."""
        name = group.replace("'", "''")
        query = {"$filter": f"mail eq '{name}'", "$select": "id,mail"}
        found = [row.get("id") for row in self._listed("groups", "groups.list", query, GROUPS)]
        if not found:
            raise Gone(f"Microsoft's directory has no group {group}")
        path = f"groups/{quote(str(found[0]), safe='')}/transitiveMembers"
        rows = list(self._listed(path, "groups.transitiveMembers", {"$top": PAGE}, GROUPS))
        people = [
            row
            for row in rows
            if not str(row.get("@odata.type", "")).endswith((".group", ".device", ".servicePrincipal"))
        ]
        if any(_is_hidden(row) for row in people):
            raise AccessLost(f"the members of {group} are shown without addresses", mend=GROUPS)
        return frozenset(email for row in people if (email := _address(row)))

    def _listed(self, path: str, name: str, query: dict[str, str], mend: str) -> Iterator[Json]:
        """All pages; links are followed as they are, and to this host only."""
        ask = Ask(name, "GET", f"{self._client.config.api}/{path}", query)
        used: set[str] = set()
        while True:
            page = self._page(ask, mend)
            yield from (row for row in page.get("value") or [] if isinstance(row, dict))
            link = page.get("@odata.nextLink")
            if not link:
                return
            if not isinstance(link, str) or not self._client.is_ours(link):
                raise ProviderDown("Microsoft Graph sent a link to another host; it is not followed")
            if link in used:
                raise ProviderDown("Microsoft Graph sends the same page again and again")
            used.add(link)
            ask = Ask(name, "GET", link)

    def _page(self, ask: Ask, mend: str) -> Json:
        try:
            return self._client.read("", ask, Call())
        except OutOfReach as error:
            raise AccessLost("Microsoft's directory refuses the app (403)", mend=mend) from error
        except AccessLost as error:
            raise AccessLost(f"Microsoft's directory: {error}", mend=error.mend or mend) from error

    def _purpose(self, email: str) -> str | None:
        """What the mailbox is for, empty where there is none; None where the app may not enter it."""
        with self._lock:
            held = self._purposes.get(email)
        if held is not None and timedelta() <= self._now() - held[0] < PURPOSE_AGE:
            return held[1]
        found = self._asked(email)
        if found is not None:
            with self._lock:
                self._purposes[email] = (self._now(), found)
        return found

    def _asked(self, email: str) -> str | None:
        ask = Ask("mailboxSettings.get", "GET", self._client.url(email, "mailboxSettings"), {"$select": "userPurpose"})
        try:
            return str(self._client.read(email, ask, Call()).get("userPurpose") or "")
        except OutOfReach:
            return None
        except AccessLost as error:
            if error.credentials:
                raise
            return ""


def _is_hidden(row: Json) -> bool:
    """Without the permission to read users they come with their id alone."""
    is_user = str(row.get("@odata.type", "")).endswith(".user")
    return is_user and not row.get("mail") and not row.get("userPrincipalName")


def _is_active(user: Json) -> bool:
    return user.get("accountEnabled") is True and str(user.get("userType") or "Member") == "Member"


def _address(row: Json) -> str:
    """Of the mailbox; empty where there is none."""
    return str(row.get("mail") or "").strip().lower()
