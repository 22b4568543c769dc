"""`calendarView/delta`: rounds over a frozen window, occurrences as stubs, tombstones that prove little.

What is modelled on users' reports: occurrences carry seven fields; a deleted occurrence has no tombstone, the master comes with
all occurrences that remain; what changes outside the window is `@removed`, known or not.
"""

import itertools
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from guardian.sandbox import graph_ids, graph_view, listing, series
from guardian.sandbox.copies import Calendar, Copy
from guardian.sandbox.errors import ApiError
from guardian.sandbox.graph_call import Call
from guardian.sandbox.graph_errors import GraphError, bad_request, sync_state_lost
from guardian.sandbox.graph_events import in_window, occurrences, visible, window
from guardian.sandbox.graph_times import Preferences
from guardian.sandbox.listing import one, seal, unseal
from guardian.sandbox.moments import Body, stamp
from guardian.sandbox.store import Store
from guardian.sandbox.wire import Answer

PAGE = 10
UNSUPPORTED = ("$select", "$filter", "$expand", "$orderby", "$search")
APPLIED = {"Preference-Applied": "odata.track-changes"}


@dataclass(frozen=True)
class Window:
    """What a token freezes: whose calendar and which window."""

    owner: str
    low: datetime
    high: datetime


@dataclass(frozen=True)
class Line:
    """One entry of a round: a copy in full, as a stub, or as gone."""

    copy: Copy
    form: str = "full"


@dataclass(frozen=True)
class Round:
    """The entries of a round, kept while a client pages through it."""

    frame: Window
    lines: list[Line]
    revision: int


@dataclass
class Rounds:
    """Rounds being paged through; the oldest are forgotten, and with them their links."""

    kept: OrderedDict[int, Round] = field(default_factory=OrderedDict)
    count: int = 0
    limit: int = 256

    def keep(self, begun: Round) -> int:
        self.count += 1
        self.kept[self.count] = begun
        while len(self.kept) > self.limit:
            self.kept.popitem(last=False)
        return self.count


def delta(call: Call, _: str = "") -> Answer:
    """One page. Raises GraphError 400 for refused parameters and 410 for a state no longer known."""
    if any(name in call.query for name in UNSUPPORTED):
        names = ", ".join(UNSUPPORTED)
        message = f"The following parameters are not supported with change tracking over the 'CalendarView' resource: '{names}'."
        raise bad_request(message, "ErrorInvalidUrlQuery")
    rounds = call.service.rounds
    skip = one(call.query, "$skiptoken")
    if skip is not None:
        key, offset = _resume(skip)
        begun = rounds.kept.get(key)
        if begun is None or begun.frame.owner != call.email:
            raise sync_state_lost(key)
        return _page(call, begun, key, offset)
    begun = _begin(call, one(call.query, "$deltatoken"))
    key = rounds.keep(begun)
    return _page(call, begun, key, -1 if call.switches.first_page_empty else 0)


def _resume(token: str) -> tuple[int, int]:
    match _opened(token):
        case [int(key), int(offset)]:
            return key, offset
    raise sync_state_lost()


def _opened(token: str) -> list[object]:
    try:
        return unseal(token, "$deltatoken")
    except ApiError:
        raise sync_state_lost() from None


def _begin(call: Call, token: str | None) -> Round:
    calendar, store = call.calendar, call.store
    if not token:
        frame = Window(call.email, *window(call))
        return Round(frame, _spoiled(call, list(_first(call, calendar, frame))), _now(store))
    frame, since = _redeem(call, token)
    lines = _changes(call, calendar, frame, since - call.switches.replays)
    return Round(frame, _spoiled(call, list(lines)), max(_now(store), since))


def _now(store: Store) -> int:
    limit = store.microsoft.delta_until
    return store.revision if limit is None else min(limit, store.revision)


def _redeem(call: Call, token: str) -> tuple[Window, int]:
    match _opened(token):
        case [str(owner), int(since), str(low), str(high)] if owner == call.email:
            if since < call.calendar.oldest_token:
                raise sync_state_lost(since)
            return Window(owner, datetime.fromisoformat(low), datetime.fromisoformat(high)), since
    raise sync_state_lost()


def _spoiled(call: Call, lines: list[Line]) -> list[Line]:
    return lines + lines if call.switches.duplicates else lines


def _shown_yet(store: Store, copy: Copy) -> bool:
    return copy.revision <= _now(store)


def _first(call: Call, calendar: Calendar, frame: Window) -> Iterator[Line]:
    """Everything in the window, each series behind its master."""
    seen: set[str] = set()
    for copy in in_window(calendar, frame.low, frame.high):
        if not _shown_yet(call.store, copy):
            continue
        if copy.master not in calendar.rows:
            yield Line(copy)
        elif copy.master not in seen:
            seen.add(copy.master)
            yield from _series(call, calendar, calendar.rows[copy.master], frame, first=True)


def _series(call: Call, calendar: Calendar, master: Copy, frame: Window, *, first: bool = False) -> Iterator[Line]:
    """The master with all that remains of the series in the window."""
    if not (first and call.switches.early_masters_missing and _starts_before(master, frame)):
        yield Line(master)
    yield from (Line(copy, "stub") for copy in occurrences(calendar, master, frame.low, frame.high))
    yield from (Line(copy) for copy in _exceptions(calendar, master, frame))


