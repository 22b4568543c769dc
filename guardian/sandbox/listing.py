"""`events.list`: filters, pages, sync tokens."""

import base64
import json
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from guardian.sandbox import series, view
from guardian.sandbox.copies import Calendar, Copy
from guardian.sandbox.errors import ApiError, bad_request, full_sync_required, not_found
from guardian.sandbox.moments import Body, instant, length, parse_instant, stamp
from guardian.sandbox.store import Store

Query = Mapping[str, list[str]]

NOT_WITH_TOKEN = (
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "timeMin",
    "timeMax",
    "updatedMin",
)
NO_TOKEN_AFTER = ("orderBy", "q", "iCalUID", "updatedMin")
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
LOOK_BACK = timedelta(days=28)
"""How far back `updatedMin` may reach."""


@dataclass(frozen=True)
class Slot:
    """One line of an answer: a copy, shown whole or as a tombstone."""

    copy: Copy
    gone: bool = False


@dataclass
class Snapshot:
    """The lines of one listing, kept while a client pages through them."""

    owner: str
    slots: list[Slot]
    revision: int
    bounds: tuple[str | None, str | None]
    token_follows: bool


@dataclass
class Pages:
    """Listings being paged through; the oldest are forgotten."""

    kept: OrderedDict[int, Snapshot] = field(default_factory=OrderedDict)
    count: int = 0
    limit: int = 1024

    def keep(self, snapshot: Snapshot) -> int:
        self.count += 1
        self.kept[self.count] = snapshot
        while len(self.kept) > self.limit:
            self.kept.popitem(last=False)
        return self.count


def seal(value: object) -> str:
    """An opaque token."""
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")


def unseal(token: str, parameter: str) -> list[object]:
    try:
        value = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except ValueError:
        value = None
    if not isinstance(value, list):
        raise bad_request(
            "Invalid sync token value." if parameter == "syncToken" else "Invalid page token value.",
            parameter=parameter,
        )
    return value


def one(query: Query, name: str, default: str | None = None) -> str | None:
    values = query.get(name)
    return values[-1] if values else default


def flag(query: Query, name: str) -> bool:
    return (one(query, name) or "false").lower() == "true"


def number(query: Query, name: str, default: int) -> int:
    text = one(query, name)
    if text is None:
        return default
    if not text.isdigit() or int(text) < 1:
        raise bad_request(f"Invalid value '{text}'.", "invalidParameter", name)
    return int(text)


def list_events(store: Store, pages: Pages, calendar: Calendar, query: Query) -> Body:
    """One page. Raises ApiError 400 for a bad or forbidden parameter and 410 for a token no longer honoured."""
    page = one(query, "pageToken")
    if page is None:
        snapshot = _begin(store, calendar, query)
        key, offset = 0, 0
    else:
        key, offset = _resume(page)
        found = pages.kept.get(key)
        if found is None or found.owner != calendar.owner:
            raise bad_request("Invalid page token value.", parameter="pageToken")
        snapshot = found
    return _page(store, pages, calendar, query, snapshot, key, offset)


def _resume(token: str) -> tuple[int, int]:
    match unseal(token, "pageToken"):
        case [int(key), int(offset)]:
            return key, offset
    raise bad_request("Invalid page token value.", parameter="pageToken")


def _page(
    store: Store, pages: Pages, calendar: Calendar, query: Query, snapshot: Snapshot, key: int, offset: int
) -> Body:
    size = min(number(query, "maxResults", 250), 2500, store.switches.page_size or 2500)
    empty = store.switches.empty_middle_pages and offset > 0
    offset = abs(offset)
    end = offset if empty else offset + size
    look = view.Look(one(query, "timeZone"), number(query, "maxAttendees", 0) if one(query, "maxAttendees") else None)
    answer = _frame(store, calendar, look)
    answer["items"] = [_show(store, calendar, slot, look) for slot in snapshot.slots[offset:end]]
    if end < len(snapshot.slots):
        key = key or pages.keep(snapshot)
        # A negative offset: the empty page before it has been given.
        answer["nextPageToken"] = seal([key, -end if empty else end])
    elif snapshot.token_follows and not store.switches.no_sync_token:
        answer["nextSyncToken"] = seal([snapshot.revision, store.clock().timestamp(), *snapshot.bounds])
    return answer


def _frame(store: Store, calendar: Calendar, look: view.Look) -> Body:
    return {
        "kind": "calendar#events",
        "etag": f'"p{calendar.touched:x}"',
        "summary": calendar.owner,
        "updated": stamp(store.clock()),
        "timeZone": look.zone or calendar.zone,
        "accessRole": "owner",
        "defaultReminders": [{"method": "popup", "minutes": 10}],
    }


def _show(store: Store, calendar: Calendar, slot: Slot, look: view.Look) -> Body:
    return view.tombstone(slot.copy) if slot.gone else view.event(store, calendar, slot.copy, look)


