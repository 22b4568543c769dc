"""The directory and the settings of mailboxes: users, groups and their members, mailboxSettings."""

import re
import uuid
from functools import lru_cache

from guardian.sandbox.errors import ApiError
from guardian.sandbox.graph_call import Call, names
from guardian.sandbox.graph_errors import GraphError, bad_request, unknown_resource
from guardian.sandbox.graph_view import selected
from guardian.sandbox.listing import one, seal, unseal
from guardian.sandbox.microsoft_zones import windows_name
from guardian.sandbox.moments import Body
from guardian.sandbox.store import Person, Store
from guardian.sandbox.wire import Answer

PAGE, MOST = 100, 999
DEFAULT_PROPERTIES = frozenset(
    (
        "businessPhones",
        "displayName",
        "givenName",
        "id",
        "jobTitle",
        "mail",
        "mobilePhone",
        "officeLocation",
        "preferredLanguage",
        "surname",
        "userPrincipalName",
    )
)
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday")
_MAIL = re.compile(r"(mail|userPrincipalName|accountEnabled|userType) eq (?:'((?:[^']|'')*)'|(\w+))")


@lru_cache(maxsize=4096)
def user_id(email: str) -> str:
    """The directory's id of an account, the same every time."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, email))


def tenant(store: Store) -> dict[str, Person]:
    """Every account of the Microsoft directory by address: mailboxes, rooms, guests and people without a mailbox."""
    return {email: person for email, person in store.people.items() if person.outlook} | store.accounts


def find_account(store: Store, name: str) -> Person | None:
    """By id, or by address in any case."""
    wanted = name.lower()
    direct = store.people.get(wanted)
    if direct is not None and direct.outlook:
        return direct
    return next((p for p in tenant(store).values() if wanted in {user_id(p.email), principal(p).lower()}), None)


def principal(person: Person) -> str:
    """`userPrincipalName`; a guest's is made of the address outside."""
    if not person.guest:
        return person.email
    return f"{person.email.replace('@', '_')}#EXT#@acme.onmicrosoft.example"


def _user(person: Person) -> Body:
    given, _, family = person.name.partition(" ")
    return {
        "id": user_id(person.email),
        "displayName": person.name or person.email,
        "givenName": given or None,
        "surname": family or None,
        "mail": person.email,
        "userPrincipalName": principal(person),
        "businessPhones": [],
        "jobTitle": None,
        "mobilePhone": None,
        "officeLocation": None,
        "preferredLanguage": None,
        "accountEnabled": not person.suspended,
        "userType": "Guest" if person.guest else "Member",
    }


def _shown(row: Body, wanted: set[str]) -> Body:
    kept = selected(row, wanted or set(DEFAULT_PROPERTIES))
    return kept if not wanted or "id" in wanted else {k: v for k, v in kept.items() if k != "id"}


def list_users(call: Call) -> Answer:
    people = sorted(tenant(call.store).values(), key=lambda p: p.email)
    rows = [_user(person) for person in people]
    return _page(call, _filtered(rows, one(call.query, "$filter")))


def _filtered(rows: list[Body], text: str | None) -> list[Body]:
    if text is None:
        return rows
    found = _MAIL.fullmatch(text.strip())
    if found is None:
        raise bad_request("Invalid filter clause.", "Request_UnsupportedQuery")
    wanted = (found[2] or "").replace("''", "'") or found[3] or ""
    return [row for row in rows if str(row.get(found[1], "")).lower() == wanted.lower()]


def _page(call: Call, rows: list[Body]) -> Answer:
    """Directory pages go on by an opaque `$skiptoken`."""
    size = min(call.number("$top", PAGE), MOST, call.switches.page_size or MOST)
    start, wanted = _offset(one(call.query, "$skiptoken")), names(call.query)
    shown = [_shown(row, wanted) if "@odata.type" not in row else row for row in rows[start : start + size]]
    data: Body = {"@odata.context": f"{call.root}/v1.0/$metadata#directoryObjects", "value": shown}
    if start + size < len(rows):
        data["@odata.nextLink"] = call.link({"$skiptoken": seal([start + size])})
    return Answer(200, data)


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    try:
        match unseal(token, "$skiptoken"):
            case [int(offset)]:
                return offset
    except ApiError:
        pass
    raise GraphError(400, "Directory_ExpiredPageToken", "The specified page token value has expired.")