def _starts_before(master: Copy, frame: Window) -> bool:
    start = master.body["start"]
    return datetime.fromisoformat(start.get("dateTime") or f"{start['date']}T00:00:00+00:00") < frame.low


def _exceptions(calendar: Calendar, master: Copy, frame: Window) -> list[Copy]:
    rows = series.stored_exceptions(calendar, master.id)
    return [row for row in rows if visible(row) and listing.overlaps(calendar, row, frame.low, frame.high)]


def _changes(call: Call, calendar: Calendar, frame: Window, since: int) -> Iterator[Line]:
    """What changed since the revision: singles by themselves, a series as a whole."""
    if calendar.touched <= since:
        return
    touched: dict[str, None] = {}
    for row in list(calendar.rows.values()):
        if row.revision <= since or row.concealed or not _shown_yet(call.store, row):
            continue
        if row.recurring:
            touched[row.id] = None
        elif row.master in calendar.rows:
            touched[row.master] = None
        else:
            yield from _single(calendar, row, frame)
    for master_id in touched:
        yield from _changed_series(call, calendar, master_id, frame, since)


def _single(calendar: Calendar, row: Copy, frame: Window) -> Iterator[Line]:
    yield Line(row, "former")
    inside = visible(row) and listing.overlaps(calendar, row, frame.low, frame.high)
    yield Line(row, "full" if inside else "gone")


def _changed_series(call: Call, calendar: Calendar, master_id: str, frame: Window, since: int) -> Iterator[Line]:
    master = calendar.rows[master_id]
    yield Line(master, "former")
    remaining = list(_series(call, calendar, master, frame)) if visible(master) else []
    if len(remaining) > 1:
        yield from remaining
        yield from (Line(row, "gone") for row in _left_window(calendar, master, frame, since))
    else:
        yield Line(master, "gone")
        yield from (Line(row, "gone") for row in series.stored_exceptions(calendar, master_id))
        yield from (Line(row, "gone") for row in _former_occurrences(calendar, master, frame, since))


def _left_window(calendar: Calendar, master: Copy, frame: Window, since: int) -> list[Copy]:
    """Exceptions that were moved out of the window; deleted ones have no tombstone."""
    rows = series.stored_exceptions(calendar, master.id)
    living = [row for row in rows if row.revision > since and visible(row)]
    return [row for row in living if not listing.overlaps(calendar, row, frame.low, frame.high)]


def _former_occurrences(calendar: Calendar, master: Copy, frame: Window, since: int) -> Iterator[Copy]:
    """Occurrences in the window of a series that is gone from it, in any shape it had since."""
    shapes = [None, *(shape for ended, shape in master.shapes if ended > since and shape["recurrence"])]
    found = (listing.expand(calendar, master, frame.low, frame.high, shape) for shape in shapes)
    yield from itertools.chain.from_iterable(found)


def _page(call: Call, begun: Round, key: int, offset: int) -> Answer:
    """One page of the round; an offset of -1 is the empty page some rounds begin with."""
    size = min(call.asked.page_size or PAGE, call.switches.page_size or 1000)
    start, end = max(offset, 0), 0 if offset < 0 else offset + size
    lines = begun.lines[start:end] if offset >= 0 else []
    data: Body = {"@odata.context": f"{call.root}/v1.0/$metadata#Collection(event)"}
    data["value"] = [row for line in lines for row in _drawn(call, line, call.asked)]
    base = f"{call.root}{call.request.path}?"
    if end < len(begun.lines) or offset < 0:
        data["@odata.nextLink"] = f"{base}$skiptoken={seal([key, end])}"
    else:
        data["@odata.deltaLink"] = f"{base}$deltatoken={_token(begun)}"
    return Answer(200, data, headers=dict(APPLIED))


def _token(begun: Round) -> str:
    frame = begun.frame
    return seal([frame.owner, begun.revision, stamp(frame.low), stamp(frame.high)])


def _drawn(call: Call, line: Line, asked: Preferences) -> list[Body]:
    store, calendar, copy = call.store, call.calendar, line.copy
    if line.form == "former":
        return [_removed(name) for name in graph_ids.former_ids(copy, immutable=asked.immutable)]
    if line.form == "gone":
        return [_removed(graph_ids.event_id(store, copy, immutable=asked.immutable))]
    row: Body = {"@odata.type": "#microsoft.graph.event"}
    if line.form == "stub":
        return [row | graph_view.head(store, calendar, copy, asked)]
    return [row | graph_view.event(store, calendar, copy, asked)]


def _removed(name: str) -> Body:
    return {"@odata.type": "#microsoft.graph.event", "id": name, "@removed": {"reason": "deleted"}}


def fresh_start(target: str) -> str:
    """Where a client is sent whose state is lost: the same window with an empty token."""
    path, _, query = target.partition("?")
    for part in query.split("&"):
        name, _, token = part.partition("=")
        if name.removeprefix("%24").lstrip("$") == "deltatoken" and token:
            try:
                _, _, low, high = _opened(token)
            except (GraphError, ValueError):
                break
            return f"{path}?startDateTime={low}&endDateTime={high}&$deltatoken="
    return f"{path}?{query}&$deltatoken=" if query else f"{path}?$deltatoken="
