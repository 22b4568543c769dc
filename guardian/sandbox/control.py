"""`/_sandbox/`: what other processes may see and do: log, mails, faults, acts, clock, switches."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from guardian.sandbox import seed
from guardian.sandbox.clock import SettableClock
from guardian.sandbox.errors import ApiError
from guardian.sandbox.moments import Body
from guardian.sandbox.wire import Answer, Request

if TYPE_CHECKING:
    from guardian.sandbox.loopback import Sandbox

PREFIX = "/_sandbox/"


def answer(server: "Sandbox", request: Request) -> Answer:
    """Answer a control request; mistakes are told in plain words with 400, 404 or the service's own error."""
    handler = _ROUTES.get((request.verb, request.path.removeprefix(PREFIX).strip("/")))
    if handler is None:
        return Answer(404, {"error": f"no such control: {request.verb} {request.path}"})
    try:
        body = request.json()
        if not isinstance(body, dict):
            raise ValueError("expected a JSON object")
        return Answer(200, handler(server, request, body))
    except ApiError as error:
        return Answer(error.status, error.body())
    except (ValueError, KeyError, TypeError) as error:
        return Answer(400, {"error": f"{type(error).__name__}: {error}"})


def _log(server: "Sandbox", request: Request, _: Body) -> Body:
    """`?mutating=true` leaves reads out, `?after=N` all up to number N."""
    from guardian.sandbox.loopback import entry_data

    after = int(request.query.get("after", ["0"])[0])
    only = request.query.get("mutating") == ["true"]
    return {"log": [entry_data(e) for e in list(server.log) if e.number > after and (e.mutating or not only)]}


def _mails(server: "Sandbox", _: Request, __: Body) -> Body:
    return {"mails": list(server.mails)}


def _requests(server: "Sandbox", _: Request, __: Body) -> Body:
    return {
        "requests": dict(server.requests),
        "total": sum(server.requests.values()),
        "most_in_flight": dict(server.most_in_flight),
    }


def _events(server: "Sandbox", request: Request, _: Body) -> Body:
    return {"events": server.world.events(request.query["person"][0], deleted=request.query.get("deleted") == ["true"])}


def _people(server: "Sandbox", _: Request, __: Body) -> Body:
    people = [p for p in server.world.people.values() if not p.room]
    return {
        "people": [
            {"email": p.email, "name": p.name, "timezone": p.zone, "suspended": p.suspended, "service": p.service}
            for p in people
        ]
    }


def _add_fault(server: "Sandbox", _: Request, body: Body) -> Body:
    fault = server.faults.add(**body)
    return {"kind": fault.kind, "nth": fault.nth, "times": fault.times}


def _clear_faults(server: "Sandbox", _: Request, __: Body) -> Body:
    server.faults.clear()
    return {}


def _clock(server: "Sandbox", _: Request, body: Body) -> Body:
    """`{"now": RFC 3339}` sets, `{"advance": seconds}` advances, `{}` only tells."""
    clock = server.world.clock
    if body and not isinstance(clock, SettableClock):
        raise ValueError("this sandbox runs on the machine's clock")
    if isinstance(clock, SettableClock):
        if "now" in body:
            clock.set(_instant(body["now"]))
        clock.advance(timedelta(seconds=float(body.get("advance", 0))))
    return {"now": server.world.clock().isoformat()}


def _instant(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(f"{text}: an offset is needed")
    return value


def _switches(server: "Sandbox", _: Request, body: Body) -> Body:
    switches = server.switches
    for name, value in body.items():
        if not hasattr(switches, name):
            raise ValueError(f"no such switch: {name}")
        setattr(switches, name, _switch_value(name, value))
    return {"set": sorted(body)}


SETS = frozenset(("granted_scopes", "permissions", "allowed", "preserve_declined", "custom_zones", "iana_zones"))


def _switch_value(name: str, value: Any) -> Any:
    if name in {"token_max_age", "horizon"} and value is not None:
        return timedelta(seconds=float(value))
    if name in SETS and value is not None:
        return frozenset(value)
    return tuple(value) if isinstance(value, list) else value


def _act(server: "Sandbox", _: Request, body: Body) -> Body:
    """`{"act": "invite", ...}`: the arguments of the method of `World` of that name, times as RFC 3339 or dates."""
    name = str(body.pop("act", ""))
    if name == "second-wave":
        return {"events": seed.second_wave(server.world, server.world.clock())}
    if name not in _ACTS:
        raise ValueError(f"unknown act {name!r}; known: second-wave, {', '.join(sorted(_ACTS))}")
    result = getattr(server.world, name.replace("-", "_"))(
        **{key: _argument(key, value) for key, value in body.items()}
    )
    return {"result": result}


_ACTS = frozenset(
    (
        "invite",
        "answer",
        "move",
        "cancel",
        "edit",
        "delete-copy",
        "conceal",
        "forget",
        "expire-sync-tokens",
        "set-zone",
        "deliver-answers",
        "relocate",
    )
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _argument(key: str, value: Any) -> Any:
    if key not in {"start", "end", "created"} or not isinstance(value, str):
        return value
    return date.fromisoformat(value) if _DAY.fullmatch(value) else _instant(value)


Control = Callable[["Sandbox", Request, Body], Body]
_ROUTES: dict[tuple[str, str], Control] = {
    ("GET", "log"): _log,
    ("GET", "mails"): _mails,
    ("GET", "requests"): _requests,
    ("GET", "events"): _events,
    ("GET", "people"): _people,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _clock,
    ("POST", "switches"): _switches,
    ("POST", "act"): _act,
}