def _begin(store: Store, calendar: Calendar, query: Query) -> Snapshot:
    token = one(query, "syncToken")
    if token is not None:
        return _increment(store, calendar, query, token)
    keep = _filter(store, calendar, query)
    rows = list(_rows(store, calendar, query))
    slots = [Slot(copy) for copy in rows if keep(copy)]
    _sort(slots, query, calendar.zone)
    bounds = (one(query, "timeMin"), one(query, "timeMax"))
    follows = not any(name in query for name in NO_TOKEN_AFTER)
    return Snapshot(calendar.owner, slots, store.revision, bounds, follows)


def _sort(slots: list[Slot], query: Query, zone: str) -> None:
    order = one(query, "orderBy")
    if order == "startTime":
        if not flag(query, "singleEvents"):
            raise bad_request("The requested ordering is not available for the particular query.", parameter="orderBy")
        slots.sort(key=lambda slot: instant(slot.copy.body["start"], zone))
    elif order == "updated":
        slots.sort(key=lambda slot: slot.copy.updated)


def _rows(store: Store, calendar: Calendar, query: Query) -> Iterator[Copy]:
    low, high = _bounds(store, one(query, "timeMin"), one(query, "timeMax"))
    for row in list(calendar.rows.values()):
        if row.recurring and flag(query, "singleEvents"):
            yield from expand(calendar, row, low, high)
        else:
            yield row


def _bounds(store: Store, low: str | None, high: str | None) -> tuple[datetime, datetime]:
    start = parse_instant(low, "timeMin") if low else FIRST
    end = parse_instant(high, "timeMax") if high else store.clock() + store.switches.horizon
    if low and high and start >= end:
        raise ApiError(
            400,
            "timeRangeEmpty",
            "The specified time range is empty.",
            domain="calendar",
            location=("parameter", "timeMax"),
        )
    return start, end


def expand(
    calendar: Calendar, master: Copy, low: datetime, high: datetime, shape: Body | None = None
) -> Iterator[Copy]:
    """Instances that overlap the bounds and have no exception of their own, as virtual copies."""
    seen = shape or master.body
    own = calendar.exceptions.get(master.id, {})
    for original in series.instances(master, low - length(seen["start"], seen["end"]), high, shape):
        if series.instance_id(master.id, original) not in own:
            yield series.virtual(master, original)


def _filter(store: Store, calendar: Calendar, query: Query) -> Callable[[Copy], bool]:
    tests = [
        _status_test(calendar, query),
        _window_test(store, calendar, query),
        _type_test(query),
        _property_test(query),
        _text_test(query),
        _updated_test(store, query),
    ]
    return lambda copy: all(test(copy) for test in tests)


def _status_test(calendar: Calendar, query: Query) -> Callable[[Copy], bool]:
    """Deleted events come when asked for; cancelled exceptions of a living series also where masters are listed."""
    if flag(query, "showDeleted") or "updatedMin" in query:
        return lambda _: True
    if flag(query, "singleEvents"):
        return lambda copy: not copy.cancelled

    def keep(copy: Copy) -> bool:
        master = calendar.rows.get(copy.master or "")
        return not copy.cancelled or (master is not None and not master.cancelled)

    return keep


def _window_test(store: Store, calendar: Calendar, query: Query) -> Callable[[Copy], bool]:
    if "timeMin" not in query and "timeMax" not in query:
        return lambda _: True
    low, high = _bounds(store, one(query, "timeMin"), one(query, "timeMax"))
    if "timeMax" not in query:
        high = datetime.max.replace(tzinfo=UTC) - timedelta(days=3)
    return lambda copy: overlaps(calendar, copy, low, high)


def overlaps(calendar: Calendar, copy: Copy, low: datetime, high: datetime) -> bool:
    """Ends after `low` and starts before `high`, both exclusive; a series when one of its instances does."""
    if copy.recurring:
        far = min(high, low + timedelta(days=1500))
        return any(overlaps(calendar, row, low, high) for row in expand(calendar, copy, low, far))
    return instant(copy.body["end"], calendar.zone) > low and instant(copy.body["start"], calendar.zone) < high


def _type_test(query: Query) -> Callable[[Copy], bool]:
    wanted = set(query.get("eventTypes", ()))
    return lambda copy: not wanted or copy.body.get("eventType", "default") in wanted


def _property_test(query: Query) -> Callable[[Copy], bool]:
    wanted = [
        (kind, *constraint.split("=", 1))
        for kind in ("private", "shared")
        for constraint in query.get(f"{kind}ExtendedProperty", ())
    ]
    return lambda copy: all(copy.body.get("extendedProperties", {}).get(w[0], {}).get(w[1]) == w[-1] for w in wanted)


