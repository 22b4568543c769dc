"""Google's Admin Directory: active users and members of groups, read as an administrator.

Each scope has a token of its own, so that one that was not granted spoils nothing else.
https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/list
"""

from collections.abc import Iterator
from threading import Lock
from typing import Any

from guardian.errors import AccessLost, Gone, NotSupported, ProviderDown
from guardian.model.people import Person
from guardian.providers.google.client import Client, Json, build_service
from guardian.providers.google.config import SCOPE_MEMBERS, SCOPE_USERS
from guardian.providers.refusals import Call
from guardian.providers.shared import line

NO_ADMIN = "Google's directory is not set up: GUARDIAN_GOOGLE__ADMIN_SUBJECT names the administrator to read it as"
USERS_PAGE, MEMBERS_PAGE = 500, 200
USER_FIELDS = "nextPageToken,users(primaryEmail,name(fullName),suspended,archived)"
MEMBER_FIELDS = "nextPageToken,members(email,type)"
EVERYBODY = "CUSTOMER"
"""The type of a member that stands for all users of the organisation."""

API = "enable the Admin SDK API in the Google Cloud project of {account}"
NOT_ADMIN = (
    "GUARDIAN_GOOGLE__ADMIN_SUBJECT has to be an administrator whose role may read {what} (a custom role will do); "
    "now it is {admin}"
)
DELEGATE = (
    "in the admin console (Security, API controls) add the scope {scope} to the domain-wide delegation of client {client}; "
    "a change takes up to 24 hours"
)


class Directory:
    """Thread-safe. The description of the API is read at the first use."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._config = client.config
        self._lock = Lock()
        self._service: Any = None

    def people(self) -> Iterator[Person]:
        """Active users of the domains and groups in the settings; of the whole organisation without any. Rooms are resources
        and no users."""
        chosen = self._chosen()
        for user in self._users():
            email = str(user.get("primaryEmail") or "").strip().lower()
            active = not user.get("suspended") and not user.get("archived")
            if email and active and (chosen is None or email in chosen):
                yield Person(email, "google", line(str((user.get("name") or {}).get("fullName") or "")))

    def members(self, group: str) -> frozenset[str]:
        """Members of members too, circles and all. Raises Gone for an unknown group."""
        found: set[str] = set()
        seen, waiting = {group}, [group]
        while waiting:
            for row in self._rows(waiting.pop()):
                email = str(row.get("email") or "").strip().lower()
                if row.get("type") == EVERYBODY:
                    found |= {str(user.get("primaryEmail") or "").lower() for user in self._users()} - {""}
                elif row.get("type") != "GROUP" and email:
                    found.add(email)
                elif email and email not in seen:
                    seen.add(email)
                    waiting.append(email)
        return frozenset(found)

    def _chosen(self) -> frozenset[str] | None:
        if not self._config.groups:
            return None
        return frozenset[str]().union(*(self.members(group) for group in self._config.groups))

    def _users(self) -> Iterator[Json]:
        wheres = [{"domain": domain} for domain in self._config.domains] or [{"customer": "my_customer"}]
        for where in wheres:
            query = {**where, "maxResults": USERS_PAGE, "fields": USER_FIELDS, "orderBy": "email"}
            yield from self._pages("users", query, SCOPE_USERS)

    def _rows(self, group: str) -> Iterator[Json]:
        query = {"groupKey": group, "maxResults": MEMBERS_PAGE, "fields": MEMBER_FIELDS}
        try:
            yield from self._pages("members", query, SCOPE_MEMBERS)
        except Gone as error:
            raise Gone(f"Google's directory has no group {group}") from error

    def _pages(self, what: str, query: Json, scope: str) -> Iterator[Json]:
        used: set[str] = set()
        token: str | None = None
        while True:
            page = self._page(what, query | ({"pageToken": token} if token else {}), scope)
            rows = page.get(what) or []
            if not isinstance(rows, list):
                raise ProviderDown(f"Google's directory sent {what} in a form that nobody knows")
            yield from (row for row in rows if isinstance(row, dict))
            token = page.get("nextPageToken")
            if not token:
                return
            if token in used:
                raise ProviderDown("Google's directory sends the same page again and again")
            used.add(token)

    def _page(self, what: str, query: Json, scope: str) -> Json:
        admin = self._config.admin_subject
        if not admin:
            raise NotSupported(NO_ADMIN)
        request = getattr(self._api(), what)().list(**query)
        call = Call(event=what == "members")
        try:
            return self._client.read(admin, f"{what}.list", request, call, scope)
        except AccessLost as error:
            raise AccessLost(f"Google's directory: {error}", mend=self._mend(error, what, scope, admin)) from error

    def _mend(self, error: AccessLost, what: str, scope: str, admin: str) -> str:
        said, key = str(error), self._client.key
        if "accessNotConfigured" in said or "SERVICE_DISABLED" in said:
            return API.format(account=key.account)
        if "unauthorized_client" in said or "insufficientPermissions" in said:
            return DELEGATE.format(scope=scope, client=key.client_id)
        return NOT_ADMIN.format(what=what if what == "users" else "groups", admin=admin)

    def _api(self) -> Any:
        with self._lock:
            if self._service is None:
                self._service = build_service(self._config.directory_root, "admin", "directory_v1")
            return self._service
