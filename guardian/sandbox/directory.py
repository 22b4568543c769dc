"""The Admin Directory: users and members of groups, for administrators only."""

import zlib

from guardian.sandbox.errors import ApiError, bad_request, not_found
from guardian.sandbox.listing import Query, number, one, seal, unseal
from guardian.sandbox.moments import Body
from guardian.sandbox.store import Person, Store


def users(store: Store, subject: str, query: Query) -> Body:
    """One page of users in the order of their addresses; `query` knows `isSuspended=true|false`."""
    _check_admin(store, subject)
    if one(query, "customer") is None and one(query, "domain") is None:
        raise bad_request("Bad Request", "badRequest", "customer")
    people = sorted(
        (p for p in store.people.values() if not p.room and not p.outlook and _wanted(p, query)), key=lambda p: p.email
    )
    return _page("users", [_user(person) for person in people], query, 100, 500)


def members(store: Store, subject: str, group: str, query: Query) -> Body:
    """One page of the group's members."""
    _check_admin(store, subject)
    if group not in store.groups:
        raise not_found()
    rows: list[Body] = [
        {
            "kind": "admin#directory#member",
            "email": e,
            "role": "MEMBER",
            "type": "GROUP" if e in store.groups else "USER",
        }
        for e in store.groups[group]
    ]
    return _page("members", rows, query, 200, 200)


def _check_admin(store: Store, subject: str) -> None:
    if not store.people[subject].admin:
        raise ApiError(403, "forbidden", "Not Authorized to access this resource/api")


def _wanted(person: Person, query: Query) -> bool:
    domain, text = one(query, "domain"), one(query, "query") or ""
    if domain is not None and not person.email.endswith(f"@{domain}"):
        return False
    return "isSuspended=" not in text or person.suspended == ("isSuspended=true" in text)


def _user(person: Person) -> Body:
    given, _, family = person.name.partition(" ")
    return {
        "kind": "admin#directory#user",
        "id": str(zlib.crc32(person.email.encode())),
        "primaryEmail": person.email,
        "name": {"givenName": given, "familyName": family, "fullName": person.name},
        "suspended": person.suspended,
        "archived": person.archived,
        "isAdmin": person.admin,
    }


def _page(name: str, rows: list[Body], query: Query, default: int, most: int) -> Body:
    token = one(query, "pageToken")
    match unseal(token, "pageToken") if token else [0]:
        case [int(offset)]:
            pass
        case _:
            raise bad_request("Invalid page token value.", parameter="pageToken")
    end = offset + min(number(query, "maxResults", default), most)
    page: Body = {"kind": f"admin#directory#{name}", name: rows[offset:end]}
    return page | ({"nextPageToken": seal([end])} if end < len(rows) else {})
