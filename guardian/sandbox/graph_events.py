"""Reading events: calendarView, events, one event, the instances of a series."""

import re
from datetime import datetime, timedelta

from guardian.sandbox import graph_ids, graph_view, listing, series
from guardian.sandbox.copies import Calendar, Copy
from guardian.sandbox.graph_call import Call, expanded, names
from guardian.sandbox.graph_errors import GraphError, bad_request
from guardian.sandbox.graph_times import bound
from guardian.sandbox.listing import one
from guardian.sandbox.moments import Body, instant
from guardian.sandbox.store import Store
from guardian.sandbox.wire import Answer

PAGE = 10
LONGEST_WINDOW = timedelta(days=1825)
NO_WINDOW = (
    "This request requires a time window specified by the query string parameters StartDateTime and EndDateTime."
)
_PROPERTY = re.compile(
    r"singleValueExtendedProperties/any\((\w+):\s*\1/id eq '([^']*)'(?: and \1/value eq '([^']*)')?\)"
)
_EQUALS = re.compile(r"(iCalUId|subject|type|transactionId) eq '([^']*)'")


def visible(copy: Copy) -> bool:
    """In the mailbox: what the owner or the organiser took away is not."""
    return not copy.removed and not (copy.cancelled and copy.organised_here)


def window(call: Call) -> tuple[datetime, datetime]:
    """Both bounds, UTC. Raises GraphError 400."""
    found = {name.lower(): values[-1] for name, values in call.query.items()}
    low, high = found.get("startdatetime"), found.get("enddatetime")
    if not low or not high:
        raise bad_request(NO_WINDOW)
    bounds = bound(low, "StartDateTime"), bound(high, "EndDateTime")
    if bounds[1] < bounds[0] or bounds[1] - bounds[0] > LONGEST_WINDOW:
        raise bad_request("The time window is not valid.")
    return bounds


def in_window(calendar: Calendar, low: datetime, high: datetime) -> list[Copy]:
    """Singles, occurrences and exceptions that overlap the window, in the order of their starts; never masters."""
    found: list[Copy] = []
    for row in list(calendar.rows.values()):
        if row.recurring:
            found += occurrences(calendar, row, low, high)
        elif visible(row) and not _orphan(calendar, row) and listing.overlaps(calendar, row, low, high):
            found.append(row)
    return sorted(found, key=lambda copy: (instant(copy.body["start"], calendar.zone), copy.number))


def occurrences(calendar: Calendar, master: Copy, low: datetime, high: datetime) -> list[Copy]:
    """Those as the series gives them; exceptions are rows of their own."""
    if not visible(master):
        return []
    return [c for c in listing.expand(calendar, master, low, high) if listing.overlaps(calendar, c, low, high)]


def _orphan(calendar: Calendar, copy: Copy) -> bool:
    """An exception whose series has left the mailbox."""
    master = calendar.rows.get(copy.master or "")
    return master is not None and not visible(master)


def calendar_view(call: Call, _: str = "") -> Answer:
    low, high = window(call)
    if "$filter" in call.query:
        if call.switches.calendar_view_filter == "500":
            raise GraphError(500, "InternalServerError", "Object reference not set to an instance of an object.")
        return call.page([], PAGE)
    rows = in_window(call.calendar, low, high)
    return _rows(call, rows)


def _rows(call: Call, copies: list[Copy]) -> Answer:
    """Only the rows of the page are drawn up: the rest stand for themselves."""
    start = call.number("$skip", 0)
    size, wanted = call.page_size(PAGE), names(call.query)
    drawn: list[Body] = [{}] * start
    for copy in copies[start : start + size]:
        row = graph_view.event(call.store, call.calendar, copy, call.asked)
        more = expanded(copy, call.query) if call.switches.list_properties else {}
        drawn.append(graph_view.selected(row, wanted) | more)
    return call.page(drawn + [{}] * (len(copies) - len(drawn)), PAGE)


def list_events(call: Call, _: str = "") -> Answer:
    """Single events and series masters; $filter knows extended properties and a few equalities."""
    rows = [row for row in call.calendar.rows.values() if visible(row) and row.master not in call.calendar.rows]
    return _rows(call, [row for row in rows if _wanted(row, one(call.query, "$filter"))])


def _wanted(copy: Copy, text: str | None) -> bool:
    if text is None:
        return True
    if found := _PROPERTY.fullmatch(text.strip()):
        kept = {name.lower(): value for name, value in copy.mine.get("properties", {}).items()}
        value = kept.get(found[2].lower())
        return value is not None and found[3] in {None, value}
    if found := _EQUALS.fullmatch(text.strip()):
        shown = {"iCalUId": graph_view.ical_uid(copy), "subject": copy.body.get("summary", "")}
        shown["type"] = "seriesMaster" if copy.recurring else "singleInstance"
        shown["transactionId"] = copy.mine.get("transactionId", "")
        return bool(shown[found[1]] == found[2])
    raise bad_request("The query filter is not supported.", "ErrorInvalidUrlQueryFilter")


def get_event(call: Call, event_id: str) -> Answer:
    copy = call.copy(event_id)
    reply = call.show(copy)
    if copy.recurring and reply.data is not None:
        reply.data |= _of_series(call, copy)
    return reply


def _of_series(call: Call, master: Copy) -> Body:
    """What only a master tells, and only when asked by name."""
    rows = series.stored_exceptions(call.calendar, master.id)
    more: Body = {}
    if "cancelledOccurrences" in names(call.query):
        more["cancelledOccurrences"] = [graph_view.occurrence_id(row) for row in rows if not visible(row)]
    if "exceptionOccurrences" in (one(call.query, "$expand") or ""):
        shown = [row for row in rows if visible(row)]
        more["exceptionOccurrences"] = [graph_view.event(call.store, call.calendar, row, call.asked) for row in shown]
    return more


def instances(call: Call, event_id: str) -> Answer:
    """Occurrences and exceptions of one series in a window."""
    low, high = window(call)
    master = call.copy(event_id)
    if not master.recurring:
        raise bad_request("The event is not a recurring series.", "ErrorInvalidRequest")
    rows = [row for row in in_window(call.calendar, low, high) if row.master == master.id]
    return _rows(call, rows)


def calendars(call: Call, _: str = "") -> Answer:
    return call.page([calendar_of(call.store, call.email)], PAGE)


def calendar_of(store: Store, email: str) -> Body:
    person = store.people[email]
    return {
        "id": graph_ids.calendar_id(email),
        "name": "Calendar",
        "color": "auto",
        "isDefaultCalendar": True,
        "canEdit": True,
        "owner": {"name": person.name, "address": email},
    }