def get_user(call: Call, name: str) -> Answer:
    person = find_account(call.store, name)
    if person is None:
        raise unknown_resource(name)
    return Answer(200, _shown(_user(person), names(call.query)))


def list_groups(call: Call) -> Answer:
    return _page(
        call, _filtered([_group(call.store, email) for email in sorted(call.store.groups)], one(call.query, "$filter"))
    )


def get_group(call: Call, name: str) -> Answer:
    return Answer(200, _group(call.store, _group_address(call.store, name)))


def _group(_: Store, email: str) -> Body:
    return {
        "@odata.type": "#microsoft.graph.group",
        "id": user_id(email),
        "displayName": email.partition("@")[0],
        "mail": email,
        "mailEnabled": True,
        "securityEnabled": True,
    }


def _group_address(store: Store, name: str) -> str:
    found = next((email for email in store.groups if user_id(email) == name), None)
    if found is None:
        raise unknown_resource(name)
    return found


def members(call: Call, name: str) -> Answer:
    """Direct members: users, groups, and contacts for people of the other service."""
    return _members(call, call.store.groups[_group_address(call.store, name)])


def transitive_members(call: Call, name: str) -> Answer:
    """Members of members too, each once; circles are no trouble."""
    found: dict[str, None] = {}
    waiting = list(call.store.groups[_group_address(call.store, name)])
    while waiting:
        email = waiting.pop(0)
        if email not in found:
            found[email] = None
            waiting += call.store.groups.get(email, [])
    return _members(call, list(found))


def _members(call: Call, emails: list[str]) -> Answer:
    if "microsoft.graph.user" in call.request.path:
        emails = [email for email in emails if email in tenant(call.store)]
    return _page(call, [_member(call.store, email) for email in emails])


def _member(store: Store, email: str) -> Body:
    if email in store.groups:
        return _group(store, email)
    person = tenant(store).get(email)
    if person is not None:
        return {"@odata.type": "#microsoft.graph.user"} | _user(person)
    return {"@odata.type": "#microsoft.graph.orgContact", "id": user_id(email), "displayName": email, "mail": email}


def mailbox_settings(call: Call, _: str = "") -> Answer:
    person = call.person or Person("")
    zone = person.zone if person.email in call.switches.iana_zones else windows_name(person.zone)
    hours: Body = {"daysOfWeek": list(WEEK), "startTime": "08:00:00.0000000", "endTime": "17:00:00.0000000"}
    hours |= {"timeZone": _custom_zone() if person.email in call.switches.custom_zones else {"name": zone}}
    data: Body = {"@odata.context": f"{call.root}/v1.0/$metadata#users('x')/mailboxSettings"}
    data |= {"timeZone": "Customized Time Zone" if person.email in call.switches.custom_zones else zone}
    data |= {"workingHours": hours | call.switches.working_hours.get(person.email, {})}
    data |= {"userPurpose": "room" if person.room else "user", "dateFormat": "dd.MM.yyyy", "timeFormat": "HH:mm"}
    return Answer(200, data)


def _custom_zone() -> Body:
    """One hour ahead of UTC, drawn by hand: `bias` counts minutes from local time to UTC."""
    change = {"time": "02:00:00.0000000", "dayOccurrence": 4, "dayOfWeek": "sunday", "year": 0}
    return {
        "@odata.type": "#microsoft.graph.customTimeZone",
        "name": "Customized Time Zone",
        "bias": -60,
        "standardOffset": change | {"month": 10},
        "daylightOffset": change | {"month": 3, "daylightBias": -60},
    }


def purpose(call: Call, _: str = "") -> Answer:
    reply = mailbox_settings(call)
    return Answer(200, {"value": (reply.data or {}).get("userPurpose")})
