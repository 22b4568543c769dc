"""`getSchedule`: how busy people are, without ids."""

from datetime import datetime, timedelta

from guardian.sandbox import graph_view
from guardian.sandbox.copies import Copy
from guardian.sandbox.graph_call import Call
from guardian.sandbox.graph_errors import bad_request
from guardian.sandbox.graph_events import in_window
from guardian.sandbox.graph_times import Preferences, shown, stored
from guardian.sandbox.moments import Body, instant
from guardian.sandbox.wire import Answer

DIGITS = {"free": "0", "tentative": "1", "busy": "2", "oof": "3", "workingElsewhere": "4", "unknown": "0"}
MOST_ADDRESSES, LONGEST = 20, timedelta(days=62)


def get_schedule(call: Call) -> Answer:
    """Busy times of up to 20 addresses over at most 62 days; troubles are told per address inside the 200."""
    sent = {name.lower(): value for name, value in call.body().items()}
    low, high = (instant(stored(sent.get(name), name, all_day=False), "UTC") for name in ("starttime", "endtime"))
    minutes = int(sent.get("availabilityviewinterval") or 30)
    asked = [str(address) for address in sent.get("schedules") or ()]
    if not 5 <= minutes <= 1440 or high <= low or high - low > LONGEST or len(asked) > MOST_ADDRESSES:
        raise bad_request("The free/busy request is out of its limits.", "ErrorInvalidParameter")
    rows = [_schedule(call, address, low, high, timedelta(minutes=minutes)) for address in asked]
    return Answer(200, {"@odata.context": f"{call.root}/v1.0/$metadata#Collection(scheduleInformation)", "value": rows})


def _schedule(call: Call, address: str, low: datetime, high: datetime, step: timedelta) -> Body:
    if not call.store.outlook(address):
        error = {"message": "The recipient could not be resolved.", "responseCode": "ErrorMailRecipientNotFound"}
        return {"scheduleId": address, "availabilityView": "", "error": error}
    copies = in_window(call.store.calendar(address), low, high)
    items = [(_status(call, copy), *_span(copy)) for copy in copies]
    slots = []
    at = low
    while at < high:
        slots.append(max((DIGITS[s] for s, start, end in items if start < at + step and end > at), default="0"))
        at += step
    drawn = [_item(call, copy) for copy in copies]
    return {"scheduleId": address, "availabilityView": "".join(slots), "scheduleItems": drawn}


def _span(copy: Copy) -> tuple[datetime, datetime]:
    return instant(copy.body["start"], "UTC"), instant(copy.body["end"], "UTC")


def _status(call: Call, copy: Copy) -> str:
    return str(graph_view.event(call.store, call.store.calendar(copy.owner), copy, Preferences())["showAs"])


def _item(call: Call, copy: Copy) -> Body:
    times = {key: shown(copy.body[key], call.asked) for key in ("start", "end")}
    return {"status": _status(call, copy), "isPrivate": copy.body.get("visibility") == "private"} | times