def _text_test(query: Query) -> Callable[[Copy], bool]:
    words, uid = (one(query, "q") or "").lower(), one(query, "iCalUID")

    def keep(copy: Copy) -> bool:
        text = " ".join(str(copy.body.get(key, "")) for key in ("summary", "description", "location")).lower()
        return words in text and uid in {None, copy.body["iCalUID"]}

    return keep


def _updated_test(store: Store, query: Query) -> Callable[[Copy], bool]:
    text = one(query, "updatedMin")
    if text is None:
        return lambda _: True
    since = parse_instant(text, "updatedMin")
    if since < store.clock() - LOOK_BACK:
        message = "The requested minimum modification time lies too far in the past."
        raise ApiError(410, "updatedMinTooLongAgo", message, domain="calendar", location=("parameter", "updatedMin"))
    return lambda copy: copy.updated >= stamp(since)


def _increment(store: Store, calendar: Calendar, query: Query, token: str) -> Snapshot:
    """What changed since the token; the query decides on series, the token remembers the first bounds."""
    for name in NOT_WITH_TOKEN:
        if name in query:
            raise bad_request(f"Sync token cannot be used with {name}.", parameter=name)
    if "showDeleted" in query and not flag(query, "showDeleted"):
        raise bad_request("Sync token cannot be used with showDeleted=false.", parameter="showDeleted")
    since, bounds = _redeem(store, calendar, token)
    changed = (
        []
        if calendar.touched <= since
        else [r for r in calendar.rows.values() if r.revision > since and not r.concealed]
    )
    types = _type_test(query)
    slots: list[Slot] = []
    for row in filter(types, changed):
        if row.recurring and flag(query, "singleEvents"):
            slots.extend(_changed_instances(store, calendar, row, since, bounds))
        else:
            slots.append(Slot(row, gone=row.cancelled))
    return Snapshot(calendar.owner, slots, store.revision, bounds, token_follows=True)


def _redeem(store: Store, calendar: Calendar, token: str) -> tuple[int, tuple[str | None, str | None]]:
    match unseal(token, "syncToken"):
        case [int(since), float(made), low, high]:
            age = timedelta(seconds=store.clock().timestamp() - made)
        case _:
            raise bad_request("Invalid sync token value.", parameter="syncToken")
    limit = store.switches.token_max_age
    if since < calendar.oldest_token or (limit is not None and age > limit):
        raise full_sync_required()
    return since, (str(low) if low else None, str(high) if high else None)


def _changed_instances(
    store: Store, calendar: Calendar, master: Copy, since: int, bounds: tuple[str | None, str | None]
) -> Iterator[Slot]:
    """Every instance of a changed series, and as gone those that an earlier shape had and this one has not."""
    low, high = _bounds(store, *bounds)
    now = {copy.id: copy for copy in expand(calendar, master, low, high)}
    yield from (Slot(copy, gone=master.cancelled) for copy in now.values())
    for ended, shape in master.shapes:
        if ended > since and shape["recurrence"]:
            for copy in expand(calendar, master, low, high, shape):
                if copy.id not in now:
                    yield Slot(copy, gone=True)


def list_instances(store: Store, pages: Pages, calendar: Calendar, event_id: str, query: Query) -> Body:
    """`events.instances`: occurrences and exceptions of one series, in the order of their original starts."""
    master = calendar.rows.get(event_id)
    if master is None or not master.recurring:
        raise not_found()
    page = one(query, "pageToken")
    if page is not None:
        return list_events(store, pages, calendar, query)
    low, high = _bounds(store, one(query, "timeMin"), one(query, "timeMax"))
    rows = [*expand(calendar, master, low, high), *series.stored_exceptions(calendar, event_id)]
    keep, wanted = _filter(store, calendar, {**query, "singleEvents": ["true"]}), one(query, "originalStart")
    slots = [Slot(copy) for copy in rows if keep(copy) and _starts_at(copy, wanted)]
    slots.sort(key=lambda slot: instant(slot.copy.original or {}, calendar.zone))
    snapshot = Snapshot(calendar.owner, slots, store.revision, (None, None), token_follows=False)
    return _page(store, pages, calendar, query, snapshot, 0, 0)


def _starts_at(copy: Copy, wanted: str | None) -> bool:
    original = copy.original or {}
    if wanted is None or "date" in original:
        return wanted in {None, original.get("date")}
    return parse_instant(wanted, "originalStart") == instant(original, "UTC")


def empty_first(store: Store, pages: Pages, calendar: Calendar, query: Query) -> Body:
    """A page without items whose next page is the one that was asked for: legal, and easily mistaken for the end."""
    answer = _frame(store, calendar, view.Look(one(query, "timeZone")))
    again = one(query, "pageToken") or seal([pages.keep(_begin(store, calendar, query)), 0])
    return answer | {"items": [], "nextPageToken": again}
